// SPDX-License-Identifier: BSD-2-Clause
/* See notices.h. */
#include "base/notices.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int notices__add(struct notices *notices, const char *format, ...)
{
	char **grown = reallocarray(notices->list, notices->count + 1, sizeof(*grown));
	va_list arguments;
	int length;

	if (!grown)
		return -ENOMEM;
	notices->list = grown;
	va_start(arguments, format);
	length = vasprintf(&grown[notices->count], format, arguments);
	va_end(arguments);
	if (length < 0)
		return -ENOMEM;
	notices->count++;
	return 0;
}

/* Room for the line that tells what is left out. */
#define LEFT_OUT_SIZE 32

void notices__join(const struct notices *notices, char *ret_lines, size_t size)
{
	size_t used = 0, i;

	memset(ret_lines, 0, size);
	for (i = 0; i < notices->count; i++) {
		size_t length = strlen(notices->list[i]) + 1;

		if (used + length + LEFT_OUT_SIZE > size)
			break;
		snprintf(ret_lines + used, size - used, "%s\n", notices->list[i]);
		used += length;
	}
	if (i < notices->count && used < size)
		snprintf(ret_lines + used, size - used, "%zu more\n", notices->count - i);
}

int notices__split(const char *lines, size_t size, struct notices *notices)
{
	const char *end = lines + strnlen(lines, size), *line_end;
	int error = 0;

	while (!error && (line_end = memchr(lines, '\n', (size_t)(end - lines)))) {
		error = notices__add(notices, "%.*s", (int)(line_end - lines), lines);
		lines = line_end + 1;
	}
	return error;
}

void notices__clear(struct notices *notices)
{
	for (size_t i = 0; i < notices->count; i++)
		free(notices->list[i]);
	free(notices->list);
	*notices = (struct notices){};
}
