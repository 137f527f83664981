// SPDX-License-Identifier: BSD-2-Clause
/* Tests of link.c: transport, server side, direction, addresses and networks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counts/link.h"

static struct in6_addr address(const char *text)
{
	struct link_network network;

	assert_int_equal(link_network__parse(text, &network), 0);
	return network.address;
}

static struct sipbpf_key make_key(const char *source, __u16 source_port, const char *target, __u16 target_port)
{
	struct sipbpf_key key = { .protocol = IPPROTO_UDP,
				  .ends = { .source_port = source_port, .target_port = target_port } };
	struct in6_addr end = address(source);

	memcpy(key.ends.source.address, &end, sizeof(end));
	end = address(target);
	memcpy(key.ends.target.address, &end, sizeof(end));
	return key;
}

/* The rules make the target the server side (in), or the source (out). */
static void assert_direction(const struct link_rules *rules, const struct sipbpf_key *key, enum link_direction wanted)
{
	enum link_direction direction;
	struct link link;
	bool in = wanted == LINK_IN;

	link__from_key(rules, key, &link, &direction);
	assert_int_equal(direction, wanted);
	assert_memory_equal(&link.server, in ? &key->ends.target : &key->ends.source, 16);
	assert_memory_equal(&link.client, in ? &key->ends.source : &key->ends.target, 16);
	assert_int_equal(link.server_port, in ? key->ends.target_port : key->ends.source_port);
	assert_int_equal(link.client_port, in ? key->ends.source_port : key->ends.target_port);
	assert_int_equal(link.is_other, 0);
	assert_int_equal(link.server_end, LINK_END_ADDRESS);
	assert_int_equal(link.client_end, LINK_END_ADDRESS);
}

static void assert_ports(const struct link_rules *rules, __u16 source, __u16 target, enum link_direction wanted)
{
	struct sipbpf_key key = make_key("10.0.0.2", source, "10.0.0.1", target);

	assert_direction(rules, &key, wanted);
}

static void test_known_port_is_the_server_side(void **state)
{
	struct link_rules rules = { 0 };

	assert_ports(&rules, 1024, 5060, LINK_IN);
	assert_ports(&rules, 5060, 1024, LINK_OUT);
	assert_ports(&rules, 1024, 5061, LINK_IN);
	assert_ports(&rules, 5061, 1024, LINK_OUT);
}

static void test_known_port_of_the_target_is_looked_at_first(void **state)
{
	struct link_rules rules = { 0 };

	assert_ports(&rules, 5060, 5060, LINK_IN);
	assert_ports(&rules, 5060, 5061, LINK_IN);
	assert_ports(&rules, 5061, 5060, LINK_IN);
}

static void test_server_ports_add_to_the_well_known_ones(void **state)
{
	const __u16 ports[] = { 7000, 8888 };
	struct link_rules rules = { .server_ports = ports, .server_ports_count = 2 };

	assert_ports(&rules, 1024, 8888, LINK_IN);
	assert_ports(&rules, 8888, 1024, LINK_OUT);
	assert_ports(&rules, 1024, 7000, LINK_IN);
	assert_ports(&rules, 5060, 1024, LINK_OUT);
	assert_ports(&rules, 5060, 8888, LINK_IN);
}

static void test_lower_port_is_the_server_side(void **state)
{
	struct link_rules rules = { 0 };

	assert_ports(&rules, 6061, 6060, LINK_IN);
	assert_ports(&rules, 6060, 6061, LINK_OUT);
	assert_ports(&rules, 65535, 0, LINK_IN);
}

static void test_equal_ports_make_the_target_the_server_side(void **state)
{
	struct link_rules rules = { 0 };

	assert_ports(&rules, 6060, 6060, LINK_IN);
}

static void test_known_server_comes_before_ports(void **state)
{
	struct link_network servers[2];
	struct link_rules rules = { .servers = servers, .servers_count = 2 };

	link_network__parse("192.0.2.1", &servers[0]);
	link_network__parse("10.0.0.2", &servers[1]);
	assert_ports(&rules, 1024, 5060, LINK_OUT);
	link_network__parse("10.0.0.1", &servers[1]);
	assert_ports(&rules, 5060, 1024, LINK_IN);
}

static void test_of_two_known_servers_the_source_is_the_server_side(void **state)
{
	struct link_network server;
	struct link_rules rules = { .servers = &server, .servers_count = 1 };

	link_network__parse("10.0.0.0/24", &server);
	assert_ports(&rules, 1024, 5060, LINK_OUT);
}

static void test_no_known_server_falls_through_to_the_ports(void **state)
{
	struct link_network server;
	struct link_rules rules = { .servers = &server, .servers_count = 1 };

	link_network__parse("192.0.2.1", &server);
	assert_ports(&rules, 1024, 5060, LINK_IN);
	assert_ports(&rules, 5060, 1024, LINK_OUT);
}

static void test_host_direction_is_the_interface_view(void **state)
{
	struct sipbpf_key key = make_key("10.0.0.2", 5060, "10.0.0.1", 1024);
	struct link_network server;
	struct link_rules rules = { .direction = LINK_DIRECTION_HOST, .servers = &server, .servers_count = 1 };

	link_network__parse("10.0.0.2", &server);
	key.hook = SIPBPF_RECEIVED;
	assert_direction(&rules, &key, LINK_IN);
	key.hook = SIPBPF_SENT;
	assert_direction(&rules, &key, LINK_OUT);
}

/* Of a message that HEP reports, neither end need be this host. */
static void test_host_direction_says_nothing_of_what_is_reported(void **state)
{
	struct link_rules rules = { .direction = LINK_DIRECTION_HOST };
	struct sipbpf_key key = make_key("10.0.0.2", 5060, "10.0.0.1", 1024);

	key.hook = SIPBPF_REPORTED;
	assert_direction(&rules, &key, LINK_OUT);
	key = make_key("10.0.0.2", 1024, "10.0.0.1", 5060);
	key.hook = SIPBPF_REPORTED;
	assert_direction(&rules, &key, LINK_IN);
}

/* HEP gives a response over TCP the port of Via, often 5060, so the port of its source is looked at first. */
static void test_source_port_of_a_reported_response_is_looked_at_first(void **state)
{
	struct link_rules rules = { 0 };
	struct sipbpf_key key = make_key("10.0.0.1", 5061, "10.0.0.2", 5060);

	key.hook = SIPBPF_REPORTED;
	key.type = 200;
	key.protocol = IPPROTO_UDP;
	assert_direction(&rules, &key, LINK_IN);
	key.protocol = IPPROTO_TCP;
	assert_direction(&rules, &key, LINK_OUT);
	key.protocol = IPPROTO_IDP;
	assert_direction(&rules, &key, LINK_OUT);
	key.hook = SIPBPF_RECEIVED;
	assert_direction(&rules, &key, LINK_IN);
	key.hook = SIPBPF_REPORTED;
	key.type = SIP_TYPE_BYE;
	assert_direction(&rules, &key, LINK_IN);
	/* A client answers over the connection that it has opened. */
	key = make_key("10.0.0.2", 40000, "10.0.0.1", 5060);
	key.hook = SIPBPF_REPORTED;
	key.type = 200;
	key.protocol = IPPROTO_TCP;
	assert_direction(&rules, &key, LINK_IN);
}

static void test_both_ways_of_a_dialog_are_one_link(void **state)
{
	struct sipbpf_key there = make_key("2001:db8::2", 1024, "2001:db8::1", 5060);
	struct sipbpf_key back = make_key("2001:db8::1", 5060, "2001:db8::2", 1024);
	struct link_rules rules = { 0 };
	enum link_direction direction;
	struct link a, b;

	memset(&a, 0xaa, sizeof(a)); /* what was there before must not matter */
	link__from_key(&rules, &there, &a, &direction);
	link__from_key(&rules, &back, &b, &direction);
	assert_memory_equal(&a, &b, sizeof(a));
}

static enum sip_transport transport(enum link_transport_rule rule, __u8 protocol, enum sip_transport via)
{
	struct sipbpf_key key = make_key("10.0.0.2", 1024, "10.0.0.1", 5060);
	struct link_rules rules = { .transport = rule };
	enum link_direction direction;
	struct link link;

	key.protocol = protocol;
	key.via_transport = via;
	link__from_key(&rules, &key, &link, &direction);
	return link.transport;
}

static void test_auto_transport_takes_the_wire(void **state)
{
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_UDP, SIP_TRANSPORT_TLS), SIP_TRANSPORT_UDP);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_UDP, SIP_TRANSPORT_WS), SIP_TRANSPORT_UDP);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_SCTP, SIP_TRANSPORT_TLS), SIP_TRANSPORT_SCTP);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_TCP, SIP_TRANSPORT_NONE), SIP_TRANSPORT_TCP);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_TCP, SIP_TRANSPORT_UDP), SIP_TRANSPORT_TCP);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_TCP, SIP_TRANSPORT_SCTP), SIP_TRANSPORT_TCP);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, 0, SIP_TRANSPORT_TLS), SIP_TRANSPORT_NONE);
}

static void test_auto_transport_refines_tcp_by_via(void **state)
{
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_TCP, SIP_TRANSPORT_TLS), SIP_TRANSPORT_TLS);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_TCP, SIP_TRANSPORT_WS), SIP_TRANSPORT_WS);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_TCP, SIP_TRANSPORT_WSS), SIP_TRANSPORT_WSS);
}

/* HEP has one number for TLS and for WebSocket. */
static void test_auto_transport_refines_tls_by_via(void **state)
{
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_IDP, SIP_TRANSPORT_TLS), SIP_TRANSPORT_TLS);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_IDP, SIP_TRANSPORT_WS), SIP_TRANSPORT_WS);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_IDP, SIP_TRANSPORT_WSS), SIP_TRANSPORT_WSS);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_IDP, SIP_TRANSPORT_UDP), SIP_TRANSPORT_TLS);
	assert_int_equal(transport(LINK_TRANSPORT_AUTO, IPPROTO_IDP, SIP_TRANSPORT_NONE), SIP_TRANSPORT_TLS);
	assert_int_equal(transport(LINK_TRANSPORT_WIRE, IPPROTO_IDP, SIP_TRANSPORT_WSS), SIP_TRANSPORT_TLS);
	assert_int_equal(transport(LINK_TRANSPORT_VIA, IPPROTO_IDP, SIP_TRANSPORT_NONE), SIP_TRANSPORT_UDP);
}

static void test_wire_transport_ignores_via(void **state)
{
	assert_int_equal(transport(LINK_TRANSPORT_WIRE, IPPROTO_TCP, SIP_TRANSPORT_TLS), SIP_TRANSPORT_TCP);
	assert_int_equal(transport(LINK_TRANSPORT_WIRE, IPPROTO_UDP, SIP_TRANSPORT_TCP), SIP_TRANSPORT_UDP);
}

static void test_via_transport_ignores_the_wire(void **state)
{
	assert_int_equal(transport(LINK_TRANSPORT_VIA, IPPROTO_UDP, SIP_TRANSPORT_TLS), SIP_TRANSPORT_TLS);
	assert_int_equal(transport(LINK_TRANSPORT_VIA, IPPROTO_TCP, SIP_TRANSPORT_NONE), SIP_TRANSPORT_UDP);
}

static void test_transport_names(void **state)
{
	assert_string_equal(link__transport_name(SIP_TRANSPORT_NONE), "");
	assert_string_equal(link__transport_name(SIP_TRANSPORT_UDP), "UDP");
	assert_string_equal(link__transport_name(SIP_TRANSPORT_WSS), "WSS");
	assert_string_equal(link__transport_name(SIP_TRANSPORT_COUNT), "");
}

static void assert_address_text(const char *text)
{
	struct in6_addr parsed = address(text);
	char again[INET6_ADDRSTRLEN];

	assert_ptr_equal(link__address_text(&parsed, again), again);
	assert_string_equal(again, text);
}

static void test_address_text(void **state)
{
	static const char *const texts[] = {
		"0.0.0.0",
		"1.20.255.100",
		"255.255.255.255",
		"::",
		"::1",
		"2001:db8::1",
		"2001:db8::",
		"1:0:2:3:4:5:6:7",
		"1::2:0:0:3",
		"1:0:0:2::3",
		"::2:3:4:5:6:7",
		"0:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:0",
		"fe80::abcd:10:1000:0",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_address_text(texts[i]);
}

/* glibc writes ::1.2.3.4 for addresses below 2^32, which RFC 5952 leaves open; all others come out the same. */
static void test_address_text_agrees_with_inet_ntop(void **state)
{
	char ours[INET6_ADDRSTRLEN], theirs[INET6_ADDRSTRLEN];
	struct in6_addr any;
	int i, j;

	srandom(1);
	for (i = 0; i < 100000; i++) {
		for (j = 0; j < 16; j += 2) {
			any.s6_addr[j] = random() % 3 ? 0 : (__u8)random();
			any.s6_addr[j + 1] = random() % 2 ? 0 : (__u8)random();
		}
		any.s6_addr[0] |= 1;
		inet_ntop(AF_INET6, &any, theirs, sizeof(theirs));
		assert_string_equal(link__address_text(&any, ours), theirs);
	}
}

static void assert_network(const char *text, const char *base, unsigned int prefix_length)
{
	struct in6_addr wanted = address(base);
	struct link_network network;

	assert_int_equal(link_network__parse(text, &network), 0);
	assert_memory_equal(&network.address, &wanted, sizeof(wanted));
	assert_int_equal(network.prefix_length, prefix_length);
}

static void test_networks(void **state)
{
	assert_network("10.0.0.1", "10.0.0.1", 128);
	assert_network("10.1.2.3/8", "10.0.0.0", 104);
	assert_network("10.1.2.255/25", "10.1.2.128", 121);
	assert_network("10.1.2.3/0", "0.0.0.0", 96);
	assert_network("10.1.2.3/32", "10.1.2.3", 128);
	assert_network("2001:db8:ffff::1/33", "2001:db8:8000::", 33);
	assert_network("2001:db8::1/128", "2001:db8::1", 128);
	assert_network("::ffff:10.1.2.3/104", "10.0.0.0", 104);
	assert_network("::1/0", "::", 0);
}

static void test_networks_that_are_none(void **state)
{
	static const char *const texts[] = {
		"",
		"/",
		"/8",
		"10",
		"10.0.0",
		"10.0.0.256",
		"10.0.0.1/",
		"10.0.0.1/33",
		"10.0.0.1/-1",
		"10.0.0.1/ 8",
		"10.0.0.1/+8",
		"10.0.0.1/8x",
		"10.0.0.1/0008",
		"10.0.0.1/4294967304",
		"10.0.0.1/8/8",
		" 10.0.0.1",
		"10.0.0.1 ",
		"::1/129",
		"fe80::1%eth0",
		"[::1]",
		"example.com",
		"1:2:3:4:5:6:7:8:9",
		"1234567890123456789012345678901234567890123456/8",
	};
	struct link_network network, before;
	size_t i;

	memset(&network, 0x55, sizeof(network));
	before = network;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(link_network__parse(texts[i], &network), -EINVAL);
		assert_memory_equal(&network, &before, sizeof(network));
	}
}

static void assert_contains(const char *text, const char *inside, bool wanted)
{
	struct in6_addr parsed = address(inside);
	struct link_network network;

	assert_int_equal(link_network__parse(text, &network), 0);
	assert_int_equal(link_network__contains(&network, &parsed), wanted);
}

static void test_network_contains(void **state)
{
	assert_contains("10.0.0.1", "10.0.0.1", true);
	assert_contains("10.0.0.1", "10.0.0.2", false);
	assert_contains("10.0.0.0/8", "10.255.255.255", true);
	assert_contains("10.0.0.0/8", "11.0.0.0", false);
	assert_contains("10.0.0.0/31", "10.0.0.1", true);
	assert_contains("10.0.0.0/31", "10.0.0.2", false);
	assert_contains("0.0.0.0/0", "255.255.255.255", true);
	assert_contains("0.0.0.0/0", "2001:db8::1", false);
	assert_contains("2001:db8::/32", "2001:db8:ffff::1", true);
	assert_contains("2001:db8::/33", "2001:db8:8000::1", false);
	assert_contains("::/0", "10.0.0.1", false);
	assert_contains("::/0", "2001:db8::1", true);
	assert_contains("::/1", "10.0.0.1", false);
	assert_contains("::ffff:10.0.0.0/104", "10.0.0.1", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_port_is_the_server_side),
		cmocka_unit_test(test_known_port_of_the_target_is_looked_at_first),
		cmocka_unit_test(test_server_ports_add_to_the_well_known_ones),
		cmocka_unit_test(test_lower_port_is_the_server_side),
		cmocka_unit_test(test_equal_ports_make_the_target_the_server_side),
		cmocka_unit_test(test_known_server_comes_before_ports),
		cmocka_unit_test(test_of_two_known_servers_the_source_is_the_server_side),
		cmocka_unit_test(test_no_known_server_falls_through_to_the_ports),
		cmocka_unit_test(test_host_direction_is_the_interface_view),
		cmocka_unit_test(test_host_direction_says_nothing_of_what_is_reported),
		cmocka_unit_test(test_source_port_of_a_reported_response_is_looked_at_first),
		cmocka_unit_test(test_both_ways_of_a_dialog_are_one_link),
		cmocka_unit_test(test_auto_transport_takes_the_wire),
		cmocka_unit_test(test_auto_transport_refines_tcp_by_via),
		cmocka_unit_test(test_auto_transport_refines_tls_by_via),
		cmocka_unit_test(test_wire_transport_ignores_via),
		cmocka_unit_test(test_via_transport_ignores_the_wire),
		cmocka_unit_test(test_transport_names),
		cmocka_unit_test(test_address_text),
		cmocka_unit_test(test_address_text_agrees_with_inet_ntop),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_networks_that_are_none),
		cmocka_unit_test(test_network_contains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
