/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the tables of a running collector go: stdout, --output, or --log, which can be reopened. Does not log. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <time.h>

#include "base/loop.h"
#include "base/notices.h"
#include "counts/counter.h"
#include "options/options.h"

struct report;

/*
 * Opens what the options name; the options and the loop, by which signals interrupt a write, must outlive the report.
 * Returns 0 or a negative errno. report__free(NULL) is fine.
 */
int report__new(const struct options *options, struct loop *loop, struct report **ret_report);
void report__free(struct report *report);

/* Has these notices, which must outlive the report, stand beside all that is written from now on. NULL: none. */
void report__set_notices(struct report *report, const struct notices *notices);

/* For messages: the path, or "standard output". */
const char *report__name(const struct options *options);

/*
 * Writes what was counted from start to end, as output__write() does; a title, if it is not NULL, stands in place of the
 * options' own. Returns 0 or a negative errno (-EINTR: nobody reads it, and a signal came); then a part of it may
 * have been written, and the next table begins on a line of its own.
 */
int report__write(struct report *report, const char *title, const struct counters *counters,
		  const struct timespec *start, const struct timespec *end);

/* Whether there is no room for a single byte now: nobody reads what was written before. */
bool report__is_stuck(const struct report *report);

/* Opens --log anew, after it was renamed. Returns 0 or a negative errno; then the old file stays open. */
int report__reopen(struct report *report);

/*
 * Whether the process as it is now could make --log anew after it was renamed. Returns 0 (also when it is no
 * regular file), or a negative errno and in ret_path[PATH_MAX] the folder or file that is in the way.
 */
int report__check_reopen(const struct report *report, char *ret_path);

#endif
