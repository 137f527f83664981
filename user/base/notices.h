/* SPDX-License-Identifier: BSD-2-Clause */
/* Notices: short texts beside a table or a status, about what its reader could misread. */
#ifndef NOTICES_H
#define NOTICES_H

#include <stddef.h>

struct notices {
	char **list;
	size_t count;
};

/* Adds a text. Returns 0 or -ENOMEM; then the notices are as they were. Zeroed notices are empty. */
int notices__add(struct notices *notices, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Writes all texts to ret_lines, each as a line that ends with LF, and fills it up with NULs. If the size is not enough, the
 * last line says how many texts are left out.
 */
void notices__join(const struct notices *notices, char *ret_lines, size_t size);

/* Adds the lines of notices__join(), which need not be whole. Returns 0 or -ENOMEM. */
int notices__split(const char *lines, size_t size, struct notices *notices);

/* Removes all texts and frees what they take. */
void notices__clear(struct notices *notices);

#endif
