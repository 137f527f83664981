/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop: waits for descriptors, an interval and signals, and handles one event at a time (epoll, timerfd,
 * signalfd). There is one loop per process, since signals belong to the process.
 */
#ifndef LOOP_H
#define LOOP_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

struct loop;

/* value is the number of intervals that have passed, or the signal, or 0 for a descriptor that has become readable. */
typedef void (*loop_handler)(void *context, __u64 value);

/*
 * Returns 0 and a loop that the caller frees, or a negative errno. loop__free(NULL) is fine. Freeing does not unblock
 * signals.
 */
int loop__new(struct loop **ret_loop);
void loop__free(struct loop *loop);

/*
 * Calls the handler whenever fd is readable. The fd belongs to the caller and must outlive the loop, or be
 * removed. Returns 0 or a
 * negative errno.
 */
int loop__add(struct loop *loop, int fd, loop_handler handler, void *context);

/* Calls it no more. Removing what was not added is fine. Call it before the fd is closed. */
void loop__remove(struct loop *loop, int fd);

/*
 * Calls the handler at this interval, in nanoseconds, from now on. Missed intervals make one call. Returns 0 or a
 * negative errno.
 */
int loop__add_interval(struct loop *loop, __u64 nanoseconds, loop_handler handler, void *context);

/* Blocks these signals and calls the handler for each that comes. Returns 0 or a negative errno. */
int loop__add_signals(struct loop *loop, const int *signals, size_t count, loop_handler handler, void *context);

/*
 * Writes a part of the data, at least one byte, and returns its length, or a negative errno. Waits for a slow reader.
 * If a signal of loop__add_signals() comes meanwhile, the reader gets one more second; then the function returns
 * -EINTR. loop__run() calls the signal's handler later.
 */
ssize_t loop__write(struct loop *loop, int fd, const void *data, size_t size);

/* Runs until a handler calls loop__stop(). Returns 0 or a negative errno. */
int loop__run(struct loop *loop);
void loop__stop(struct loop *loop);

#endif
