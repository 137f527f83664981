// SPDX-License-Identifier: BSD-2-Clause
/* See loop.h. */
#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NANOSECONDS_PER_SECOND 1000000000ULL

enum source_kind { SOURCE_DESCRIPTOR, SOURCE_INTERVAL, SOURCE_SIGNALS };

struct source {
	struct source *next;
	enum source_kind kind;
	int fd; /* ours, unless SOURCE_DESCRIPTOR */
	loop_handler handler;
	void *context;
};

struct loop {
	int epoll;
	bool is_stopped;
	struct source *sources;
};

int loop__new(struct loop **ret_loop)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
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

int loop__add_signals(struct loop *loop, const int *signals, size_t count, loop_handler handler, void *context)
{
	sigset_t set;
	int fd, error;

	sigemptyset(&set);
	for (size_t i = 0; i < count; i++)
		sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	error = add_source(loop, SOURCE_SIGNALS, fd, handler, context);
	if (error)
		close(fd);
	return error;
}

/* A read that finds nothing is no error: the event was taken care of before. */
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
