// SPDX-License-Identifier: BSD-2-Clause
/* See unusable.h. */
#include "log/unusable.h"

#include <stdio.h>

void unusable__note(struct unusable *unusable, enum pattern_group group, const char *value, size_t length,
		    const char *name, unsigned long long line)
{
	unsigned long long number = unusable->counts[group]++;
	char shown[UNUSABLE_VALUE_MAX + 1];
	size_t kept = length < UNUSABLE_VALUE_MAX ? length : UNUSABLE_VALUE_MAX, i;

	if (number >= UNUSABLE_SHOWN)
		return;
	for (i = 0; i < kept; i++)
		shown[i] = value[i] ? value[i] : '?';
	shown[kept] = '\0';
	snprintf(unusable->examples[group][number], UNUSABLE_TEXT_SIZE, "'%s%s' in %.*s, line %llu", shown,
		 kept < length ? "..." : "", UNUSABLE_TEXT_SIZE / 2, name, line);
}

unsigned long long unusable__describe(const struct unusable *unusable, enum pattern_group group, char *ret_text,
				      size_t size)
{
	unsigned long long count = unusable->counts[group], i;
	size_t length;

	if (!count)
		return 0;
	length = (size_t)snprintf(ret_text, size, "%llu value%s of %s could not be used: ", count,
				  count == 1 ? "" : "s", pattern__group_name(group));
	for (i = 0; i < count && i < UNUSABLE_SHOWN && length < size; i++)
		length += (size_t)snprintf(ret_text + length, size - length, "%s%s", i ? "; " : "",
					   unusable->examples[group][i]);
	if (count > UNUSABLE_SHOWN && length < size)
		snprintf(ret_text + length, size - length, "; ...");
	return count;
}
