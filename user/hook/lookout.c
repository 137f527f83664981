// SPDX-License-Identifier: BSD-2-Clause
/*
 * See lookout.h. Parent and child each hold one end of some socket pairs, whose messages are whole. Over one they exchange
 * places, and what is found there; over another interfaces, and what is attached to them; over the last the scope of
 * translations, and what became of them. The end of the file tells each of them that the other has ended.
 *
 * Tested by tests/net/test_unseen.sh and tests/bpf/test_attach.c.
 */
#include "hook/lookout.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook/descriptors.h"
#include "hook/helper_process.h"

enum { PLACES, INTERFACES, TRANSLATIONS, PURPOSES };

struct lookout {
	pid_t pid;
	int sockets[PURPOSES]; /* that for places is -1 when the child is known to have ended */
};

/* What the child is sent to attach to, with these descriptors. */
struct attach_request {
	char interface[IF_NAMESIZE];
	enum attach_mode mode;
	__u32 program_ids[PROBE_HOOKS];
};

enum { REQUEST_FD_PROGRAMS, REQUEST_FD_BARE_INTERFACES = PROBE_HOOKS, REQUEST_FDS };

/* What it answers, with the descriptors of the attachment if there is no error. */
struct attach_answer {
	int error;
	struct attach_parcel parcel;
	char text[ATTACH_TEXT_SIZE];
};

/* What it answers to a scope, which comes with the descriptor of the programs' map. */
struct translations_answer {
	int error;
	struct translations_found found;
};

/* ---- the child ---- */

#define CHECK_SECONDS 10 /* from one look at translations to the next */

struct child {
	int timer;
	int translations; /* the programs' map; -1: they need none yet */
};

static ssize_t receive(int socket, void *message, size_t size, int flags)
{
	ssize_t length;

	do
		length = recv(socket, message, size, flags);
	while (length < 0 && errno == EINTR);
	return length;
}

/* The functions below return whether the child goes on. */

static bool answer_place(struct child *child, int socket)
{
	struct lookout_answer answer = {};

	if (receive(socket, &answer.place, sizeof(answer.place), 0) != sizeof(answer.place))
		return false;
	answer.count = unseen__look(&answer.place, answer.list);
	return send(socket, &answer, sizeof(answer), MSG_NOSIGNAL) >= 0;
}

/* What has been sent is the parent's alone. If it could not be sent, it is detached. */
static bool send_attached(int socket, struct attach_answer *answer, struct attach *attach)
{
	int fds[ATTACH_FDS], error;

	attach__pack(attach, &answer->parcel, fds);
	error = descriptors__send(socket, answer, sizeof(*answer), fds, ATTACH_FDS);
	if (error)
		attach__free(attach);
	else
		attach__leave(attach);
	return !error;
}

static bool answer_interface(struct child *child, int socket)
{
	struct attach_request request;
	struct attach_answer answer = {};
	struct attach *attach = NULL;
	struct probe_hooks hooks = {};
	int fds[REQUEST_FDS];

	if (descriptors__receive(socket, &request, sizeof(request), fds, REQUEST_FDS) <= 0)
		return false;
	memcpy(hooks.programs, &fds[REQUEST_FD_PROGRAMS], sizeof(hooks.programs));
	memcpy(hooks.program_ids, request.program_ids, sizeof(hooks.program_ids));
	hooks.bare_interfaces = fds[REQUEST_FD_BARE_INTERFACES];
	answer.error = attach__new(&hooks, request.interface, request.mode, &attach, answer.text);
	descriptors__close(fds, REQUEST_FDS);
	if (answer.error)
		return descriptors__send(socket, &answer, sizeof(answer), NULL, 0) == 0;
	return send_attached(socket, &answer, attach);
}

/* Connections end at any time. */
static void check_regularly(struct child *child, int translations)
{
	const struct itimerspec often = { .it_value.tv_sec = CHECK_SECONDS, .it_interval.tv_sec = CHECK_SECONDS };

	descriptors__close(&child->translations, 1);
	child->translations = translations;
	(void)timerfd_settime(child->timer, 0, &often, NULL);
}

static bool answer_translations(struct child *child, int socket)
{
	struct translations_scope scope;
	struct translations_answer answer = {};
	struct probe_hooks hooks = {};

	if (descriptors__receive(socket, &scope, sizeof(scope), &hooks.translations, 1) <= 0)
		return false;
	answer.error = translations__add(&hooks, &scope, &answer.found);
	check_regularly(child, hooks.translations);
	return descriptors__send(socket, &answer, sizeof(answer), NULL, 0) == 0;
}

/* To libbpf, a program whose descriptor is 0 is none. */
static bool take_descriptor_0(int socket)
{
	return fcntl(STDIN_FILENO, F_GETFD) >= 0 || fcntl(socket, F_DUPFD_CLOEXEC, STDIN_FILENO) == STDIN_FILENO;
}

static void check_translations(const struct child *child)
{
	const struct probe_hooks hooks = { .translations = child->translations };
	__u64 times;

	if (read(child->timer, &times, sizeof(times)) == sizeof(times))
		(void)translations__check(&hooks);
}

static void run_child(const int sockets[PURPOSES])
{
	static bool (*const answers[PURPOSES])(struct child * child, int socket) = { answer_place, answer_interface,
										     answer_translations };
	struct child child = { .translations = -1 };
	struct pollfd events[PURPOSES + 1];
	bool goes_on = true;

	if (helper_process__isolate("sipbpf-lookout", sockets, PURPOSES) || !take_descriptor_0(sockets[PLACES]))
		_exit(EXIT_FAILURE);
	signal(SIGCHLD, SIG_IGN); /* nobody waits for the guardians that it starts */
	child.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	for (int i = 0; i < PURPOSES; i++)
		events[i] = (struct pollfd){ .fd = sockets[i], .events = POLLIN };
	events[PURPOSES] = (struct pollfd){ .fd = child.timer, .events = POLLIN };
	while (goes_on) {
		if (poll(events, PURPOSES + 1, -1) < 0 && errno != EINTR)
			break;
		for (int i = 0; goes_on && i < PURPOSES; i++)
			if (events[i].revents)
				goes_on = answers[i](&child, sockets[i]);
		if (events[PURPOSES].revents)
			check_translations(&child);
	}
	_exit(EXIT_SUCCESS);
}

/* ---- the parent ---- */

static int start(struct lookout *lookout)
{
	int theirs[PURPOSES] = { -1, -1, -1 }, error = 0;

	for (int i = 0; !error && i < PURPOSES; i++) {
		int pair[2] = { -1, -1 };

		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
			error = -errno;
		lookout->sockets[i] = pair[0];
		theirs[i] = pair[1];
	}
	if (!error)
		lookout->pid = fork();
	if (lookout->pid == 0)
		run_child(theirs);
	descriptors__close(theirs, PURPOSES);
	return !error && lookout->pid < 0 ? -EAGAIN : error;
}

int lookout__new(struct lookout **ret_lookout)
{
	struct lookout *lookout = malloc(sizeof(*lookout));
	int error;

	if (!lookout)
		return -ENOMEM;
	*lookout = (struct lookout){ .pid = -1, .sockets = { -1, -1, -1 } };
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
	descriptors__close(lookout->sockets, PURPOSES);
	while (lookout->pid > 0 && waitpid(lookout->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(lookout);
}

int lookout__fd(const struct lookout *lookout)
{
	return lookout->sockets[PLACES];
}

int lookout__ask(struct lookout *lookout, const struct unseen_place *place)
{
	if (lookout->sockets[PLACES] < 0)
		return -EPIPE;
	return send(lookout->sockets[PLACES], place, sizeof(*place), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

int lookout__take(struct lookout *lookout, struct lookout_answer *ret_answer)
{
	ssize_t length;

	if (lookout->sockets[PLACES] < 0)
		return -EPIPE;
	length = receive(lookout->sockets[PLACES], ret_answer, sizeof(*ret_answer), MSG_DONTWAIT);
	if (length == sizeof(*ret_answer))
		return 1;
	if (length < 0 && errno == EAGAIN)
		return 0;
	close(lookout->sockets[PLACES]);
	lookout->sockets[PLACES] = -1;
	return -EPIPE;
}

static int send_request(const struct lookout *lookout, const struct probe_hooks *hooks, const char *interface,
			enum attach_mode mode)
{
	struct attach_request request = { .mode = mode };
	int fds[REQUEST_FDS];

	snprintf(request.interface, IF_NAMESIZE, "%s", interface);
	memcpy(request.program_ids, hooks->program_ids, sizeof(request.program_ids));
	memcpy(&fds[REQUEST_FD_PROGRAMS], hooks->programs, sizeof(hooks->programs));
	fds[REQUEST_FD_BARE_INTERFACES] = hooks->bare_interfaces;
	return descriptors__send(lookout->sockets[INTERFACES], &request, sizeof(request), fds, REQUEST_FDS);
}

int lookout__attach(struct lookout *lookout, const struct probe_hooks *hooks, const char *interface,
		    enum attach_mode mode, struct attach **ret_attach, char *ret_text)
{
	struct attach_answer answer;
	int fds[ATTACH_FDS], result, error = send_request(lookout, hooks, interface, mode);

	snprintf(ret_text, ATTACH_TEXT_SIZE,
		 "%s: the process sipbpf-lookout, which would attach to it, has been killed", interface);
	if (error)
		return error;
	result = descriptors__receive(lookout->sockets[INTERFACES], &answer, sizeof(answer), fds, ATTACH_FDS);
	if (result <= 0)
		return result ? result : -EPIPE;
	snprintf(ret_text, ATTACH_TEXT_SIZE, "%s", answer.text);
	if (answer.error) {
		descriptors__close(fds, ATTACH_FDS);
		return answer.error;
	}
	error = attach__unpack(&answer.parcel, fds, ret_attach);
	if (error)
		snprintf(ret_text, ATTACH_TEXT_SIZE, "%s: out of memory", interface);
	return error;
}

int lookout__add_translations(struct lookout *lookout, const struct probe_hooks *hooks,
			      const struct translations_scope *scope, struct translations_found *ret_found)
{
	int socket = lookout->sockets[TRANSLATIONS], result;
	struct translations_answer answer;
	int error = descriptors__send(socket, scope, sizeof(*scope), &hooks->translations, 1);

	if (error)
		return error;
	result = descriptors__receive(socket, &answer, sizeof(answer), NULL, 0);
	if (result <= 0)
		return result ? result : -EPIPE;
	if (!answer.error)
		*ret_found = answer.found;
	return answer.error;
}
