// SPDX-License-Identifier: BSD-2-Clause
/* Tests of csv_layout.c: which columns a log that is continued has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "render/csv_layout.h"

/* Asserts that what was written before has these columns, between which a space stands; "" for none. */
static void assert_columns(const char *written, bool has_stamps, const char *wanted)
{
	struct csv_layout *layout = csv_layout__new();
	FILE *in = fmemopen((void *)written, strlen(written), "r");
	char got[256] = "";

	assert_int_equal(csv_layout__add(layout, "old"), 0);
	assert_int_equal(csv_layout__continue(layout, in, has_stamps), 0);
	fclose(in);
	for (size_t i = 0; i < csv_layout__count(layout); i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s[%s]", i ? " " : "",
			 csv_layout__cell(layout, i));
	assert_string_equal(got, wanted);
	csv_layout__free(layout);
}

static void the_last_header_counts(void **state)
{
	assert_columns("server_ip,BYE IN\r\n10.0.0.1,1\r\n", false, "[server_ip] [BYE IN]");
	assert_columns("server_ip,BYE IN\r\n1.1.1.1,1\r\nserver_ip,BYE IN,ACK IN\r\n1.1.1.1,1,1\r\n", false,
		       "[server_ip] [BYE IN] [ACK IN]");
	assert_columns("server_ip,BYE \n", false, "[server_ip] [BYE ]");
}

static void a_header_that_is_cut_is_none(void **state)
{
	assert_columns("server_ip,BYE IN\r\n1.1.1.1,1\r\nserver_ip,BYE IN,ACK", false, "");
	assert_columns("server_ip,BYE IN\r\n1.1.1.1,1\r\nser", false, "[server_ip] [BYE IN]");
}

static void quoted_cells_stay_quoted(void **state)
{
	assert_columns("server_ip,\"a,b IN\",\"'=\"\"c IN\",BYE IN\r\n", false,
		       "[server_ip] [\"a,b IN\"] [\"'=\"\"c IN\"] [BYE IN]");
}

static void without_a_header_there_are_none(void **state)
{
	assert_columns("\n", false, "");
	assert_columns("10.0.0.1,1\r\nother,2\r\n", false, "");
}

static void timestamps_must_agree(void **state)
{
	static const char plain[] = "server_ip,BYE IN\r\n", stamped[] = "start,end,name,server_ip,ACK IN\r\n";
	char both[128];

	assert_columns(plain, true, "");
	assert_columns(stamped, false, "");
	assert_columns(stamped, true, "[server_ip] [ACK IN]");
	snprintf(both, sizeof(both), "%s%s", plain, stamped);
	assert_columns(both, false, "");
	assert_columns(both, true, "[server_ip] [ACK IN]");
}

static void columns_are_found_by_their_cells(void **state)
{
	struct csv_layout *layout = csv_layout__new();

	assert_int_equal(csv_layout__find(layout, "a"), 0);
	assert_int_equal(csv_layout__add(layout, "a"), 0);
	assert_int_equal(csv_layout__add(layout, "b"), 0);
	assert_int_equal(csv_layout__find(layout, "b"), 1);
	assert_int_equal(csv_layout__find(layout, "c"), 2);
	csv_layout__clear(layout);
	assert_int_equal(csv_layout__count(layout), 0);
	csv_layout__free(layout);
	csv_layout__free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_header_counts),   cmocka_unit_test(a_header_that_is_cut_is_none),
		cmocka_unit_test(quoted_cells_stay_quoted), cmocka_unit_test(without_a_header_there_are_none),
		cmocka_unit_test(timestamps_must_agree),    cmocka_unit_test(columns_are_found_by_their_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
