/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes counters where and as the options say: --format, --output, --depth, --sort and all that is about the layout. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/notices.h"
#include "counts/counter.h"
#include "options/options.h"
#include "render/csv_layout.h"

/* What streams buffer: a table of a million links is written in a tenth less time than with a buffer of their own. */
#define OUTPUT_BUFFER_SIZE 65536

/*
 * Opens what --output names (its old content goes), or stdout when it is NULL or "-". Returns 0 and a stream for
 * output__close(), or a negative errno, which output_file__error() explains. Does not log.
 */
int output__open(const struct options *options, FILE **ret_out);

/* Returns whether the path names an existing regular file, and its status. */
bool output__is_file(const char *path, struct stat *ret_status);

/* Returns 0 if output__open() would probably open this path, or a negative errno. Does not touch the file. */
int output__check(const char *path);

/* Flushes, and closes all but stdout. Returns 0, or a negative errno when something could not be written. */
int output__close(FILE *out);

/*
 * Returns the width of the terminal that the stream writes to, from the environment (COLUMNS) or from the terminal; 0
 * if the stream is no terminal or the width is unknown.
 */
size_t output__terminal_width(FILE *stream);

/* Where output goes. */
struct output_target {
	FILE *stream;
	size_t width;                  /* that a table must fit; 0: any */
	struct csv_layout *layout;     /* of CSV that is continued; NULL: it begins */
	const struct notices *notices; /* one line below a table, and a member of a snapshot; NULL: none */
};

/*
 * Adds what the counters could not read, and then the other notices; NULL: none. It is what stands below a table. Returns 0
 * or -ENOMEM.
 */
int output__notice(const struct options *options, const struct counters *counters, const struct notices *others,
		   struct notices *notices);

/*
 * Writes one table, CSV or JSON snapshot of what was counted from start to end (UTC; zero: unknown) and flushes it. The
 * title of a table is the end, local time or with --utc UTC, unless the options have one; a table without messages is
 * one line that says so (CSV has none). Returns 0 or a negative errno. Does not log.
 */
int output__write(const struct output_target *target, const struct options *options, const struct counters *counters,
		  const struct timespec *start, const struct timespec *end);

#endif
