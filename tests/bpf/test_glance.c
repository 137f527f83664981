// SPDX-License-Identifier: BSD-2-Clause
/*
 * Frames that leave at a glance, and frames that nearly are such: plain ones, behind tags and in the tunnels of mirrors, whole,
 * cut at every byte, and with each byte of their headers changed. Each program counts what the user-space build does.
 */
#include "side_by_side.h"

#include "hep.h"
#include "packets.h"

#define FRAME_MIN 60 /* some kernels run nothing over frames below */
#define HEADERS 120  /* bytes that are changed */

static void put_ends(struct packet_builder *packet, bool is_ipv6, unsigned int protocol)
{
	packets__ethernet(packet, is_ipv6 ? 0x86dd : 0x0800);
	if (is_ipv6)
		packets__ipv6(packet, protocol);
	else
		packets__ipv4(packet, protocol, 0, 0);
}

static void put_datagram(struct packet_builder *packet, bool is_ipv6, const void *bytes, size_t size)
{
	put_ends(packet, is_ipv6, 17);
	packets__udp(packet, 16384, 16386);
	packets__put(packet, bytes, size);
	packets__finish(packet);
}

static void put_segment(struct packet_builder *packet, bool is_ipv6, const void *bytes, size_t size)
{
	put_ends(packet, is_ipv6, 6);
	packets__tcp(packet, 443, 40000, 12);
	packets__put(packet, bytes, size);
	packets__finish(packet);
}

static const unsigned char rtp[172] = { 0x80, 0x00, 0x12, 0x34, 0, 0, 0, 160 };
static const unsigned char bulk[100] = { 0x17, 0x03, 0x03, 0x40, 0x00, 0xfe };
static const unsigned char stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
static const char message[] = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>;tag=1\r\nCSeq: 1 BYE\r\n\r\n";
static const char almost[] = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";

static void put_rtp(struct packet_builder *packet)
{
	put_datagram(packet, false, rtp, sizeof(rtp));
}

static void put_rtp_ipv6(struct packet_builder *packet)
{
	put_datagram(packet, true, rtp, sizeof(rtp));
}

static void put_nothing(struct packet_builder *packet)
{
	put_datagram(packet, false, "", 0);
}

static void put_little(struct packet_builder *packet)
{
	put_datagram(packet, true, rtp, 4);
}

static void put_stun(struct packet_builder *packet)
{
	put_datagram(packet, false, stun, sizeof(stun));
}

static void put_message(struct packet_builder *packet)
{
	put_datagram(packet, false, message, sizeof(message) - 1);
}

static void put_text(struct packet_builder *packet)
{
	put_datagram(packet, true, almost, sizeof(almost) - 1);
}

/* HEP to the port of the others, of a message between other ends. */
static void put_hep(struct packet_builder *packet, unsigned int version, const void *bytes, size_t size)
{
	static const struct hep_ends ends = { .source = { 192, 0, 2, 1 },
					      .target = { 192, 0, 2, 2 },
					      .source_port = 5070,
					      .target_port = 5062,
					      .protocol = 22 };
	static struct packet_builder hep;

	hep.length = 0;
	hep__put(&hep, version, &ends, bytes, size);
	put_datagram(packet, version == 2, hep.bytes, hep.length);
}

static void put_hep1(struct packet_builder *packet)
{
	put_hep(packet, 1, message, sizeof(message) - 1);
}

static void put_hep2(struct packet_builder *packet)
{
	put_hep(packet, 2, message, sizeof(message) - 1);
}

static void put_hep3(struct packet_builder *packet)
{
	put_hep(packet, 3, message, sizeof(message) - 1);
}

static void put_hep3_of_no_sip(struct packet_builder *packet)
{
	put_hep(packet, 3, rtp, sizeof(rtp));
}

static void put_bulk(struct packet_builder *packet)
{
	put_segment(packet, false, bulk, sizeof(bulk));
}

static void put_bulk_ipv6(struct packet_builder *packet)
{
	put_segment(packet, true, bulk, sizeof(bulk));
}

static void put_acknowledgement(struct packet_builder *packet)
{
	put_segment(packet, false, "", 0);
}

static void put_ahead_of_padding(struct packet_builder *packet)
{
	put_datagram(packet, false, rtp, 20);
	packets__put(packet, message, sizeof(message) - 1);
}

static void (*const contents[])(struct packet_builder *packet) = {
	put_rtp,
	put_rtp_ipv6,
	put_nothing,
	put_little,
	put_stun,
	put_message,
	put_text,
	put_bulk,
	put_bulk_ipv6,
	put_acknowledgement,
	put_ahead_of_padding,
	put_hep1,
	put_hep2,
	put_hep3,
	put_hep3_of_no_sip,
};

static void put_two_tags(struct packet_builder *packet)
{
	packets__tag(packet);
	packets__tag(packet);
}

static void put_tag_in_vxlan(struct packet_builder *packet)
{
	packets__tag(packet);
	packets__in_vxlan(packet);
}

static void put_tag_before_erspan(struct packet_builder *packet)
{
	packets__in_erspan(packet);
	packets__tag(packet);
}

static void put_vxlan_in_vxlan(struct packet_builder *packet)
{
	packets__in_vxlan(packet);
	packets__in_vxlan(packet);
}

static void put_nothing_more(struct packet_builder *packet)
{
}

/* What stands before the content. */
static void (*const wraps[])(struct packet_builder *packet) = {
	put_nothing_more, packets__tag,     put_two_tags,          packets__in_vxlan,  packets__in_erspan,
	packets__in_gtpu, put_tag_in_vxlan, put_tag_before_erspan, put_vxlan_in_vxlan,
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct packet_builder frame;

static void count(enum probe_program program, size_t length)
{
	side_by_side__run(&both, program, frame.bytes, length);
}

static void count_whole(enum probe_program program)
{
	if (frame.length >= FRAME_MIN)
		count(program, frame.length);
}

static void count_cut(enum probe_program program)
{
	size_t length;

	for (length = FRAME_MIN; length < frame.length; length++)
		count(program, length);
}

static void count_changed(enum probe_program program)
{
	static const unsigned char changes[] = {
		0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff, 0x23, 0x3e, 0xc0
	};
	size_t at, i;

	for (at = 12; frame.length >= FRAME_MIN && at < HEADERS && at < frame.length; at++)
		for (i = 0; i < COUNT(changes); i++) {
			frame.bytes[at] ^= changes[i];
			count(program, frame.length);
			frame.bytes[at] ^= changes[i];
		}
}

/* Every content in everything, by every program. Reading the counters waits for the kernel, so all contents share a reading. */
static void compare(void (*count_all)(enum probe_program program))
{
	enum probe_program program;
	size_t content, wrap;

	for (program = 0; program < PROBE_HOOKS; program++) {
		for (wrap = 0; wrap < COUNT(wraps); wrap++) {
			side_by_side__clear(&both);
			for (content = 0; content < COUNT(contents); content++) {
				contents[content](&frame);
				wraps[wrap](&frame);
				count_all(program);
			}
			if (!side_by_side__agree(&both))
				fail_msg("%s and the user-space build disagree on wrap %zu",
					 probe__program_name(program), wrap);
		}
	}
}

static void whole_frames(void **state)
{
	compare(count_whole);
}

static void frames_cut_at_every_byte(void **state)
{
	compare(count_cut);
}

static void frames_with_a_byte_changed(void **state)
{
	compare(count_changed);
}

static int set_up_without_hep(void **state)
{
	const struct probe_options options = { 0 };

	side_by_side__open(&both, &options);
	return 0;
}

/* Only what goes to or from the ports of the datagrams is wanted. */
static int set_up_with_ports(void **state)
{
	static const __u16 ports[] = { 16386 };
	const struct probe_options options = { .ports = ports, .ports_count = 1 };

	side_by_side__open(&both, &options);
	return 0;
}

/* Only what HEP holds is wanted. */
static int set_up_with_ports_in_hep(void **state)
{
	static const __u16 ports[] = { 5070 };
	const struct probe_options options = { .ports = ports, .ports_count = 1, .reads_hep = true };

	side_by_side__open(&both, &options);
	return 0;
}

/* HEP is read to this port and to another one. */
static int set_up_with_hep_ports(void **state)
{
	static const __u16 ports[] = { 9060, 16386 };
	const struct probe_options options = { .reads_hep = true, .hep_ports = ports, .hep_ports_count = 2 };

	side_by_side__open(&both, &options);
	return 0;
}

/* HEP to this port is not read. */
static int set_up_with_other_hep_ports(void **state)
{
	static const __u16 ports[] = { 9060, 16384 };
	const struct probe_options options = { .reads_hep = true, .hep_ports = ports, .hep_ports_count = 2 };

	side_by_side__open(&both, &options);
	return 0;
}

/* What becomes of HEP, as nothing else is changed. */
static void check_hep(__u64 messages, enum sipbpf_reason reason, __u64 reasons)
{
	const struct sipbpf_packets *packets = counters__packets_const(both.fixture.counters);
	enum probe_program program;

	for (program = 0; program < PROBE_HOOKS; program++) {
		side_by_side__clear(&both);
		put_hep1(&frame);
		count_whole(program);
		put_hep2(&frame);
		count_whole(program);
		put_hep3(&frame);
		count_whole(program);
		assert_true(side_by_side__agree(&both));
		assert_int_equal(packets->sip, messages);
		assert_int_equal(packets->reasons[reason], reasons);
		assert_int_equal(packets->encapsulations[SIPBPF_ENCAPSULATION_HEP], messages);
	}
}

static void hep_is_read(void **state)
{
	check_hep(3, SIPBPF_REASON_HEP, 0);
}

static void hep_is_not_read(void **state)
{
	check_hep(0, SIPBPF_REASON_HEP, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(frames_cut_at_every_byte),
		cmocka_unit_test(frames_with_a_byte_changed),
	};
	const struct CMUnitTest tests_without_hep[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(hep_is_not_read),
	};
	const struct CMUnitTest tests_with_ports[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(frames_cut_at_every_byte),
	};
	const struct CMUnitTest tests_with_ports_in_hep[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(frames_cut_at_every_byte),
		cmocka_unit_test(hep_is_read),
	};
	const struct CMUnitTest tests_with_hep_ports[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(hep_is_read),
	};
	const struct CMUnitTest tests_with_other_hep_ports[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(hep_is_not_read),
	};

	return cmocka_run_group_tests(tests, side_by_side__set_up, side_by_side__tear_down) ||
	       cmocka_run_group_tests(tests_without_hep, set_up_without_hep, side_by_side__tear_down) ||
	       cmocka_run_group_tests(tests_with_ports, set_up_with_ports, side_by_side__tear_down) ||
	       cmocka_run_group_tests(tests_with_ports_in_hep, set_up_with_ports_in_hep, side_by_side__tear_down) ||
	       cmocka_run_group_tests(tests_with_hep_ports, set_up_with_hep_ports, side_by_side__tear_down) ||
	       cmocka_run_group_tests(tests_with_other_hep_ports, set_up_with_other_hep_ports, side_by_side__tear_down);
}
