/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machines are busy at times. What is waited for has a time that only a failure takes. And the programs go by the real time:
 * what takes them too long is given up as on a wire, so what was counted of such a run says nothing, and it is made again.
 */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <linux/types.h>
#include <stdbool.h>
#include <time.h>

#include "stream/flow.h"

#define PATIENCE_TRIES 100
#define PATIENCE_MILLISECONDS 60000

/* Of the programs' clock. */
static inline __u32 patience__milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u32)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* The programs' clock itself, whose units are 2^20 nanoseconds. */
static inline __u32 patience__clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u32)(((__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec) >> 20);
}

/* Whether a payload that came at `start` or later may not have been waited with until now. */
static inline bool patience__is_over(__u32 start)
{
	return patience__milliseconds() - start > FLOW_HELD_MILLISECONDS / 2;
}

#endif
