// SPDX-License-Identifier: BSD-2-Clause
/* Tests of values.c: addresses, ports, directions and transports as logs write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "log/values.h"

static void test_addresses(void **state)
{
	static const struct {
		const char *text, *address; /* NULL: it is none */
	} addresses[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "[2001:DB8::1]", "2001:db8::1" },
		{ "[192.0.2.1]", "192.0.2.1" },
		{ "fe80::1%eth0", "fe80::1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "192.0.2.1:5060", NULL },
		{ "192.0.2.256", NULL },
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "192.0.2.01", NULL },
		{ "192.0.2.", NULL },
		{ "192.0.2", NULL },
		{ "192.0.2.1.1", NULL },
		{ "192.0.2.99999999999", NULL },
		{ "example.com", NULL },
		{ "", NULL },
		{ "[]", NULL },
		{ "[2001:db8::1", NULL },
		{ "192.0.2.1%eth0", NULL },
	};
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t i;

	for (i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		int error = values__parse_address(addresses[i].text, strlen(addresses[i].text), &address);

		assert_int_equal(error, addresses[i].address ? 0 : -EINVAL);
		if (!error)
			assert_string_equal(link__address_text(&address, text), addresses[i].address);
	}
	assert_int_equal(values__parse_address("192.0.2.1\0x", 11, &address), -EINVAL);
}

static void test_wildcards(void **state)
{
	static const char *const texts[] = { "::", "0.0.0.0", "::ffff:0.0.0.0", "::1", "0.0.0.1", "2001:db8::" };
	struct in6_addr address;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(values__parse_address(texts[i], strlen(texts[i]), &address), 0);
		assert_int_equal(values__is_wildcard(&address), i < 3);
	}
}

static void test_ports(void **state)
{
	static const struct {
		const char *text;
		int port; /* -1: it is none */
	} ports[] = {
		{ "1", 1 },       { "5060", 5060 },    { "65535", 65535 }, { "05060", 5060 }, { "sip", 5060 },
		{ "SIPS", 5061 }, { "sip-tls", 5061 }, { "0", -1 },        { "65536", -1 },   { "", -1 },
		{ "50 60", -1 },  { "x", -1 },         { "-1", -1 },       { "999999", -1 },
	};
	__u16 port;
	size_t i;

	for (i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		port = 7;
		assert_int_equal(values__parse_port(ports[i].text, strlen(ports[i].text), &port),
				 ports[i].port < 0 ? -EINVAL : 0);
		assert_int_equal(port, ports[i].port < 0 ? 7 : ports[i].port);
	}
}

static void test_directions(void **state)
{
	static const char *const in[] = { "[recv]",  "(in)",     "\"rx\"",    "<in>", "⟵",   "in",
					  "IN",      "received", "Receiving", "recv", "rx",  "incoming",
					  "Inbound", "from",     "<-",        "<--",  "<<<", "<=",
					  "<",       "←",        "RX:",       "rcv",  "read" };
	static const char *const out[] = { "(sent)",      "[out]",
					   "'tx'",        "out>",
					   "⟶",           "out",
					   "sent",        "Sending",
					   "send",        "snd",
					   "TX",          "to",
					   "->",          "-->",
					   ">>",          "=>",
					   ">",           "→",
					   "transmitted", "Transmitting",
					   "outgoing",    "Retransmitting",
					   "outbound" };
	static const char *const none[] = { "", "both", "<->", "-", "insent", "x>", "<>" };
	enum link_direction direction;
	size_t i;

	for (i = 0; i < sizeof(in) / sizeof(*in); i++) {
		assert_int_equal(values__parse_direction(in[i], strlen(in[i]), &direction), 0);
		assert_int_equal(direction, LINK_IN);
	}
	for (i = 0; i < sizeof(out) / sizeof(*out); i++) {
		assert_int_equal(values__parse_direction(out[i], strlen(out[i]), &direction), 0);
		assert_int_equal(direction, LINK_OUT);
	}
	for (i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(values__parse_direction(none[i], strlen(none[i]), &direction), -EINVAL);
}

static void test_transports(void **state)
{
	static const struct {
		const char *text;
		enum sip_transport transport; /* SIP_TRANSPORT_NONE: it is none */
	} transports[] = {
		{ "UDP", SIP_TRANSPORT_UDP },       { "udp", SIP_TRANSPORT_UDP },
		{ "udp6", SIP_TRANSPORT_UDP },      { "SIP/2.0/TCP", SIP_TRANSPORT_TCP },
		{ "tcp:", SIP_TRANSPORT_TCP },      { "tls", SIP_TRANSPORT_TLS },
		{ "TLSv1.2", SIP_TRANSPORT_TLS },   { "ssl", SIP_TRANSPORT_TLS },
		{ "ws", SIP_TRANSPORT_WS },         { "WSS", SIP_TRANSPORT_WSS },
		{ "WebSocket", SIP_TRANSPORT_WS },  { "sctp", SIP_TRANSPORT_SCTP },
		{ "U", SIP_TRANSPORT_UDP },         { "T", SIP_TRANSPORT_TCP },
		{ "17", SIP_TRANSPORT_UDP },        { "6", SIP_TRANSPORT_TCP },
		{ "DTLS", SIP_TRANSPORT_NONE },     { "", SIP_TRANSPORT_NONE },
		{ "[tcp]", SIP_TRANSPORT_TCP },     { "'udp'", SIP_TRANSPORT_UDP },
		{ "ws://", SIP_TRANSPORT_WS },      { "transport=tls", SIP_TRANSPORT_TLS },
		{ "x=tcp/udp", SIP_TRANSPORT_UDP }, { "[]", SIP_TRANSPORT_NONE },
		{ "udpx", SIP_TRANSPORT_NONE },     { "/", SIP_TRANSPORT_NONE },
		{ "tc", SIP_TRANSPORT_NONE },
	};
	enum sip_transport transport;
	size_t i;

	for (i = 0; i < sizeof(transports) / sizeof(*transports); i++) {
		transport = SIP_TRANSPORT_NONE;
		assert_int_equal(values__parse_transport(transports[i].text, strlen(transports[i].text), &transport),
				 transports[i].transport == SIP_TRANSPORT_NONE ? -EINVAL : 0);
		assert_int_equal(transport, transports[i].transport);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),  cmocka_unit_test(test_wildcards),  cmocka_unit_test(test_ports),
		cmocka_unit_test(test_directions), cmocka_unit_test(test_transports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
