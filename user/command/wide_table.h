/* SPDX-License-Identifier: BSD-2-Clause */
/* Warns of a table that nobody could read: whoever sends messages chooses their methods. */
#ifndef WIDE_TABLE_H
#define WIDE_TABLE_H

#include <stdbool.h>

#include "counts/counter.h"
#include "options/options.h"

/* SIP has a few dozen methods and status codes. */
#define WIDE_TABLE_TYPES 1000

/* Returns whether a table or CSV of the counters would have columns for more types than that, after a warning. */
bool wide_table__warn(const struct options *options, const struct counters *counters);

#endif
