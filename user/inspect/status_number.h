/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers of a reading by name, in groups: one table, of which text and JSON are made. A new number is a member of
 * struct reading and a line here.
 */
#ifndef STATUS_NUMBER_H
#define STATUS_NUMBER_H

#include <stddef.h>

#include "inspect/reading.h"

struct status_number {
	const char *name;
	const char *words; /* in text, what goes before the number; NULL: the name */
	size_t offset;     /* in struct reading */
};

struct status_group {
	const char *name;
	const char *covers;                  /* in text: what the numbers cover, unless it is all since the start */
	bool hides_zeros;                    /* in text */
	const struct status_number *numbers; /* up to one without a name */
};

/* Up to one without a name. */
extern const struct status_group status_groups[];

__u64 status_number__value(const struct status_number *number, const struct reading *reading);

#endif
