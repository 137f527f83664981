// SPDX-License-Identifier: BSD-2-Clause
/* What could not be read: sums, bounds, differences, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "unit/fixtures.h"
#include "counts/counter.h"
#include "counts/unread.h"

static struct link link_of(const char *client)
{
	return fixture__link("10.0.0.1", client, 40000);
}

static struct link numbered_link(unsigned int number)
{
	struct link link = link_of("10.0.0.2");

	link.server_port = (__u16)(1000 + number);
	return link;
}

static void assert_notices(const struct unread *unread, const char *first, const char *second)
{
	const char *const wanted[] = { first, second };
	size_t count = second ? 2 : first ? 1 : 0;
	struct notices notices = {};

	assert_int_equal(unread__notice(unread, "-", &notices), 0);
	assert_int_equal(notices.count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(notices.list[i], wanted[i]);
	notices__clear(&notices);
}

static void causes_of_a_link_add_up_whatever_its_client_port(void **state)
{
	struct unread unread = {};
	struct link link = link_of("10.0.0.2"), other = link;

	other.client_port = 50000;
	unread__add_link(&unread, &link, UNREAD_GAPS, 2);
	unread__add_link(&unread, &other, UNREAD_GAPS, 3);
	unread__add_link(&unread, &other, UNREAD_MALFORMED, 1);
	unread__add_link(&unread, &other, UNREAD_ENCRYPTED, 0);
	assert_int_equal(unread.links_count, 1);
	assert_int_equal(unread.links[0].packets[UNREAD_GAPS], 5);
	assert_int_equal(unread.links[0].link.client_port, 0);
	assert_notices(&unread, "not read in part: 10.0.0.1-UDP-5060-10.0.0.2 (gaps, malformed)", NULL);
}

static void nothing_is_empty_and_says_nothing(void **state)
{
	struct unread unread = {};
	struct link link = link_of("10.0.0.2");

	unread__add_link(&unread, &link, UNREAD_GAPS, 0);
	unread__add_port(&unread, 8443, 0);
	assert_true(unread__is_empty(&unread));
	assert_notices(&unread, NULL, NULL);
}

static void ports_are_those_of_no_other_protocol(void **state)
{
	struct unread unread = {};

	unread__add_port(&unread, 443, 1);
	unread__add_port(&unread, 993, 1);
	assert_true(unread__is_empty(&unread));
	unread__add_port(&unread, 8443, 1);
	unread__add_port(&unread, 7443, 2);
	unread__add_port(&unread, 8443, 4);
	assert_int_equal(unread.ports[0].handshakes, 5);
	assert_notices(&unread, "TLS on 8443, 7443: --server-port 8443,7443", NULL);
}

static void both_are_said_apart(void **state)
{
	struct unread unread = {};
	struct link link = link_of("10.0.0.2");

	unread__add_link(&unread, &link, UNREAD_COMPRESSED, 1);
	unread__add_port(&unread, 8443, 1);
	assert_notices(&unread, "not read in part: 10.0.0.1-UDP-5060-10.0.0.2 (compressed)",
		       "TLS on 8443: --server-port 8443");
}

/* A flood of links and ports changes neither the memory nor what was named before. */
static void there_is_a_bound(void **state)
{
	struct unread unread = {};
	struct link link;

	for (unsigned int i = 0; i < 5; i++) {
		link = numbered_link(i);
		unread__add_link(&unread, &link, UNREAD_MALFORMED, 1);
	}
	assert_notices(
		&unread,
		"not read in part: 10.0.0.1-UDP-1000-10.0.0.2 (malformed), 10.0.0.1-UDP-1001-10.0.0.2 (malformed), "
		"10.0.0.1-UDP-1002-10.0.0.2 (malformed), 10.0.0.1-UDP-1003-10.0.0.2 (malformed) and 1 more link",
		NULL);
	for (unsigned int i = 0; i < 2 * UNREAD_LINKS_MAX; i++) {
		link = numbered_link(i);
		unread__add_link(&unread, &link, UNREAD_MALFORMED, 1);
		unread__add_port(&unread, (__u16)(10000 + i), 1);
	}
	assert_int_equal(unread.links_count, UNREAD_LINKS_MAX);
	assert_true(unread.has_more_links);
	assert_int_equal(unread.links[0].packets[UNREAD_MALFORMED], 2);
	assert_int_equal(unread.ports_count, UNREAD_PORTS_MAX);
	assert_true(unread.has_more_ports);
}

static void sums_stop_at_what_json_can_say(void **state)
{
	struct unread unread = {};
	struct link link = link_of("10.0.0.2");

	unread__add_link(&unread, &link, UNREAD_GAPS, INT64_MAX);
	unread__add_link(&unread, &link, UNREAD_GAPS, 1);
	unread__add_link(&unread, &link, UNREAD_GAPS, UINT64_MAX);
	assert_int_equal(unread.links[0].packets[UNREAD_GAPS], INT64_MAX);
}

static void differences_leave_no_empty_links(void **state)
{
	struct unread a = {}, b = {};
	struct link both = link_of("10.0.0.2"), later = link_of("10.0.0.3");

	unread__add_link(&a, &both, UNREAD_GAPS, 2);
	unread__add_port(&a, 8443, 1);
	unread__add_link(&b, &both, UNREAD_GAPS, 2);
	unread__add_link(&b, &later, UNREAD_GAPS, 1);
	unread__add_port(&b, 8443, 1);
	unread__add_port(&b, 7443, 1);
	unread__subtract(&b, &a);
	assert_notices(&b, "not read in part: 10.0.0.1-UDP-5060-10.0.0.3 (gaps)", "TLS on 7443: --server-port 7443");
}

static void counters_carry_it(void **state)
{
	struct counters *interval = counters__new(), *lifetime = counters__new(), *sum = counters__new(), *grouped;
	struct link link = link_of("10.0.0.2");

	counters__note_unread(interval, &link, UNREAD_GAPS, 1);
	counters__note_tls_port(interval, 8443, 1);
	assert_int_equal(counters__merge(lifetime, interval), 0);
	counters__clear(interval);
	assert_true(unread__is_empty(counters__unread(interval)));
	assert_int_equal(counters__unread(lifetime)->links[0].packets[UNREAD_GAPS], 1);
	assert_int_equal(counters__merge(sum, lifetime), 0);
	assert_int_equal(counters__merge(sum, lifetime), 0);
	assert_int_equal(counters__unread(sum)->links[0].packets[UNREAD_GAPS], 2);
	assert_int_equal(counters__unread(sum)->ports[0].handshakes, 2);
	assert_int_equal(counters__group(sum, 1, &grouped), 0);
	assert_int_equal(counters__unread(grouped)->links_count, 1);
	assert_int_equal(counters__subtract(sum, lifetime), 0);
	assert_int_equal(counters__unread(sum)->links[0].packets[UNREAD_GAPS], 1);
	assert_int_equal(counters__take_over(interval, sum), 0);
	assert_int_equal(counters__unread(interval)->links_count, 1);
	counters__free(grouped);
	counters__free(sum);
	counters__free(interval);
	counters__free(lifetime);
}

static void the_filter_decides_by_hosts(void **state)
{
	struct link_network network;
	struct filter filter = { .hosts = &network, .hosts_count = 1 };
	struct counters *counters = counters__new();
	struct link link = link_of("10.0.0.2"), other = link_of("10.0.0.9");

	assert_int_equal(link_network__parse("10.0.0.9", &network), 0);
	counters__set_filter(counters, &filter);
	counters__note_unread(counters, &link, UNREAD_GAPS, 1);
	assert_true(unread__is_empty(counters__unread(counters)));
	counters__note_unread(counters, &other, UNREAD_GAPS, 1);
	assert_int_equal(counters__unread(counters)->links_count, 1);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(causes_of_a_link_add_up_whatever_its_client_port),
		cmocka_unit_test(nothing_is_empty_and_says_nothing),
		cmocka_unit_test(ports_are_those_of_no_other_protocol),
		cmocka_unit_test(both_are_said_apart),
		cmocka_unit_test(there_is_a_bound),
		cmocka_unit_test(sums_stop_at_what_json_can_say),
		cmocka_unit_test(differences_leave_no_empty_links),
		cmocka_unit_test(counters_carry_it),
		cmocka_unit_test(the_filter_decides_by_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
