// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where a frame begins. XDP reads frames that begin with IP as the user-space build does, and tells copies of what the host has
 * sent from the rest. Ethernet whose addresses look like IP is Ethernet to every program. What tc sees without Ethernet is tested
 * by tests/net/test_devices.sh, because the kernel runs tc programs over Ethernet alone.
 */
#include "side_by_side.h"

#include "layers.h"
#include "packet/beginning.h"
#include "packet/plain.h"
#include "packets.h"

#define LOOPBACK 1   /* where the kernel says that frames of a test run come from */
#define FRAME_MIN 60 /* some kernels run nothing over frames below */

static const char message[] =
	"REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP b\r\nCSeq: 1 REGISTER\r\nSubject: padding\r\n\r\n";

static void run(enum probe_program program, enum frame_start start, const unsigned char *bytes, size_t length)
{
	const struct frame frame = { .bytes = bytes,
				     .length = (__u32)length,
				     .start = start,
				     .hook = program == PROBE_TC_SENT ? SIPBPF_SENT : SIPBPF_RECEIVED,
				     .milliseconds = patience__clock() };

	probe_fixture__run(&both.fixture, program, bytes, length, 0);
	assert_int_equal(frame_classifier__add(both.classifier, &frame), 0);
}

/* The header of the next layer, with zeros behind the frame's end. */
static void copy_header(unsigned char header[PACKET_HEADER_SIZE], const unsigned char *bytes, size_t length)
{
	memset(header, 0, PACKET_HEADER_SIZE);
	memcpy(header, bytes, length < PACKET_HEADER_SIZE ? length : PACKET_HEADER_SIZE);
}

/* ---- frames that begin with IP ---- */

/* Builds the frame without Ethernet, if it is IP behind it, and with the right checksum. Returns its length, or 0. */
static size_t build_bare(const struct layers *layers, unsigned char *bytes)
{
	unsigned char header[PACKET_HEADER_SIZE];
	size_t before = layers->first == PACKET_ETHERNET ? PACKET_ETHERNET_SIZE : 0;

	if ((layers->first != PACKET_ETHERNET && layers->first != PACKET_IP) || layers->size <= before)
		return 0;
	layers__build(layers, bytes);
	memmove(bytes, bytes + before, layers->size - before);
	if (bytes[0] == 0x45 && layers->size - before >= 20)
		packets__set_ipv4_checksum(bytes);
	copy_header(header, bytes, layers->size - before);
	return packet__looks_like_ip(header, layers->size - (__u32)before) ? layers->size - before : 0;
}

/* On an interface without Ethernet. All layers that IP may hold, read at a glance or not. */
static void bare_frames(void **state)
{
	unsigned char bytes[LAYERS_LENGTH_MAX];
	size_t length, i, read = 0;

	side_by_side__clear(&both);
	for (i = 0; i < LAYERS_CASES; i++) {
		length = build_bare(&layers_cases[i], bytes);
		if (length < FRAME_MIN)
			continue;
		run(PROBE_XDP, FRAME_IP, bytes, length);
		read++;
	}
	assert_true(read > 100);
	assert_true(side_by_side__agree(&both));
	assert_true(counters__total(both.expected) > 10);
}

/* Builds a datagram to this address, without Ethernet. Returns its length. */
static size_t build_datagram(unsigned char *bytes, bool is_ipv6, const unsigned char *target, unsigned int hop_limit,
			     const void *payload, size_t size)
{
	struct packet_builder packet;
	size_t length;

	packets__ethernet(&packet, is_ipv6 ? 0x86dd : 0x0800);
	if (is_ipv6)
		packets__ipv6(&packet, 17);
	else
		packets__ipv4(&packet, 17, 0, 0);
	packet.bytes[packet.ip + (is_ipv6 ? 7 : 8)] = (unsigned char)hop_limit;
	memcpy(packet.bytes + packet.ip + (is_ipv6 ? 24 : 16), target, is_ipv6 ? 16 : 4);
	packets__udp(&packet, 5070, 5060);
	packets__put(&packet, payload, size);
	packets__finish(&packet);
	length = packet.length - packet.ip;
	memcpy(bytes, packet.bytes + packet.ip, length);
	if (!is_ipv6)
		packets__set_ipv4_checksum(bytes);
	return length;
}

static const unsigned char group4[4] = { 224, 0, 1, 75 }, group6[16] = { 0xff, 2, [15] = 0x75 };
static const unsigned char node6[16] = { 0xff, 1, [15] = 0x75 }, single6[16] = { 0xfd, [15] = 2 };

/* Runs XDP over a message to this address. Returns what the programs have counted. */
static const struct sipbpf_packets *receive(bool is_ipv6, const unsigned char *target, unsigned int hop_limit)
{
	unsigned char bytes[LAYERS_LENGTH_MAX];

	side_by_side__clear(&both);
	probe_fixture__run(&both.fixture, PROBE_XDP, bytes,
			   build_datagram(bytes, is_ipv6, target, hop_limit, message, sizeof(message) - 1), 0);
	probe_fixture__collect(&both.fixture);
	return counters__packets_const(both.fixture.counters);
}

static void copies_of_what_was_sent(void **state)
{
	assert_int_equal(receive(false, group4, 1)->reasons[SIPBPF_REASON_SEEN_ELSEWHERE], 1);
	assert_int_equal(receive(true, group6, 1)->reasons[SIPBPF_REASON_SEEN_ELSEWHERE], 1);
	assert_int_equal(counters__total(both.fixture.counters), 0);
	/* These were not sent: the copy is all there is. */
	assert_int_equal(receive(false, group4, 0)->sip, 1);
	assert_int_equal(receive(true, group6, 0)->sip, 1);
	assert_int_equal(receive(true, node6, 1)->sip, 1);
	/* No copy: it is no group, so this is no IP. */
	assert_int_equal(receive(true, single6, 1)->reasons[SIPBPF_REASON_NOT_IP], 1);
}

static void groups_on_bare_interfaces(void **state)
{
	assert_int_equal(receive(false, group4, 1)->sip, 1);
	assert_int_equal(receive(true, group6, 1)->sip, 1);
	assert_int_equal(receive(true, single6, 1)->sip, 1);
}

/*
 * From 8.0.69.1, port 16384, to 1.2.3.4, port 5126: as Ethernet, this is an IPv4 packet without options, no fragment, of 258
 * bytes, with a segment of TCP that is nothing of SIP.
 */
static void bare_frame_that_looks_like_ethernet(void **state)
{
	static const unsigned char ends[] = { 8, 0, 0x45, 1, 1, 2, 3, 4 };
	struct packet_builder packet;
	struct packet_plain plain;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	memcpy(packet.bytes + packet.ip + 12, ends, sizeof(ends));
	packets__tcp(&packet, 16384, 5126, 0);
	packets__text(&packet, "OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: 200\r\n\r\n");
	packet.length += 200;
	packets__finish(&packet);
	packets__set_ipv4_checksum(packet.bytes + packet.ip);
	assert_true(packet__find_plain(packet.bytes + packet.ip, packet.bytes + packet.length,
				       (__u32)(packet.length - packet.ip), &plain));
	side_by_side__clear(&both);
	run(PROBE_XDP, FRAME_IP, packet.bytes + packet.ip, packet.length - packet.ip);
	assert_true(side_by_side__agree(&both));
	assert_int_equal(counters__total(both.fixture.counters), 1);
}

/* ---- Ethernet that looks like IP ---- */

static void put_datagram(struct packet_builder *packet, bool is_ipv6, const void *bytes, size_t size)
{
	packets__ethernet(packet, is_ipv6 ? 0x86dd : 0x0800);
	if (is_ipv6)
		packets__ipv6(packet, 17);
	else
		packets__ipv4(packet, 17, 0, 0);
	packets__udp(packet, 16384, 16401);
	packets__put(packet, bytes, size);
	packets__finish(packet);
}

static void put_segment(struct packet_builder *packet, bool is_ipv6)
{
	static unsigned int port = 20000;

	packets__ethernet(packet, is_ipv6 ? 0x86dd : 0x0800);
	if (is_ipv6)
		packets__ipv6(packet, 6);
	else
		packets__ipv4(packet, 6, 0, 0);
	packets__tcp(packet, ++port, 5060, 0);
	packets__text(packet, "BYE sip:a SIP/2.0\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n");
	packets__finish(packet);
}

/* Makes the addresses of the frame look like a header of IP that claims so many bytes. */
static void look_like_ipv4(unsigned char *frame, unsigned int first, size_t claimed)
{
	frame[0] = (unsigned char)first;
	frame[2] = (unsigned char)(claimed >> 8);
	frame[3] = (unsigned char)claimed;
	packets__set_ipv4_checksum(frame);
}

static void look_like_ipv6(unsigned char *frame, size_t claimed)
{
	frame[0] = 0x60;
	frame[4] = (unsigned char)((claimed - 40) >> 8);
	frame[5] = (unsigned char)(claimed - 40);
}

static const unsigned char rtp[172] = { 0x80, 0x08, 0x12, 0x34, 0, 0, 0, 160 };

/* Every frame with every look. */
static void count_looks(enum probe_program program, const struct packet_builder *packet)
{
	const size_t claims[] = { packet->length, packet->length - 14, 60, 0 };
	unsigned char frame[2048];
	size_t i;

	for (i = 0; i < sizeof(claims) / sizeof(*claims); i++) {
		memcpy(frame, packet->bytes, packet->length);
		look_like_ipv4(frame, 0x45, claims[i]);
		run(program, FRAME_ETHERNET, frame, packet->length);
		look_like_ipv4(frame, 0x46, claims[i]);
		run(program, FRAME_ETHERNET, frame, packet->length);
		memcpy(frame, packet->bytes, packet->length);
		look_like_ipv6(frame, claims[i] < 40 ? 40 : claims[i]);
		run(program, FRAME_ETHERNET, frame, packet->length);
	}
}

static void ethernet_that_looks_like_ip(void **state)
{
	enum probe_program program;
	struct packet_builder packet;
	int form;

	for (program = 0; program < PROBE_HOOKS; program++) {
		side_by_side__clear(&both);
		for (form = 0; form < 12; form++) {
			if (form / 4 == 0)
				put_datagram(&packet, form & 1, rtp, sizeof(rtp));
			else if (form / 4 == 1)
				put_datagram(&packet, form & 1, message, sizeof(message) - 1);
			else
				put_segment(&packet, form & 1);
			if (form & 2)
				packets__tag(&packet);
			count_looks(program, &packet);
		}
		if (!side_by_side__agree(&both))
			fail_msg("%s and the user-space build disagree", probe__program_name(program));
		/* Segments count once for each connection. */
		assert_int_equal(counters__total(both.expected), 4 * 12 + 4);
	}
}

static int set_up_bare(void **state)
{
	(void)side_by_side__set_up(state);
	return probe_hooks__set_bare(probe__hooks(both.fixture.probe), LOOPBACK, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_of_what_was_sent),
		cmocka_unit_test(ethernet_that_looks_like_ip),
	};
	const struct CMUnitTest tests_on_bare_interface[] = {
		cmocka_unit_test(bare_frames),
		cmocka_unit_test(groups_on_bare_interfaces),
		cmocka_unit_test(bare_frame_that_looks_like_ethernet),
	};

	return cmocka_run_group_tests(tests, side_by_side__set_up, side_by_side__tear_down) ||
	       cmocka_run_group_tests(tests_on_bare_interface, set_up_bare, side_by_side__tear_down);
}
