// SPDX-License-Identifier: BSD-2-Clause
/* See loop.h. */
#include "base/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NANOSECONDS_PER_SECOND 1000000000ULL
#define GRACE_MILLISECONDS 1000
#define GRACE_SECONDS (GRACE_MILLISECONDS / 1000)

enum source_kind { SOURCE_DESCRIPTOR, SOURCE_INTERVAL, SOURCE_SIGNALS };

struct source {
	struct source *next;
	enum source_kind kind;
	int fd; /* closed by the loop, unless the kind is SOURCE_DESCRIPTOR */
	loop_handler handler;
	void *context;
};

struct loop {
	int epoll;
	bool is_stopped;
	struct source *sources;
	sigset_t signals; /* those of loop__add_signals() */
	int signal_fd;    /* -1: none; owned by its source */
};

/* The last signal that came while a write had signals unblocked; 0: none. */
static volatile sig_atomic_t caught;

int loop__new(struct loop **ret_loop)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	sigemptyset(&loop->signals);
	loop->signal_fd = -1;
	if (loop->epoll < 0) {
		int error = -errno;

		free(loop);
		return error;
	}
	*ret_loop = loop;
	return 0;
}

void loop__free(struct loop *loop)
{
	struct source *source, *next;

	if (!loop)
		return;
	for (source = loop->sources; source; source = next) {
		next = source->next;
		if (source->kind != SOURCE_DESCRIPTOR)
			close(source->fd);
		free(source);
	}
	close(loop->epoll);
	free(loop);
}

static int add_source(struct loop *loop, enum source_kind kind, int fd, loop_handler handler, void *context)
{
	struct source *source = malloc(sizeof(*source));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };

	if (!source)
		return -ENOMEM;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event)) {
		int error = -errno;

		free(source);
		return error;
	}
	*source = (struct source){
		.next = loop->sources, .kind = kind, .fd = fd, .handler = handler, .context = context
	};
	loop->sources = source;
	return 0;
}

int loop__add(struct loop *loop, int fd, loop_handler handler, void *context)
{
	return add_source(loop, SOURCE_DESCRIPTOR, fd, handler, context);
}

void loop__remove(struct loop *loop, int fd)
{
	struct source **place = &loop->sources, *source;

	while (*place && ((*place)->fd != fd || (*place)->kind != SOURCE_DESCRIPTOR))
		place = &(*place)->next;
	source = *place;
	if (!source)
		return;
	*place = source->next;
	(void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
	free(source);
}

int loop__add_interval(struct loop *loop, __u64 nanoseconds, loop_handler handler, void *context)
{
	const struct timespec interval = { .tv_sec = (time_t)(nanoseconds / NANOSECONDS_PER_SECOND),
					   .tv_nsec = (long)(nanoseconds % NANOSECONDS_PER_SECOND) };
	const struct itimerspec timer = { .it_interval = interval, .it_value = interval };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int error;

	if (fd < 0)
		return -errno;
	error = timerfd_settime(fd, 0, &timer, NULL) ? -errno : 0;
	if (!error)
		error = add_source(loop, SOURCE_INTERVAL, fd, handler, context);
	if (error)
		close(fd);
	return error;
}

/*
 * Interrupts the write that has signals unblocked. A signal that comes just before the write starts cannot interrupt
 * it, so an alarm, which this function handles too, repeats the attempt.
 */
static void interrupt(int signal)
{
	if (signal != SIGALRM)
		caught = signal;
	alarm(GRACE_SECONDS);
}

static int set_handlers(const int *signals, size_t count)
{
	const struct sigaction action = { .sa_handler = interrupt }; /* no SA_RESTART: write() must return */

	for (size_t i = 0; i < count; i++)
		if (sigaction(signals[i], &action, NULL))
			return -errno;
	return sigaction(SIGALRM, &action, NULL) ? -errno : 0;
}

int loop__add_signals(struct loop *loop, const int *signals, size_t count, loop_handler handler, void *context)
{
	int fd, error;

	for (size_t i = 0; i < count; i++)
		sigaddset(&loop->signals, signals[i]);
	if (sigprocmask(SIG_BLOCK, &loop->signals, NULL))
		return -errno;
	error = set_handlers(signals, count);
	if (error)
		return error;
	fd = signalfd(-1, &loop->signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	error = add_source(loop, SOURCE_SIGNALS, fd, handler, context);
	if (error)
		close(fd);
	else
		loop->signal_fd = fd;
	return error;
}

/* Returns 0 if something can be written or writing would fail at once, or a negative errno. */
static int wait_for_room(const struct loop *loop, int fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLOUT }, { .fd = loop->signal_fd, .events = POLLIN } };
	nfds_t count = sizeof(fds) / sizeof(*fds);
	int timeout = -1;

	for (;;) {
		int result = poll(fds, count, timeout);

		if (result < 0 && errno != EINTR)
			return -errno;
		if (result > 0 && fds[0].revents)
			return 0;
		if (result == 0)
			return -EINTR;
		if (result > 0) {
			count = 1;
			timeout = GRACE_MILLISECONDS;
		}
	}
}

/*
 * poll() may call a descriptor writable on which a write still has to wait: a terminal, or a pipe that another process
 * fills too. O_NONBLOCK would avoid that, but it would change the descriptor for everyone who shares it.
 */
ssize_t loop__write(struct loop *loop, int fd, const void *data, size_t size)
{
	ssize_t length;
	int error = wait_for_room(loop, fd);

	if (error)
		return error;
	caught = 0;
	sigprocmask(SIG_UNBLOCK, &loop->signals, NULL);
	length = write(fd, data, size < PIPE_BUF ? size : PIPE_BUF);
	error = length < 0 ? -errno : 0;
	sigprocmask(SIG_BLOCK, &loop->signals, NULL);
	alarm(0);
	if (caught)
		kill(getpid(), caught); /* pending now, for loop__run() */
	return error ? error : length;
}

/* A read that finds nothing is no error: the event has been handled before. */
static void dispatch(const struct source *source)
{
	struct signalfd_siginfo info;
	__u64 intervals;

	switch (source->kind) {
	case SOURCE_DESCRIPTOR:
		source->handler(source->context, 0);
		break;
	case SOURCE_INTERVAL:
		if (read(source->fd, &intervals, sizeof(intervals)) == sizeof(intervals))
			source->handler(source->context, intervals);
		break;
	case SOURCE_SIGNALS:
		if (read(source->fd, &info, sizeof(info)) == sizeof(info))
			source->handler(source->context, info.ssi_signo);
		break;
	}
}

int loop__run(struct loop *loop)
{
	loop->is_stopped = false;
	while (!loop->is_stopped) {
		struct epoll_event event;
		int count = epoll_wait(loop->epoll, &event, 1, -1);

		if (count < 0 && errno != EINTR)
			return -errno;
		if (count > 0)
			dispatch(event.data.ptr);
	}
	return 0;
}

void loop__stop(struct loop *loop)
{
	loop->is_stopped = true;
}
