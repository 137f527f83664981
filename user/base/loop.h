/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop: descriptors, an interval and signals, one at a time (epoll, timerfd, signalfd). One per process, since
 * signals are the process's.
 */
#ifndef LOOP_H
#define LOOP_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

struct loop;

/* value: the number of intervals that passed, or the signal; 0 for a descriptor that has become readable. */
typedef void (*loop_handler)(void *context, __u64 value);

/* Returns 0 or a negative errno. loop__free(NULL) is fine; signals stay blocked. */
int loop__new(struct loop **ret_loop);
void loop__free(struct loop *loop);

/* Calls the handler whenever fd is readable; fd belongs to the caller and must outlive the loop. */
int loop__add(struct loop *loop, int fd, loop_handler handler, void *context);

/* Calls the handler every so many nanoseconds from now on; intervals that were missed come as one call. */
int loop__add_interval(struct loop *loop, __u64 nanoseconds, loop_handler handler, void *context);

/* Calls the handler for these signals, which are blocked from now on. */
int loop__add_signals(struct loop *loop, const int *signals, size_t count, loop_handler handler, void *context);

/*
 * Writes a part of the data, at least a byte, and returns how much. Waits for a reader that is slow, until a signal of
 * loop__add_signals() comes: then returns -EINTR unless the reader takes more within a second. The signal's handler is
 * called later, by loop__run(). Other errors are a negative errno too.
 */
ssize_t loop__write(struct loop *loop, int fd, const void *data, size_t size);

/* Runs until a handler calls loop__stop(). Returns 0 or a negative errno. */
int loop__run(struct loop *loop);
void loop__stop(struct loop *loop);

#endif
