/* SPDX-License-Identifier: BSD-2-Clause */
/* Renders counters as the text table that sipcounter's users know. Knows only counters. */
#ifndef TABLE_H
#define TABLE_H

#include <stdio.h>

#include "counter.h"

struct table_options {
	const char *title; /* first line above the name; may be "" */
	const char *name;
	int depth; /* 1 to 5: server address, transport, server port, client address, client port */
};

/* Writes the table. Returns 0, -ENOMEM or -EIO. Control characters in names never reach the output as they are. */
int table__write(FILE *out, const struct counters *counters, const struct table_options *options);

#endif
