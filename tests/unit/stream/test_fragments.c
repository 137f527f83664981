// SPDX-License-Identifier: BSD-2-Clause
/*
 * Messages in fragments of IP: a table of cases, a message cut at every place, and random datagrams (fragments.h), by the
 * user-space build. Each message counts exactly once, as what it is or with what is known of it, and is told then.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "counts.h"
#include "classify/frame.h"
#include "fragments.h"
#include "guard.h"
#include "rounds.h"
#include "stream/table.h"

#define WHOLE_RUNS rounds(500)
#define LOSSY_RUNS rounds(500)
#define CROWDS rounds(20)
#define CROWD 40

#define PORT 40000

static const struct link_rules rules = { .transport = LINK_TRANSPORT_WIRE };
static struct counters *counters;
static struct frame_classifier *classifier;
static struct packet_builder packet;
static struct guard guard;
static __u32 milliseconds;

static void begin(void)
{
	frame_classifier__free(classifier);
	counters__clear(counters);
	classifier = frame_classifier__new(counters, &rules);
	frame_classifier__read_hep(classifier, NULL, 0);
	assert_non_null(classifier);
	milliseconds = 0;
}

/* Adds the packet that has been built; it has one outcome. Returns its reason, or SIPBPF_REASON_COUNT if it is `sip`. */
static unsigned int add(void)
{
	const struct frame frame = { .bytes = guard__at_end(&guard, packet.bytes, packet.length),
				     .length = (__u32)packet.length,
				     .milliseconds = milliseconds };
	struct sipbpf_packets before = *counters__packets(counters);
	const struct sipbpf_packets *packets = counters__packets(counters);
	__u64 seen = counters__packets_seen(counters);
	unsigned int reason = 0;

	assert_int_equal(frame_classifier__add(classifier, &frame), 0);
	assert_int_equal(counters__packets_seen(counters), seen + 1);
	while (reason < SIPBPF_REASON_COUNT && packets->reasons[reason] == before.reasons[reason])
		reason++;
	return reason;
}

static void flush(void)
{
	__u64 seen = counters__packets_seen(counters);

	assert_int_equal(frame_classifier__flush(classifier), 0);
	assert_int_equal(counters__packets_seen(counters), seen);
}

static __u64 truncated_headers(void)
{
	return counters__packets(counters)->truncated_headers;
}

/* ---- cases ---- */

#define START "INVITE sip:b@example.com SIP/2.0\r\n"
#define TO "To: <sip:b>;tag=1\r\n"
#define CSEQ "CSeq: 1 INVITE\r\n"
#define VIA "Via: SIP/2.0/UDP a\r\n"
#define FILLER "X-1234: 7890123456789012345678\r\n" /* 32 bytes */
#define RTP "\x80\x08\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0b and so on, and so on ...\r\n"

/* One fragment of a case. The texts of a datagram are cut where each of them ends; those sizes are multiples of 8. */
struct piece {
	unsigned int from; /* offsets in the datagram, without its UDP header */
	unsigned int to;
	const char *reason;        /* "sip", or why it is none */
	unsigned int datagram;     /* which of two it belongs to */
	unsigned int milliseconds; /* that have passed before */
	bool is_reused;            /* both have one identification */
};

struct fragment_case {
	const char *name;
	const char *texts[2];
	struct piece pieces[8];
	const char *counts; /* INVITE/INVITE, INVITE/UNKNOWN, ReINVITE/INVITE, all, truncated_headers */
};

#define LONG START FILLER FILLER FILLER FILLER
#define END (~0U)

#define PIECE(from, to, reason)               \
	{                                     \
		from, to, reason, 0, 0, false \
	}
#define OTHER(from, to, reason)               \
	{                                     \
		from, to, reason, 1, 0, false \
	} /* of the second datagram */
#define REUSED(from, to, reason, milliseconds)          \
	{                                               \
		from, to, reason, 1, milliseconds, true \
	} /* of the second datagram, with the identification of the first */
#define LATER(from, to, reason, milliseconds)            \
	{                                                \
		from, to, reason, 0, milliseconds, false \
	}

static const struct fragment_case cases[] = {
	{ "all in the first fragment",
	  { START TO CSEQ VIA FILLER FILLER FILLER },
	  { PIECE(0, 128, "sip"), PIECE(128, END, "fragment") },
	  "0 0 1 1 0" },
	{ "To in the second fragment",
	  { LONG CSEQ VIA TO FILLER },
	  { PIECE(0, 136, "continuation"), PIECE(136, END, "sip") },
	  "0 0 1 1 0" },
	{ "in the third",
	  { LONG FILLER CSEQ VIA TO },
	  { PIECE(0, 72, "continuation"), PIECE(72, 144, "fragment"), PIECE(144, END, "sip") },
	  "0 0 1 1 0" },
	{ "the last one first",
	  { LONG CSEQ VIA TO },
	  { PIECE(136, END, "fragment"), PIECE(0, 136, "sip") },
	  "0 0 1 1 0" },
	{ "backwards",
	  { LONG FILLER CSEQ VIA TO },
	  { PIECE(144, END, "fragment"), PIECE(72, 144, "fragment"), PIECE(0, 72, "sip") },
	  "0 0 1 1 0" },
	{ "the second one lost", { LONG CSEQ VIA TO }, { PIECE(0, 136, "continuation") }, "0 1 0 1 1" },
	{ "the one with To lost",
	  { START CSEQ VIA FILLER FILLER FILLER TO },
	  { PIECE(0, 104, "continuation") },
	  "1 0 0 1 1" },
	{ "one in the middle lost",
	  { LONG FILLER CSEQ VIA TO },
	  { PIECE(0, 72, "continuation"), PIECE(144, END, "fragment") },
	  "0 1 0 1 1" },
	{ "the first one lost", { LONG CSEQ VIA TO }, { PIECE(136, END, "fragment") }, "0 0 0 0 0" },
	{ "the first one ends in the start line",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 16, "truncated"), PIECE(16, 136, "fragment"), PIECE(136, END, "sip") },
	  "0 0 1 1 0" },
	{ "and no other comes", { LONG CSEQ VIA TO }, { PIECE(0, 16, "truncated") }, "0 0 0 0 0" },
	{ "the first one has the UDP header alone",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 0, "truncated"), PIECE(0, END, "sip") },
	  "0 0 1 1 0" },
	{ "the first one twice",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 136, "continuation"), PIECE(0, 136, "duplicate"), PIECE(136, END, "sip"),
	    PIECE(0, 136, "duplicate") },
	  "0 0 1 1 0" },
	{ "the second one twice",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 136, "continuation"), PIECE(136, END, "sip"), PIECE(136, END, "fragment") },
	  "0 0 1 1 0" },
	{ "a first one that is complete twice",
	  { START TO CSEQ VIA FILLER FILLER },
	  { PIECE(0, 120, "sip"), PIECE(0, 120, "duplicate"), PIECE(120, END, "fragment") },
	  "0 0 1 1 0" },
	{ "overlapping",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 136, "continuation"), PIECE(64, 160, "fragment"), PIECE(96, END, "sip") },
	  "0 0 1 1 0" },
	{ "headers that end without Via",
	  { LONG CSEQ TO "\r\nv=0\r\n" FILLER },
	  { PIECE(0, 136, "continuation"), PIECE(136, 208, "sip") },
	  "0 0 1 1 0" },
	{ "a datagram that ends without Via",
	  { LONG CSEQ TO },
	  { PIECE(0, 136, "continuation"), PIECE(136, END, "sip") },
	  "0 0 1 1 0" },
	{ "two datagrams by turns",
	  { LONG CSEQ VIA TO, LONG FILLER CSEQ VIA FILLER },
	  { PIECE(0, 136, "continuation"), OTHER(0, 136, "continuation"), OTHER(136, END, "sip"),
	    PIECE(136, END, "sip") },
	  "1 0 1 2 0" },
	{ "a response",
	  { "SIP/2.0 200 OK\r\n" FILLER FILLER CSEQ VIA FILLER },
	  { PIECE(0, 80, "continuation"), PIECE(80, END, "sip") },
	  "0 0 0 1 0" },
	{ "an unknown method",
	  { "FLY sip:b SIP/2.0\r\n" FILLER FILLER "CSeq: 1 FLY\r\n" VIA FILLER },
	  { PIECE(0, 80, "continuation"), PIECE(80, END, "sip") },
	  "0 0 0 1 0" },
	{ "too late",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 136, "continuation"), LATER(136, END, "fragment", 1100) },
	  "0 1 0 1 1" },
	{ "just in time",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 136, "continuation"), LATER(136, END, "sip", 900) },
	  "0 0 1 1 0" },
	{ "sent again, later",
	  { LONG CSEQ VIA TO },
	  { PIECE(0, 136, "continuation"), PIECE(136, END, "sip"), LATER(0, 136, "continuation", 1100),
	    PIECE(136, END, "sip") },
	  "0 0 2 2 0" },
	{ "no SIP", { RTP RTP RTP RTP }, { PIECE(0, 80, "not_sip"), PIECE(80, END, "fragment") }, "0 0 0 0 0" },
	{ "no SIP, the last one first",
	  { RTP RTP RTP RTP },
	  { PIECE(80, END, "fragment"), PIECE(0, 80, "not_sip") },
	  "0 0 0 0 0" },
	{ "SIP with the identification of what was none and came backwards",
	  { RTP RTP RTP RTP "To: <sip:b>;tag=1\r\n", LONG CSEQ VIA FILLER TO },
	  { PIECE(136, END, "fragment"), PIECE(0, 136, "not_sip"), REUSED(0, 136, "continuation", 900),
	    REUSED(136, END, "sip", 0) },
	  "0 0 1 1 0" },
	{ "the same, of which nothing follows",
	  { RTP RTP RTP RTP TO, LONG "To: <sip:b>\r\n" CSEQ VIA },
	  { PIECE(136, END, "fragment"), PIECE(0, 136, "not_sip"), REUSED(0, 136, "continuation", 900) },
	  "0 1 0 1 1" },
	{ "SIP backwards, later, with the identification of what was none",
	  { RTP RTP RTP RTP, LONG CSEQ VIA TO },
	  { PIECE(0, 80, "not_sip"), PIECE(80, END, "fragment"), REUSED(136, END, "fragment", 1100),
	    REUSED(0, 136, "sip", 0) },
	  "0 0 1 1 0" },
	{ "malformed",
	  { "INVITE sip:b SIP/7.0\r\n" FILLER FILLER FILLER FILLER },
	  { PIECE(0, 80, "malformed"), PIECE(80, END, "fragment") },
	  "0 0 0 0 0" },
};

static void build(const struct fragment_case *fragment_case, const struct piece *piece, bool is_ipv6)
{
	static struct datagram datagram;
	const char *text = fragment_case->texts[piece->datagram];
	unsigned int size = (unsigned int)strlen(text);

	datagram.form = DATAGRAM_BARE;
	datagram.is_ipv6 = is_ipv6;
	datagram.identification = piece->is_reused ? 7 : 7 + piece->datagram;
	datagram.length = DATAGRAM_UDP_SIZE + size;
	memcpy(datagram.bytes, "\x9c\x40\x13\xc4\0\0\x12\x34", DATAGRAM_UDP_SIZE);
	datagram.bytes[4] = (unsigned char)(datagram.length >> 8);
	datagram.bytes[5] = (unsigned char)datagram.length;
	memcpy(datagram.bytes + DATAGRAM_UDP_SIZE, text, size);
	datagram.sendings[0].at = piece->from || !piece->reason ? piece->from + DATAGRAM_UDP_SIZE : 0;
	if (piece->to == END && !piece->from) /* behind a first one without payload */
		datagram.sendings[0].at = DATAGRAM_UDP_SIZE;
	datagram.sendings[0].length =
		(piece->to == END ? size : piece->to) + DATAGRAM_UDP_SIZE - datagram.sendings[0].at;
	datagram__frame(&datagram, 0, &packet);
}

static const char *name_of(unsigned int reason)
{
	static const char *const names[] = {
#define X(id, name) name,
		SIPBPF_REASON_LIST(X)
#undef X
			"sip",
	};

	return names[reason];
}

static void run_case(const struct fragment_case *fragment_case, bool is_ipv6)
{
	const struct piece *piece;
	const char *reason;
	char counts[64];

	begin();
	for (piece = fragment_case->pieces; piece->reason; piece++) {
		milliseconds += piece->milliseconds;
		build(fragment_case, piece, is_ipv6);
		reason = name_of(add());
		if (strcmp(reason, piece->reason) != 0)
			fail_msg("%s: fragment %td is %s", fragment_case->name, piece - fragment_case->pieces, reason);
	}
	flush();
	snprintf(counts, sizeof(counts), "%llu %llu %llu %llu %llu", counts__of(counters, "INVITE", "INVITE"),
		 counts__of(counters, "INVITE", "UNKNOWN"), counts__of(counters, "ReINVITE", "INVITE"),
		 counters__total(counters), truncated_headers());
	if (strcmp(counts, fragment_case->counts) != 0)
		fail_msg("%s: %s", fragment_case->name, counts);
	flush();
	assert_int_equal(counters__packets(counters)->gaps, 0);
}

static void test_cases(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run_case(&cases[i], false);
		run_case(&cases[i], true);
	}
}

/* ---- a message cut in two, everywhere ---- */

static void add_sending(struct datagram *datagram, unsigned int sending)
{
	datagram__frame(datagram, sending, &packet);
	(void)add();
}

/* Checks that the counters have the datagram as it is known from so many bytes, and nothing else. */
static void assert_counted(const struct datagram *datagram, unsigned int arrived, unsigned long long seed)
{
	const char *type = datagram__type(datagram, arrived), *method = datagram__method(datagram, arrived);
	__u64 count = type ? 1 : 0;

	if (type && counters__total(counters) == 1)
		assert_int_equal(counters__link(counters, 0)->link.transport,
				 datagram->is_hep ? SIP_TRANSPORT_TCP : SIP_TRANSPORT_UDP);
	if (counters__total(counters) == count && (!type || counts__of(counters, type, method) == 1) &&
	    truncated_headers() == datagram__is_truncated(datagram, arrived))
		return;
	fail_msg("seed %llu, form %d, %u of %u bytes arrived: %llu messages, %llu of %s/%s, truncated_headers %llu",
		 seed, datagram->form, arrived, datagram->length, counters__total(counters),
		 type ? counts__of(counters, type, method) : 0, type ? type : "none", method, truncated_headers());
}

enum cut_mode { CUT_IN_ORDER, CUT_BACKWARDS, CUT_SECOND_LOST, CUT_MODES };

/*
 * Whether the datagram can be cut here: the headers of a tunnel and of HEP lie in the first fragment, and what is early is
 * not too long.
 */
static bool can_cut(const struct datagram *datagram, unsigned int at, enum cut_mode mode)
{
	if (at >= datagram->length || at < datagram__first_min(datagram))
		return false;
	return mode != CUT_BACKWARDS || datagram->length - at <= FLOW_HELD_SIZE;
}

static void cut_in_two(unsigned long long seed, unsigned int at, enum cut_mode mode)
{
	static struct datagram datagram;
	unsigned int i;

	datagram__make(&datagram, seed, PORT);
	if (!can_cut(&datagram, at, mode))
		return;
	begin();
	if (mode == CUT_BACKWARDS)
		datagram__send(&datagram, at, datagram.length - at);
	datagram__send(&datagram, 0, at);
	if (mode == CUT_IN_ORDER)
		datagram__send(&datagram, at, datagram.length - at);
	for (i = 0; i < datagram.sendings_count; i++)
		add_sending(&datagram, i);
	if (mode == CUT_SECOND_LOST)
		flush();
	assert_counted(&datagram, datagram__arriving(&datagram), seed);
}

static void test_cut_in_two(void **state)
{
	unsigned int at, mode;
	unsigned long long seed;

	for (seed = 1; seed <= 4; seed++)
		for (at = 8; at < DATAGRAM_MAX; at += 8)
			for (mode = 0; mode < CUT_MODES; mode++)
				cut_in_two(seed, at, (enum cut_mode)mode);
}

/* ---- random datagrams ---- */

static void send_all(struct datagram *datagram)
{
	unsigned int i;

	for (i = 0; i < datagram->sendings_count; i++)
		add_sending(datagram, i);
}

/* Nothing lost: all are exact, before anything is given up. */
static void test_whole_datagrams(void **state)
{
	static struct datagram datagram;
	unsigned long long seed;

	for (seed = 1; seed <= WHOLE_RUNS; seed++) {
		begin();
		datagram__make(&datagram, seed, PORT);
		datagram__cut(&datagram, datagram__draw(&datagram, 2));
		datagram__mishap(&datagram, 0, datagram__draw(&datagram, 2) ? 3 : 0);
		if (datagram__draw(&datagram, 3))
			datagram__shuffle(&datagram);
		send_all(&datagram);
		assert_counted(&datagram, datagram.length, seed);
		assert_int_equal(counters__packets(counters)->sip, 1);
		flush();
		assert_counted(&datagram, datagram.length, seed);
	}
}

/* The identification of what is no SIP is used again at once. */
static void test_reused_identifications(void **state)
{
	static struct datagram datagram, other;
	unsigned long long seed;

	for (seed = 1; seed <= WHOLE_RUNS; seed++) {
		begin();
		datagram__make(&datagram, seed, PORT);
		datagram__make_other(&datagram, &other);
		datagram__cut(&datagram, datagram__draw(&datagram, 2));
		send_all(&other);
		send_all(&datagram);
		assert_counted(&datagram, datagram.length, seed);
		flush();
		assert_counted(&datagram, datagram.length, seed);
	}
}

static void test_lossy_datagrams(void **state)
{
	static struct datagram datagram;
	unsigned long long seed;
	__u64 truncated = 0;

	for (seed = 1; seed <= LOSSY_RUNS; seed++) {
		begin();
		datagram__make(&datagram, seed, PORT);
		datagram__cut(&datagram, datagram__draw(&datagram, 2));
		datagram__mishap(&datagram, 2 + datagram__draw(&datagram, 6), datagram__draw(&datagram, 2) ? 3 : 0);
		if (datagram__draw(&datagram, 3))
			datagram__shuffle(&datagram);
		send_all(&datagram);
		flush();
		assert_counted(&datagram, datagram__arriving(&datagram), seed);
		truncated += truncated_headers();
	}
	print_message("%llu of %u messages counted with what was known\n", truncated, LOSSY_RUNS);
	assert_in_range(truncated, LOSSY_RUNS / 10, LOSSY_RUNS);
}

/* ---- many at once ---- */

static struct datagram crowd[CROWD];

/* Sends a fragment of each datagram in turn. Returns the number of messages that are to count. */
static __u64 send_by_turns(void)
{
	unsigned int turn, i, left = 1;
	__u64 messages = 0;

	for (turn = 0; left; turn++) {
		left = 0;
		for (i = 0; i < CROWD; i++) {
			if (turn >= crowd[i].sendings_count)
				continue;
			add_sending(&crowd[i], turn);
			left++;
		}
	}
	for (i = 0; i < CROWD; i++)
		messages += datagram__type(&crowd[i], datagram__arriving(&crowd[i])) != NULL;
	return messages;
}

/* What does not find a place is told: no message is lost or counted twice. */
static void test_crowds(void **state)
{
	unsigned long long seed;
	__u64 messages;
	unsigned int i;

	for (seed = 1; seed <= CROWDS; seed++) {
		begin();
		for (i = 0; i < CROWD; i++) {
			datagram__make(&crowd[i], seed * CROWD + i, PORT + i);
			datagram__cut(&crowd[i], false);
		}
		messages = send_by_turns();
		flush();
		assert_int_equal(counters__total(counters), messages);
		assert_int_equal(truncated_headers(), 0);
	}
}

/* A datagram over IPv4 that is in nothing else, and whose headers lie far behind its start. */
static void make_long(struct datagram *datagram)
{
	unsigned long long seed = 0;

	do {
		datagram__make(datagram, seed++, PORT);
	} while (datagram->form != DATAGRAM_BARE || datagram->is_ipv6 || datagram->all_known < 1500);
}

/* First fragments that nothing follows evict each other; each message counts. */
static void test_eviction(void **state)
{
	static struct datagram datagram;
	const unsigned int count = 3 * FRAGMENT_SETS * FLOW_WAYS;
	unsigned int i;

	begin();
	make_long(&datagram);
	datagram__send(&datagram, 0, (datagram.message + datagram.started + 7) / 8 * 8);
	for (i = 0; i < count; i++) {
		datagram.identification = i;
		add_sending(&datagram, 0);
	}
	assert_in_range(truncated_headers(), count - FRAGMENT_SETS * FLOW_WAYS, count - 1);
	assert_int_equal(counters__total(counters), truncated_headers());
	flush();
	assert_int_equal(counters__total(counters), count);
	assert_int_equal(truncated_headers(), count);
	assert_int_equal(counters__packets(counters)->evicted, 0);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_CONTINUATION], count);
}

/* Copies of early fragments are few: a message whose copy gave way counts with what is known. */
static void test_lost_copies(void **state)
{
	static struct datagram datagram;
	const unsigned int count = 4 * FRAGMENT_COPIES;
	unsigned int sending, i;

	begin();
	make_long(&datagram);
	datagram__send(&datagram, 1000, 200);
	datagram__send(&datagram, 0, 1000);
	assert_true(datagram.all_known > 1200 - DATAGRAM_UDP_SIZE);
	for (sending = 0; sending < 2; sending++) {
		for (i = 0; i < count; i++) {
			datagram.identification = i;
			add_sending(&datagram, sending);
		}
	}
	flush();
	assert_int_equal(counters__total(counters), count);
	assert_int_equal(truncated_headers(), count);
	assert_int_equal(counters__packets(counters)->gaps, 0);
}

/* A datagram that is cut by the capture counts at once. */
static void test_cut_capture(void **state)
{
	static struct datagram datagram;

	begin();
	make_long(&datagram);
	datagram__send(&datagram, 0, 1000);
	datagram__send(&datagram, 1000, 1000);
	datagram__frame(&datagram, 0, &packet);
	packet.length -= 500;
	assert_int_equal(add(), SIPBPF_REASON_COUNT);
	add_sending(&datagram, 1);
	assert_int_equal(counters__total(counters), 1);
	assert_int_equal(truncated_headers(), 1);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_FRAGMENT], 1);
}

/* --port reads the ports of the first fragment; later ones have none. */
static void test_ports(void **state)
{
	static const __u16 ports[] = { PORT }, others[] = { PORT + 1 };
	static struct datagram datagram;
	int is_wanted;

	for (is_wanted = 0; is_wanted < 2; is_wanted++) {
		begin();
		frame_classifier__set_ports(classifier, is_wanted ? ports : others, 1);
		datagram__make(&datagram, 5, PORT);
		datagram__cut(&datagram, false);
		send_all(&datagram);
		flush();
		assert_int_equal(counters__total(counters), is_wanted);
		assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_FILTERED], !is_wanted);
	}
}

/* Puts a part of an IPv6 datagram whose first header is destination options or an authentication header. */
static void put_ipv6_fragment(unsigned int next_header, unsigned int place, const unsigned char *part, size_t length)
{
	packets__ethernet(&packet, 0x86dd);
	packets__ipv6(&packet, 44);
	packets__put16(&packet, next_header << 8);
	packets__put16(&packet, place);
	packets__put16(&packet, 0);
	packets__put16(&packet, 7);
	packets__put(&packet, part, length);
	packets__finish(&packet);
	(void)add();
}

/* Headers between those of IPv6 and of UDP may be cut with the datagram. */
static void test_headers_before_udp(void **state)
{
	static const char message[] = "INVITE sip:b SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 1 INVITE\r\n\r\n";
	static const struct {
		unsigned int next_header;
		const char *header;
		size_t length;
	} rows[] = {
		{ 60, "\x11\0\1\4\0\0\0\0", 8 },
		{ 51, "\x11\4\0\0\0\0\0\1\0\0\0\1ABCDEFGHIJKL", 24 },
	};
	const size_t cut = 48; /* within the message's headers */
	unsigned char bytes[256];
	size_t i, length;

	for (i = 0; i < 4; i++) {
		begin();
		length = rows[i / 2].length;
		memcpy(bytes, rows[i / 2].header, length);
		memcpy(bytes + length, "\x13\xc4\x13\xc4\0\0\0\0", 8);
		bytes[length + 5] = (unsigned char)(8 + sizeof(message) - 1);
		memcpy(bytes + length + 8, message, sizeof(message) - 1);
		length += 8 + sizeof(message) - 1;
		if (i % 2)
			put_ipv6_fragment(rows[i / 2].next_header, cut, bytes + cut, length - cut);
		put_ipv6_fragment(rows[i / 2].next_header, 1, bytes, cut);
		if (!(i % 2))
			put_ipv6_fragment(rows[i / 2].next_header, cut, bytes + cut, length - cut);
		assert_int_equal(counts__of(counters, "ReINVITE", "INVITE"), 1);
		assert_int_equal(counters__total(counters), 1);
	}
}

#define OUTER_HEADERS 34 /* Ethernet and IPv4 */

/* Makes the packet of a tunnel that has been built a fragment, from this byte behind its IP header on up to the other. */
static void cut_packet(unsigned int from, unsigned int to)
{
	unsigned int length = (unsigned int)packet.length - OUTER_HEADERS, is_last = to >= length;

	to = is_last ? length : to;
	memmove(packet.bytes + OUTER_HEADERS, packet.bytes + OUTER_HEADERS + from, to - from);
	packet.length = OUTER_HEADERS + to - from;
	packets__set16(&packet, 16, (unsigned int)packet.length - 14);
	packets__set16(&packet, 18, 0x1234);
	packets__set16(&packet, 20, (is_last ? 0 : 0x2000) | from / 8);
}

/* A fragment of a tunnel's packet that holds a fragment: what the inner one lacks is not read from the next, and is told. */
static void test_fragments_in_fragments(void **state)
{
	static struct datagram datagram;
	unsigned int turn;

	begin();
	make_long(&datagram);
	datagram.form = DATAGRAM_VXLAN;
	datagram__send(&datagram, 0, 1000);
	datagram__send(&datagram, 1000, datagram.length - 1000);
	for (turn = 0; turn < 2; turn++) {
		datagram__frame(&datagram, 0, &packet);
		cut_packet(turn ? 800 : 0, turn ? END : 800);
		(void)add();
	}
	add_sending(&datagram, 1);
	flush();
	assert_int_equal(counters__total(counters), 1);
	assert_int_equal(truncated_headers(), 1);
	assert_int_equal(counters__packets(counters)->reasons[SIPBPF_REASON_FRAGMENT], 2);
}

static int open_counters(void **state)
{
	counters = counters__new();
	guard = guard__new(PACKETS_MAX);
	return counters ? 0 : -1;
}

static int close_counters(void **state)
{
	frame_classifier__free(classifier);
	counters__free(counters);
	guard__free(&guard);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_cut_in_two),
		cmocka_unit_test(test_whole_datagrams),
		cmocka_unit_test(test_lossy_datagrams),
		cmocka_unit_test(test_crowds),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_lost_copies),
		cmocka_unit_test(test_cut_capture),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_headers_before_udp),
		cmocka_unit_test(test_reused_identifications),
		cmocka_unit_test(test_fragments_in_fragments),
	};

	return cmocka_run_group_tests(tests, open_counters, close_counters);
}
