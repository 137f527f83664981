// SPDX-License-Identifier: BSD-2-Clause
/* See log.h. Tested by tests/unit/base/test_log.c and tests/net/test_attach.sh. */
#include "base/log.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

static unsigned int verbosity;
static bool libbpf_quiet;

/*
 * Prints a message as one line. Parts of it come from file names and captures and must not move the terminal's cursor.
 */
static void print_line(const char *format, va_list arguments)
{
	char line[2048], *printable;
	size_t width;

	vsnprintf(line, sizeof(line), format, arguments);
	printable = text__printable(line, &width);
	fprintf(stderr, "sipbpf: %s\n", printable ? printable : "out of memory");
	free(printable);
}

void log__error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(format, arguments);
	va_end(arguments);
}

void log__info(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(format, arguments);
	va_end(arguments);
}

void log__set_verbosity(unsigned int value)
{
	verbosity = value;
}

/* What libbpf says is for those who ask twice, but for its warnings while nothing else tells of an error. */
static bool passes(enum libbpf_print_level level)
{
	return verbosity > 1 || (level == LIBBPF_WARN && !libbpf_quiet);
}

/* Passes libbpf's text on as it is: a verifier log is one message of many lines. */
static int print_libbpf(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (!passes(level))
		return 0;
	return vfprintf(stderr, format, arguments);
}

void log__install_libbpf(void)
{
	libbpf_set_print(print_libbpf);
}

void log__set_libbpf_quiet(bool quiet)
{
	libbpf_quiet = quiet;
}
