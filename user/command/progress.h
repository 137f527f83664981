/* SPDX-License-Identifier: BSD-2-Clause */
/* A progress bar on stderr for long readings. Cheap enough to be told of every frame. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <linux/types.h>
#include <stdbool.h>

struct progress {
	__u64 size;      /* what is 100 %; 0: no bar is shown */
	__u64 updates;   /* calls so far */
	__u64 next_time; /* nanoseconds of CLOCK_MONOTONIC: no redrawing before */
	bool is_shown;
};

/* A bar for a reading of this many bytes (0: unknown), if stderr is a terminal and they are more than 16 MB. */
struct progress progress__start(__u64 size);

/* So many bytes are read. Redraws at most ten times a second. */
void progress__update(struct progress *progress, __u64 offset);

/* Takes the bar off the screen. */
void progress__clear(struct progress *progress);

#endif
