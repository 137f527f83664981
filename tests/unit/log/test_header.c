// SPDX-License-Identifier: BSD-2-Clause
/* Tests of header.h: which headers matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "log/header.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *line;
		enum header_kind kind;
	} headers[] = {
		{ "To: x", HEADER_PARSED },         { "TO : x", HEADER_PARSED },
		{ "t: x", HEADER_PARSED },          { "T\t: x", HEADER_PARSED },
		{ "Timestamp: 1", HEADER_PLAIN },   { "t", HEADER_PLAIN },
		{ "Via: x", HEADER_PARSED },        { "v: x", HEADER_PARSED },
		{ "Vary: x", HEADER_PLAIN },        { "CSeq: 1 A", HEADER_PARSED },
		{ "cseq: 1 A", HEADER_PARSED },     { "c: text/plain", HEADER_TYPE },
		{ "Call-ID: x", HEADER_PLAIN },     { "Contact: x", HEADER_PLAIN },
		{ "Content-Type: x", HEADER_TYPE }, { "CONTENT-TYPE: x", HEADER_TYPE },
		{ "Content-", HEADER_PLAIN },       { "Content-Length: 1", HEADER_LENGTH },
		{ "l: 1", HEADER_LENGTH },          { "Lang: x", HEADER_PLAIN },
		{ "From: x", HEADER_PLAIN },        { "x", HEADER_PLAIN },
	};
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		assert_int_equal(header__kind(headers[i].line, strlen(headers[i].line)), headers[i].kind);
}

static void test_lines_that_look_like_headers(void **state)
{
	static const char *const headers[] = { "To: x", "P-A.b:", "X\t :1", " a fold", "\t" };
	static const char *const others[] = {
		"", "12:00:00 RX", "RX udp 192.0.2.1:5070", ": x", "INVITE sip:a SIP/2.0", "[1]: x", "SIP/2.0 200 OK: x"
	};
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		assert_true(header__is_likely(headers[i], strlen(headers[i])));
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(header__is_likely(others[i], strlen(others[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_lines_that_look_like_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
