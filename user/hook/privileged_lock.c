// SPDX-License-Identifier: BSD-2-Clause
/*
 * See privileged_lock.h. Several owners may have one number (owner.h). So whoever wants the lock takes its number, and has
 * the lock if nobody else has the number then; else it gives the number back, and tries again after a time that is not the
 * others'.
 * Tested by tests/unit/hook/test_privileged_lock.c.
 */
#include "hook/privileged_lock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "hook/owner.h"

#define NANOSECONDS_PER_SECOND 1000000000ULL
#define PATIENCE_NANOSECONDS (5 * NANOSECONDS_PER_SECOND)
#define PAUSE_MASK ((1U << 24) - 1) /* nanoseconds: 8 ms on average */

static __u64 nanoseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * NANOSECONDS_PER_SECOND + (__u64)now.tv_nsec;
}

static void pause_a_while(void)
{
	struct timespec pause = {};
	__u32 nanoseconds = 0;

	if (getrandom(&nanoseconds, sizeof(nanoseconds), GRND_NONBLOCK) < 0)
		nanoseconds = (__u32)getpid(); /* early in boot */
	pause.tv_nsec = (long)(nanoseconds & PAUSE_MASK) + 1;
	nanosleep(&pause, NULL);
}

/* Returns the socket that has the number alone, or a negative errno: -EBUSY if others have it too. */
static int try_to_take(__u32 number)
{
	int fd = owner__open(), error = fd < 0 ? fd : owner__claim(fd, number), count;

	if (!error) {
		count = owner__count(number);
		error = count == 1 ? 0 : count < 0 ? count : -EBUSY;
	}
	if (!error)
		return fd;
	if (fd >= 0)
		close(fd);
	return error;
}

int privileged_lock__take(__u32 number)
{
	__u64 start = nanoseconds_now();
	int fd;

	while ((fd = try_to_take(number)) == -EBUSY && nanoseconds_now() - start < PATIENCE_NANOSECONDS)
		pause_a_while();
	return fd;
}

void privileged_lock__release(int fd)
{
	if (fd >= 0)
		close(fd);
}
