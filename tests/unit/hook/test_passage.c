// SPDX-License-Identifier: BSD-2-Clause
/* Passage: of which interfaces all packets pass a counted one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <net/if.h>
#include <string.h>

#include "hook/passage.h"

enum { ETH0 = 2, ETH1, ABOVE, TOP };

#define CARD(number, counted)                                \
	{                                                    \
		.ifindex = (number), .is_counted = (counted) \
	}
#define PORT(number, above, counted)                                                        \
	{                                                                                   \
		.ifindex = (number), .kind = { .master = (above) }, .is_counted = (counted) \
	}
#define ON(number, type, below)                                                  \
	{                                                                        \
		.ifindex = (number), .kind = {.name = (type), .lower = (below) } \
	}
#define OVER(number, below)                              \
	{                                                \
		.ifindex = (number), .underlay = (below) \
	}
#define KIND(number, type)                                     \
	{                                                      \
		.ifindex = (number), .kind = {.name = (type) } \
	}

static void what_stands_above_counted_interfaces_is_counted(void **state)
{
	/* The last one is asked about. */
	static const struct {
		struct passage_device devices[4];
		size_t count;
		bool is_counted;
	} cases[] = {
		{ { CARD(ETH0, true) }, 1, true },
		{ { CARD(ETH0, true), CARD(ETH1, false) }, 2, false },
		{ { CARD(ETH0, true), ON(ABOVE, "vlan", ETH0) }, 2, true },
		{ { CARD(ETH0, false), ON(ABOVE, "vlan", ETH0) }, 2, false },
		{ { CARD(ETH0, true), ON(ABOVE, "macvlan", ETH0) }, 2, true },
		{ { CARD(ETH0, true), ON(ABOVE, "ipvlan", ETH0) }, 2, true },
		/* encrypted below */
		{ { CARD(ETH0, true), ON(ABOVE, "xfrm", ETH0) }, 2, false },
		{ { CARD(ETH0, true), ON(ABOVE, "macsec", ETH0) }, 2, false },
		{ { CARD(ETH0, true), OVER(ABOVE, ETH0) }, 2, true },
		{ { CARD(ETH0, true), OVER(ABOVE, ETH1) }, 2, false },
		{ { CARD(ETH0, true), OVER(ABOVE, 0) }, 2, false }, /* nobody knows */
		{ { CARD(ETH0, true), OVER(TOP, ABOVE), ON(ABOVE, "vlan", ETH0), OVER(TOP + 1, TOP) }, 4, true },
		{ { PORT(ETH0, ABOVE, true), PORT(ETH1, ABOVE, true), KIND(ABOVE, "bridge") }, 3, true },
		{ { PORT(ETH0, ABOVE, true), PORT(ETH1, ABOVE, false), KIND(ABOVE, "bridge") }, 3, false },
		{ { PORT(ETH0, ABOVE, false), PORT(ETH1, ABOVE, true), KIND(ABOVE, "bond") }, 3, false },
		{ { CARD(ETH0, true), KIND(ABOVE, "bridge") }, 2, false }, /* no ports */
		/* a VLAN on a bond, in whatever order the kernel lists them */
		{ { PORT(ETH0, ABOVE, true), PORT(ETH1, ABOVE, true), KIND(ABOVE, "bond"), ON(TOP, "vlan", ABOVE) },
		  4,
		  true },
		{ { KIND(ABOVE, "bond"), PORT(ETH0, ABOVE, true), PORT(ETH1, ABOVE, true), ON(TOP, "vlan", ABOVE) },
		  4,
		  true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct passage_device devices[4];

		memcpy(devices, cases[i].devices, sizeof(devices));
		passage__spread(devices, cases[i].count);
		assert_int_equal(devices[cases[i].count - 1].is_counted, cases[i].is_counted);
	}
}

/* Packets from the host's own addresses are translated before any hook sees them, also where loopback is counted. */
static void the_hosts_own_addresses_are_none(void **state)
{
	const struct sipbpf_endpoint ipv4 = { { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 } },
				     ipv6 = { { [15] = 1 } };
	const unsigned int loopback = if_nametoindex("lo");
	struct passage *passage;

	assert_int_equal(passage__new(&loopback, 1, &passage), 0);
	assert_false(passage__leads_from(passage, &ipv4));
	assert_false(passage__leads_from(passage, &ipv6));
	passage__free(passage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_above_counted_interfaces_is_counted),
		cmocka_unit_test(the_hosts_own_addresses_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
