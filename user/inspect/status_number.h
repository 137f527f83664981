/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The named numbers of a reading, in groups. Text and JSON are made from this one table. A new number is a member of
 * struct reading and a line in the table.
 */
#ifndef STATUS_NUMBER_H
#define STATUS_NUMBER_H

#include <stddef.h>

#include "inspect/reading.h"

struct status_number {
	const char *name;
	const char *words; /* in text, what stands before the number; NULL: the name */
	size_t offset;     /* in struct reading */
};

struct status_group {
	const char *name;
	const char *covers;                  /* in text, what the numbers cover; NULL: all since the start */
	bool hides_zeros;                    /* in text */
	const struct status_number *numbers; /* ends with one that has no name */
};

/* Ends with a group that has no name. */
extern const struct status_group status_groups[];

__u64 status_number__value(const struct status_number *number, const struct reading *reading);

#endif
