/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes counters as a JSON snapshot, schema sipbpf.snapshot.v1. Knows only counters. */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>
#include <time.h>

#include "counter.h"

struct json_options {
	const char *name;
	struct timespec start; /* UTC, of the first and last moment that the counters cover */
	struct timespec end;
};

/* Writes one object and a newline, all on one line. Returns 0, -ENOMEM or -EIO. */
int json__write_snapshot(FILE *out, const struct counters *counters, const struct json_options *options);

#endif
