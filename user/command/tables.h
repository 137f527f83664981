/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of a running collector. They count by intervals, each of which ends when its table has been written, and
 * since the start. An interval whose table cannot be written goes on, so its counts are in the next table.
 *
 * The functions log what goes wrong. What lasts is logged once.
 */
#ifndef TABLES_H
#define TABLES_H

#include <stdbool.h>

#include "base/loop.h"
#include "base/notices.h"
#include "counts/counter.h"
#include "options/options.h"

struct tables;

/*
 * Returns 0 or -ENOMEM. The options must outlive the tables, and so must the loop, which is stopped when a pipe has lost
 * its reader. tables__free(NULL) is fine.
 */
int tables__new(const struct options *options, struct loop *loop, struct tables **ret_tables);
void tables__free(struct tables *tables);

/* The notices beside all tables that are written from now on; whoever adds to them clears them before. */
struct notices *tables__notices(struct tables *tables);

/* What was counted since the start. */
const struct counters *tables__lifetime(const struct tables *tables);

/* Where to add what is collected, before it is counted. They have the options' filter and limit. */
struct counters *tables__collected(struct tables *tables);

/*
 * Counts what is collected, in the current interval and since the start. Returns 0 or a negative errno; then it stays
 * collected, and nothing may be added to it before another call has counted it.
 */
int tables__count(struct tables *tables);

/* Begins to count: the first interval and the lifetime start now. */
void tables__start(struct tables *tables);

/*
 * Opens the output. Returns 0 or a negative errno. Call it last of all that may fail: a start that fails leaves the old
 * content of --output.
 */
int tables__open(struct tables *tables);

/* Warns if the log cannot be created again after a rotation. Call it when capabilities have been dropped. */
void tables__check_log(const struct tables *tables);

/* Opens the log again, for SIGHUP. */
void tables__reopen_log(struct tables *tables);

/* Writes the table that is due: of the interval, or with --cumulative since the start. */
void tables__write(struct tables *tables);

/* Writes a table since the start, with a title that says so. No interval ends. */
void tables__write_lifetime(struct tables *tables);

/* Writes the table that is due for the last time. Waits for a slow reader until a signal comes. */
void tables__write_last(struct tables *tables);

/* Whether the reader of a pipe has left. There is no one left to write for. */
bool tables__have_lost_reader(const struct tables *tables);

/* Whether counts have been lost, so that the exit status is 1. */
bool tables__have_failed(const struct tables *tables);

#endif
