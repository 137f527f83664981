/* SPDX-License-Identifier: BSD-2-Clause */
/* Notices: short texts beside a table, about what its reader could misread. */
#ifndef NOTICES_H
#define NOTICES_H

#include <stddef.h>

struct notices {
	char **list;
	size_t count;
};

/* Adds a text. Returns 0 or -ENOMEM; then the notices are as they were. Zeroed notices are empty. */
int notices__add(struct notices *notices, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Removes all texts and frees what they take. */
void notices__clear(struct notices *notices);

#endif
