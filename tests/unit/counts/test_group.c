// SPDX-License-Identifier: BSD-2-Clause
/* Tests of group.c: the order of links, and which of them look alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit/fixtures.h"
#include "counts/group.h"

static void add(struct counters *counters, const char *server, const char *client, enum sip_transport transport,
		__u16 client_port)
{
	struct link link = fixture__link(server, client, client_port);

	link.transport = (__u8)transport;
	assert_int_equal(counters__add(counters, &link, LINK_IN, "BYE", "BYE", 1), 0);
}

static void assert_groups(const struct counters *counters, int depth, size_t wanted)
{
	struct group group = { 0 };
	struct groups groups;
	size_t links = 0, count = 0;

	assert_int_equal(groups__sort(counters, depth, &groups), 0);
	for (; groups__next(&groups, &group); count++) {
		assert_int_equal(group.first, links);
		links += group.count;
	}
	assert_int_equal(count, wanted);
	assert_int_equal(links, groups.rows_count);
	assert_false(groups__next(&groups, &group));
	groups__free(&groups);
}

static void test_nothing_to_sort(void **state)
{
	struct counters *counters = counters__new();

	assert_groups(counters, 4, 0);
	counters__free(counters);
}

static void test_depths(void **state)
{
	struct counters *counters = counters__new();
	struct groups groups;

	add(counters, "10.0.0.1", "10.0.0.2", SIP_TRANSPORT_UDP, 1);
	add(counters, "10.0.0.1", "10.0.0.2", SIP_TRANSPORT_UDP, 2);
	add(counters, "10.0.0.1", "10.0.0.2", SIP_TRANSPORT_TCP, 1);
	add(counters, "10.0.0.1", "10.0.0.3", SIP_TRANSPORT_TCP, 1);
	add(counters, "10.0.0.9", "10.0.0.3", SIP_TRANSPORT_TCP, 1);
	assert_groups(counters, 5, 5);
	assert_groups(counters, 4, 4);
	assert_groups(counters, 3, 4);
	assert_groups(counters, 2, 3);
	assert_groups(counters, 1, 2);
	assert_int_equal(groups__sort(counters, 0, &groups), -EINVAL);
	assert_int_equal(groups__sort(counters, 6, &groups), -EINVAL);
	counters__free(counters);
}

static void test_transports_are_ordered_by_name(void **state)
{
	static const enum sip_transport wanted[] = { SIP_TRANSPORT_NONE, SIP_TRANSPORT_SCTP, SIP_TRANSPORT_TCP,
						     SIP_TRANSPORT_TLS,  SIP_TRANSPORT_UDP,  SIP_TRANSPORT_WS,
						     SIP_TRANSPORT_WSS };
	struct counters *counters = counters__new();
	struct groups groups;
	int i;

	for (i = 0; i < SIP_TRANSPORT_COUNT; i++)
		add(counters, "10.0.0.1", "10.0.0.2", i, 1);
	assert_int_equal(groups__sort(counters, 3, &groups), 0);
	for (i = 0; i < SIP_TRANSPORT_COUNT; i++)
		assert_int_equal(groups__link(&groups, (size_t)i)->link.transport, wanted[i]);
	groups__free(&groups);
	counters__free(counters);
}

/* Addresses compare like their texts, whatever their length and where they differ. */
static void test_addresses_are_ordered_as_text(void **state)
{
	char before[INET6_ADDRSTRLEN], after[INET6_ADDRSTRLEN], client[INET6_ADDRSTRLEN];
	struct counters *counters = counters__new();
	struct in6_addr address;
	struct groups groups;
	size_t i, j;

	srandom(1);
	for (i = 0; i < 5000; i++) {
		for (j = 0; j < 16; j++)
			address.s6_addr[j] = random() % 3 ? 0x11 : (__u8)random();
		if (i % 2)
			memcpy(&address, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
		add(counters, "10.0.0.1", link__address_text(&address, client), SIP_TRANSPORT_UDP, 1);
	}
	assert_int_equal(groups__sort(counters, 2, &groups), 0);
	for (i = 1; i < groups.rows_count; i++) {
		link__address_text(&groups__link(&groups, i - 1)->link.client, before);
		link__address_text(&groups__link(&groups, i)->link.client, after);
		assert_true(strcmp(before, after) < 0);
	}
	groups__free(&groups);
	counters__free(counters);
}

/* Many rows are sorted another way than few: the same order, and addresses that begin alike. */
static void test_many_addresses_are_ordered_as_text(void **state)
{
	char before[INET6_ADDRSTRLEN], after[INET6_ADDRSTRLEN], client[INET6_ADDRSTRLEN];
	struct counters *counters = counters__new();
	struct in6_addr address = { 0 };
	struct groups groups;
	size_t i, j;

	srandom(2);
	for (i = 0; i < 20000; i++) {
		memcpy(&address, i % 3 ? "\x20\x01\x0d\xb8\x11\x11\x22\x22" : "\x20\x01\0\0\0\0\0\0", 8);
		for (j = 8; j < 16; j++)
			address.s6_addr[j] = (__u8)(random() % 4 ? random() : 0);
		if (i % 5 == 0)
			memcpy(&address, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
		add(counters, i % 2 ? "10.0.0.1" : "2001:db8::1", link__address_text(&address, client),
		    SIP_TRANSPORT_UDP, 1);
	}
	assert_int_equal(groups__sort(counters, 2, &groups), 0);
	assert_true(groups.rows_count > 19000);
	for (i = 1; i < groups.rows_count; i++) {
		const struct link *a = &groups__link(&groups, i - 1)->link, *b = &groups__link(&groups, i)->link;

		link__address_text(&a->client, before);
		link__address_text(&b->client, after);
		if (IN6_ARE_ADDR_EQUAL(&a->server, &b->server))
			assert_true(strcmp(before, after) < 0);
		else
			assert_true(IN6_IS_ADDR_V4MAPPED(&a->server) && !IN6_IS_ADDR_V4MAPPED(&b->server));
	}
	groups__free(&groups);
	counters__free(counters);
}

/* A list needs no sorting and no depth. */
static void test_list_is_as_counted(void **state)
{
	static const char *const clients[] = { "10.0.0.9", "10.0.0.1", "10.0.0.5" };
	struct counters *counters = counters__new();
	struct group group = { 0 };
	struct groups groups;
	char text[INET6_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < 3; i++)
		add(counters, "10.0.0.1", clients[i], SIP_TRANSPORT_UDP, 1);
	assert_int_equal(groups__list(counters, &groups), 0);
	for (i = 0; groups__next(&groups, &group); i++) {
		assert_int_equal(group.count, 1);
		assert_string_equal(link__client_text(&groups__link(&groups, i)->link, text), clients[i]);
	}
	assert_int_equal(i, 3);
	groups__free(&groups);
	counters__free(counters);
}

static void test_other_is_the_last(void **state)
{
	struct counters *counters = counters__new();
	struct link other = { .is_other = 1 };
	struct groups groups;

	counters__add(counters, &other, LINK_BOTH, "BYE", "BYE", 1);
	add(counters, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "10.0.0.1", SIP_TRANSPORT_UDP, 1);
	add(counters, "::", "10.0.0.1", SIP_TRANSPORT_UDP, 1);
	assert_int_equal(groups__sort(counters, 1, &groups), 0);
	assert_int_equal(groups.rows_count, 3);
	assert_int_equal(groups__link(&groups, 2)->link.is_other, 1);
	groups__free(&groups);
	groups__free(&groups);
	counters__free(counters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_to_sort),
		cmocka_unit_test(test_depths),
		cmocka_unit_test(test_transports_are_ordered_by_name),
		cmocka_unit_test(test_addresses_are_ordered_as_text),
		cmocka_unit_test(test_many_addresses_are_ordered_as_text),
		cmocka_unit_test(test_list_is_as_counted),
		cmocka_unit_test(test_other_is_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
