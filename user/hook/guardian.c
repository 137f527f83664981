// SPDX-License-Identifier: BSD-2-Clause
/*
 * See guardian.h. Parent and child each hold one end of a socket pair. The child sends the result of attaching. After
 * that an end of file tells each of them that the other has ended. Both hold the owner of the filters: as long as one
 * of them lives, no other sipbpf removes the filters.
 *
 * Tested by tests/bpf/test_attach.c.
 */
#include "hook/guardian.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook/helper_process.h"
#include "hook/owner.h"

struct guardian {
	pid_t pid;  /* -1: it is no child of this process */
	int socket; /* -1: the child is known to have ended */
	int owner;
	struct clsact clsact;
};

/* What the child sends to its parent. */
struct result {
	int error;
	struct clsact clsact; /* if there is no error */
};

/* The descriptors that the child keeps open; -1: none. */
enum { KEPT_SOCKET, KEPT_OWNER, KEPT_RECEIVED, KEPT_SENT, KEPT_FDS };

/* Waits until the other end is closed. */
static void wait_for_end(int socket)
{
	char byte;
	ssize_t length;

	do
		length = read(socket, &byte, sizeof(byte));
	while (length > 0 || (length < 0 && errno == EINTR));
}

/* ---- the child ---- */

static void run_child(unsigned int ifindex, const int fds[KEPT_FDS])
{
	const int program_fds[CLSACT_DIRECTIONS] = {
		[CLSACT_RECEIVED] = fds[KEPT_RECEIVED], [CLSACT_SENT] = fds[KEPT_SENT]
	};
	struct result result = { .error = helper_process__isolate("sipbpf-guardian", fds, KEPT_FDS) };

	if (!result.error)
		result.error = clsact__attach(ifindex, program_fds, fds[KEPT_OWNER], &result.clsact);
	/* If the parent has gone, the end of file below shows it. */
	(void)send(fds[KEPT_SOCKET], &result, sizeof(result), MSG_NOSIGNAL);
	if (result.error)
		_exit(EXIT_FAILURE);
	for (int i = 0; i < CLSACT_DIRECTIONS; i++)
		if (program_fds[i] >= 0)
			close(program_fds[i]);
	wait_for_end(fds[KEPT_SOCKET]);
	clsact__detach(&result.clsact);
	_exit(EXIT_SUCCESS);
}

/* ---- the parent ---- */

static int receive_result(struct guardian *guardian)
{
	struct result result;
	ssize_t length;

	do
		length = recv(guardian->socket, &result, sizeof(result), MSG_WAITALL);
	while (length < 0 && errno == EINTR);
	if (length != sizeof(result))
		return -ECHILD;
	guardian->clsact = result.clsact;
	return result.error;
}

static int start(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], struct guardian *guardian)
{
	int sockets[2];

	guardian->owner = owner__open();
	if (guardian->owner < 0)
		return guardian->owner;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	guardian->socket = sockets[0];
	guardian->pid = fork();
	if (guardian->pid == 0) {
		const int fds[KEPT_FDS] = { [KEPT_SOCKET] = sockets[1],
					    [KEPT_OWNER] = guardian->owner,
					    [KEPT_RECEIVED] = program_fds[CLSACT_RECEIVED],
					    [KEPT_SENT] = program_fds[CLSACT_SENT] };

		run_child(ifindex, fds);
	}
	close(sockets[1]);
	return guardian->pid < 0 ? -EAGAIN : receive_result(guardian);
}

int guardian__new(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], struct guardian **ret_guardian)
{
	struct guardian *guardian = malloc(sizeof(*guardian));
	int error;

	if (!guardian)
		return -ENOMEM;
	*guardian = (struct guardian){ .pid = -1, .socket = -1, .owner = -1 };
	error = start(ifindex, program_fds, guardian);
	if (error) {
		guardian__free(guardian);
		return error;
	}
	*ret_guardian = guardian;
	return 0;
}

int guardian__adopt(int socket, int owner, const struct clsact *clsact, struct guardian **ret_guardian)
{
	struct guardian *guardian = malloc(sizeof(*guardian));

	if (!guardian)
		return -ENOMEM;
	*guardian = (struct guardian){ .pid = -1, .socket = socket, .owner = owner, .clsact = *clsact };
	*ret_guardian = guardian;
	return 0;
}

void guardian__leave(struct guardian *guardian)
{
	if (!guardian)
		return;
	if (guardian->socket >= 0)
		close(guardian->socket);
	if (guardian->owner >= 0)
		close(guardian->owner);
	free(guardian);
}

/* Its end of the socket closes when it ends, also if it is no child of this process. */
static void end_child(int socket)
{
	(void)shutdown(socket, SHUT_WR);
	wait_for_end(socket);
	close(socket);
}

/* Closes the owner last: the filters are in use until the child has removed them. */
void guardian__free(struct guardian *guardian)
{
	if (!guardian)
		return;
	if (guardian->socket >= 0)
		end_child(guardian->socket);
	while (guardian->pid > 0 && waitpid(guardian->pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (guardian->owner >= 0)
		close(guardian->owner);
	free(guardian);
}

int guardian__fd(const struct guardian *guardian)
{
	return guardian->socket;
}

bool guardian__is_lost(struct guardian *guardian)
{
	char byte;

	if (guardian->socket < 0)
		return true;
	if (recv(guardian->socket, &byte, sizeof(byte), MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	close(guardian->socket);
	guardian->socket = -1;
	return true;
}

const struct clsact *guardian__clsact(const struct guardian *guardian)
{
	return &guardian->clsact;
}

int guardian__owner(const struct guardian *guardian)
{
	return guardian->owner;
}
