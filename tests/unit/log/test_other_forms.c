// SPDX-License-Identifier: BSD-2-Clause
/* Tests of other_forms.c: lines of another form that tell a path; tests/cli/test_logs.py has logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/other_forms.h"

static void test_lines_of_other_forms(void **state)
{
	static const struct {
		const char *form, *line, *wanted;
	} lines[] = {
		{ "sngrep", "U 192.0.2.1:5070 -> 192.0.2.2:5060 #1", "ngrep" },
		{ "ngrep", "2026/01/05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060", "sngrep" },
		{ "ngrep", "<--- SIP read from UDP:192.0.2.1:5070 --->", "chan_sip" },
		{ "ngrep", "UDP message sent (9 bytes):", "sipp" },
		{ "ngrep", "2026-01-05T12:00:00.105Z JsSIP:Transport sending message:", "jssip" },
		{ "sngrep", "2026/01/05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060", NULL },
		{ "ngrep", "#", NULL },
		{ "ngrep", "12:00:00.105000 ready", NULL },
		{ "ngrep", "received from 192.0.2.1:5070", NULL },
		{ "ngrep", "call 192.0.2.1:5070 -> 192.0.2.2:5060", NULL },
		{ "ngrep", "Via: SIP/2.0/UDP 192.0.2.1:5070", NULL },
		{ "ngrep", "", NULL },
	};
	struct other_forms *others = other_forms__new();
	const struct form *found;
	const char *nearest;
	size_t i;

	assert_non_null(others);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		found = other_forms__find(others, forms__find(lines[i].form, &nearest), lines[i].line,
					  strlen(lines[i].line));
		if (!lines[i].wanted != !found || (found && strcmp(found->name, lines[i].wanted) != 0))
			fail_msg("%s: %s", lines[i].line, found ? found->name : "none");
	}
	other_forms__free(others);
	other_forms__free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_of_other_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
