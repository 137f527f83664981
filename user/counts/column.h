/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of messages in the order in which they are shown. Knows no BPF and no output format. */
#ifndef COLUMN_H
#define COLUMN_H

#include <stddef.h>

#include "counts/counter.h"
#include "counts/group.h"

/* A type of which messages were counted. */
struct column {
	const char *name; /* owned by the counters */
	char *text;       /* the name, fit for a terminal */
	size_t width;     /* of the text, in characters */
	int rank;         /* private to column.c */
	__u16 type;       /* index for counters__type_name() */
};

/* Columns in order. Zeroed, there are none. */
struct columns {
	struct column *items;
	size_t count;
	size_t *of_type; /* the column's index by type number, for types that have one */
	__u64 *sums;     /* of messages by type number and direction, LINK_DIRECTIONS a type */
};

/*
 * The types that links of these groups, or all links (NULL), have: requests in the order of SIP_METHOD_LIST, UNKNOWN, methods of other names
 * by name, status codes. Returns 0 or -ENOMEM (*ret_columns untouched). The caller frees the columns before the
 * counters, which the groups are of.
 */
int columns__collect(const struct counters *counters, const struct groups *groups, struct columns *ret_columns);
void columns__free(struct columns *columns);

#endif
