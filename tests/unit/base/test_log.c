// SPDX-License-Identifier: BSD-2-Clause
/* Which of libbpf's messages pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/libbpf.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static int call(libbpf_print_fn_t print, enum libbpf_print_level level, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = print(level, format, arguments);
	va_end(arguments);
	return length;
}

/* Has libbpf say something at every level, and compares what reaches stderr. */
static void assert_passes(unsigned int verbosity, bool is_quiet, const char *wanted)
{
	char got[64] = "";
	int saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	libbpf_print_fn_t print;

	assert_non_null(file);
	log__set_verbosity(verbosity);
	log__set_libbpf_quiet(is_quiet);
	log__install_libbpf();
	print = libbpf_set_print(NULL);
	dup2(fileno(file), STDERR_FILENO);
	call(print, LIBBPF_WARN, "%s ", "warning");
	call(print, LIBBPF_INFO, "%s ", "info");
	call(print, LIBBPF_DEBUG, "%s ", "debug");
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	(void)fgets(got, sizeof(got), file);
	fclose(file);
	assert_string_equal(got, wanted);
}

static void levels(void **state)
{
	assert_passes(0, false, "warning ");
	assert_passes(0, true, "");
	assert_passes(1, false, "warning ");
	assert_passes(1, true, "");
	assert_passes(2, true, "warning info debug ");
	assert_passes(3, false, "warning info debug ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
