// SPDX-License-Identifier: BSD-2-Clause
/* See held_lines.h. Tested by tests/unit/log/test_assembly.c. */
#include "log/held_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 1024

int held_lines__add(struct held_lines *lines, const char *line, size_t length, enum held_end end)
{
	size_t capacity = lines->capacity ? lines->capacity : CAPACITY_MIN;
	char *text;

	while (capacity < lines->length + length + end)
		capacity *= 2;
	if (capacity != lines->capacity) {
		text = realloc(lines->text, capacity);
		if (!text)
			return -ENOMEM;
		lines->text = text;
		lines->capacity = capacity;
	}
	memcpy(lines->text + lines->length, line, length);
	lines->length += length;
	if (end == HELD_CRLF)
		lines->text[lines->length++] = '\r';
	lines->text[lines->length++] = '\n';
	return 0;
}

void held_lines__free(struct held_lines *lines)
{
	free(lines->text);
	*lines = (struct held_lines){ 0 };
}
