// SPDX-License-Identifier: BSD-2-Clause
/* Tests of exported_pdu.c: which tags say what, and tags that lie about their length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "input/exported_pdu.h"

#define SIP_TAG "\0\14\0\3sip"
#define IPV4_TAGS "\0\24\0\4\12\0\0\1\0\25\0\4\12\0\0\2"
#define PORT_TAGS "\0\31\0\4\0\0\x13\xce\0\32\0\4\0\0\x13\xc4"
#define PORT_TYPE(type) "\0\30\0\4\0\0\0" type
#define NUMBER_TAG "\0\36\0\4\0\0\1\2"
#define TCP_TAG(version) "\0\42\0\23\0" version "\1\2\3\4\0\0\0\0\0\0\0\0\0\0\x18\0\0"
#define END_TAG "\0\0\0\0"
#define IPV6_ONE "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define IPV6_TWO "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"

static struct guard guard;

static struct frame frame_of(const void *bytes, size_t length)
{
	return (struct frame){ .bytes = guard__at_end(&guard, bytes, length), .length = (uint32_t)length };
}

#define FRAME(bytes) frame_of(bytes, sizeof(bytes) - 1)

static void test_ipv4_udp(void **state)
{
	static const unsigned char source[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\12\0\0\1",
				   target[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\12\0\0\2";
	struct frame frame = FRAME(SIP_TAG IPV4_TAGS PORT_TYPE("\3") PORT_TAGS NUMBER_TAG END_TAG "text");

	assert_true(exported_pdu__strip_tags(&frame));
	assert_int_equal(frame.start, FRAME_PAYLOAD);
	assert_int_equal(frame.length, 4);
	assert_memory_equal(frame.bytes, "text", 4);
	assert_memory_equal(frame.origin.ends.source.address, source, 16);
	assert_memory_equal(frame.origin.ends.target.address, target, 16);
	assert_int_equal(frame.origin.ends.source_port, 5070);
	assert_int_equal(frame.origin.ends.target_port, 5060);
	assert_int_equal(frame.origin.protocol, IPPROTO_UDP);
	assert_int_equal(frame.origin.number, 0x102);
	assert_false(frame.origin.has_sequence);
}

static void test_ipv6_tcp(void **state)
{
	struct frame frame =
		FRAME("\0\26\0\20" IPV6_ONE "\0\27\0\20" IPV6_TWO PORT_TYPE("\2") PORT_TAGS TCP_TAG("\1") END_TAG);

	assert_true(exported_pdu__strip_tags(&frame));
	assert_int_equal(frame.length, 0);
	assert_memory_equal(frame.origin.ends.source.address, IPV6_ONE, 16);
	assert_memory_equal(frame.origin.ends.target.address, IPV6_TWO, 16);
	assert_int_equal(frame.origin.protocol, IPPROTO_TCP);
	assert_true(frame.origin.has_sequence);
	assert_int_equal(frame.origin.tcp_sequence, 0x01020304);
	assert_int_equal(frame.origin.tcp_flags, 0x18);
}

static void test_protocols(void **state)
{
	struct frame sctp = FRAME(IPV4_TAGS PORT_TYPE("\1") PORT_TAGS END_TAG);
	struct frame other, none, other_version;

	assert_true(exported_pdu__strip_tags(&sctp));
	assert_int_equal(sctp.origin.protocol, IPPROTO_SCTP);
	other = FRAME(IPV4_TAGS PORT_TYPE("\5") PORT_TAGS END_TAG);
	assert_true(exported_pdu__strip_tags(&other));
	assert_int_equal(other.origin.protocol, IPPROTO_NONE);
	none = FRAME(IPV4_TAGS PORT_TAGS END_TAG);
	assert_true(exported_pdu__strip_tags(&none));
	assert_int_equal(none.origin.protocol, IPPROTO_NONE);
	other_version = FRAME(IPV4_TAGS PORT_TYPE("\2") PORT_TAGS TCP_TAG("\2") END_TAG);
	assert_true(exported_pdu__strip_tags(&other_version));
	assert_false(other_version.origin.has_sequence);
}

static void test_what_must_be_known(void **state)
{
	struct frame no_ports = FRAME(SIP_TAG IPV4_TAGS PORT_TYPE("\3") END_TAG "text"), frame;

	assert_false(exported_pdu__strip_tags(&no_ports));
	frame = FRAME(SIP_TAG PORT_TYPE("\3") PORT_TAGS END_TAG "text");
	assert_false(exported_pdu__strip_tags(&frame));
	frame = FRAME(IPV4_TAGS PORT_TAGS); /* no end */
	assert_false(exported_pdu__strip_tags(&frame));
	frame = FRAME("\0\24\0\3\12\0\0\0\25\0\4\12\0\0\2" PORT_TAGS END_TAG); /* an address of three bytes */
	assert_false(exported_pdu__strip_tags(&frame));
	frame = FRAME("\0\24\0\5\12\0\0\1\0\0\25\0\4\12\0\0\2" PORT_TAGS END_TAG); /* padded */
	assert_true(exported_pdu__strip_tags(&frame));
	frame = FRAME(IPV4_TAGS PORT_TAGS "\0\14\xff\xffsip");
	assert_false(exported_pdu__strip_tags(&frame));
	frame = FRAME("");
	assert_false(exported_pdu__strip_tags(&frame));
}

/* Cut anywhere, and with any byte changed: never a read out of bounds. */
static void test_every_length_lies(void **state)
{
	static const char whole[] = SIP_TAG IPV4_TAGS PORT_TYPE("\2") PORT_TAGS NUMBER_TAG TCP_TAG("\1") END_TAG;
	unsigned char bytes[sizeof(whole)];
	struct frame frame;
	size_t i;
	int value;

	for (i = 0; i < sizeof(whole) - 1; i++) {
		frame = frame_of(whole, i);
		assert_false(exported_pdu__strip_tags(&frame));
		for (value = 0; value < 256; value++) {
			memcpy(bytes, whole, sizeof(whole));
			bytes[i] = (unsigned char)value;
			frame = frame_of(bytes, sizeof(whole) - 1);
			(void)exported_pdu__strip_tags(&frame);
			assert_in_range(frame.length, 0, sizeof(whole) - 1);
		}
	}
}

static int set_up(void **state)
{
	guard = guard__new(4096);
	return 0;
}

static int tear_down(void **state)
{
	guard__free(&guard);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4_udp),          cmocka_unit_test(test_ipv6_tcp),
		cmocka_unit_test(test_protocols),         cmocka_unit_test(test_what_must_be_known),
		cmocka_unit_test(test_every_length_lies),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
