// SPDX-License-Identifier: BSD-2-Clause
/* Tunnels: from the kernel's attributes to their other ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <string.h>

#include "hook/tunnel.h"

#define DATA_SIZE 256

/* What the kernel says of a tunnel. Attributes of type 0 are left out. */
struct told {
	const char *kind;
	uint16_t link_type, remote_type, port_type, encapsulation_type;
	uint32_t link;
	const char *remote;
	uint16_t port, encapsulation;
};

static void put_remote(struct nlmsghdr *message, uint16_t type, const char *text)
{
	unsigned char address[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	assert_int_equal(inet_pton(family, text, address), 1);
	mnl_attr_put(message, type, family == AF_INET ? sizeof(struct in_addr) : sizeof(address), address);
}

static bool parse(const struct told *told, struct tunnel *ret_tunnel)
{
	char buffer[DATA_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nlattr *data = mnl_attr_nest_start(message, IFLA_INFO_DATA);

	if (told->link_type)
		mnl_attr_put_u32(message, told->link_type, told->link);
	if (told->remote_type)
		put_remote(message, told->remote_type, told->remote);
	if (told->port_type)
		mnl_attr_put_u16(message, told->port_type, htons(told->port));
	if (told->encapsulation_type)
		mnl_attr_put_u16(message, told->encapsulation_type, told->encapsulation);
	mnl_attr_nest_end(message, data);
	return tunnel__parse(told->kind, data, ret_tunnel);
}

static void assert_remote(const struct tunnel *tunnel, const char *wanted)
{
	char mapped[INET6_ADDRSTRLEN + 8] = "::ffff:", text[INET6_ADDRSTRLEN];

	strncat(mapped, wanted, INET6_ADDRSTRLEN);
	assert_true(tunnel->has_remote);
	assert_non_null(inet_ntop(AF_INET6, tunnel->remote.address, text, sizeof(text)));
	assert_string_equal(text, strchr(wanted, ':') ? wanted : mapped);
}

static void each_kind_has_another_end(void **state)
{
	static const char *const in_ip[] = { "ipip", "sit" }, *const in_gre[] = { "gre", "gretap", "erspan" },
				 *const in_gre6[] = { "ip6gre", "ip6gretap", "ip6erspan" };
	struct told cases[11] = {
		{ "vxlan", IFLA_VXLAN_LINK, IFLA_VXLAN_GROUP, IFLA_VXLAN_PORT, 0, 3, "192.0.2.1", 4789, 0 },
		{ "geneve", 0, IFLA_GENEVE_REMOTE6, IFLA_GENEVE_PORT, 0, 0, "2001:db8::1", 6081, 0 },
		{ "ip6tnl", IFLA_IPTUN_LINK, IFLA_IPTUN_REMOTE, 0, IFLA_IPTUN_ENCAP_TYPE, 3, "2001:db8::1", 0, 0 },
	};
	size_t count = 3;

	for (size_t i = 0; i < 2; i++)
		cases[count++] = (struct told){
			in_ip[i], IFLA_IPTUN_LINK, IFLA_IPTUN_REMOTE, 0, IFLA_IPTUN_ENCAP_TYPE, 3, "192.0.2.1", 0, 0
		};
	for (size_t i = 0; i < 3; i++) {
		cases[count++] = (struct told){
			in_gre[i], IFLA_GRE_LINK, IFLA_GRE_REMOTE, 0, IFLA_GRE_ENCAP_TYPE, 3, "192.0.2.1", 0, 0
		};
		cases[count++] = (struct told){
			in_gre6[i], IFLA_GRE_LINK, IFLA_GRE_REMOTE, 0, IFLA_GRE_ENCAP_TYPE, 3, "2001:db8::1", 0, 0
		};
	}
	for (size_t i = 0; i < count; i++) {
		struct tunnel tunnel = { .link = 77 };

		assert_true(parse(&cases[i], &tunnel));
		assert_int_equal(tunnel.link, cases[i].link);
		assert_remote(&tunnel, cases[i].remote);
	}
}

static void ports_that_are_read_are_known(void **state)
{
	static const struct {
		const char *kind;
		uint16_t type, port;
		bool is_read;
	} cases[] = {
		{ "vxlan", IFLA_VXLAN_PORT, 4789, true },    { "vxlan", IFLA_VXLAN_PORT, 8472, true },
		{ "vxlan", IFLA_VXLAN_PORT, 4800, false },   { "vxlan", IFLA_VXLAN_PORT, 6081, false },
		{ "vxlan", IFLA_VXLAN_PORT, 0, false },      { "geneve", IFLA_GENEVE_PORT, 6081, true },
		{ "geneve", IFLA_GENEVE_PORT, 4789, false }, { "geneve", IFLA_GENEVE_PORT, 0, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct told told = { .kind = cases[i].kind, .port_type = cases[i].type, .port = cases[i].port };
		struct tunnel tunnel;

		assert_int_equal(parse(&told, &tunnel), cases[i].is_read);
	}
}

/* Of kinds that no program reads, and behind ports that may be any. */
static void others_are_none(void **state)
{
	static const struct told cases[] = {
		{ .kind = "" },
		{ .kind = "vti" },
		{ .kind = "xfrm" },
		{ .kind = "wireguard" },
		{ .kind = "gtp" },
		{ .kind = "vlan" },
		{ .kind = "ipip", .encapsulation_type = IFLA_IPTUN_ENCAP_TYPE, .encapsulation = TUNNEL_ENCAP_FOU },
		{ .kind = "gre", .encapsulation_type = IFLA_GRE_ENCAP_TYPE, .encapsulation = TUNNEL_ENCAP_GUE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tunnel tunnel = { .link = 77 };

		assert_false(parse(&cases[i], &tunnel));
		assert_int_equal(tunnel.link, 77);
	}
}

/* Packets that say themselves where they go, or that are learnt of. */
static void some_have_many_ends(void **state)
{
	static const struct told cases[] = {
		{ .kind = "gre" },
		{ .kind = "gre", .remote_type = IFLA_GRE_REMOTE, .remote = "0.0.0.0" },
		{ .kind = "ip6gre", .remote_type = IFLA_GRE_REMOTE, .remote = "::" },
		{ .kind = "vxlan", .port_type = IFLA_VXLAN_PORT, .port = 4789 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tunnel tunnel;

		assert_true(parse(&cases[i], &tunnel));
		assert_false(tunnel.has_remote);
		assert_int_equal(tunnel.link, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_another_end),
		cmocka_unit_test(ports_that_are_read_are_known),
		cmocka_unit_test(others_are_none),
		cmocka_unit_test(some_have_many_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
