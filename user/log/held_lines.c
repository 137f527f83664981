// SPDX-License-Identifier: BSD-2-Clause
/* See held_lines.h. Tested by tests/unit/log/test_assembly.c. */
#include "log/held_lines.h"

#include <stdlib.h>

#define CAPACITY_MIN 1024

int held_lines__reserve(struct held_lines *lines, size_t length)
{
	size_t capacity = lines->capacity ? lines->capacity : CAPACITY_MIN;
	char *text;

	while (capacity < lines->length + length)
		capacity *= 2;
	text = realloc(lines->text, capacity);
	if (!text)
		return -ENOMEM;
	lines->text = text;
	lines->capacity = capacity;
	return 0;
}

void held_lines__free(struct held_lines *lines)
{
	free(lines->text);
	*lines = (struct held_lines){ 0 };
}
