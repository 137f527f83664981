// SPDX-License-Identifier: BSD-2-Clause
/* See notices.h. Tested by tests/unit/command/test_quiet.c. */
#include "base/notices.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

void notices__clear(struct notices *notices)
{
	for (size_t i = 0; i < notices->count; i++)
		free(notices->list[i]);
	free(notices->list);
	*notices = (struct notices){};
}
