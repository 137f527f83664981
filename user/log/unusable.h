/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of groups that could not be used: how many of each group, and the first few of them. */
#ifndef UNUSABLE_H
#define UNUSABLE_H

#include <stddef.h>

#include "log/pattern.h"

#define UNUSABLE_SHOWN 5
#define UNUSABLE_TEXT_SIZE 256
#define UNUSABLE_VALUE_MAX 48 /* characters of a value that are shown */

struct unusable {
	unsigned long long counts[PATTERN_USER_GROUPS];
	char examples[PATTERN_USER_GROUPS][UNUSABLE_SHOWN][UNUSABLE_TEXT_SIZE]; /* "'value' in a.log, line 1" */
};

/* Takes note of a value in a line of a log. */
void unusable__note(struct unusable *unusable, enum pattern_group group, const char *value, size_t length,
		    const char *name, unsigned long long line);

/* Returns how many values of a group were noted. Unless that is 0, ret_text[size] is a sentence about them. */
unsigned long long unusable__describe(const struct unusable *unusable, enum pattern_group group, char *ret_text,
				      size_t size);

#endif
