// SPDX-License-Identifier: BSD-2-Clause
/* Connection tracking: which of the kernel's messages are connections that NAT translates, and between which ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>

#include "hook/conntrack.h"

#define MESSAGE_SIZE 512

/* The packets of one direction. */
struct direction {
	const char *source, *target;
	uint16_t source_port, target_port; /* 0: left out */
};

static void put_address(struct nlmsghdr *message, const char *text, uint16_t ipv4_type, uint16_t ipv6_type)
{
	unsigned char address[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	assert_int_equal(inet_pton(family, text, address), 1);
	if (family == AF_INET)
		mnl_attr_put(message, ipv4_type, sizeof(struct in_addr), address);
	else
		mnl_attr_put(message, ipv6_type, sizeof(address), address);
}

static void put_port(struct nlmsghdr *message, uint16_t type, uint16_t port)
{
	if (port)
		mnl_attr_put_u16(message, type, htons(port));
}

static void put_tuple(struct nlmsghdr *message, uint16_t type, const struct direction *direction, uint8_t protocol)
{
	struct nlattr *tuple = mnl_attr_nest_start(message, type), *part = mnl_attr_nest_start(message, CTA_TUPLE_IP);

	put_address(message, direction->source, CTA_IP_V4_SRC, CTA_IP_V6_SRC);
	put_address(message, direction->target, CTA_IP_V4_DST, CTA_IP_V6_DST);
	mnl_attr_nest_end(message, part);
	part = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(message, CTA_PROTO_NUM, protocol);
	put_port(message, CTA_PROTO_SRC_PORT, direction->source_port);
	put_port(message, CTA_PROTO_DST_PORT, direction->target_port);
	mnl_attr_nest_end(message, part);
	mnl_attr_nest_end(message, tuple);
}

/* A message about a connection. Without a reply, that is left out. */
static struct nlmsghdr *put_connection(char buffer[MESSAGE_SIZE], const struct direction *original,
				       const struct direction *reply, uint8_t protocol)
{
	struct nlmsghdr *message;

	memset(buffer, 0, MESSAGE_SIZE);
	message = mnl_nlmsg_put_header(buffer);
	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
	mnl_nlmsg_put_extra_header(message, sizeof(struct nfgenmsg));
	put_tuple(message, CTA_TUPLE_ORIG, original, protocol);
	if (reply)
		put_tuple(message, CTA_TUPLE_REPLY, reply, protocol);
	mnl_attr_put_u32(message, CTA_STATUS, htonl(0x1de));
	return message;
}

static void assert_end(const struct sipbpf_endpoint *end, uint16_t port, const char *wanted, uint16_t wanted_port)
{
	char mapped[INET6_ADDRSTRLEN + 8] = "::ffff:", text[INET6_ADDRSTRLEN];

	strncat(mapped, wanted, INET6_ADDRSTRLEN);
	assert_non_null(inet_ntop(AF_INET6, end->address, text, sizeof(text)));
	assert_string_equal(text, strchr(wanted, ':') ? wanted : mapped);
	assert_int_equal(port, wanted_port);
}

static void assert_translated(const struct direction *original, const struct direction *reply, uint8_t protocol)
{
	char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct conntrack_translation found;

	memset(&found, 0xff, sizeof(found));
	assert_true(conntrack__parse(put_connection(buffer, original, reply, protocol), &found));
	assert_int_equal(found.back.protocol, protocol);
	assert_memory_equal(found.back.reserved, "\0\0\0", sizeof(found.back.reserved));
	assert_end(&found.back.ends.source, found.back.ends.source_port, reply->source, reply->source_port);
	assert_end(&found.back.ends.target, found.back.ends.target_port, reply->target, reply->target_port);
	assert_end(&found.ends.source, found.ends.source_port, original->target, original->target_port);
	assert_end(&found.ends.target, found.ends.target_port, original->source, original->source_port);
}

static const struct direction phone = { "192.0.2.1", "198.51.100.9", 5070, 5060 };
static const struct direction to_phone = { "198.51.100.9", "192.0.2.1", 5060, 5070 };
static const struct direction to_router = { "198.51.100.9", "203.0.113.2", 5060, 5070 };

static void each_kind_of_translation(void **state)
{
	static const struct {
		struct direction original, reply;
	} cases[] = {
		/* masqueraded, at another port; only another port; sent to a forwarded port; both */
		{ { "192.0.2.1", "198.51.100.9", 5070, 5060 }, { "198.51.100.9", "203.0.113.2", 5060, 1024 } },
		{ { "192.0.2.1", "198.51.100.9", 5070, 5060 }, { "198.51.100.9", "192.0.2.1", 5060, 1024 } },
		{ { "192.0.2.1", "203.0.113.2", 5070, 5060 }, { "198.51.100.9", "192.0.2.1", 5080, 5070 } },
		{ { "192.0.2.1", "203.0.113.2", 5070, 5060 }, { "198.51.100.9", "203.0.113.3", 5080, 1024 } },
		{ { "2001:db8::1", "2001:db8:1::9", 5070, 5060 }, { "2001:db8:1::9", "2001:db8:2::2", 5060, 5070 } },
	};
	static const uint8_t protocols[] = { IPPROTO_UDP, IPPROTO_TCP, IPPROTO_SCTP };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t j = 0; j < sizeof(protocols); j++)
			assert_translated(&cases[i].original, &cases[i].reply, protocols[j]);
}

static void assert_none(const struct direction *original, const struct direction *reply, uint8_t protocol)
{
	char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct conntrack_translation found;

	assert_false(conntrack__parse(put_connection(buffer, original, reply, protocol), &found));
}

static void what_is_not_translated_or_has_no_ports_is_none(void **state)
{
	const struct direction portless = { .source = to_router.source, .target = to_router.target };

	assert_none(&phone, &to_phone, IPPROTO_UDP);
	assert_none(&phone, &to_router, IPPROTO_ICMP);
	assert_none(&phone, &to_router, IPPROTO_GRE);
	assert_none(&phone, NULL, IPPROTO_UDP);
	assert_none(&phone, &portless, IPPROTO_UDP);
	assert_none(&portless, &to_router, IPPROTO_UDP);
}

/* Of both directions, or of one. */
static void zones_are_told(void **state)
{
	char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *message = put_connection(buffer, &phone, &to_router, IPPROTO_UDP);
	struct conntrack_translation found;
	struct nlattr *tuple;

	assert_true(conntrack__parse(message, &found));
	assert_false(found.is_in_zone);
	mnl_attr_put_u16(message, CTA_ZONE, htons(7));
	assert_true(conntrack__parse(message, &found));
	assert_true(found.is_in_zone);
	message = put_connection(buffer, &phone, &to_router, IPPROTO_UDP);
	tuple = mnl_attr_nest_start(message, CTA_TUPLE_REPLY);
	mnl_attr_put_u16(message, CTA_TUPLE_ZONE, htons(7));
	mnl_attr_nest_end(message, tuple);
	assert_true(conntrack__parse(message, &found));
	assert_true(found.is_in_zone);
}

static void other_messages_are_none(void **state)
{
	char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *message = put_connection(buffer, &phone, &to_router, IPPROTO_UDP);
	struct conntrack_translation found;

	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
	assert_false(conntrack__parse(message, &found));
	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK_EXP << 8 | IPCTNL_MSG_CT_NEW;
	assert_false(conntrack__parse(message, &found));
}

/* However short a message is, nothing beyond it is read. Its length is a whole number of words. */
static void what_is_cut_off_is_none(void **state)
{
	char buffer[MESSAGE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *message = put_connection(buffer, &phone, &to_router, IPPROTO_UDP);
	uint32_t status = MNL_ATTR_HDRLEN + sizeof(uint32_t), whole = message->nlmsg_len - status;
	struct conntrack_translation found;

	for (uint32_t length = NLMSG_HDRLEN; length < whole; length += NLMSG_ALIGNTO) {
		message->nlmsg_len = length;
		memset(buffer + length, 0xff, whole - length);
		assert_false(conntrack__parse(message, &found));
		message = put_connection(buffer, &phone, &to_router, IPPROTO_UDP);
	}
	message->nlmsg_len = whole;
	assert_true(conntrack__parse(message, &found));
}

static int count_one(void *context, const struct conntrack_translation *translation)
{
	++*(int *)context;
	return 0;
}

/* Whatever the kernel of this machine has. */
static void the_list_can_be_read_or_is_refused(void **state)
{
	int count = 0, error = conntrack__read(count_one, &count);

	assert_true(error == 0 || (error == -EPERM && count == 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_translation),
		cmocka_unit_test(what_is_not_translated_or_has_no_ports_is_none),
		cmocka_unit_test(zones_are_told),
		cmocka_unit_test(other_messages_are_none),
		cmocka_unit_test(what_is_cut_off_is_none),
		cmocka_unit_test(the_list_can_be_read_or_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
