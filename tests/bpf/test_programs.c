/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs over crafted packets: every layer, every reason, several messages, GSO, full banks, swaps. */
#include <poll.h>
#include <pthread.h>

#include "counts.h"
#include "patience.h"
#include "probe_fixture.h"
#include "rounds.h"

#define INVITE "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\n\r\n"
#define OK "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nTo: <sip:b>;tag=1\r\nCSeq: 1 INVITE\r\n\r\n"

static struct probe_fixture fixture; /* with a bank of few rows */
static struct packet_builder packet;

static int open_probe(void **state)
{
	const struct probe_options options = { .rows_max = 16 };

	probe_fixture__open(&fixture, &options);
	return 0;
}

static int close_probe(void **state)
{
	probe_fixture__close(&fixture);
	return 0;
}

/* Each case builds a packet; it must end as `messages` messages of `type`, or under `reason`. */
struct program_case {
	const char *name;
	void (*build)(void);
	const char *type; /* NULL: none */
	__u64 messages;
	enum sipbpf_reason reason;
};

static void text(const char *payload)
{
	packets__udp4(&packet, payload);
}

static void udp_after(void (*layers)(void), const char *payload)
{
	layers();
	packets__udp(&packet, 5060, 5070);
	packets__text(&packet, payload);
	packets__finish(&packet);
}

#define TEXT_CASE(id, payload)       \
	static void build_##id(void) \
	{                            \
		text(payload);       \
	}

TEXT_CASE(invite, INVITE)
TEXT_CASE(reinvite, "INVITE sip:b SIP/2.0\r\nt: <sip:b>;tag=1\r\n\r\n")
TEXT_CASE(response, OK)
TEXT_CASE(extension, "FROBNICATE sip:b SIP/2.0\r\nCSeq: 1 FROBNICATE\r\n\r\n")
TEXT_CASE(long_method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ sip:b SIP/2.0\r\n\r\n")
TEXT_CASE(crlf_first, "\r\n\r\n" INVITE)
TEXT_CASE(empty, "")
TEXT_CASE(keepalive, "\r\n\r\n")
TEXT_CASE(http, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
TEXT_CASE(version, "INVITE sip:b SIP/7.0\r\n\r\n")
TEXT_CASE(big_status, "SIP/2.0 4294967301 x\r\n\r\n")
TEXT_CASE(via_line, "SIP/2.0/UDP 10.0.0.1\r\n\r\n")
TEXT_CASE(two_spaces, "INVITE  sip:b SIP/2.0\r\n\r\n")
TEXT_CASE(no_line_end, "INVITE sip:b SIP/2.0")

static void build_stun(void)
{
	static const unsigned char stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };

	packets__udp4(&packet, "");
	packets__put(&packet, stun, sizeof(stun));
	packets__finish(&packet);
}

static void build_rtp(void)
{
	static const unsigned char rtp[40] = { 0x80, 0 };

	packets__udp4(&packet, "");
	packets__put(&packet, rtp, sizeof(rtp));
	packets__finish(&packet);
}

static void build_arp(void)
{
	packets__ethernet(&packet, 0x0806);
	packets__put(&packet, INVITE, 60);
}

static void ipv4_options(void)
{
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0, 40);
}

static void vlans(void)
{
	packets__ethernet(&packet, 0x88a8);
	packets__vlan(&packet, 100, 0x8100);
	packets__vlan(&packet, 200, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
}

static void ipv6(void)
{
	packets__ethernet(&packet, 0x86dd);
	packets__ipv6(&packet, 17);
}

static void ipv6_extensions(void)
{
	static const unsigned char chain[] = {
		60, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                         /* hop-by-hop, 16 bytes */
		43, 0, 1, 4,  0, 0, 0, 0,                                                 /* destination options */
		51, 0, 0, 0,  0, 0, 0, 0,                                                 /* routing */
		44, 4, 0, 0,  0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* authentication, 24 bytes */
		17, 0, 0, 0,  0, 0, 0, 9,                                                 /* an atomic fragment */
	};

	packets__ethernet(&packet, 0x86dd);
	packets__ipv6(&packet, 0);
	packets__put(&packet, chain, sizeof(chain));
}

/* Each is of another datagram. */
static void first_fragment(void)
{
	static unsigned int identification;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0x2000, 0);
	packets__set16(&packet, packet.ip + 4, ++identification);
}

static void later_fragment(void)
{
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0x00b9, 0);
}

#define LAYER_CASE(id, layers, payload)     \
	static void build_##id(void)        \
	{                                   \
		udp_after(layers, payload); \
	}

LAYER_CASE(ipv4_options, ipv4_options, INVITE)
LAYER_CASE(vlans, vlans, INVITE)
LAYER_CASE(ipv6, ipv6, INVITE)
LAYER_CASE(ipv6_extensions, ipv6_extensions, INVITE)
LAYER_CASE(first_fragment, first_fragment, INVITE "cut body")
LAYER_CASE(tiny_fragment, first_fragment, "INVI")
LAYER_CASE(later_fragment, later_fragment, INVITE)

static void build_icmp(void)
{
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 1, 0, 0);
	packets__text(&packet, INVITE);
	packets__finish(&packet);
}

static void build_bad_ihl(void)
{
	packets__udp4(&packet, INVITE);
	packet.bytes[14] = 0x41;
}

static void build_bad_udp_length(void)
{
	packets__udp4(&packet, INVITE);
	packets__set16(&packet, packet.udp + 4, 7);
}

static void build_short_frame(void)
{
	packets__udp4(&packet, INVITE);
	packet.length = 14 + 20 + 3;
}

static void build_deep(void)
{
	int i;

	packets__ethernet(&packet, 0x8100);
	for (i = 0; i < 80; i++)
		packets__vlan(&packet, 1, 0x8100);
	packets__vlan(&packet, 1, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
	packets__udp(&packet, 5060, 5060);
	packets__text(&packet, INVITE);
	packets__finish(&packet);
}

/* Each in a connection of its own. */
static void tcp(const char *payload)
{
	static unsigned int tcp_port = 40000;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	packets__tcp(&packet, 5060, ++tcp_port, 12);
	packets__text(&packet, payload);
	packets__finish(&packet);
}

static void build_tcp_three(void)
{
	tcp("OPTIONS sip:b SIP/2.0\r\nContent-Length: 5\r\n\r\nINVIT"
	    "OPTIONS sip:b SIP/2.0\r\nl : 0\r\n\r\n\r\n\r\n"
	    "OPTIONS sip:b SIP/2.0\r\n\r\n");
}

static void build_tcp_ack(void)
{
	tcp("");
}

static void build_tls(void)
{
	tcp("\x17\x03\x03\x40\x01 encrypted");
	packets__set16(&packet, 34, 5061);
}

static void build_upgrade(void)
{
	tcp("GET / HTTP/1.1\r\nSec-WebSocket-Protocol: sip\r\n\r\n");
}

static void build_frame(void)
{
	tcp("\201\225@@@@\002\031\005`3)0z\042`\023\011\020ornpMJMJ"); /* "BYE sip:b SIP/2.0" and two line ends, masked by four times 0x40 */
}

static void build_tcp_bulk(void)
{
	tcp("\x17\x03\x03\x40\x00 encrypted");
}

static void build_padded_keepalive(void)
{
	packets__udp4(&packet, "\r\n");
	packets__put(&packet, INVITE, 20); /* Ethernet's padding is no payload */
}

/* Headers far behind one window of the copying reader, and of several calls. */
static void build_long_headers(void)
{
	int i;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
	packets__udp(&packet, 5060, 5060);
	packets__text(&packet, "INVITE sip:b SIP/2.0\r\n");
	for (i = 0; i < 50; i++)
		packets__text(&packet, "X-Header: some value; tag=none\r\n\rX: a CR alone ends nothing\r\n");
	packets__text(&packet, "To: \"a \\\" ;tag=x\" <sip:b;tag=y> ; tag = z\r\nCSeq: 1 INVITE\r\n\r\n");
	packets__finish(&packet);
}

static const struct program_case cases[] = {
	{ "INVITE", build_invite, "INVITE", 1, 0 },
	{ "ReINVITE, compact To", build_reinvite, "ReINVITE", 1, 0 },
	{ "200", build_response, "200", 1, 0 },
	{ "extension method", build_extension, "FROBNICATE", 1, 0 },
	{ "method longer than 23", build_long_method, "UNKNOWN", 1, 0 },
	{ "CRLF before the start line", build_crlf_first, "INVITE", 1, 0 },
	{ "IPv4 options", build_ipv4_options, "INVITE", 1, 0 },
	{ "802.1ad and 802.1Q", build_vlans, "INVITE", 1, 0 },
	{ "IPv6", build_ipv6, "INVITE", 1, 0 },
	{ "IPv6 with every extension header", build_ipv6_extensions, "INVITE", 1, 0 },
	{ "first fragment", build_first_fragment, "INVITE", 1, 0 },
	{ "long headers", build_long_headers, "ReINVITE", 1, 0 },
	{ "three messages in a segment", build_tcp_three, "OPTIONS", 3, 0 },
	{ "ARP", build_arp, NULL, 0, SIPBPF_REASON_NOT_IP },
	{ "ICMP that quotes SIP", build_icmp, NULL, 0, SIPBPF_REASON_NOT_TRANSPORT },
	{ "no payload, UDP", build_empty, NULL, 0, SIPBPF_REASON_NO_PAYLOAD },
	{ "no payload, TCP", build_tcp_ack, NULL, 0, SIPBPF_REASON_NO_PAYLOAD },
	{ "RTP", build_rtp, NULL, 0, SIPBPF_REASON_NOT_SIP },
	{ "HTTP", build_http, NULL, 0, SIPBPF_REASON_NOT_SIP },
	{ "TLS", build_tcp_bulk, NULL, 0, SIPBPF_REASON_NOT_SIP },
	{ "TLS on a port of SIP", build_tls, NULL, 0, SIPBPF_REASON_ENCRYPTED },
	{ "HTTP that opens a WebSocket", build_upgrade, NULL, 0, SIPBPF_REASON_WEBSOCKET },
	{ "a frame of a WebSocket", build_frame, "BYE", 1, 0 },
	{ "CRLF keep-alive", build_keepalive, NULL, 0, SIPBPF_REASON_KEEPALIVE },
	{ "padded keep-alive", build_padded_keepalive, NULL, 0, SIPBPF_REASON_KEEPALIVE },
	{ "STUN", build_stun, NULL, 0, SIPBPF_REASON_STUN },
	{ "later fragment", build_later_fragment, NULL, 0, SIPBPF_REASON_FRAGMENT },
	{ "tiny first fragment", build_tiny_fragment, NULL, 0, SIPBPF_REASON_TRUNCATED },
	{ "short frame", build_short_frame, NULL, 0, SIPBPF_REASON_TRUNCATED },
	{ "SIP/7.0", build_version, NULL, 0, SIPBPF_REASON_MALFORMED },
	{ "status of ten digits", build_big_status, NULL, 0, SIPBPF_REASON_MALFORMED },
	{ "SIP/2.0/UDP", build_via_line, NULL, 0, SIPBPF_REASON_MALFORMED },
	{ "two spaces", build_two_spaces, NULL, 0, SIPBPF_REASON_MALFORMED },
	{ "no line end", build_no_line_end, NULL, 0, SIPBPF_REASON_MALFORMED },
	{ "IHL below 5", build_bad_ihl, NULL, 0, SIPBPF_REASON_BAD_HEADER },
	{ "UDP length below 8", build_bad_udp_length, NULL, 0, SIPBPF_REASON_BAD_HEADER },
	{ "81 VLAN tags", build_deep, NULL, 0, SIPBPF_REASON_TOO_DEEP },
};

static void check_case(const struct program_case *program_case, enum probe_program program)
{
	const struct sipbpf_packets *packets = counters__packets_const(fixture.counters);

	program_case->build();
	counters__clear(fixture.counters);
	probe_fixture__run(&fixture, program, packet.bytes, packet.length, 0);
	probe_fixture__collect(&fixture);
	if (counters__packets_seen(fixture.counters) != 1 ||
	    counters__total(fixture.counters) != program_case->messages)
		fail_msg("%s: %llu packets, %llu messages", program_case->name,
			 counters__packets_seen(fixture.counters), counters__total(fixture.counters));
	if (program_case->type && counts__of(fixture.counters, program_case->type, NULL) != program_case->messages)
		fail_msg("%s: not %s", program_case->name, program_case->type);
	if (!program_case->type && packets->reasons[program_case->reason] != 1)
		fail_msg("%s: another reason", program_case->name);
}

static void every_case_in_every_program(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(&cases[i], PROBE_XDP);
		check_case(&cases[i], PROBE_TC_RECEIVED);
		check_case(&cases[i], PROBE_TC_SENT);
	}
}

/* Each datagram of a UDP GSO packet is a datagram. */
static void each_datagram_of_gso(void **state)
{
	const unsigned int size = sizeof(INVITE) - 1;
	int i;

	counters__clear(fixture.counters);
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
	packets__udp(&packet, 5060, 5060);
	for (i = 0; i < 7; i++)
		packets__text(&packet, INVITE);
	packets__text(&packet, "\r\n\r\n");
	packets__finish(&packet);
	probe_fixture__run(&fixture, PROBE_TC_SENT, packet.bytes, packet.length, size);
	probe_fixture__collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "INVITE", NULL), 7);
	assert_int_equal(counters__packets_const(fixture.counters)->sip, 7);
	assert_int_equal(counters__packets_const(fixture.counters)->reasons[SIPBPF_REASON_KEEPALIVE], 1);
}

/* In a tunnel too, through which each of them came. */
static void each_datagram_of_gso_in_a_tunnel(void **state)
{
	const struct sipbpf_packets *packets = counters__packets_const(fixture.counters);
	int i;

	counters__clear(fixture.counters);
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
	packets__udp(&packet, 5060, 5060);
	for (i = 0; i < 5; i++)
		packets__text(&packet, INVITE);
	packets__finish(&packet);
	packets__in_vxlan(&packet);
	probe_fixture__run(&fixture, PROBE_TC_SENT, packet.bytes, packet.length, sizeof(INVITE) - 1);
	probe_fixture__collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "INVITE", NULL), 5);
	assert_int_equal(packets->sip, 5);
	assert_int_equal(packets->encapsulations[SIPBPF_ENCAPSULATION_VXLAN], 5);
}

/* Frames larger than a page arrive in fragments, with a part that is linear. */
static void multi_buffer_frame(void **state)
{
	int i;

	counters__clear(fixture.counters);
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
	packets__udp(&packet, 5060, 5060);
	packets__text(&packet, "INVITE sip:b SIP/2.0\r\n");
	for (i = 0; i < 200; i++)
		packets__text(&packet, "Record-Route: <sip:proxy.example.com;lr>\r\n");
	packets__text(&packet, "To: <sip:b>;tag=1\r\nCSeq: 1 INVITE\r\n\r\n");
	packets__finish(&packet);
	assert_true(packet.length > 8000);
	probe_fixture__run(&fixture, PROBE_XDP, packet.bytes, packet.length, 0);
	probe_fixture__collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "ReINVITE", NULL), 1);
}

/* BIG TCP: XDP reads nothing behind the first 64 KiB, and what it does not read is a gap. */
static void segment_of_more_than_64_kib(void **state)
{
	static const char options[] = "OPTIONS sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
	__u64 messages = 0;

	counters__clear(fixture.counters);
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	packets__tcp(&packet, 64000, 5060, 0);
	for (; packet.length < 68000; messages++)
		packets__text(&packet, options);
	probe_fixture__run(&fixture, PROBE_XDP, packet.bytes, packet.length, 0);
	probe_fixture__collect(&fixture);
	assert_in_range(counters__total(fixture.counters), 65536 / sizeof(options) - 1, messages - 1);
	assert_int_equal(counters__packets(fixture.counters)->gaps, 1);
}

/* Counts a segment of the text, repeated, and of its end. */
static void count_segment(__u32 sequence, unsigned int flags, const char *text, size_t repeats, const char *end)
{
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	packets__segment(&packet, 63000, 5060, 0, sequence, flags);
	while (repeats--)
		packets__text(&packet, text);
	packets__text(&packet, end);
	packets__finish(&packet);
	probe_fixture__run(&fixture, PROBE_XDP, packet.bytes, packet.length, 0);
}

/*
 * The rest of a request that began in the segment before is longer than a window and turns out to be malformed: reading
 * goes back to what the segment before left over.
 */
static void goes_back_to_the_segment_before(void **state)
{
	static const char begin[] = "OPTIONS sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nl: 0\r\n\r\nINVITE s";

	counters__clear(fixture.counters);
	count_segment(0, 2, "", 0, "");
	count_segment(1, 0x18, begin, 1, "");
	count_segment(sizeof(begin), 0x18, "aaaaaaaaaa", 103, " SIP/9.0 x\nQ:\n\n");
	probe_fixture__collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "OPTIONS", NULL), 1);
	assert_int_equal(counters__packets(fixture.counters)->reasons[SIPBPF_REASON_MALFORMED], 1);
}

/* A connection's first segment, of so many messages, each of an own method. */
static void put_new_methods(struct packet_builder *segment, unsigned int client_port, int count)
{
	char message[64];
	int i;

	packets__ethernet(segment, 0x0800);
	packets__ipv4(segment, 6, 0, 0);
	packets__tcp(segment, client_port, 5060, 0);
	for (i = 0; i < count; i++) {
		(void)snprintf(message, sizeof(message), "X%d sip:b SIP/2.0\r\nl: 0\r\n\r\n", i);
		packets__text(segment, message);
	}
	packets__finish(segment);
}

#define AT_ONCE 2 /* threads that run a packet each */

struct runner {
	struct probe *probe;
	struct packet_builder segment;
	int *waiting; /* for each other; a barrier that sleeps would wake them one after the other */
	int error;
};

static void *run_segment_at_once(void *context)
{
	struct runner *runner = context;
	int verdict;

	__atomic_add_fetch(runner->waiting, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(runner->waiting, __ATOMIC_SEQ_CST) < AT_ONCE)
		;
	runner->error =
		probe__test_run(runner->probe, PROBE_XDP, runner->segment.bytes, runner->segment.length, 0, &verdict);
	return NULL;
}

/* So many new methods, met by several CPUs at once: each on a connection of its own. */
static void run_at_once(struct probe *probe, int count)
{
	static struct runner runners[AT_ONCE];
	pthread_t threads[AT_ONCE];
	int waiting = 0, i;

	for (i = 0; i < AT_ONCE; i++) {
		runners[i].probe = probe;
		runners[i].waiting = &waiting;
		put_new_methods(&runners[i].segment, (unsigned int)(40000 + i), count);
		assert_int_equal(pthread_create(&threads[i], NULL, run_segment_at_once, &runners[i]), 0);
	}
	for (i = 0; i < AT_ONCE; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(runners[i].error, 0);
	}
}

/* What two CPUs meet at once has one number, and wastes none: there is one for each of 64 methods. */
static void check_at_once(struct probe_fixture *own)
{
	/* One is left: for the number that the slower CPU is about to give back. */
	run_at_once(own->probe, SIPBPF_EXTENSION_METHODS_ANY - 1);
	put_new_methods(&packet, 40000 + AT_ONCE, SIPBPF_EXTENSION_METHODS_ANY);
	probe_fixture__run(own, PROBE_XDP, packet.bytes, packet.length, 0);
	probe_fixture__collect(own);
	assert_int_equal(counts__of(own->counters, "X0", NULL), AT_ONCE + 1);
	assert_int_equal(counts__of(own->counters, "X63", NULL), 1);
	assert_int_equal(counts__of(own->counters, "UNKNOWN", NULL), 0);
}

/* Beyond 64 names of their own, extension methods count as UNKNOWN. */
static void check_many(struct probe_fixture *own)
{
	char message[64];
	int i;

	for (i = 0; i < SIPBPF_EXTENSION_METHODS_ANY + 6; i++) {
		(void)snprintf(message, sizeof(message), "X%d sip:b SIP/2.0\r\n\r\n", i);
		packets__udp4(&packet, message);
		probe_fixture__run(own, PROBE_XDP, packet.bytes, packet.length, 0);
	}
	probe_fixture__collect(own);
	assert_int_equal(counts__of(own->counters, "X0", NULL), 1);
	assert_int_equal(counts__of(own->counters, "X63", NULL), 1);
	assert_int_equal(counts__of(own->counters, "UNKNOWN", NULL), 6);
}

/* Names keep their numbers for some time, so each round has programs of its own. */
static void many_new_methods_at_once(void **state)
{
	const struct probe_options options = { 0 };
	struct probe_fixture own;
	unsigned int round;

	for (round = 0; round < rounds(1); round++) {
		probe_fixture__open(&own, &options);
		check_at_once(&own);
		probe_fixture__close(&own);
		probe_fixture__open(&own, &options);
		check_many(&own);
		probe_fixture__close(&own);
	}
}

/* A full bank loses nothing: what finds no room counts under the link `other`. */
static void full_bank(void **state)
{
	const struct counter_link *link;
	__u64 other = 0;
	size_t i;

	counters__clear(fixture.counters);
	packets__udp4(&packet, INVITE);
	for (i = 0; i < 100; i++) {
		packets__set16(&packet, 34, (unsigned int)(1000 + i));
		probe_fixture__run(&fixture, PROBE_XDP, packet.bytes, packet.length, 0);
	}
	probe_fixture__collect(&fixture);
	assert_int_equal(counts__of(fixture.counters, "INVITE", NULL), 100);
	for (i = 0; i < counters__links_count(fixture.counters); i++) {
		link = counters__link(fixture.counters, i);
		if (link->link.is_other)
			other = link->cells[0].count;
	}
	assert_int_equal(other, 84);
	assert_int_equal(counters__links_count(fixture.counters), 17);
}

/* --port: only packets to or from these. */
static void ports(void **state)
{
	const __u16 wanted[] = { 5080, 65535 };
	const struct probe_options options = { .ports = wanted, .ports_count = 2 };
	struct probe_fixture own;

	probe_fixture__open(&own, &options);
	packets__udp4(&packet, INVITE);
	probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
	packets__set16(&packet, 34, 5080);
	probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
	packets__set16(&packet, 34, 5060);
	packets__set16(&packet, 36, 65535);
	probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
	probe_fixture__collect(&own);
	assert_int_equal(counters__total(own.counters), 2);
	assert_int_equal(counters__packets_const(own.counters)->reasons[SIPBPF_REASON_FILTERED], 1);
	/* Whatever the packet holds. */
	build_rtp();
	probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
	build_tcp_ack();
	probe_fixture__run(&own, PROBE_TC_SENT, packet.bytes, packet.length, 0);
	probe_fixture__collect(&own);
	assert_int_equal(counters__packets_const(own.counters)->reasons[SIPBPF_REASON_FILTERED], 3);
	probe_fixture__close(&own);
}

/* --filter, --host and --exclude-host; test_filter.c has the rules. */
static void filters(void **state)
{
	static const struct filter_type types[] = { { "BYE" }, { "FROB" } };
	const __u16 wanted[] = { 5060 };
	struct link_network hosts[2], excluded[1];
	const struct filter filter = { .types = types,
				       .types_count = 2,
				       .hosts = hosts,
				       .hosts_count = 2,
				       .excluded_hosts = excluded,
				       .excluded_hosts_count = 1 };
	const struct probe_options options = { .ports = wanted, .ports_count = 1, .filter = &filter };
	struct probe_fixture own;

	assert_int_equal(link_network__parse("10.0.0.0/30", &hosts[0]), 0);
	assert_int_equal(link_network__parse("2001:db8::/32", &hosts[1]), 0);
	assert_int_equal(link_network__parse("10.0.0.3", &excluded[0]), 0);
	probe_fixture__open(&own, &options);
	packets__udp4(&packet, "FROB sip:a SIP/2.0\r\nCSeq: 1 FROB\r\n\r\n");
	probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
	packet.bytes[29] = 3; /* from 10.0.0.3 */
	probe_fixture__run(&own, PROBE_TC_SENT, packet.bytes, packet.length, 0);
	packet.bytes[29] = packet.bytes[33] = 9; /* between others */
	probe_fixture__run(&own, PROBE_TC_RECEIVED, packet.bytes, packet.length, 0);
	packets__udp4(&packet, INVITE);
	probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
	packets__udp4(&packet, "SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n");
	probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
	probe_fixture__collect(&own);
	assert_int_equal(counters__total(own.counters), 2);
	assert_int_equal(counts__of(own.counters, "FROB", NULL), 1);
	assert_int_equal(counts__of(own.counters, "200", NULL), 1);
	assert_int_equal(counters__packets_const(own.counters)->reasons[SIPBPF_REASON_FILTERED], 3);
	probe_fixture__close(&own);
}

/* So many messages, each of a link of its own. */
static void add_links(struct probe *probe, unsigned int first_port, unsigned int count)
{
	static struct packet_builder datagram;
	unsigned int port;
	int verdict;

	packets__udp4(&datagram, INVITE);
	for (port = first_port; port < first_port + count; port++) {
		packets__set16(&datagram, 34, port);
		(void)probe__test_run(probe, PROBE_XDP, datagram.bytes, datagram.length, 0, &verdict);
	}
}

static void *add_links_meanwhile(void *probe)
{
	add_links(probe, 1000, 2000);
	return NULL;
}

/* A bank that fills up while it is being made the active one is told of as well. */
static void full_bank_is_told(void **state)
{
	struct pollfd wakeup = { .events = POLLIN };
	pthread_t thread;
	int round;

	counters__clear(fixture.counters);
	wakeup.fd = drain__wakeup_fd(fixture.drain);
	for (round = 0; round < 10; round++) {
		add_links(fixture.probe, 40000, 20);
		drain__clear_wakeup(fixture.drain);
		assert_int_equal(pthread_create(&thread, NULL, add_links_meanwhile, fixture.probe), 0);
		probe_fixture__collect(&fixture);
		assert_int_equal(pthread_join(thread, NULL), 0);
		add_links(fixture.probe, 50000, 20);
		assert_int_equal(poll(&wakeup, 1, PATIENCE_MILLISECONDS), 1);
	}
	probe_fixture__collect(&fixture);
	assert_int_equal(counters__total(fixture.counters), 10 * (20 + 2000 + 20));
}

/* Many swaps, each after some messages: each message comes out exactly once. */
static void swaps_lose_nothing(void **state)
{
	int swap, i;

	counters__clear(fixture.counters);
	packets__udp4(&packet, OK);
	for (swap = 0; swap < 200; swap++) {
		for (i = 0; i < swap % 7; i++)
			probe_fixture__run(&fixture, PROBE_XDP, packet.bytes, packet.length, 0);
		probe_fixture__collect(&fixture);
	}
	/* 200 = 28 * 7 + 4: 28 times 0+1+...+6, then 0+1+2+3. */
	assert_int_equal(counters__total(fixture.counters), 28 * 21 + 6);
}

/* A segment to this port that begins with these bytes and is a record long. */
static void build_record(unsigned int port, const char *bytes, size_t length)
{
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	packets__tcp(&packet, 40000, port, 0);
	packets__put(&packet, bytes, length);
	packets__finish(&packet);
}

/* Only the first message of a client begins a connection, and only where SIP's ports do not make the link visible. */
static void tls_on_other_ports_is_noted(void **state)
{
	static const char hello[] = "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03";
	static const char answer[] = "\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03";
	static const char data[] = "\x17\x03\x03\x00\x06\x01\x00\x00\x02\x03\x03";
	const struct unread *unread = counters__unread(fixture.counters);

	counters__clear(fixture.counters);
	for (int i = 0; i < PROBE_HOOKS; i++) {
		build_record(8443, hello, sizeof(hello) - 1);
		probe_fixture__run(&fixture, (enum probe_program)i, packet.bytes, packet.length, 0);
		build_record(8444, answer, sizeof(answer) - 1);
		probe_fixture__run(&fixture, (enum probe_program)i, packet.bytes, packet.length, 0);
		build_record(8445, data, sizeof(data) - 1);
		probe_fixture__run(&fixture, (enum probe_program)i, packet.bytes, packet.length, 0);
		build_record(5061, hello, sizeof(hello) - 1);
		probe_fixture__run(&fixture, (enum probe_program)i, packet.bytes, packet.length, 0);
	}
	assert_int_equal(drain__collect(fixture.drain, &fixture.rules, fixture.counters), 0);
	assert_int_equal(unread->ports_count, 1);
	assert_int_equal(unread->ports[0].port, 8443);
	assert_int_equal(unread->ports[0].handshakes, PROBE_HOOKS);
	assert_int_equal(unread->links_count, 1);
	assert_int_equal(unread->links[0].link.server_port, 5061);
	assert_int_equal(unread->links[0].packets[UNREAD_ENCRYPTED], 1); /* the others are duplicates */
	assert_int_equal(counters__packets_const(fixture.counters)->reasons[SIPBPF_REASON_NOT_SIP], 3 * PROBE_HOOKS);
	assert_int_equal(counters__total(fixture.counters), 0);
}

/* A malformed datagram names its link, which is not shown for that. */
static void malformed_datagrams_name_their_link(void **state)
{
	const struct unread *unread = counters__unread(fixture.counters);

	counters__clear(fixture.counters);
	for (int i = 0; i < PROBE_HOOKS; i++) {
		text("INVITE  sip:b SIP/2.0\r\n\r\n");
		probe_fixture__run(&fixture, (enum probe_program)i, packet.bytes, packet.length, 0);
	}
	assert_int_equal(drain__collect(fixture.drain, &fixture.rules, fixture.counters), 0);
	assert_int_equal(unread->links_count, 1);
	assert_int_equal(unread->links[0].packets[UNREAD_MALFORMED], PROBE_HOOKS);
	assert_int_equal(counters__packets_const(fixture.counters)->reasons[SIPBPF_REASON_MALFORMED], PROBE_HOOKS);
	assert_false(counters__has_links(fixture.counters));
}

/* Runs each program over a message and over what is none; test runs come from interface 1, loopback. */
static void run_each_at(struct probe_fixture *own)
{
	for (int i = 0; i < PROBE_HOOKS; i++) {
		text(INVITE);
		probe_fixture__run(own, (enum probe_program)i, packet.bytes, packet.length, 0);
		text("\x80 nothing of SIP");
		probe_fixture__run(own, (enum probe_program)i, packet.bytes, packet.length, 0);
		build_arp();
		probe_fixture__run(own, (enum probe_program)i, packet.bytes, packet.length, 0);
	}
	assert_int_equal(drain__collect(own->drain, &own->rules, own->counters), 0);
}

/* At a glance and the long way, in every program. What counts apart adds up. */
static void interfaces_are_told_apart(void **state)
{
	const struct probe_options options = { .rows_max = 16, .interfaces = 3 };
	struct probe_fixture own;

	probe_fixture__open(&own, &options);
	assert_int_equal(probe__number_interface(own.probe, 1, 2), 0);
	run_each_at(&own);
	assert_int_equal(drain__interface(own.drain, 0).seen, 0);
	assert_int_equal(drain__interface(own.drain, 2).seen, 3 * PROBE_HOOKS);
	assert_int_equal(drain__interface(own.drain, 2).sip, PROBE_HOOKS);
	assert_int_equal(probe__number_interface(own.probe, 1, 1), 0);
	run_each_at(&own);
	assert_int_equal(drain__interface(own.drain, 1).seen, 3 * PROBE_HOOKS);
	assert_int_equal(drain__interface(own.drain, 2).seen, 3 * PROBE_HOOKS);
	assert_int_equal(counters__packets_seen(own.counters), 6 * PROBE_HOOKS);
	assert_int_equal(counters__packets_const(own.counters)->sip, 2 * PROBE_HOOKS);
	probe_fixture__close(&own);
}

static void build_tcp(unsigned int sequence, const char *payload)
{
	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 6, 0, 0);
	packets__segment(&packet, 40000, 5060, 0, sequence, 0x18);
	packets__text(&packet, payload);
	packets__finish(&packet);
}

static void build_invite_over_tcp(void)
{
	build_tcp(1000, INVITE);
}

static void build_keepalive_over_tcp(void)
{
	build_tcp(1000 + sizeof(INVITE) - 1, "\r\n\r\n");
}

static void build_options(void)
{
	text("OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 OPTIONS\r\n\r\n");
}

static void build_options_in_vlan(void)
{
	udp_after(vlans, "OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 OPTIONS\r\n\r\n");
}

static void build_invite_in_vlan(void)
{
	udp_after(vlans, INVITE);
}

/* What an interface shows again of what counted elsewhere is SIP there if a message counted: not a filtered one, say. */
static void what_counted_elsewhere_is_sip(void **state)
{
	static const struct elsewhere_case {
		const char *name;
		void (*build)(void);
		__u64 messages;
	} seen_twice[] = {
		{ "a datagram", build_invite, 1 },
		{ "a datagram behind tags", build_invite_in_vlan, 1 },
		{ "a segment", build_invite_over_tcp, 1 },
		{ "a keep-alive of the same connection", build_keepalive_over_tcp, 0 },
		{ "a filtered datagram", build_options, 0 },
		{ "a filtered datagram behind tags", build_options_in_vlan, 0 },
	};
	static const struct filter_type types[] = { { "INVITE" } };
	static const struct filter filter = { .types = types, .types_count = 1 };
	static const struct probe_options options = { .rows_max = 16, .interfaces = 2, .filter = &filter };
	const struct sipbpf_packets *packets;
	struct probe_fixture own;

	probe_fixture__open(&own, &options);
	probe__set_may_pass_twice(own.probe, true);
	packets = counters__packets_const(own.counters);
	for (size_t i = 0; i < sizeof(seen_twice) / sizeof(*seen_twice); i++) {
		__u64 before = packets->sip_elsewhere, sip = drain__interface(own.drain, 0).sip;

		seen_twice[i].build();
		probe_fixture__run(&own, PROBE_TC_SENT, packet.bytes, packet.length, 0);
		probe_fixture__run(&own, PROBE_XDP, packet.bytes, packet.length, 0);
		assert_int_equal(drain__collect(own.drain, &own.rules, own.counters), 0);
		if (packets->reasons[SIPBPF_REASON_SEEN_ELSEWHERE] != i + 1 ||
		    packets->sip_elsewhere != before + seen_twice[i].messages ||
		    drain__interface(own.drain, 0).sip != sip + 2 * seen_twice[i].messages)
			fail_msg("%s: seen elsewhere %llu, with messages %llu more, sip %llu more", seen_twice[i].name,
				 packets->reasons[SIPBPF_REASON_SEEN_ELSEWHERE], packets->sip_elsewhere - before,
				 drain__interface(own.drain, 0).sip - sip);
	}
	probe_fixture__close(&own);
}

/* Over UDP, Via tells the transport only if the rules say so: at a glance, and in a tunnel. */
static void via_of_datagrams(void **state)
{
	static const struct link_rules rules = { .transport = LINK_TRANSPORT_VIA };
	const struct probe_options options = { .rows_max = 16, .rules = &rules };
	struct probe_fixture own;
	size_t i;

	probe_fixture__open(&own, &options);
	own.rules = rules;
	for (i = 0; i < 2 * PROBE_HOOKS; i++) {
		packets__udp4(&packet,
			      "INVITE sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nVia: SIP/2.0/TLS a\r\n\r\n");
		if (i & 1)
			packets__in_vxlan(&packet);
		probe_fixture__run(&own, (enum probe_program)(i / 2), packet.bytes, packet.length, 0);
	}
	probe_fixture__collect(&own);
	assert_int_equal(counters__total(own.counters), 2 * PROBE_HOOKS);
	for (i = 0; i < counters__links_count(own.counters); i++)
		assert_int_equal(counters__link(own.counters, i)->link.transport, SIP_TRANSPORT_TLS);
	probe_fixture__close(&own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_in_every_program),
		cmocka_unit_test(each_datagram_of_gso),
		cmocka_unit_test(each_datagram_of_gso_in_a_tunnel),
		cmocka_unit_test(multi_buffer_frame),
		cmocka_unit_test(segment_of_more_than_64_kib),
		cmocka_unit_test(goes_back_to_the_segment_before),
		cmocka_unit_test(many_new_methods_at_once),
		cmocka_unit_test(full_bank),
		cmocka_unit_test(full_bank_is_told),
		cmocka_unit_test(ports),
		cmocka_unit_test(filters),
		cmocka_unit_test(swaps_lose_nothing),
		cmocka_unit_test(interfaces_are_told_apart),
		cmocka_unit_test(what_counted_elsewhere_is_sip),
		cmocka_unit_test(tls_on_other_ports_is_noted),
		cmocka_unit_test(via_of_datagrams),
		cmocka_unit_test(malformed_datagrams_name_their_link),
	};

	return cmocka_run_group_tests(tests, open_probe, close_probe);
}
