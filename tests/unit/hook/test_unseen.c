// SPDX-License-Identifier: BSD-2-Clause
/* What is not seen: from the kernel's messages and the drivers' names to sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "hook/device_kind.h"
#include "hook/driver.h"
#include "hook/ipsec.h"
#include "hook/passive.h"
#include "hook/unseen.h"

#define MESSAGE_SIZE 512

/* ---- the kind of an interface ---- */

/* A message about a link; a mode or lower interface of -1 is left out. */
static struct nlmsghdr *put_link(char buffer[MESSAGE_SIZE], const char *kind, int ipvlan_mode, int lower)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nlattr *info, *data;

	message->nlmsg_type = RTM_NEWLINK;
	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	if (lower >= 0)
		mnl_attr_put_u32(message, IFLA_LINK, (uint32_t)lower);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, kind);
	if (ipvlan_mode >= 0) {
		data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
		mnl_attr_put_u16(message, IFLA_IPVLAN_MODE, (uint16_t)ipvlan_mode);
		mnl_attr_nest_end(message, data);
	}
	mnl_attr_nest_end(message, info);
	return message;
}

static void a_vrf_is_one(void **state)
{
	char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct device_kind kind;

	device_kind__parse(put_link(buffer, "vrf", -1, -1), &kind);
	assert_string_equal(kind.name, "vrf");
	assert_false(kind.is_ipvlan_l3s);
	assert_int_equal(kind.lower, 0);
}

static void ipvlan_differs_by_its_mode(void **state)
{
	static const struct {
		const char *kind;
		int mode;
		bool is_l3s;
	} cases[] = { { "ipvlan", IPVLAN_MODE_L2, false },
		      { "ipvlan", IPVLAN_MODE_L3, false },
		      { "ipvlan", IPVLAN_MODE_L3S, true },
		      { "ipvlan", -1, false },
		      { "macvlan", IPVLAN_MODE_L3S, false } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
		struct device_kind kind;

		device_kind__parse(put_link(buffer, cases[i].kind, cases[i].mode, 7), &kind);
		assert_int_equal(kind.is_ipvlan_l3s, cases[i].is_l3s);
		assert_int_equal(kind.lower, 7);
	}
}

static void a_parent_in_another_namespace_has_no_number_here(void **state)
{
	char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *message = put_link(buffer, "ipvlan", IPVLAN_MODE_L3S, 7);
	struct device_kind kind;

	mnl_attr_put_u32(message, IFLA_LINK_NETNSID, 0);
	device_kind__parse(message, &kind);
	assert_int_equal(kind.lower, 0);
}

static void loopback_is_of_no_kind(void **state)
{
	struct device_kind kind = { .lower = 1 };

	assert_int_equal(device_kind__read(1, &kind), 0);
	assert_string_equal(kind.name, "");
	assert_int_equal(kind.lower, 0);
	assert_int_equal(device_kind__read(0x7ffffff0, &kind), -ENODEV);
}

/* ---- IPsec ---- */

static struct nlmsghdr *put_association(char buffer[MESSAGE_SIZE], int family, const char *from, const char *to,
					uint8_t protocol)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct xfrm_usersa_info *info = mnl_nlmsg_put_extra_header(message, sizeof(*info));

	message->nlmsg_type = XFRM_MSG_NEWSA;
	info->family = (uint16_t)family;
	info->id.proto = protocol;
	assert_int_equal(inet_pton(family, from, &info->saddr), 1);
	assert_int_equal(inet_pton(family, to, &info->id.daddr), 1);
	return message;
}

static void associations_of_an_interface(void **state)
{
	static const struct {
		int family;
		const char *from, *to;
		uint8_t protocol;
		bool is_ours;
	} cases[] = {
		{ AF_INET, "192.0.2.1", "198.51.100.1", IPPROTO_ESP, true },
		{ AF_INET, "198.51.100.1", "192.0.2.1", IPPROTO_ESP, true },
		{ AF_INET, "198.51.100.1", "198.51.100.2", IPPROTO_ESP, false },
		{ AF_INET, "192.0.2.1", "198.51.100.1", IPPROTO_AH, false },
		{ AF_INET6, "2001:db8::1", "2001:db8::9", IPPROTO_ESP, true },
		{ AF_INET6, "2001:db8::8", "2001:db8::9", IPPROTO_ESP, false },
		/* The same four bytes as 192.0.2.1, but of another family. */
		{ AF_INET6, "c000:201::", "2001:db8::9", IPPROTO_ESP, false },
	};
	struct in6_addr list[2];
	const struct ipsec_addresses own = { .list = list, .count = 2 };

	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", &list[0]), 1);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &list[1]), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
		struct nlmsghdr *message =
			put_association(buffer, cases[i].family, cases[i].from, cases[i].to, cases[i].protocol);

		assert_int_equal(ipsec__is_association_of(message, &own), cases[i].is_ours);
		message->nlmsg_len -= 4;
		assert_false(ipsec__is_association_of(message, &own));
	}
}

/* ---- drivers ---- */

static void drivers(void **state)
{
	assert_true(driver__does_native_xdp_well("i40e"));
	assert_false(driver__does_native_xdp_well("veth"));
	assert_true(driver__pays_for_native_xdp("veth"));
	assert_false(driver__pays_for_native_xdp("i40e"));
	assert_true(driver__is_virtual_card("virtio_net"));
	assert_false(driver__is_virtual_card("i40e"));
}

static void loopback_has_no_driver(void **state)
{
	char driver[DRIVER_NAME_SIZE] = "x";

	driver__read("lo", driver);
	assert_string_equal(driver, "");
}

/* ---- announcements ---- */

static void an_announcement_ends_with_its_descriptor(void **state)
{
	int first, second;

	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		print_message("no network namespace: %s\n", strerror(errno));
		skip();
	}
	assert_false(passive__is_announced(12));
	first = passive__announce(12);
	assert_true(first >= 0);
	second = passive__announce(12);
	assert_true(second >= 0);
	assert_true(passive__is_announced(12));
	assert_false(passive__is_announced(13));
	close(first);
	assert_true(passive__is_announced(12));
	close(second);
	assert_false(passive__is_announced(12));
}

/* ---- sentences ---- */

static void assert_says(const struct unseen *unseen, const char *wanted)
{
	char text[UNSEEN_TEXT_SIZE];

	unseen__describe(unseen, text);
	assert_string_equal(text, wanted);
}

static void every_kind_has_a_name_and_two_sentences(void **state)
{
	for (int i = 0; i < UNSEEN_KINDS; i++) {
		const struct unseen unseen = { .kind = (enum unseen_kind)i };
		char begins[UNSEEN_TEXT_SIZE] = "", ends[UNSEEN_TEXT_SIZE] = "";

		assert_non_null(unseen__kind_name(unseen.kind));
		unseen__describe(&unseen, begins);
		unseen__describe_end(&unseen, ends);
		assert_true(strlen(begins) > 20);
		assert_true(strlen(ends) > 20);
	}
}

static void sentences_name_what_to_take(void **state)
{
	const struct unseen vrf = { .kind = UNSEEN_VRF, .name = "eth1, eth2" }, bare = { .kind = UNSEEN_VRF };
	const struct unseen l3s = { .kind = UNSEEN_IPVLAN_L3S, .name = "eth0" };

	assert_says(&vrf, "packets of a VRF device are not seen on it; attach to its slaves (eth1, eth2) instead");
	assert_says(&bare, "packets of a VRF device are not seen on it; attach to its slaves instead");
	assert_says(&l3s, "packets that an ipvlan device in mode l3s receives are not seen on it; attach to its parent "
			  "(eth0) instead");
}

/* The kernel gives what it has decrypted to generic XDP and tc once more. */
static void ipsec_differs_by_the_hook(void **state)
{
	const enum unseen_hook hooks[] = { UNSEEN_BY_GENERIC, UNSEEN_BY_TCX, UNSEEN_BY_CLSACT };
	const struct unseen native = { .kind = UNSEEN_IPSEC, .hook = UNSEEN_BY_NATIVE };

	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		const struct unseen unseen = { .kind = UNSEEN_IPSEC, .hook = hooks[i] };

		assert_says(&unseen,
			    "packets in IPsec (ESP) that begins or ends here are seen in the clear when they are "
			    "received in tunnel mode, but are not when they are sent; attach to the interface above it "
			    "(xfrm, vti), if there is one");
	}
	assert_says(&native,
		    "packets in IPsec (ESP) that begins or ends here cannot be read in either direction; attach to "
		    "the interface above it (xfrm, vti), if there is one");
}

static void programs_are_told_apart_by_id_and_filters_by_name(void **state)
{
	const struct unseen program = { .kind = UNSEEN_TCX_PROGRAM, .ifindex = 2, .program = 12, .name = "a" };
	const struct unseen unnamed = { .kind = UNSEEN_TCX_PROGRAM, .ifindex = 2, .program = 12 };
	const struct unseen later = { .kind = UNSEEN_TCX_PROGRAM, .ifindex = 2, .program = 13, .name = "a" };
	const struct unseen sent = { .kind = UNSEEN_TCX_PROGRAM, .ifindex = 2, .is_sent = true, .program = 12 };
	const struct unseen elsewhere = { .kind = UNSEEN_TCX_PROGRAM, .ifindex = 3, .program = 12 };
	const struct unseen flower = { .kind = UNSEEN_CLSACT_FILTER, .ifindex = 2, .name = "flower" };
	const struct unseen u32 = { .kind = UNSEEN_CLSACT_FILTER, .ifindex = 2, .name = "u32" };

	assert_true(unseen__is_same(&program, &unnamed));
	assert_false(unseen__is_same(&program, &later));
	assert_false(unseen__is_same(&program, &sent));
	assert_false(unseen__is_same(&program, &elsewhere));
	assert_false(unseen__is_same(&flower, &u32));
	assert_true(unseen__is_same(&flower, &flower));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vrf_is_one),
		cmocka_unit_test(ipvlan_differs_by_its_mode),
		cmocka_unit_test(a_parent_in_another_namespace_has_no_number_here),
		cmocka_unit_test(loopback_is_of_no_kind),
		cmocka_unit_test(associations_of_an_interface),
		cmocka_unit_test(drivers),
		cmocka_unit_test(loopback_has_no_driver),
		cmocka_unit_test(every_kind_has_a_name_and_two_sentences),
		cmocka_unit_test(sentences_name_what_to_take),
		cmocka_unit_test(ipsec_differs_by_the_hook),
		cmocka_unit_test(programs_are_told_apart_by_id_and_filters_by_name),
		cmocka_unit_test(an_announcement_ends_with_its_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
