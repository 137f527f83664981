// SPDX-License-Identifier: BSD-2-Clause
/* Where flows are kept: which ones give way to others, and how evenly those of one host fall into the sets. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "classify/flows.h"

#define FLOWS 16000
#define SEEDS 200

/*
 * Of so many flows whose sets are left to chance 560 find theirs full: with on average two flows in a set, that of four or more
 * others is so rare. A pattern of addresses and ports may do better, and under no seed much worse.
 */
#define EVICTED_MAX 750

/* The ends of the i-th flow of a pattern. */
typedef struct sipbpf_ends (*ends_pattern)(unsigned int i);

static struct sipbpf_ends ends_of(unsigned int host, unsigned int source_port, unsigned int target_port)
{
	struct sipbpf_ends ends = { .source_port = (__u16)source_port, .target_port = (__u16)target_port };
	const __u8 source[16] = { [10] = 0xff, 0xff, 10, 0, (__u8)(host >> 8), (__u8)host };
	const __u8 target[16] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };

	memcpy(ends.source.address, source, sizeof(source));
	memcpy(ends.target.address, target, sizeof(target));
	return ends;
}

/* A host that takes its ports one by one, every second one as Linux's connect() does, or every fourth. */
static struct sipbpf_ends of_ports(unsigned int i)
{
	return ends_of(1, 20000 + i, 5060);
}

static struct sipbpf_ends of_even_ports(unsigned int i)
{
	return ends_of(1, 32768 + 2 * i, 5060);
}

static struct sipbpf_ends of_fourth_ports(unsigned int i)
{
	return ends_of(1, 1024 + 4 * i, 5060);
}

static struct sipbpf_ends of_hosts(unsigned int i)
{
	return ends_of(i, 5060, 5060);
}

static struct sipbpf_ends of_hosts_with_ports(unsigned int i)
{
	return ends_of(i % 200, 20000 + i / 200, 5060);
}

/* In one network of IPv6, or each in one of its own. */
static struct sipbpf_ends of_ipv6_hosts(unsigned int i)
{
	struct sipbpf_ends ends = { .source.address = { 0x20, 1, 0xd, 0xb8, [14] = (__u8)(i >> 8), [15] = (__u8)i },
				    .target.address = { 0x20, 1, 0xd, 0xb8, [7] = 1, [15] = 1 },
				    .source_port = 5060,
				    .target_port = 5060 };

	return ends;
}

static struct sipbpf_ends of_ipv6_networks(unsigned int i)
{
	struct sipbpf_ends ends = of_ipv6_hosts(1);

	ends.source.address[6] = (__u8)(i >> 8);
	ends.source.address[7] = (__u8)i;
	return ends;
}

/* Any, and such as leave the lowest or the highest bits, or those of each half, to nothing. */
static __u64 seed_of(unsigned int number)
{
	__u64 seed = (number + 1) * 0x6c62272e07bb0142ULL;

	seed ^= seed >> 29;
	switch (number % 4) {
	case 0:
		return seed << number / 4;
	case 1:
		return seed >> number / 4;
	case 2:
		return seed & 0xffff0000ffff0000ULL;
	default:
		return seed;
	}
}

/* How many flows of a pattern find no room; is_back: seen from the other side. */
static unsigned int count_evicted(ends_pattern pattern, bool is_back, __u64 seed)
{
	static __u8 flows[FLOW_SETS];
	struct sipbpf_ends ends, back;
	unsigned int i, evicted = 0;
	__u8 *set;

	memset(flows, 0, sizeof(flows));
	for (i = 0; i < FLOWS; i++) {
		ends = pattern(i);
		back = (struct sipbpf_ends){ .source = ends.target,
					     .target = ends.source,
					     .source_port = ends.target_port,
					     .target_port = ends.source_port };
		set = &flows[flow_table__set_number(flow_table__hash_ends(seed, is_back ? &back : &ends, 0), 0)];
		if (*set == FLOW_WAYS)
			evicted++;
		else
			++*set;
	}
	return evicted;
}

static void assert_room(const char *name, ends_pattern ends, unsigned int seed)
{
	unsigned int evicted, is_back;

	for (is_back = 0; is_back < 2; is_back++) {
		evicted = count_evicted(ends, is_back, seed_of(seed));
		if (evicted > EVICTED_MAX)
			fail_msg("%s%s: %u of %u flows found no room under the seed %llx", name,
				 is_back ? ", back" : "", evicted, FLOWS, seed_of(seed));
	}
}

static void test_patterns_spread(void **state)
{
	static const struct {
		const char *name;
		ends_pattern ends;
	} patterns[] = {
		{ "ports", of_ports },
		{ "even ports", of_even_ports },
		{ "fourth ports", of_fourth_ports },
		{ "hosts", of_hosts },
		{ "hosts with ports", of_hosts_with_ports },
		{ "hosts of IPv6", of_ipv6_hosts },
		{ "networks of IPv6", of_ipv6_networks },
	};
	unsigned int i, seed;

	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		for (seed = 0; seed < SEEDS; seed++)
			assert_room(patterns[i].name, patterns[i].ends, seed);
}

/* Puts flows of one set until it is full; the next one's ends are returned. */
static struct sipbpf_ends fill_set(struct flows *flows, __u64 seed, struct flow *flow)
{
	unsigned int i, found = 0;
	__u32 set = 0;

	for (i = 0;; i++) {
		flow->ends = of_hosts_with_ports(i);
		if (i && flow_table__set_number(flow_table__hash_ends(seed, &flow->ends, 0), 0) != set)
			continue;
		set = flow_table__set_number(flow_table__hash_ends(seed, &flow->ends, 0), 0);
		if (found++ == FLOW_WAYS)
			return flow->ends;
		assert_false(flows__put(flows, flow));
	}
}

/* Of a full set the flow that is closed gives way, and no message is lost; when all are in flight, the oldest one. */
static void test_least_worth_gives_way(void **state)
{
	struct flow flow = { .state = FLOW_SYNCED, .has_partial_message = 1 }, found;
	struct flows *flows = flows__new();
	struct sipbpf_ends next, closed = of_hosts_with_ports(0);

	assert_non_null(flows);
	flows__set_seed(flows, 42);
	next = fill_set(flows, 42, &flow);
	assert_true(flows__may_have(flows, &closed, 0));
	flows__get(flows, &closed, 0, &found);
	found.is_closed = 1;
	found.has_partial_message = 0;
	assert_false(flows__put(flows, &found));

	flow.ends = next;
	assert_false(flows__put(flows, &flow));
	flows__get(flows, &closed, 0, &found);
	assert_int_equal(found.state, FLOW_FREE);
	flows__get(flows, &next, 0, &found);
	assert_int_equal(found.state, FLOW_SYNCED);

	flow.ends = closed;
	assert_true(flows__put(flows, &flow));
	flows__get(flows, &next, 0, &found);
	assert_int_equal(found.state, FLOW_SYNCED);
	flows__free(flows);
}

/* Flows between the same ends are told apart by their channel, and forgotten one by one. */
static void test_channels(void **state)
{
	struct flow flow = { .state = FLOW_SYNCED, .ends = of_ports(0) }, found;
	struct flows *flows = flows__new();
	__u32 channel;

	assert_non_null(flows);
	for (channel = 0; channel < 3; channel++) {
		flow.channel = channel;
		flow.next = channel;
		assert_false(flows__put(flows, &flow));
	}
	flows__drop(flows, &flow.ends, 1);
	for (channel = 0; channel < 3; channel++) {
		flows__get(flows, &flow.ends, channel, &found);
		assert_int_equal(found.state, channel == 1 ? FLOW_FREE : FLOW_SYNCED);
		assert_int_equal(found.channel, channel);
		assert_int_equal(found.next, channel == 1 ? 0 : channel);
	}
	flows__free(flows);
}

/* A copy is kept until a thousand others came. */
static void test_copies_give_way(void **state)
{
	static const __u8 bytes[] = "early";
	struct flows *flows = flows__new();
	__u32 ticket, i;

	assert_non_null(flows);
	ticket = flows__keep_copy(flows, 0, bytes, sizeof(bytes));
	assert_int_not_equal(ticket, 0);
	for (i = 0; i < 1023; i++)
		(void)flows__keep_copy(flows, 0, (const __u8 *)"later", 6);
	assert_memory_equal(flows__copy(flows, ticket), bytes, sizeof(bytes));
	(void)flows__keep_copy(flows, 0, (const __u8 *)"later", 6);
	assert_null(flows__copy(flows, ticket));
	flows__free(flows);
}

/* However many fragments come early, no segment's copy gives way to them, and they give way to none. */
static void test_copies_of_fragments(void **state)
{
	struct flows *flows = flows__new();
	__u32 segment, fragment, i;

	assert_non_null(flows);
	segment = flows__keep_copy(flows, 0, (const __u8 *)"segment", 7);
	for (i = 0; i < 2000; i++)
		fragment = flows__keep_copy(flows, FLOW_CHANNEL_FRAGMENTS, (const __u8 *)"fragment", 8);
	for (i = 0; i < 1023; i++)
		(void)flows__keep_copy(flows, 0, (const __u8 *)"later", 6);
	assert_memory_equal(flows__copy(flows, segment), "segment", 7);
	assert_memory_equal(flows__copy(flows, fragment), "fragment", 8);
	flows__free(flows);
}

static void test_marks(void **state)
{
	struct flows *flows = flows__new();
	const struct sipbpf_ends ends = of_ports(1), others = of_ports(2);

	assert_non_null(flows);
	assert_false(flows__is_marked(flows, &ends, FLOW_CHANNEL_FRAGMENTS, 5));
	flows__mark(flows, &ends, FLOW_CHANNEL_FRAGMENTS, 5);
	assert_true(flows__is_marked(flows, &ends, FLOW_CHANNEL_FRAGMENTS, 5));
	assert_true(flows__is_marked(flows, &ends, FLOW_CHANNEL_FRAGMENTS, 1005));
	assert_false(flows__is_marked(flows, &ends, FLOW_CHANNEL_FRAGMENTS, 1006));
	assert_false(flows__is_marked(flows, &ends, FLOW_CHANNEL_FRAGMENTS | 17, 5));
	assert_false(flows__is_marked(flows, &others, FLOW_CHANNEL_FRAGMENTS, 5));
	flows__unmark(flows, &ends, FLOW_CHANNEL_FRAGMENTS);
	assert_false(flows__is_marked(flows, &ends, FLOW_CHANNEL_FRAGMENTS, 5));
	flows__free(flows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns_spread),
		cmocka_unit_test(test_least_worth_gives_way),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_copies_give_way),
		cmocka_unit_test(test_copies_of_fragments),
		cmocka_unit_test(test_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
