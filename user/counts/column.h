/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of a table: types of messages, in the order in which they are shown. Knows no BPF and no output format.
 */
#ifndef COLUMN_H
#define COLUMN_H

#include <stddef.h>

#include "counts/counter.h"
#include "counts/group.h"

/* A type of message that was counted. */
struct column {
	const char *name; /* owned by the counters */
	char *text;       /* the name, made fit for a terminal */
	size_t width;     /* characters of the text */
	int rank;         /* private to column.c */
	__u16 type;       /* number for counters__type_name() */
};

/* Columns in order. All zero: none. */
struct columns {
	struct column *items;
	size_t count;
	size_t *of_type; /* index of a type's column, by type number; for types that have one */
	__u64 *sums;     /* of messages, by type number and direction: LINK_DIRECTIONS a type */
};

/*
 * Collects the types of messages that the links of these groups (NULL: all links) carried. Their order is: requests as
 * in SIP_METHOD_LIST, UNKNOWN, extension methods by name, status codes. Returns 0, or -ENOMEM with *ret_columns
 * untouched. The caller frees the columns, before the counters that own their names.
 */
int columns__collect(const struct counters *counters, const struct groups *groups, struct columns *ret_columns);
void columns__free(struct columns *columns);

#endif
