// SPDX-License-Identifier: BSD-2-Clause
/*
 * See lookout.h. Parent and child each hold one end of a socket pair, whose messages are whole: a place, and what is found
 * there. The end of the file tells each of them that the other has ended.
 *
 * Tested by tests/net/test_unseen.sh.
 */
#include "hook/lookout.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook/helper_process.h"

struct lookout {
	pid_t pid;
	int socket; /* -1: the child is known to have ended */
};

/* ---- the child ---- */

static ssize_t receive(int socket, void *message, size_t size, int flags)
{
	ssize_t length;

	do
		length = recv(socket, message, size, flags);
	while (length < 0 && errno == EINTR);
	return length;
}

static void run_child(int socket)
{
	struct lookout_answer answer = {};

	if (helper_process__isolate("sipbpf-lookout", &socket, 1))
		_exit(EXIT_FAILURE);
	while (receive(socket, &answer.place, sizeof(answer.place), 0) == sizeof(answer.place)) {
		answer.count = unseen__look(&answer.place, answer.list);
		if (send(socket, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(EXIT_SUCCESS);
}

/* ---- the parent ---- */

static int start(struct lookout *lookout)
{
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	lookout->socket = sockets[0];
	lookout->pid = fork();
	if (lookout->pid == 0)
		run_child(sockets[1]);
	close(sockets[1]);
	return lookout->pid < 0 ? -EAGAIN : 0;
}

int lookout__new(struct lookout **ret_lookout)
{
	struct lookout *lookout = malloc(sizeof(*lookout));
	int error;

	if (!lookout)
		return -ENOMEM;
	*lookout = (struct lookout){ .pid = -1, .socket = -1 };
	error = start(lookout);
	if (error) {
		lookout__free(lookout);
		return error;
	}
	*ret_lookout = lookout;
	return 0;
}

void lookout__free(struct lookout *lookout)
{
	if (!lookout)
		return;
	if (lookout->socket >= 0)
		close(lookout->socket);
	while (lookout->pid > 0 && waitpid(lookout->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(lookout);
}

int lookout__fd(const struct lookout *lookout)
{
	return lookout->socket;
}

int lookout__ask(struct lookout *lookout, const struct unseen_place *place)
{
	if (lookout->socket < 0)
		return -EPIPE;
	return send(lookout->socket, place, sizeof(*place), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

int lookout__take(struct lookout *lookout, struct lookout_answer *ret_answer)
{
	ssize_t length;

	if (lookout->socket < 0)
		return -EPIPE;
	length = receive(lookout->socket, ret_answer, sizeof(*ret_answer), MSG_DONTWAIT);
	if (length == sizeof(*ret_answer))
		return 1;
	if (length < 0 && errno == EAGAIN)
		return 0;
	close(lookout->socket);
	lookout->socket = -1;
	return -EPIPE;
}
