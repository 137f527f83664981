/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frames of layers.h by each program, whole and cut at every byte: the outcome is the one that the table says, and that of
 * the user-space build. So is that of a datagram's fragments, in whatever order they come.
 */
#include "side_by_side.h"

#include "counts.h"
#include "layers.h"
#include "packets.h"

#define FRAME_MIN 15
#define FRAME_SURE_MIN 60 /* some kernels run nothing over frames below */

static unsigned char bytes[LAYERS_LENGTH_MAX];

static const char *const reasons[SIPBPF_REASON_COUNT] = {
#define X(id, name) name,
	SIPBPF_REASON_LIST(X)
#undef X
};

/* Gives the innermost ends ports of their own: the programs remember connections, of which these would be one. */
static void set_ports(size_t size)
{
	static __u32 connection;
	unsigned char *ports = NULL, *next = bytes;

	while ((next = memmem(next, size - (size_t)(next - bytes), PORTS, sizeof(PORTS) - 1)))
		ports = next++;
	if (!ports)
		return;
	connection++;
	ports[0] = (unsigned char)(connection >> 8 | 0x80);
	ports[1] = (unsigned char)connection;
	ports[2] = (unsigned char)(0x80 + (connection >> 15));
}

static void build(const struct layers *frame)
{
	layers__build(frame, bytes);
	set_ports(frame->size);
}

/* Counts that many bytes of the frame, if the kernel runs programs over so few. */
static void count(enum probe_program program, size_t length)
{
	if (!side_by_side__try(&both, program, bytes, length))
		assert_true(length < FRAME_SURE_MIN);
}

/* Whether the payload is all of DATA, and so a message. */
static bool has_message(const struct layers *frame)
{
	return strstr(frame->expected, "5060>5061") && frame->size > sizeof(DATA) &&
	       !strstr(frame->expected, "length=") &&
	       memcmp(frame->bytes + frame->size - sizeof(DATA) + 1, DATA, sizeof(DATA) - 1) == 0;
}

/* What is no reason is where the payload was found. */
static void check_whole(const struct layers *frame, enum probe_program program)
{
	const struct sipbpf_packets *packets = counters__packets_const(both.fixture.counters);
	size_t i;

	side_by_side__clear(&both);
	count(program, frame->size);
	if (!side_by_side__agree(&both))
		fail_msg("%s: %s and the user-space build disagree", frame->name, probe__program_name(program));
	/* What is cut may be a message as far as it goes, and so may what is not between those ports. */
	if (packets->sip < has_message(frame) && !strstr(frame->expected, " cut"))
		fail_msg("%s: %s: %llu messages", frame->name, probe__program_name(program), packets->sip);
	for (i = 0; i < SIPBPF_REASON_COUNT; i++)
		if (strcmp(frame->expected, reasons[i]) == 0 && frame->size >= FRAME_SURE_MIN &&
		    packets->reasons[i] != 1)
			fail_msg("%s: %s: not %s", frame->name, probe__program_name(program), reasons[i]);
}

static void whole_frames(void **state)
{
	enum probe_program program;
	size_t i;

	for (program = 0; program < PROBE_HOOKS; program++) {
		for (i = 0; i < LAYERS_CASES; i++) {
			if (layers_cases[i].first != PACKET_ETHERNET)
				continue;
			build(&layers_cases[i]);
			check_whole(&layers_cases[i], program);
		}
	}
}

static void frames_cut_at_every_byte(void **state)
{
	enum probe_program program;
	size_t length, i;

	for (program = 0; program < PROBE_HOOKS; program++) {
		side_by_side__clear(&both);
		for (i = 0; i < LAYERS_CASES; i++) {
			for (length = FRAME_MIN; length < layers_cases[i].size; length++) {
				build(&layers_cases[i]);
				count(program, length);
			}
		}
		if (!side_by_side__agree(&both))
			fail_msg("%s and the user-space build disagree", probe__program_name(program));
	}
}

/* ---- fragments of a datagram ---- */

#define FRAGMENTS 4
#define FRAGMENT_SIZE 64

/* 5060 to 5060, and a message that ends within the last fragment. */
static const char datagram[] = "\x13\xc4\x13\xc4\x01\x0e\0\0OPTIONS sip:a SIP/2.0\r\nSubject: "
			       "BYE sip:b SIP/2.0                                               "
			       "BYE sip:b SIP/2.0                                               "
			       "BYE sip:b SIP/2.0                                               "
			       "BYE sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n";

static unsigned int identification; /* of the datagram */

/* Counts the bytes of the datagram from one offset to another as a fragment. */
static void count_fragment(enum probe_program program, bool is_ipv6, bool in_tunnel, unsigned int from, unsigned int to)
{
	static struct packet_builder packet;
	unsigned int more = to < sizeof(datagram) - 1;

	packets__ethernet(&packet, is_ipv6 ? 0x86dd : 0x0800);
	if (is_ipv6) {
		packets__ipv6(&packet, 44);
		packets__put(&packet, "\x11", 2);
		packets__put16(&packet, from | more);
		packets__put16(&packet, 0);
		packets__put16(&packet, identification);
	} else {
		packets__ipv4(&packet, 17, more << 13 | from / 8, 0);
		packets__set16(&packet, packet.ip + 4, identification);
	}
	packets__put(&packet, datagram + from, to - from);
	packets__finish(&packet);
	if (in_tunnel)
		packets__in_vxlan(&packet);
	side_by_side__run(&both, program, packet.bytes, packet.length);
}

/* All fragments but the first begin `overlap` bytes earlier than the one before ends. */
static void count_fragments(enum probe_program program, bool is_ipv6, bool in_tunnel, bool is_reversed,
			    unsigned int overlap)
{
	unsigned int i, number, from, to;

	identification++;
	for (i = 0; i < FRAGMENTS; i++) {
		number = is_reversed ? FRAGMENTS - 1 - i : i;
		from = number * FRAGMENT_SIZE - (number ? overlap : 0);
		to = number == FRAGMENTS - 1 ? sizeof(datagram) - 1 : (number + 1) * FRAGMENT_SIZE;
		count_fragment(program, is_ipv6, in_tunnel, from, to);
	}
}

static void fragments_in_any_order(void **state)
{
	const struct sipbpf_packets *packets = counters__packets_const(both.expected);
	enum probe_program program;
	unsigned int form;

	for (program = 0; program < PROBE_HOOKS; program++) {
		for (form = 0; form < 16; form++) {
			side_by_side__clear(&both);
			count_fragments(program, form & 1, form & 2, form & 4, form & 8 ? FRAGMENT_SIZE - 8 : 0);
			if (!side_by_side__agree(&both))
				fail_msg("form %u: %s and the user-space build disagree", form,
					 probe__program_name(program));
			assert_int_equal(counts__of(both.expected, "OPTIONS", "OPTIONS"), 1);
			assert_int_equal(counters__total(both.expected), 1);
			/* All that is wanted is known with the last fragment. */
			assert_int_equal(packets->sip, 1);
			assert_int_equal(packets->reasons[SIPBPF_REASON_CONTINUATION] +
						 packets->reasons[SIPBPF_REASON_FRAGMENT],
					 FRAGMENTS - 1);
			assert_int_equal(packets->reasons[SIPBPF_REASON_CONTINUATION], form & 4 ? 0 : 1);
			assert_int_equal(packets->truncated_headers, 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(frames_cut_at_every_byte),
		cmocka_unit_test(fragments_in_any_order),
	};

	return cmocka_run_group_tests(tests, side_by_side__set_up, side_by_side__tear_down);
}
