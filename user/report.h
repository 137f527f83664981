/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the tables of a running collector go: stdout, --output, or --log, which can be reopened. Does not log. */
#ifndef REPORT_H
#define REPORT_H

#include <time.h>

#include "counter.h"
#include "options.h"

struct report;

/*
 * Opens what the options name; the options must outlive the report. Returns 0 or a negative errno.
 * report__free(NULL) is fine.
 */
int report__new(const struct options *options, struct report **ret_report);
void report__free(struct report *report);

/* For messages: the path, or "standard output". */
const char *report__name(const struct options *options);

/*
 * Writes what was counted from start to end, as output__write() does. Returns 0 or a negative errno; then a part of it
 * may have been written, and the next table begins on a line of its own.
 */
int report__write(struct report *report, const struct counters *counters, const struct timespec *start,
		  const struct timespec *end);

/* Opens --log anew, after it was renamed. Returns 0 or a negative errno; then the old file stays open. */
int report__reopen(struct report *report);

#endif
