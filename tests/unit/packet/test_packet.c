// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every layer and every reason, one named line each. Every frame is also cut at every byte and read in front of a forbidden
 * page, and mutated; the short way for plain frames must find what the walk by layers finds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>

#include "guard.h"
#include "layers.h"
#include "packets.h"
#include "walk.h"

#define TEXT_SIZE 96
#define MUTATIONS 200000

static struct guard guard;

static const char *const reasons[SIPBPF_REASON_COUNT] = {
#define X(id, name) name,
	SIPBPF_REASON_LIST(X)
#undef X
};

static const char *const encapsulations[SIPBPF_ENCAPSULATION_COUNT] = {
#define X(id, name) name,
	SIPBPF_ENCAPSULATION_LIST(X)
#undef X
};

/* The innermost addresses of all frames. */
static void assert_addresses(const struct packet *packet, unsigned int family)
{
	static const unsigned char source4[16] = { [10] = 0xff, 0xff, 10, 0, 0, 1 };
	static const unsigned char target4[16] = { [10] = 0xff, 0xff, 10, 0, 0, 2 };
	static const unsigned char source6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	static const unsigned char target6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 };

	assert_memory_equal(packet->ends.source.address, family == 4 ? source4 : source6, 16);
	assert_memory_equal(packet->ends.target.address, family == 4 ? target4 : target6, 16);
}

static void describe(const struct packet *packet, unsigned int size, char text[TEXT_SIZE])
{
	unsigned int family = packet->ends.source.address[10] == 0xff ? 4 : 6;
	__u32 number = packet__message_protocol(packet->protocol, packet->reported);
	const char *protocol = number == PACKET_PROTOCOL_UDP   ? "udp"
			       : number == PACKET_PROTOCOL_TCP ? "tcp"
			       : number == PACKET_PROTOCOL_IDP ? "tls"
							       : "sctp";
	int at, i;

	if (packet->layer != PACKET_PAYLOAD) {
		(void)snprintf(text, TEXT_SIZE, "%s",
			       packet->layer >= PACKET_UNREAD ? reasons[packet->reason] : "too_deep");
		return;
	}
	if (packet__is_later_fragment(packet)) {
		(void)snprintf(text, TEXT_SIZE, "fragment");
		return;
	}
	assert_addresses(packet, family);
	at = snprintf(text, TEXT_SIZE, "%s %u>%u %u depth=%u", protocol, packet->ends.source_port,
		      packet->ends.target_port, family, packet->depth);
	for (i = 0; i < SIPBPF_ENCAPSULATION_COUNT; i++)
		if (packet->encapsulations >> i & 1)
			at += snprintf(text + at, TEXT_SIZE - (size_t)at, " %s", encapsulations[i]);
	if (packet->end != size)
		at += snprintf(text + at, TEXT_SIZE - (size_t)at, " length=%u", packet->end - packet->offset);
	if (packet->is_cut)
		(void)snprintf(text + at, TEXT_SIZE - (size_t)at, " cut");
}

/* One outcome, within the frame, and the same by the short way with all or the first bytes in reach. */
static void check_frame(const unsigned char *bytes, unsigned int length, enum packet_layer first,
			struct packet *ret_packet)
{
	const unsigned char *guarded = guard__at_end(&guard, bytes, length);
	struct packet by_short_way;

	walk(guarded, length, first, ret_packet);
	if (ret_packet->layer == PACKET_PAYLOAD) {
		assert_true(ret_packet->offset <= ret_packet->end && ret_packet->end <= length);
		assert_true(ret_packet->depth >= 1 && ret_packet->depth <= PACKET_DEPTH_MAX);
	} else if (ret_packet->layer >= PACKET_UNREAD) {
		assert_in_range(ret_packet->reason, 0, SIPBPF_REASON_COUNT - 1);
	}
	walk__short(guarded, length, length, first, &by_short_way);
	assert_true(walk__same(&by_short_way, ret_packet));
}

static void test_frame(void **state)
{
	const struct layers *frame = *state;
	unsigned char bytes[LAYERS_LENGTH_MAX];
	struct packet packet, by_short_way;
	char text[TEXT_SIZE];
	unsigned int length;

	layers__build(frame, bytes);
	for (length = 0; length < frame->size; length++)
		check_frame(bytes, length, frame->first, &packet);
	check_frame(bytes, frame->size, frame->first, &packet);
	describe(&packet, frame->size, text);
	assert_string_equal(text, frame->expected);
	/* Only the first bytes of the frame are linear. */
	for (length = 0; length < frame->size; length++) {
		walk__short(bytes, length, frame->size, frame->first, &by_short_way);
		assert_true(walk__same(&by_short_way, &packet));
	}
}

/* The frames that the short way is made for do take it, in a tunnel too. */
static void test_plain(void **state)
{
	unsigned char bytes[LAYERS_LENGTH_MAX];
	struct packet_builder tunnel;
	struct packet packet;
	size_t i;

	for (i = 0; i < 4; i++) {
		layers__build(&layers_cases[i], bytes);
		assert_int_equal(
			walk__short(bytes, layers_cases[i].size, layers_cases[i].size, PACKET_ETHERNET, &packet), 1);
	}
	packets__udp4(&tunnel, "OPTIONS");
	packets__in_vxlan(&tunnel);
	assert_int_equal(walk__short(tunnel.bytes, (unsigned int)tunnel.length, (unsigned int)tunnel.length,
				     PACKET_ETHERNET, &packet),
			 2);
	check_frame(tunnel.bytes, (unsigned int)tunnel.length, PACKET_ETHERNET, &packet);
	assert_int_equal(packet.layer, PACKET_PAYLOAD);
}

/* The innermost IP header tells it, by either way. */
static void check_identity(const struct packet_builder *frame, const struct packet_identity *expected)
{
	struct packet packet;

	check_frame(frame->bytes, (unsigned int)frame->length, PACKET_ETHERNET, &packet);
	assert_int_equal(packet.layer, PACKET_PAYLOAD);
	assert_memory_equal(&packet.identity, expected, sizeof(*expected));
}

static void test_identity(void **state)
{
	static const struct packet_identity v4 = { 0x1234, 4, 63 }, v6 = { 0x5678, 6, 62 };
	struct packet_builder frame;

	packets__udp4(&frame, "OPTIONS");
	packets__set16(&frame, 18, 0x1234);
	frame.bytes[22] = 63;
	check_identity(&frame, &v4);
	packets__in_vxlan(&frame);
	check_identity(&frame, &v4);
	packets__ethernet(&frame, 0x86dd);
	packets__ipv6(&frame, 17);
	packets__udp(&frame, 5060, 5060);
	packets__text(&frame, "OPTIONS");
	packets__finish(&frame);
	packets__set16(&frame, 16, 0x5678);
	frame.bytes[21] = 62;
	check_identity(&frame, &v6);
	packets__in_vxlan(&frame);
	check_identity(&frame, &v6);
}

static uint64_t random_state = 0x45746865726e6574;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % n;
}

static void test_mutations(void **state)
{
	static const unsigned char tempting[] = { 0, 1, 4, 5, 6, 8, 17, 20, 41, 43, 44, 47, 0x45, 0x60, 0x81, 0xff };
	const struct layers *frame;
	unsigned char bytes[LAYERS_LENGTH_MAX];
	unsigned int i, mutations;
	struct packet packet;

	for (i = 0; i < MUTATIONS; i++) {
		frame = &layers_cases[random_below(LAYERS_CASES)];
		if (frame->size == 0)
			continue;
		layers__build(frame, bytes);
		for (mutations = 1 + random_below(4); mutations > 0; mutations--)
			bytes[random_below(frame->size)] = random_below(2) ? tempting[random_below(sizeof(tempting))]
									   : (unsigned char)random_below(256);
		check_frame(bytes, random_below(4) ? frame->size : random_below(frame->size), frame->first, &packet);
	}
}

int main(void)
{
	enum { COUNT = LAYERS_CASES };
	struct CMUnitTest tests[COUNT + 3] = {
		[COUNT] = cmocka_unit_test(test_plain),
		[COUNT + 1] = cmocka_unit_test(test_identity),
		[COUNT + 2] = cmocka_unit_test(test_mutations),
	};
	size_t i;
	int failed;

	for (i = 0; i < COUNT; i++)
		tests[i] =
			(struct CMUnitTest){ layers_cases[i].name, test_frame, NULL, NULL, (void *)&layers_cases[i] };
	guard = guard__new(LAYERS_LENGTH_MAX);
	failed = _cmocka_run_group_tests("packet", tests, COUNT + 3, NULL, NULL);
	guard__free(&guard);
	return failed;
}
