// SPDX-License-Identifier: BSD-2-Clause
/*
 * See guardian.h. Parent and child hold one end each of a socket pair. The child sends one number, the result of
 * attaching; after that the end of the parent, or of its end of the pair, is an end of file.
 */
#include "guardian.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileges.h"

#define KEPT_FDS (1 + CLSACT_DIRECTIONS)

struct guardian {
	pid_t pid;
	int socket;
};

/* ---- the child ---- */

static int compare_fds(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return (left > right) - (left < right);
}

/* stderr goes too: whoever reads the other end of it waits for the parent, not for the guardian. */
static void close_all_but(int socket, const int program_fds[CLSACT_DIRECTIONS])
{
	int kept[KEPT_FDS] = { socket, program_fds[CLSACT_RECEIVED], program_fds[CLSACT_SENT] };
	unsigned int next = 0;

	qsort(kept, KEPT_FDS, sizeof(*kept), compare_fds);
	for (int i = 0; i < KEPT_FDS; i++) {
		if (kept[i] < 0)
			continue;
		if ((unsigned int)kept[i] > next)
			(void)close_range(next, (unsigned int)kept[i] - 1, 0);
		next = (unsigned int)kept[i] + 1;
	}
	(void)close_range(next, ~0U, 0);
}

/* A session of its own, and deaf: a Ctrl-C or a stop of the service means the parent, which then ends the guardian. */
static int isolate(int socket, const int program_fds[CLSACT_DIRECTIONS])
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	(void)prctl(PR_SET_NAME, "sipbpf-guardian");
	close_all_but(socket, program_fds);
	libbpf_set_print(NULL);
	return privileges__drop_to_net_admin();
}

static void wait_for_end(int socket)
{
	char byte;
	ssize_t length;

	do
		length = read(socket, &byte, sizeof(byte));
	while (length > 0 || (length < 0 && errno == EINTR));
}

static void run_child(unsigned int ifindex, int socket, const int program_fds[CLSACT_DIRECTIONS])
{
	struct clsact clsact;
	int result = isolate(socket, program_fds);

	if (!result)
		result = clsact__attach(ifindex, program_fds, &clsact);
	/* Nobody left to tell shows as an end of file below. */
	(void)send(socket, &result, sizeof(result), MSG_NOSIGNAL);
	if (result)
		_exit(EXIT_FAILURE);
	for (int i = 0; i < CLSACT_DIRECTIONS; i++)
		if (program_fds[i] >= 0)
			close(program_fds[i]);
	wait_for_end(socket);
	clsact__detach(&clsact);
	_exit(EXIT_SUCCESS);
}

/* ---- the parent ---- */

static int receive_result(int socket)
{
	ssize_t length;
	int result;

	do
		length = recv(socket, &result, sizeof(result), MSG_WAITALL);
	while (length < 0 && errno == EINTR);
	return length == sizeof(result) ? result : -ECHILD;
}

static int start(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], struct guardian *guardian)
{
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	guardian->pid = fork();
	if (guardian->pid == 0)
		run_child(ifindex, sockets[1], program_fds);
	close(sockets[1]);
	guardian->socket = sockets[0];
	if (guardian->pid < 0) {
		close(sockets[0]);
		return -EAGAIN;
	}
	return 0;
}

int guardian__new(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], struct guardian **ret_guardian)
{
	struct guardian *guardian = calloc(1, sizeof(*guardian));
	int error;

	if (!guardian)
		return -ENOMEM;
	error = start(ifindex, program_fds, guardian);
	if (error) {
		free(guardian);
		return error;
	}
	error = receive_result(guardian->socket);
	if (error) {
		guardian__free(guardian);
		return error;
	}
	*ret_guardian = guardian;
	return 0;
}

void guardian__free(struct guardian *guardian)
{
	if (!guardian)
		return;
	close(guardian->socket);
	while (waitpid(guardian->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(guardian);
}
