// SPDX-License-Identifier: BSD-2-Clause
/* Which interfaces carry which: one small host, every pair that matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "hook/stacking.h"

enum { LO = 1, ETH0, ETH1, BOND0, BOND0_10, BR0, VETH0, VETH1, ETH2, ETH2_5, QINQ, VXLAN0, LINKS = VXLAN0 };

static const struct stacking_link host[] = {
	{ .ifindex = LO, .name = "lo" },
	{ .ifindex = ETH0, .master = BOND0, .name = "eth0" },
	{ .ifindex = ETH1, .master = BOND0, .name = "eth1" },
	{ .ifindex = BOND0, .is_plain = true, .name = "bond0" },
	{ .ifindex = BOND0_10, .lower = BOND0, .master = BR0, .is_plain = true, .name = "bond0.10" },
	{ .ifindex = BR0, .is_plain = true, .name = "br0" },
	{ .ifindex = VETH0, .lower = VETH1, .master = BR0, .is_plain = true, .name = "veth0" },
	{ .ifindex = VETH1, .lower = VETH0, .is_plain = true, .name = "veth1" },
	{ .ifindex = ETH2, .name = "eth2" },
	{ .ifindex = ETH2_5, .lower = ETH2, .is_plain = true, .name = "eth2.5" },
	{ .ifindex = QINQ, .lower = ETH2_5, .is_plain = true, .name = "eth2.5.6" },
	{ .ifindex = VXLAN0, .lower = ETH2, .name = "vxlan0" },
};

static bool carries_among(const struct stacking_link *links, size_t count, unsigned int low, unsigned int high)
{
	const unsigned int given[] = { low, high };
	unsigned int found_low, found_high;

	return stacking__search(links, count, given, 2, &found_low, &found_high) == STACKING_CARRIED &&
	       found_low == low && found_high == high;
}

static bool carries(unsigned int low, unsigned int high)
{
	return carries_among(host, sizeof(host) / sizeof(*host), low, high);
}

static void a_card_carries_its_vlans(void **state)
{
	assert_true(carries(ETH2, ETH2_5));
	assert_true(carries(ETH2, QINQ));
	assert_false(carries(ETH2_5, ETH2));
}

static void a_port_carries_its_master_and_what_is_above(void **state)
{
	assert_true(carries(ETH0, BOND0));
	assert_true(carries(ETH0, BOND0_10));
	assert_true(carries(ETH1, BR0));
	assert_false(carries(BR0, ETH1));
}

static void ports_of_one_bridge_are_apart(void **state)
{
	assert_false(carries(ETH0, ETH1));
	assert_false(carries(ETH0, VETH0));
	assert_false(carries(VETH0, BOND0_10));
}

static void ends_of_a_veth_pair_carry_each_other(void **state)
{
	assert_true(carries(VETH0, VETH1));
	assert_true(carries(VETH1, VETH0));
	assert_true(carries(VETH1, BR0));
}

static void unrelated_interfaces_do_not(void **state)
{
	assert_false(carries(LO, ETH0));
	assert_false(carries(ETH2, BOND0));
	assert_false(carries(ETH2, 99));
	assert_false(carries(99, ETH2));
	assert_false(carries(ETH2, ETH2));
}

static void a_loop_of_links_ends(void **state)
{
	static const struct stacking_link loop[] = {
		{ .ifindex = 1, .lower = 2, .master = 3 },
		{ .ifindex = 2, .lower = 3, .master = 1 },
		{ .ifindex = 3, .lower = 1, .master = 2 },
		{ .ifindex = 4 },
	};

	assert_false(carries_among(loop, 4, 1, 4));
	assert_true(carries_among(loop, 4, 1, 3));
}

#define RANDOM_LINKS 9
#define RANDOM_GIVEN 4
#define RANDOM_ROUNDS 20000

static unsigned int draw(unsigned int below)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(seed >> 33) % below;
}

/* reaches[a][b]: over one or more steps, what passes link a + 1 also passes link b + 1. */
static void find_reached(const struct stacking_link *links, bool reaches[RANDOM_LINKS][RANDOM_LINKS])
{
	unsigned int a, b, via;

	for (a = 0; a < RANDOM_LINKS; a++)
		for (b = 0; b < RANDOM_LINKS; b++)
			reaches[a][b] = links[a].master == b + 1 || links[b].lower == a + 1;
	for (via = 0; via < RANDOM_LINKS; via++)
		for (a = 0; a < RANDOM_LINKS; a++)
			for (b = 0; b < RANDOM_LINKS; b++)
				reaches[a][b] |= reaches[a][via] && reaches[via][b];
}

/* Any links, and some of them given: what is found is what a search of all pairs finds. */
static void pairs_are_found_among_any_links(void **state)
{
	struct stacking_link links[RANDOM_LINKS];
	bool reaches[RANDOM_LINKS][RANDOM_LINKS];
	unsigned int given[RANDOM_GIVEN], low = 0, high = 0, found_some = 0;
	size_t i, j, round;

	for (round = 0; round < RANDOM_ROUNDS; round++) {
		bool is_carried = false, is_twice = false;
		enum stacking found;

		for (i = 0; i < RANDOM_LINKS; i++)
			links[i] = (struct stacking_link){ .ifindex = (unsigned int)i + 1,
							   .lower = draw(3) ? 0 : draw(RANDOM_LINKS + 2),
							   .master = draw(3) ? 0 : draw(RANDOM_LINKS + 2) };
		find_reached(links, reaches);
		for (i = 0; i < RANDOM_GIVEN; i++)
			given[i] = 1 + draw(RANDOM_LINKS);
		for (i = 0; i < RANDOM_GIVEN; i++)
			for (j = 0; j < RANDOM_GIVEN; j++) {
				is_twice |= i != j && given[i] == given[j];
				is_carried |= given[i] != given[j] && reaches[given[i] - 1][given[j] - 1];
			}
		found = stacking__search(links, RANDOM_LINKS, given, RANDOM_GIVEN, &low, &high);
		assert_int_equal(found, is_twice ? STACKING_TWICE : is_carried ? STACKING_CARRIED : STACKING_NONE);
		assert_true(found != STACKING_CARRIED || (low != high && reaches[low - 1][high - 1]));
		found_some += found == STACKING_CARRIED;
	}
	assert_in_range(found_some, RANDOM_ROUNDS / 20, RANDOM_ROUNDS);
}

/* Whether a is above when these are counted; 0 ends the list. */
static bool is_above(unsigned int a, const unsigned int *counted)
{
	bool marks[LINKS] = {};

	for (; *counted; counted++)
		marks[*counted - 1] = true;
	stacking__mark_above(host, marks, LINKS);
	return marks[a - 1];
}

#define ABOVE(a, ...) is_above(a, (const unsigned int[]){ __VA_ARGS__, 0 })

static void above_a_card_are_its_vlans(void **state)
{
	assert_true(ABOVE(ETH2_5, ETH2));
	assert_true(ABOVE(QINQ, ETH2));
	assert_false(ABOVE(ETH2, ETH2_5));
	assert_false(ABOVE(BR0, ETH2));
}

static void above_are_masters_of_which_all_ports_are_counted(void **state)
{
	assert_true(ABOVE(BOND0, ETH0, ETH1));
	assert_true(ABOVE(BOND0_10, ETH0, ETH1));
	assert_false(ABOVE(BOND0, ETH0));
	assert_false(ABOVE(BR0, ETH0, ETH1));
	assert_true(ABOVE(BR0, ETH0, ETH1, VETH0));
	assert_true(ABOVE(BR0, ETH0, ETH1, VETH1));
}

static void what_is_decrypted_or_unpacked_there_is_not_above(void **state)
{
	assert_false(ABOVE(VXLAN0, ETH2));
}

static void check_names_what_is_given_twice(void **state)
{
	const unsigned int lo = if_nametoindex("lo");
	const unsigned int twice[] = { lo, lo };
	char text[128] = "";

	if (!lo) {
		print_message("no loopback interface\n");
		skip();
	}
	assert_int_equal(stacking__check(twice, 1, text, sizeof(text)), 0);
	assert_int_equal(stacking__check(twice, 2, text, sizeof(text)), -EEXIST);
	assert_string_equal(text, "lo is given twice; name each interface once");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_carries_its_vlans),
		cmocka_unit_test(a_port_carries_its_master_and_what_is_above),
		cmocka_unit_test(ports_of_one_bridge_are_apart),
		cmocka_unit_test(ends_of_a_veth_pair_carry_each_other),
		cmocka_unit_test(unrelated_interfaces_do_not),
		cmocka_unit_test(a_loop_of_links_ends),
		cmocka_unit_test(pairs_are_found_among_any_links),
		cmocka_unit_test(above_a_card_are_its_vlans),
		cmocka_unit_test(above_are_masters_of_which_all_ports_are_counted),
		cmocka_unit_test(what_is_decrypted_or_unpacked_there_is_not_above),
		cmocka_unit_test(check_names_what_is_given_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
