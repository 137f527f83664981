// SPDX-License-Identifier: BSD-2-Clause
/* See drainer.h. Tested by tests/net/test_output.sh. */
#include "command/drainer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define RETRY_MILLISECONDS 100

struct drainer {
	struct drain *drain;
	const struct link_rules *rules;
	int end; /* becomes readable when the thread is to end */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* of all that follows, and of the drain */
	struct counters *drained;
};

/* Returns whether the thread goes on. */
static bool wait_for_bank(const struct drainer *drainer, int timeout)
{
	struct pollfd fds[] = { { .fd = drain__wakeup_fd(drainer->drain), .events = POLLIN },
				{ .fd = drainer->end, .events = POLLIN } };

	return (poll(fds, sizeof(fds) / sizeof(*fds), timeout) >= 0 || errno == EINTR) && !fds[1].revents;
}

static void *run_drainer(void *context)
{
	struct drainer *drainer = context;
	int error = 0;

	while (wait_for_bank(drainer, error ? RETRY_MILLISECONDS : -1)) {
		pthread_mutex_lock(&drainer->lock);
		drain__clear_wakeup(drainer->drain);
		error = drain__collect(drainer->drain, drainer->rules, drainer->drained);
		pthread_mutex_unlock(&drainer->lock);
	}
	return NULL;
}

/* Signals are the loop's. */
static int start_thread(struct drainer *drainer)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&drainer->thread, NULL, run_drainer, drainer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	drainer->has_thread = error == 0;
	return -error;
}

static void end_thread(struct drainer *drainer)
{
	if (!drainer->has_thread)
		return;
	(void)eventfd_write(drainer->end, 1);
	pthread_join(drainer->thread, NULL);
	drainer->has_thread = false;
}

int drainer__start(struct drain *drain, const struct link_rules *rules, const struct counters *like,
		   struct drainer **ret_drainer)
{
	struct drainer *drainer = calloc(1, sizeof(*drainer));
	int error = 0;

	if (!drainer)
		return -ENOMEM;
	drainer->drain = drain;
	drainer->rules = rules;
	pthread_mutex_init(&drainer->lock, NULL);
	drainer->drained = counters__new();
	drainer->end = eventfd(0, EFD_CLOEXEC);
	if (drainer->end < 0)
		error = -errno;
	else if (!drainer->drained)
		error = -ENOMEM;
	if (!error) {
		counters__set_like(drainer->drained, like);
		error = start_thread(drainer);
	}
	if (error)
		drainer__free(drainer);
	else
		*ret_drainer = drainer;
	return error;
}

void drainer__free(struct drainer *drainer)
{
	if (!drainer)
		return;
	end_thread(drainer);
	if (drainer->end >= 0)
		close(drainer->end);
	pthread_mutex_destroy(&drainer->lock);
	counters__free(drainer->drained);
	free(drainer);
}

static int take(struct drainer *drainer, struct counters *target,
		int (*collect)(struct drain *, const struct link_rules *, struct counters *))
{
	int error, move_error;

	pthread_mutex_lock(&drainer->lock);
	error = collect(drainer->drain, drainer->rules, drainer->drained);
	move_error = counters__take_over(target, drainer->drained);
	pthread_mutex_unlock(&drainer->lock);
	return error ? error : move_error;
}

int drainer__take(struct drainer *drainer, struct counters *target)
{
	return take(drainer, target, drain__collect);
}

int drainer__end(struct drainer *drainer, struct counters *target)
{
	end_thread(drainer);
	return take(drainer, target, drain__end);
}

struct drain_interface drainer__interface(struct drainer *drainer, __u32 number)
{
	struct drain_interface interface;

	pthread_mutex_lock(&drainer->lock);
	interface = drain__interface(drainer->drain, number);
	pthread_mutex_unlock(&drainer->lock);
	return interface;
}
