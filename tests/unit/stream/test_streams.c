// SPDX-License-Identifier: BSD-2-Clause
/*
 * TCP streams, segment by segment: whatever is cut, doubled, overlapping, swapped or lost, each message counts once. A
 * table of cases, every cut of a short stream, and random streams (streams.h), by the user-space build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "counts.h"
#include "hostile.h"
#include "rounds.h"
#include "classify/frame.h"
#include "stream/framing.h"
#include "streams.h"

#define RUNS rounds(1000)
#define LOSSY_RUNS rounds(500)
#define LOSS_STEP (rounds(1) > 1 ? 1 : 7)

static const struct link_rules rules;
static struct counters *counters;
static struct frame_classifier *classifier;
static struct packet_builder packet;
static struct streams streams;

static void begin(void)
{
	frame_classifier__free(classifier);
	counters__clear(counters);
	classifier = frame_classifier__new(counters, &rules);
	assert_non_null(classifier);
}

static void add_at(__u32 milliseconds)
{
	const struct frame frame = { .bytes = packet.bytes,
				     .length = (__u32)packet.length,
				     .start = FRAME_ETHERNET,
				     .milliseconds = milliseconds };

	assert_int_equal(frame_classifier__add(classifier, &frame), 0);
}

static void add(void)
{
	add_at(0);
}

static __u64 count_of(const char *type)
{
	return counts__of(counters, type, NULL);
}

static __u64 reason(enum sipbpf_reason number)
{
	return counters__packets(counters)->reasons[number];
}

/* ---- cases ---- */

#define INVITE "INVITE sip:b@example.com SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
#define BYE "BYE sip:b@example.com SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n"
#define OK_BODY                                                                                                \
	"SIP/2.0 200 OK\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nl: 61\r\n\r\nINVITE sip:x@example.com SIP/2.0\r\n" \
	"Content-Length: 1000000\r\n\r\n"
#define HTTP "GET / HTTP/1.1\r\nHost: b\r\n\r\n"
#define OPTIONS_WITH(header) "OPTIONS sip:b@example.com SIP/2.0\r\nCSeq: 1 OPTIONS\r\n" header "\r\n\r\n"

/*
 * A segment: flags and text, from a place in the stream on that is counted from where the segment before ended. What is
 * captured of it may be less.
 */
#define FOUR_HEADERS                                                  \
	"Record-Route: <sip:proxy.example.com;lr>\r\nX-Header: 1\r\n" \
	"Supported: replaces, timer\r\nAllow: INVITE, BYE\r\n"
#define BYE_OF_MANY_HEADERS(length)                                                                                   \
	"BYE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a\r\n" FOUR_HEADERS FOUR_HEADERS FOUR_HEADERS FOUR_HEADERS \
		FOUR_HEADERS "To: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\nUser-Agent: x\r\n" length "\r\n"

#define LONG_METHOD "ABCDEFGHIJKLMNOPQRSTUVWX" /* a character more than a name may have */
#define GLUED(method) method " sip:b@c SIP/2.0\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n"

struct segment {
	const char *text;
	int step;
	unsigned int flags;
	unsigned int cut; /* bytes behind the text that were not captured */
};

#define SYN 2
#define FIN 0x11
#define RST 4
#define FAR_AWAY 0x10000000

#define NEXT(text)               \
	{                        \
		text, 0, 0x18, 0 \
	}
#define AT(step, text)              \
	{                           \
		text, step, 0x18, 0 \
	}
#define CUT(cut, text)             \
	{                          \
		text, 0, 0x18, cut \
	}
#define FLAGS(flags, step)         \
	{                          \
		"", step, flags, 0 \
	}
#define LENGTH(text) ((int)sizeof(text) - 1)

struct stream_case {
	const char *name;
	struct segment segments[14];
	const char *counts; /* INVITE, ReINVITE, BYE, OPTIONS, 200, others */
	unsigned int gaps;
	int reason; /* that one of the packets must have; -1: none is looked for */
};

static const struct stream_case stream_cases[] = {
	{ "one message", { NEXT(INVITE) }, "1 0 0 0 0 0", 0, -1 },
	{ "many in a segment", { NEXT(INVITE BYE OK_BODY BYE) }, "1 0 2 0 1 0", 0, -1 },
	{ "one over three segments",
	  { NEXT("INVITE sip:b@exam"), NEXT("ple.com SIP/2.0\r\nSubject: something longer\r\nTo: <sip:b"),
	    NEXT(">\r\nCSeq: 1 INVITE\r\n\r\n") },
	  "1 0 0 0 0 0",
	  0,
	  SIPBPF_REASON_CONTINUATION },
	{ "a method of which no more than a byte comes", { NEXT("B"), NEXT(BYE + 1) }, "0 0 1 0 0 0", 0, -1 },
	{ "byte by byte",
	  { NEXT("B"), NEXT("Y"), NEXT("E"), NEXT(" "), NEXT("s"), NEXT(BYE + 5) },
	  "0 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_TRUNCATED },
	{ "between CR and LF",
	  { NEXT("BYE sip:b@example.com SIP/2.0\r"), NEXT("\nCSeq: 1 BYE\r\nl:0\r"), NEXT("\n\r"), NEXT("\n") },
	  "0 0 1 0 0 0",
	  0,
	  -1 },
	{ "a length cut between its digits",
	  { NEXT("OPTIONS sip:b@example.com SIP/2.0\r\nContent-Length: 1"), NEXT("0\r\n\r\n0123456789" BYE) },
	  "0 0 1 1 0 0",
	  0,
	  -1 },
	{ "a body in segments of its own",
	  { NEXT("SIP/2.0 200 OK\r\nl: 50\r\n\r\n"), NEXT("BYE sip:b SIP/2.0\r\n\r\n"),
	    NEXT("012345678901234567890123456"), NEXT("01" BYE) },
	  "0 0 1 0 1 0",
	  0,
	  SIPBPF_REASON_CONTINUATION },
	{ "sent twice",
	  { NEXT(INVITE), AT(-LENGTH(INVITE), INVITE), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "overlap", { NEXT(INVITE "BYE sip:b"), AT(-9, BYE), NEXT(BYE) }, "1 0 2 0 0 0", 0, -1 },
	{ "a keep-alive probe", { NEXT(INVITE), AT(-1, "x"), NEXT(BYE) }, "1 0 1 0 0 0", 0, SIPBPF_REASON_DUPLICATE },
	{ "CRLF between messages",
	  { NEXT(INVITE), NEXT("\r\n\r\n"), NEXT("\r"), NEXT("\n" BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_KEEPALIVE },
	{ "neighbours swapped",
	  { NEXT(INVITE), AT(LENGTH(BYE), BYE), AT(-2 * LENGTH(BYE), BYE), AT(LENGTH(BYE), BYE) },
	  "1 0 3 0 0 0",
	  0,
	  SIPBPF_REASON_EARLY },
	{ "begun by SYN, swapped", { FLAGS(SYN, 0), AT(3, BYE + 2), AT(-LENGTH(BYE), "BY") }, "0 0 1 0 0 0", 0, -1 },
	{ "a lost segment, the next ones begin messages",
	  { NEXT(INVITE), AT(100, BYE), NEXT(BYE), NEXT(BYE), NEXT(BYE), NEXT(BYE), NEXT(BYE), NEXT(BYE), NEXT(BYE),
	    NEXT(BYE) },
	  "1 0 9 0 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "a lost segment, and the capture ends",
	  { NEXT(INVITE), AT(100, BYE) },
	  "1 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "a lost segment, then a name of seven characters",
	  { NEXT(INVITE), AT(100, OPTIONS_WITH("Subject: x\r\nl: 0")) },
	  "1 0 0 1 0 0",
	  1,
	  -1 },
	{ "a lost segment in a body",
	  { NEXT(OPTIONS_WITH("l: 300") "0123"), AT(295, "x"), NEXT(BYE) },
	  "0 0 1 1 0 0",
	  0,
	  -1 },
	{ "a lost segment, then the connection ends",
	  { NEXT(INVITE), AT(100, BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "reset while a segment waits", { NEXT(INVITE), AT(100, BYE), FLAGS(RST, 0) }, "1 0 1 0 0 0", 1, -1 },
	{ "nothing waits after the end", { NEXT(INVITE), FLAGS(FIN, 0), AT(100, BYE) }, "1 0 1 0 0 0", 1, -1 },
	{ "a new connection between the same ends",
	  { NEXT(INVITE), FLAGS(SYN, 5000), AT(1, BYE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "a new connection whose SYN nobody saw",
	  { NEXT(INVITE), AT(FAR_AWAY, BYE), NEXT(BYE) },
	  "1 0 2 0 0 0",
	  0,
	  -1 },
	{ "behind a gap, another start line where a header should be",
	  { NEXT(INVITE),
	    AT(100, "INVITE sip:x@example.com SIP/2.0\r\nOPTIONS sip:c SIP/2.0\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n"),
	    FLAGS(FIN, 0) },
	  "1 0 0 0 0 0",
	  1,
	  -1 },
	{ "SYN sent again behind a message",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(SYN, -LENGTH(INVITE) - 1), AT(1, INVITE), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "SYN sent again within a message",
	  { FLAGS(SYN, 0), AT(1, "BYE sip:b@exa"), FLAGS(SYN, -14),
	    AT(14, "mple.com SIP/2.0\r\nCSeq: 1 BYE\r\nl:0\r\n\r\n") },
	  "0 0 1 0 0 0",
	  0,
	  -1 },
	{ "SYN with a message, sent again",
	  { { INVITE, 0, SYN, 0 }, { INVITE, -LENGTH(INVITE), SYN, 0 }, AT(1, BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "SYN with a message, then without",
	  { { INVITE, 0, SYN, 0 }, FLAGS(SYN, -LENGTH(INVITE)), AT(1, INVITE), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "the same connection once more, as in a replay",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(FIN, 0), FLAGS(SYN, -LENGTH(INVITE) - 1), AT(1, INVITE) },
	  "2 0 0 0 0 0",
	  0,
	  -1 },
	{ "behind a gap, the end of a body glued to a method that nobody knows",
	  { NEXT(INVITE), AT(10, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbFOO sip:b SIP/2.0\r\nCSeq: 2 FOO\r\nl: 0\r\n\r\n"),
	    NEXT(BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "a method of digits", { NEXT("123 sip:b SIP/2.0\r\nCSeq: 1 123\r\nl: 0\r\n\r\n") }, "0 0 0 0 0 1", 0, -1 },
	{ "a FIN shows that the last message is lost",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(FIN, LENGTH(BYE)) },
	  "1 0 0 0 0 0",
	  1,
	  SIPBPF_REASON_NO_PAYLOAD },
	{ "a FIN without payload shows that the last message is lost, and a new connection begins",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(FIN, LENGTH(BYE)), FLAGS(SYN, FAR_AWAY), AT(1, BYE) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "a connection of which the end is lost, and once more, as in a replay",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(FIN, 20), FLAGS(SYN, -LENGTH(INVITE) - 21), AT(1, INVITE),
	    FLAGS(FIN, 20) },
	  "2 0 0 0 0 0",
	  2,
	  -1 },
	{ "a FIN without payload, sent again while a segment waits",
	  { NEXT(INVITE), FLAGS(FIN, 2 * LENGTH(BYE)), AT(-LENGTH(BYE), BYE), FLAGS(FIN, 0),
	    AT(-2 * LENGTH(BYE), BYE) },
	  "1 0 2 0 0 0",
	  0,
	  -1 },
	{ "a FIN behind the end of the connection",
	  { NEXT(INVITE), FLAGS(FIN, 0), FLAGS(FIN, 1) },
	  "1 0 0 0 0 0",
	  0,
	  -1 },
	{ "a FIN whose payload was not captured",
	  { NEXT(INVITE), { "", 0, FIN, LENGTH(BYE) } },
	  "1 0 0 0 0 0",
	  1,
	  SIPBPF_REASON_TRUNCATED },
	{ "a FIN far ahead, where the place is lost",
	  { FLAGS(SYN, 0), AT(1, INVITE "nonsense\r\n"), FLAGS(FIN, 100000), AT(-100000, BYE), NEXT(BYE) },
	  "1 0 2 0 0 0",
	  2,
	  -1 },
	{ "a false FIN far ahead, and a true one that overtakes a segment",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(FIN, 5000000), FLAGS(FIN, LENGTH(BYE) - 5000000),
	    AT(-LENGTH(BYE), BYE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "a false FIN, and the connection goes on behind it",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(FIN, 10), AT(-10, BYE), NEXT(BYE), NEXT(INVITE) },
	  "2 0 2 0 0 0",
	  0,
	  -1 },
	{ "a FIN without payload, then one with payload, that overtake a segment",
	  { NEXT(INVITE), FLAGS(FIN, 2 * LENGTH(BYE)), { BYE, -LENGTH(BYE), FIN, 0 }, AT(-2 * LENGTH(BYE), BYE) },
	  "1 0 2 0 0 0",
	  0,
	  -1 },
	{ "the sender ends within a message, its FIN overtakes a segment, and it uses the port again",
	  { NEXT(INVITE), FLAGS(FIN, 20), AT(-20, "BYE sip:b SIP/2.0\r\nT"), FLAGS(SYN, FAR_AWAY), AT(1, BYE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "a FIN shows that the rest of the headers is lost",
	  { NEXT(INVITE "BYE sip:b SIP/2.0\r\nTo"), FLAGS(FIN, 60) },
	  "1 0 0 0 0 0",
	  1,
	  SIPBPF_REASON_NO_PAYLOAD },
	{ "a FIN shows that the end of a body is lost",
	  { NEXT(OPTIONS_WITH("l: 50") "abc"), FLAGS(FIN, 47) },
	  "0 0 0 1 0 0",
	  0,
	  -1 },
	{ "a FIN without payload overtakes the segment before it, twice",
	  { NEXT(INVITE), FLAGS(FIN, LENGTH(BYE)), FLAGS(FIN, 0), AT(-LENGTH(BYE), BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_NO_PAYLOAD },
	{ "the same connection once more, where the FIN has overtaken a segment",
	  { FLAGS(SYN, 0), AT(1, INVITE), FLAGS(FIN, LENGTH(BYE)), AT(-LENGTH(BYE), BYE),
	    FLAGS(SYN, -LENGTH(INVITE BYE) - 1), AT(1, INVITE) },
	  "2 0 1 0 0 0",
	  0,
	  -1 },
	{ "the sender ends within a message, and uses the port again",
	  { NEXT(INVITE "BYE sip:b SIP/2.0\r\nTo"), FLAGS(FIN, 0), FLAGS(SYN, FAR_AWAY), AT(1, BYE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "a header's name is cut before its colon, where a connection is joined",
	  { NEXT("BYE sip:b SIP/2.0\r\nCSeq: 1 BYE\r\nMax-Forwards "), NEXT(": 70\r\nl: 0\r\n\r\n") },
	  "0 0 1 0 0 0",
	  0,
	  -1 },
	{ "a header's name is cut before its colon, behind a gap",
	  { NEXT(INVITE), AT(10, "BYE sip:b SIP/2.0\r\nCSeq: 1 BYE\r\nSubject\t"), NEXT(": 70\r\nl: 0\r\n\r\n"),
	    FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "FIN overtakes the segment before it",
	  { NEXT(INVITE), { BYE, LENGTH(BYE), FIN, 0 }, AT(-2 * LENGTH(BYE), BYE) },
	  "1 0 2 0 0 0",
	  0,
	  SIPBPF_REASON_EARLY },
	{ "FIN behind what is lost",
	  { NEXT(INVITE), AT(10, BYE), { BYE, 0, FIN, 0 } },
	  "1 0 2 0 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "behind a gap, the end of a method that nobody knows",
	  { NEXT(INVITE "X-F"), AT(2, "OO sip:b SIP/2.0\r\nCSeq: 1 X-FROO\r\nl: 0\r\n\r\n"), NEXT(BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "lost behind what is no message",
	  { NEXT(INVITE), NEXT("nonsense\r\n\r\n"), AT(100, BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  2,
	  SIPBPF_REASON_EARLY },
	{ "lost behind what is malformed",
	  { NEXT(INVITE), NEXT("SIP/7.0 nonsense\r\n\r\n"), AT(100, BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "lost behind a length too short",
	  { NEXT(INVITE), NEXT(OPTIONS_WITH("l: 2") "hello world\r\n"), AT(100, BYE), FLAGS(FIN, 0) },
	  "1 0 1 1 0 0",
	  2,
	  SIPBPF_REASON_EARLY },
	{ "lost behind a length that is not believed",
	  { NEXT(INVITE), NEXT(OPTIONS_WITH("l: 1048577")), AT(100, BYE), FLAGS(FIN, 0) },
	  "1 0 1 1 0 0",
	  2,
	  SIPBPF_REASON_EARLY },
	{ "swapped behind what is no message",
	  { NEXT(INVITE), NEXT("nonsense\r\n\r\n"), AT(LENGTH(BYE), BYE), AT(-2 * LENGTH(BYE), BYE) },
	  "1 0 2 0 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "swapped behind a body without a length",
	  { NEXT(INVITE OPTIONS_WITH("X: 1")), NEXT("hello world\r\n"), AT(LENGTH(BYE), BYE),
	    AT(-2 * LENGTH(BYE), BYE) },
	  "1 0 2 1 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "FIN overtakes the segment before it, twice",
	  { NEXT(INVITE), { BYE, LENGTH(BYE), FIN, 0 }, { BYE, -LENGTH(BYE), FIN, 0 }, AT(-2 * LENGTH(BYE), BYE) },
	  "1 0 2 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "FIN overtakes the segment before it, the end of it once more",
	  { NEXT(INVITE),
	    { BYE, LENGTH(BYE), FIN, 0 },
	    { &(BYE)[LENGTH(BYE) - 20], -20, FIN, 0 },
	    AT(-2 * LENGTH(BYE), BYE) },
	  "1 0 2 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "joined at part of a response that a body quotes",
	  { NEXT("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\n"), NEXT(BYE), NEXT(INVITE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "joined in a start line",
	  { NEXT("ISTER sip:b SIP/2.0\r\nCSeq: 1 REGISTER\r\nl: 0\r\n\r\n"), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_GAP },
	{ "behind a gap, a word that ends no line, then a method that nobody knows",
	  { NEXT(INVITE), AT(10, "abc"), NEXT("FROB sip:b SIP/2.0\r\nCSeq: 1 FROB\r\nl: 0\r\n\r\n"), FLAGS(FIN, 0) },
	  "1 0 0 0 0 1",
	  1,
	  -1 },
	{ "behind a gap, part of a response that a body quotes",
	  { NEXT(INVITE), AT(10, "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\n"), NEXT(BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "part of a response in a body without a length",
	  { NEXT(OPTIONS_WITH("X: 1")), NEXT("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\n"), NEXT(BYE) },
	  "0 0 1 1 0 0",
	  0,
	  -1 },
	{ "the rest of a body whose length is too short, then a message: what a receiver makes of it",
	  { NEXT(INVITE OPTIONS_WITH("l: 2") "abworld"), NEXT(BYE), NEXT(BYE) },
	  "1 0 1 1 0 1",
	  0,
	  -1 },
	{ "a long word that ends no line, then a message: what a receiver makes of it",
	  { NEXT(INVITE "0123456789012345678901234567"), NEXT(BYE), NEXT(BYE) },
	  "1 0 1 0 0 1",
	  0,
	  -1 },
	{ "a length that is too long: what follows is body, as for any receiver",
	  { NEXT(INVITE OPTIONS_WITH("l: 300")), NEXT(BYE), NEXT(BYE), NEXT(BYE), NEXT(BYE), NEXT(BYE) },
	  "1 0 1 1 0 0",
	  1,
	  SIPBPF_REASON_CONTINUATION },
	{ "SYN behind the message that it begins",
	  { NEXT(INVITE), FLAGS(SYN, -LENGTH(INVITE) - 1), AT(1, INVITE), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "SYN behind half of the message that it begins",
	  { NEXT("BYE sip:b@exa"), FLAGS(SYN, -14), AT(14, "mple.com SIP/2.0\r\nCSeq: 1 BYE\r\nl:0\r\n\r\n") },
	  "0 0 1 0 0 0",
	  0,
	  -1 },
	{ "swapped, without lengths",
	  { NEXT(OPTIONS_WITH("X: 1")), AT(LENGTH(OPTIONS_WITH("X: 1")), OPTIONS_WITH("X: 3")),
	    AT(-2 * LENGTH(OPTIONS_WITH("X: 1")), OPTIONS_WITH("X: 2")) },
	  "0 0 0 3 0 0",
	  0,
	  SIPBPF_REASON_EARLY },
	{ "lost behind a message without a length",
	  { NEXT(OPTIONS_WITH("X: 1")), AT(10, BYE) },
	  "0 0 1 1 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "behind a gap, without lengths",
	  { NEXT(INVITE), AT(10, OPTIONS_WITH("X: 1")), NEXT(OPTIONS_WITH("X: 2")), NEXT(OPTIONS_WITH("X: 3")),
	    FLAGS(FIN, 0) },
	  "1 0 0 2 0 0",
	  1,
	  -1 },
	{ "begun behind a gap, without lengths",
	  { FLAGS(SYN, 0), AT(9, OPTIONS_WITH("X: 1")), NEXT(OPTIONS_WITH("X: 2")), FLAGS(FIN, 0) },
	  "0 0 0 1 0 0",
	  1,
	  -1 },
	{ "behind a gap, without a length and more behind it",
	  { NEXT(INVITE), AT(10, OPTIONS_WITH("X: 1") "v=0"), NEXT(BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "SYN sent twice", { FLAGS(SYN, 0), FLAGS(SYN, 0), AT(1, INVITE), NEXT(BYE) }, "1 0 1 0 0 0", 0, -1 },
	{ "a new connection, the old one unfinished",
	  { NEXT(INVITE "BYE sip:b"), FLAGS(SYN, 5000), AT(1, BYE) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "joined in a body",
	  { NEXT("0123 m=audio\r\n"), NEXT("a=x\r\n" BYE), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_NOT_SIP },
	{ "joined at a segment that has overtaken others",
	  { AT(2 * LENGTH(BYE), INVITE), AT(-LENGTH(INVITE) - 2 * LENGTH(BYE), BYE), NEXT(BYE),
	    AT(LENGTH(INVITE), BYE) },
	  "1 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_DUPLICATE },
	{ "joined, and a keep-alive probe",
	  { NEXT(INVITE), AT(-LENGTH(INVITE) - 1, "x"), AT(LENGTH(INVITE), BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_DUPLICATE },
	{ "a false SYN ahead",
	  { NEXT(INVITE), FLAGS(SYN, 5000), AT(-5000, BYE), NEXT(BYE) },
	  "1 0 0 0 0 0",
	  1,
	  SIPBPF_REASON_DUPLICATE },
	{ "joined where nothing is clear", { NEXT("abc"), NEXT(INVITE), NEXT(BYE) }, "1 0 1 0 0 0", 0, -1 },
	{ "no length", { NEXT(OPTIONS_WITH("X: y") BYE), NEXT(BYE) }, "0 0 2 1 0 0", 0, -1 },
	{ "no length, but a body", { NEXT(OPTIONS_WITH("X: y") "v=0\r\n"), NEXT(BYE) }, "0 0 1 1 0 0", 1, -1 },
	{ "no length, but a body, and a message behind it",
	  { NEXT(OPTIONS_WITH("X: y") "v=0\r\n" BYE), NEXT("more\r\n"), NEXT(BYE) },
	  "0 0 1 1 0 0",
	  1,
	  SIPBPF_REASON_GAP },
	{ "no length, the body in the next segment",
	  { NEXT(OPTIONS_WITH("X: y")), NEXT("v=0\r\n" BYE), NEXT(BYE) },
	  "0 0 1 1 0 0",
	  1,
	  SIPBPF_REASON_GAP },
	{ "malformed from the beginning, and a message behind it",
	  { FLAGS(SYN, 0), AT(1, "BYE sip:b SIP/7.0\r\n\r\n" INVITE), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "a negative length", { NEXT(OPTIONS_WITH("Content-Length: -5") "01234"), NEXT(BYE) }, "0 0 1 1 0 0", 0, -1 },
	{ "a length that is no number",
	  { NEXT(OPTIONS_WITH("Content-Length: five") "01234"), NEXT(BYE) },
	  "0 0 1 1 0 0",
	  0,
	  -1 },
	{ "a huge length",
	  { NEXT(OPTIONS_WITH("Content-Length: 4000000000") "01234"), NEXT(BYE) },
	  "0 0 1 1 0 0",
	  1,
	  -1 },
	{ "a length of more than a MB",
	  { NEXT(OPTIONS_WITH("Content-Length: 1048577") "01234"), NEXT(BYE) },
	  "0 0 1 1 0 0",
	  1,
	  -1 },
	{ "two lengths",
	  { NEXT(OPTIONS_WITH("Content-Length: 5\r\nl: 400") "01234" BYE), NEXT(BYE) },
	  "0 0 2 1 0 0",
	  0,
	  -1 },
	{ "too short a length", { NEXT(OPTIONS_WITH("l: 2") "v=0\r\n" BYE), NEXT(BYE) }, "0 0 1 1 0 0", 1, -1 },
	{ "malformed", { NEXT(INVITE "BYE sip:b SIP/7.0\r\n\r\n" BYE), NEXT(BYE) }, "1 0 2 0 0 0", 0, -1 },
	{ "malformed, alone in its segment",
	  { NEXT(INVITE), NEXT("BYE sip:b SIP/7.0\r\nl: 0\r\n\r\n"), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_MALFORMED },
	{ "malformed, with a body that quotes a message",
	  { NEXT(INVITE "SIP/7.0 200 OK\r\nl: 84\r\n\r\n" BYE INVITE) },
	  "2 0 0 0 0 0",
	  0,
	  -1 },
	{ "malformed, over segments",
	  { NEXT(INVITE "BYE  sip:b@exam"), NEXT("ple.com SI"), NEXT("P/2.0\r"), NEXT("\nSubject: something"),
	    NEXT("\r\nl: 3\r\n\r"), NEXT("\nab"), NEXT("c" BYE) },
	  "1 0 1 0 0 0",
	  0,
	  SIPBPF_REASON_CONTINUATION },
	{ "malformed, and what follows is no header",
	  { NEXT(INVITE "BYE  sip:b SIP/2.0\r\n" OPTIONS_WITH("l: 0")), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "malformed, and a body without a length",
	  { NEXT(INVITE "BYE  sip:b SIP/2.0\r\n\r\nv=0\r\n" OPTIONS_WITH("l: 0")), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "malformed, and a length that is not believed",
	  { NEXT(INVITE "BYE  sip:b SIP/2.0\r\nl: 1048577\r\n\r\n" OPTIONS_WITH("l: 0")), NEXT(BYE) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "joined at what is malformed, and a message behind it",
	  { NEXT("BYE sip:b SIP/7.0\r\n\r\n" INVITE), NEXT("BYE sip:b SIP/7.0\r\n\r\n" INVITE), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_MALFORMED },
	{ "joined at a method, and one in CSeq that is called ReINVITE",
	  { NEXT("NVITE sip:b SIP/2.0\r\nCSeq: 1 ReINVITE\r\nl: 0\r\n\r\n" INVITE), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_GAP },
	{ "joined at a method, and one in CSeq that is too long to have a name",
	  { NEXT("BYE sip:b SIP/2.0\r\nCSeq: 1 " LONG_METHOD "\r\nl: 0\r\n\r\n" INVITE), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_GAP },
	{ "joined at a CSeq without a method",
	  { NEXT("BYE sip:b SIP/2.0\r\nCSeq: 1\r\nl: 0\r\n\r\n" INVITE), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_GAP },
	{ "joined at a method that is too long to have a name",
	  { NEXT(LONG_METHOD " sip:b SIP/2.0\r\nCSeq: 1 " LONG_METHOD "\r\nl: 0\r\n\r\n" INVITE), NEXT(BYE) },
	  "1 0 1 0 0 1",
	  0,
	  -1 },
	{ "joined at a request without CSeq",
	  { NEXT("BYE sip:b SIP/2.0\r\nl: 0\r\n\r\n" INVITE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "joined at a response whose CSeq has a method that is too long to have a name",
	  { NEXT("SIP/2.0 200 OK\r\nCSeq: 1 " LONG_METHOD "\r\nl: 0\r\n\r\n" INVITE) },
	  "1 0 0 0 1 0",
	  0,
	  -1 },
	{ "in step, a method in CSeq that is called ReINVITE",
	  { FLAGS(SYN, 0), AT(1, "NVITE sip:b SIP/2.0\r\nCSeq: 1 ReINVITE\r\nl: 0\r\n\r\n" INVITE) },
	  "1 0 0 0 0 1",
	  0,
	  -1 },
	{ "joined at a method that CSeq contradicts, and a message behind it",
	  { NEXT("OPTIONS sip:b SIP/2.0\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\n" INVITE), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_GAP },
	{ "joined, a message of an unknown method cut in its start line",
	  { NEXT("FR"), NEXT("OB sip:b SIP/2.0\r\nCSeq: 1 FROB\r\nl: 0\r\n\r\n"), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  -1 },
	{ "a method that CSeq contradicts",
	  { FLAGS(SYN, 0), AT(1, "FROB sip:b SIP/2.0\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\n" INVITE), NEXT(BYE) },
	  "1 0 1 0 0 1",
	  0,
	  -1 },
	{ "an unknown method that ends with the one in CSeq",
	  { FLAGS(SYN, 0), AT(1, GLUED("NEWINVITE") INVITE), NEXT(GLUED("x-INVITE") BYE) },
	  "1 0 1 0 0 2",
	  0,
	  -1 },
	{ "an unknown method that ends with the one in CSeq, in a connection that is joined",
	  { NEXT(INVITE GLUED("NEWINVITE") BYE), NEXT(GLUED("x-INVITE")) },
	  "1 0 1 0 0 2",
	  0,
	  -1 },
	{ "a method of forty characters",
	  { FLAGS(SYN, 0), AT(1, GLUED("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") INVITE),
	    NEXT(GLUED("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") BYE) },
	  "1 0 1 0 0 2",
	  0,
	  -1 },
	{ "a method in lower case",
	  { FLAGS(SYN, 0), AT(1, GLUED("invite") INVITE), NEXT(GLUED("newinvite")) },
	  "1 0 0 0 0 2",
	  0,
	  -1 },
	{ "the end of a body before a method: what a receiver makes of it",
	  { NEXT(OPTIONS_WITH("l: 2") "v=0" BYE), NEXT(BYE) },
	  "0 0 1 1 0 1",
	  0,
	  -1 },
	{ "behind a gap, an unknown method that ends with the one in CSeq",
	  { NEXT(INVITE), AT(10, GLUED("NEWINVITE")), NEXT(BYE), FLAGS(FIN, 0) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "25 headers, joined in the middle",
	  { NEXT(BYE_OF_MANY_HEADERS("l: 0\r\n")), NEXT(BYE_OF_MANY_HEADERS("l: 0\r\n")) },
	  "0 0 2 0 0 0",
	  0,
	  -1 },
	{ "25 headers, behind a gap",
	  { FLAGS(SYN, 0), AT(1, INVITE), AT(10, BYE_OF_MANY_HEADERS("l: 0\r\n")),
	    NEXT(BYE_OF_MANY_HEADERS("l: 0\r\n")), FLAGS(FIN, 0) },
	  "1 0 2 0 0 0",
	  1,
	  -1 },
	{ "25 headers and no length",
	  { FLAGS(SYN, 0), AT(1, BYE_OF_MANY_HEADERS("")), NEXT(BYE_OF_MANY_HEADERS("")),
	    NEXT(BYE_OF_MANY_HEADERS("")) },
	  "0 0 3 0 0 0",
	  0,
	  -1 },
	{ "another protocol",
	  { NEXT("GET / HTTP/1.1\r\nHost: b\r\n\r\n"), NEXT("INVITE /x HTTP/1.1\r\n\r\n") },
	  "0 0 0 0 0 0",
	  0,
	  SIPBPF_REASON_NOT_SIP },
	{ "HTTP from the beginning, and a message behind it",
	  { FLAGS(SYN, 0), AT(1, HTTP BYE), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  SIPBPF_REASON_NOT_SIP },
	{ "HTTP from the beginning, and a response behind its body",
	  { FLAGS(SYN, 0), AT(1, HTTP "x/2.0 y/2.0 \x80sIp/2.0 200 OK\r\nl: 0\r\n\r\n"), NEXT(BYE) },
	  "0 0 1 0 0 0",
	  1,
	  -1 },
	{ "HTTP from the beginning, of which the head goes on, and a message behind it",
	  { FLAGS(SYN, 0), AT(1, "GET / HTTP/1.1\r\nHost"), NEXT(": b\r\n\r\n" BYE), NEXT(INVITE) },
	  "1 0 0 0 0 0",
	  1,
	  -1 },
	{ "HTTP from the beginning, and a message cut in its URI",
	  { FLAGS(SYN, 0), AT(1, HTTP "BYE sip:b@exam"), NEXT("ple.com SIP/2.0\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\n"),
	    NEXT(INVITE) },
	  "1 0 0 0 0 0",
	  1,
	  -1 },
	{ "HTTP from the beginning, and a message cut in its version",
	  { FLAGS(SYN, 0), AT(1, HTTP "BYE sip:b@example.com SIP"), NEXT("/2.0\r\nCSeq: 1 BYE\r\nl: 0\r\n\r\n"),
	    NEXT(INVITE) },
	  "1 0 0 0 0 0",
	  1,
	  -1 },
	{ "HTTP from the beginning, and nothing behind it",
	  { FLAGS(SYN, 0), AT(1, HTTP "Via: SIP/2.0/TCP b\r\nSIP/2.01"), NEXT("SIQ/2.0 x\r\n/2.0 "), NEXT("SIQ/2.0 x"),
	    FLAGS(FIN, 0) },
	  "0 0 0 0 0 0",
	  0,
	  SIPBPF_REASON_NOT_SIP },
	{ "HTTP from the beginning, and messages in later segments",
	  { FLAGS(SYN, 0), AT(1, HTTP), NEXT("x\r\n"), NEXT(BYE), NEXT(INVITE BYE) },
	  "1 0 2 0 0 0",
	  0,
	  -1 },
	{ "HTTP from the beginning, its end, and messages in later segments",
	  { FLAGS(SYN, 0), AT(1, HTTP "x"), NEXT(BYE), NEXT(INVITE BYE) },
	  "1 0 2 0 0 0",
	  0,
	  -1 },
	{ "other bytes from the beginning, and a message behind them",
	  { FLAGS(SYN, 0), AT(1, "\x80\x01\x02" BYE), NEXT(INVITE) },
	  "1 0 0 0 0 0",
	  1,
	  SIPBPF_REASON_NOT_SIP },
	{ "other bytes from the beginning, cut, and a message behind them",
	  { FLAGS(SYN, 0), AT(1, "220 b"), NEXT(" ESMTP\r\n" BYE), NEXT(INVITE) },
	  "1 0 0 0 0 0",
	  1,
	  -1 },
	{ "other bytes from the beginning, and a lost segment",
	  { FLAGS(SYN, 0), AT(1, "\x80\x01\x02"), AT(10, "\x80\x01\x02"), AT(10, BYE), FLAGS(FIN, 0) },
	  "0 0 1 0 0 0",
	  0,
	  -1 },
	{ "other bytes from the beginning, of which the capture cuts some",
	  { FLAGS(SYN, 0), { "\x80\x01\x02", 1, 0x18, 10 }, AT(10, BYE) },
	  "0 0 1 0 0 0",
	  0,
	  -1 },
	{ "lost behind a message without a length, then the connection ends",
	  { FLAGS(SYN, 0), AT(1, OPTIONS_WITH("X: 1")), FLAGS(FIN, LENGTH(BYE)) },
	  "0 0 0 1 0 0",
	  1,
	  -1 },
	{ "early behind a message without a length, then a new connection",
	  { NEXT(OPTIONS_WITH("X: 1")), AT(10, BYE), FLAGS(SYN, FAR_AWAY), AT(1, INVITE) },
	  "1 0 0 1 0 0",
	  1,
	  SIPBPF_REASON_EARLY },
	{ "a capture that cuts what follows a message without a length",
	  { CUT(100, OPTIONS_WITH("X: 1")), AT(100, BYE) },
	  "0 0 1 1 0 0",
	  1,
	  -1 },
	{ "a capture that cuts the body",
	  { CUT(40, OPTIONS_WITH("l: 50") "0123456789"), AT(40, BYE) },
	  "0 0 1 1 0 0",
	  0,
	  -1 },
	{ "overlapping segments whose bodies are cut by the capture",
	  { CUT(40, OPTIONS_WITH("l: 70") "0123456789"), { "0123456789", -10, 0x18, 60 }, AT(60, BYE) },
	  "0 0 1 1 0 0",
	  0,
	  -1 },
	{ "a capture that cuts the headers",
	  { CUT(40, "OPTIONS sip:b@example.com SIP/2.0\r\nCSeq: 1 OPT"), AT(40, BYE) },
	  "0 0 1 0 0 0",
	  1,
	  -1 },
	{ "nothing of a connection but SYN and FIN", { FLAGS(SYN, 0), FLAGS(FIN, 201) }, "0 0 0 0 0 0", 1, -1 },
	{ "nothing of a connection but SYN and RST", { FLAGS(SYN, 0), FLAGS(RST, 201) }, "0 0 0 0 0 0", 1, -1 },
	{ "a connection that is closed at once", { FLAGS(SYN, 0), FLAGS(FIN, 1) }, "0 0 0 0 0 0", 0, -1 },
	{ "a connection that is reset at once", { FLAGS(SYN, 0), FLAGS(RST, 1) }, "0 0 0 0 0 0", 0, -1 },
	{ "bytes missing before RST", { NEXT(INVITE), FLAGS(RST, 10), FLAGS(RST, 0) }, "1 0 0 0 0 0", 1, -1 },
	{ "bytes missing before FIN and RST", { NEXT(INVITE), FLAGS(FIN, 10), FLAGS(RST, 1) }, "1 0 0 0 0 0", 1, -1 },
	{ "bytes missing before RST, in a body",
	  { NEXT(OPTIONS_WITH("l: 70") "0123456789"), FLAGS(RST, 60) },
	  "0 0 0 1 0 0",
	  0,
	  -1 },
	{ "RST overtakes a segment",
	  { NEXT(INVITE), FLAGS(RST, LENGTH(BYE)), AT(-LENGTH(BYE), BYE) },
	  "1 0 1 0 0 0",
	  0,
	  -1 },
	{ "RST behind what was read", { NEXT(INVITE BYE), FLAGS(RST, -20) }, "1 0 1 0 0 0", 0, -1 },
	{ "RST before a new connection",
	  { NEXT(INVITE), FLAGS(RST, 10), FLAGS(SYN, FAR_AWAY), AT(1, BYE) },
	  "1 0 1 0 0 0",
	  1,
	  -1 },
	{ "bytes missing before RST, of something else",
	  { FLAGS(SYN, 0), AT(1, HTTP), FLAGS(RST, 10) },
	  "0 0 0 0 0 0",
	  0,
	  -1 },
	{ "an unknown method, cut, from the start",
	  { FLAGS(SYN, 0), AT(1, "FR"), NEXT("OB sip:b@example.com SIP/2.0\r\nl:0\r\n\r\n" BYE) },
	  "0 0 1 0 0 1",
	  0,
	  -1 },
};

/* The frame of a segment that begins at this place, of which the last `cut` bytes were not captured. */
static void make_segment(const struct segment *segment, __u32 at)
{
	size_t ip, length = strlen(segment->text);

	memcpy(streams.bytes, segment->text, length);
	streams.first_sequence = at;
	streams__flagged_frame(&streams, 0, (__u32)length, segment->flags, &packet);
	ip = packet.ip;
	packets__set16(&packet, ip + 2, (unsigned int)(packet.length - ip + segment->cut));
}

static void write_counts(char *text, size_t size)
{
	static const char *const types[] = { "INVITE", "ReINVITE", "BYE", "OPTIONS", "200" };
	__u64 others = count_of(NULL);
	size_t i, at = 0;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		at += (size_t)snprintf(text + at, size - at, "%llu ", count_of(types[i]));
		others -= count_of(types[i]);
	}
	snprintf(text + at, size - at, "%llu", others);
}

static void run_case(const struct stream_case *stream_case, __u32 at)
{
	char counts[64];
	size_t i;

	begin();
	streams.is_ipv6 = 0;
	streams.port = 40000;
	for (i = 0; i < sizeof(stream_case->segments) / sizeof(stream_case->segments[0]); i++) {
		const struct segment *segment = &stream_case->segments[i];

		if (!segment->text)
			break;
		at += (__u32)segment->step;
		make_segment(segment, at);
		add();
		at += (__u32)strlen(segment->text);
	}
	assert_int_equal(frame_classifier__flush(classifier), 0);
	write_counts(counts, sizeof(counts));
	assert_string_equal(counts, stream_case->counts);
	assert_int_equal(counters__packets(counters)->gaps, stream_case->gaps);
	if (stream_case->reason >= 0)
		assert_true(reason((enum sipbpf_reason)stream_case->reason) > 0);
	assert_int_equal(counters__packets_seen(counters), i);
}

/* The first fragment of a segment, behind which nothing comes, is a gap unless what is missing is of a body. */
static void test_segment_in_fragments(void **state)
{
	static const struct {
		struct segment segment;
		unsigned int gaps;
	} rows[] = {
		{ NEXT(INVITE), 1 },
		{ NEXT(OPTIONS_WITH("l: 70") "0123456789"), 0 },
		{ NEXT(OPTIONS_WITH("l: 70")), 0 },
		{ NEXT("INVITE sip:b@exam"), 1 },
		{ NEXT(HTTP), 0 },
	};
	size_t i;

	streams.is_ipv6 = 0;
	streams.port = 40000;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin();
		make_segment(&(struct segment)FLAGS(SYN, 0), 999);
		add();
		make_segment(&rows[i].segment, 1000);
		packets__set16(&packet, packet.ip + 6, 0x2000);
		add();
		add();
		assert_int_equal(frame_classifier__flush(classifier), 0);
		assert_int_equal(counters__packets(counters)->gaps, rows[i].gaps);
	}
}

/* A header of the PROXY protocol that is cut anywhere is passed, or a message behind it is told. */
static void test_proxy_header_in_two(void **state)
{
	static const char header[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x0a\0\0\1\x0a\0\0\2\x13\xc4\x13\xc4";
	char bytes[sizeof(header) - 1 + sizeof(BYE) - 1];
	unsigned int cut;

	memcpy(bytes, header, sizeof(header) - 1);
	memcpy(bytes + sizeof(header) - 1, BYE, sizeof(BYE) - 1);
	streams.is_ipv6 = 0;
	streams.port = 40000;
	for (cut = 1; cut < sizeof(header); cut++) {
		begin();
		make_segment(&(struct segment)FLAGS(SYN, 0), 999);
		add();
		streams.first_sequence = 1000;
		memcpy(streams.bytes, bytes, sizeof(bytes));
		streams__flagged_frame(&streams, 0, cut, 0x18, &packet);
		add();
		streams__flagged_frame(&streams, cut, (__u32)sizeof(bytes) - cut, 0x18, &packet);
		add();
		assert_int_equal(frame_classifier__flush(classifier), 0);
		if (count_of("BYE") != (cut >= 8) || counters__packets(counters)->gaps != (cut < 8))
			fail_msg("cut at %u: %llu messages, %llu gaps", cut, count_of("BYE"),
				 counters__packets(counters)->gaps);
	}
}

/* Wherever the sequence numbers begin: they go round. */
static void test_case(void **state)
{
	const struct stream_case *stream_case = *state;

	run_case(stream_case, 1000);
	run_case(stream_case, 0xffffffe0U);
	run_case(stream_case, 0x7ffffff0U);
}

/* Where there has been no message for long, what comes early is read at once. */
static void test_waits_no_more(void **state)
{
	static char filler[1401];
	const struct segment before[] = { NEXT(INVITE), NEXT("SIP/7.0 nonsense\r\n\r\n") };
	const struct segment rest = { filler, 0, 0x18, 0 }, bye = NEXT(BYE);
	__u32 at = 1000, i;

	begin();
	memset(filler, ' ', sizeof(filler) - 1);
	for (i = 0; i < 2; i++) {
		make_segment(&before[i], at);
		add();
		at += (__u32)strlen(before[i].text);
	}
	for (i = 0; i <= FLOW_SEARCH_WAIT_MAX / (sizeof(filler) - 1); i++) {
		make_segment(&rest, at);
		add();
		at += sizeof(filler) - 1;
	}
	make_segment(&bye, at + LENGTH(BYE));
	add();
	make_segment(&bye, at);
	add();
	assert_int_equal(reason(SIPBPF_REASON_EARLY), 0);
	assert_int_equal(count_of("BYE"), 1);
}

/* ---- every cut ---- */

static void put_stream(void)
{
	streams__make(&streams, 1);
	streams.length = 0;
	streams__put(&streams,
		     INVITE OK_BODY "\r\n\r\n" BYE "ACK sip:b SIP/2.0\r\nt:x\r\n ;tag=1\r\nl :\r\n  2\r\n\r\nab");
}

static void add_segment(__u32 from, __u32 to)
{
	const struct streams_segment segment = { from, to - from };

	streams__frame(&streams, &segment, &packet);
	add();
}

static void check_stream(const char *what, __u32 first, __u32 second)
{
	assert_int_equal(frame_classifier__flush(classifier), 0);
	if (count_of("INVITE") != 1 || count_of("BYE") != 1 || count_of("200") != 1 || count_of("ACK") != 1 ||
	    count_of(NULL) != 4)
		fail_msg("cut at %u and %u, %s: %llu messages", first, second, what, count_of(NULL));
}

/* The same stream over another connection. */
static void next_connection(void)
{
	counters__clear(counters);
	streams.port = 1024 + (streams.port + 1) % 60000;
	streams.first_sequence += 2 * FLOW_DISTANCE_MAX; /* when all ports have been used */
	streams__syn(&streams, &packet);
	add();
}

/* Three segments, cut at each pair of places, in order and out of it, sent once and twice. */
static void test_every_cut(void **state)
{
	__u32 first, second, end;

	begin();
	put_stream();
	end = (__u32)streams.length;
	for (first = 1; first < end; first++) {
		for (second = first + 1; second < end; second += 1 + (second - first > 40) * 6) {
			next_connection();
			add_segment(0, first);
			add_segment(first, second);
			add_segment(second, end);
			check_stream("in order", first, second);
			next_connection();
			add_segment(first, second);
			add_segment(0, first);
			add_segment(0, second);
			add_segment(second, end);
			check_stream("swapped and overlapping", first, second);
		}
	}
}

/* ---- random streams ---- */

static void run_random(__u64 seed)
{
	size_t i;

	streams.has_odd = 1;
	streams__make(&streams, seed);
	streams.has_odd = 0;
	streams__cut(&streams);
	next_connection();
	for (i = 0; i < streams.segments_count; i++) {
		streams__frame(&streams, &streams.segments[i], &packet);
		add();
	}
	assert_int_equal(frame_classifier__flush(classifier), 0);
	for (i = 0; i < STREAMS_TYPES; i++)
		if (count_of(streams_types[i]) != streams.counts[i])
			fail_msg("stream %llu: %s %llu, not %u", seed, streams_types[i], count_of(streams_types[i]),
				 streams.counts[i]);
	assert_int_equal(counters__packets(counters)->gaps, 0);
	assert_int_equal(counters__packets_seen(counters), streams.segments_count + 1);
}

/* ---- losses ---- */

/* A message that comes in a segment of its own behind the stream. */
static const char tick[] = "SIP/2.0 699 Tick\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

static void add_ticks(unsigned int count)
{
	struct streams_segment segment;

	for (; count; count--) {
		segment.at = (__u32)streams.length;
		if (streams.is_websocket)
			streams__put_frame(&streams, 0x81, tick, sizeof(tick) - 1);
		else
			streams__put(&streams, tick);
		segment.length = (__u32)streams.length - segment.at;
		streams__frame(&streams, &segment, &packet);
		add();
	}
}

/* ---- every loss ---- */

/* Where a message of the stream begins, and its body, and where it ends. */
struct extent {
	const char *type;
	__u32 start, body, end;
};

#define LOSSES_TICKS 3

/* Messages with a keep-alive before the third one, and at the end a body that counts for nothing. */
static const struct {
	const char *type, *before, *text;
} loss_texts[] = {
	{ "INVITE", "", INVITE },
	{ "200", "", OK_BODY },
	{ "BYE", "\r\n\r\n", BYE },
	{ "MESSAGE", "", "MESSAGE sip:b SIP/2.0\r\nl:\r\n 17\r\nCSeq:7 MESSAGE\r\n\r\nBYE sip:b SIP/2.0" },
};

#define LOSSES_TEXTS (sizeof(loss_texts) / sizeof(loss_texts[0]))

static struct extent loss_extents[LOSSES_TEXTS];

static void put_loss_stream(void)
{
	size_t i;

	streams__make(&streams, 1);
	streams.is_websocket = 0;
	streams.length = 0;
	for (i = 0; i < LOSSES_TEXTS; i++) {
		const char *text = loss_texts[i].text;
		struct extent *extent = &loss_extents[i];

		streams__put(&streams, loss_texts[i].before);
		extent->type = loss_texts[i].type;
		extent->start = (__u32)streams.length;
		extent->body = extent->start + (__u32)(strstr(text, "\r\n\r\n") + 4 - text);
		streams__put(&streams, text);
		extent->end = (__u32)streams.length;
	}
}

/* Whether the bytes belong to a body, of which the length is known. */
static bool is_in_body(__u32 from, __u32 to)
{
	size_t i;

	for (i = 0; i < LOSSES_TEXTS; i++)
		if (from >= loss_extents[i].body && to <= loss_extents[i].end)
			return true;
	return false;
}

/* Whether a message begins here, perhaps behind a keep-alive. */
static bool begins_message(__u32 at)
{
	size_t i;

	while (at < streams.length && (streams.bytes[at] == '\r' || streams.bytes[at] == '\n'))
		at++;
	for (i = 0; i < LOSSES_TEXTS; i++)
		if (at == loss_extents[i].start)
			return true;
	return false;
}

/* What is lost has its gap, once, unless it belongs to a body; and no message is missing but those that it touched. */
static void check_loss(__u32 from, __u32 to)
{
	bool has_gap = !is_in_body(from, to), goes_on = !has_gap || begins_message(to);
	size_t i;

	assert_int_equal(frame_classifier__flush(classifier), 0);
	if (counters__packets(counters)->gaps != has_gap)
		fail_msg("%u to %u lost: %llu gaps, not %d", from, to, counters__packets(counters)->gaps, has_gap);
	for (i = 0; i < LOSSES_TEXTS; i++) {
		const struct extent *extent = &loss_extents[i];
		bool counts = extent->body <= from || (goes_on && extent->start >= to);

		if (count_of(extent->type) != counts)
			fail_msg("%u to %u lost: %llu %s, not %d", from, to, count_of(extent->type), extent->type,
				 counts);
	}
	if (count_of("699") != LOSSES_TICKS || counts__of(counters, NULL, NULL) > LOSSES_TEXTS + LOSSES_TICKS)
		fail_msg("%u to %u lost: %llu ticks", from, to, count_of("699"));
}

/* The next nearer end of a loss; in steps, each end meets some beginnings all the same. */
static __u32 nearer(__u32 from, __u32 to, __u32 end)
{
	if (to - from < LOSS_STEP)
		return to - 1;
	return to - (to == end ? 1 + from % LOSS_STEP : LOSS_STEP);
}

/* A stream that lacks the bytes from one place to another, for each pair of places or, but for short losses, every seventh. */
static void test_every_loss(void **state)
{
	__u32 from, to, end;

	begin();
	put_loss_stream();
	end = (__u32)streams.length;
	for (from = 1; from < end; from++) {
		for (to = end; to > from; to = nearer(from, to, end)) {
			next_connection();
			add_segment(0, from);
			if (to < end)
				add_segment(to, end);
			add_ticks(LOSSES_TICKS);
			streams.length = end;
			check_loss(from, to);
		}
	}
}

/* ---- random losses ---- */

/* Returns how many segments were lost. */
static unsigned int run_lossy(__u64 seed)
{
	unsigned int lost = 0, one_of;
	size_t i;

	streams.quotes_fragments = 1;
	streams.has_odd = seed & 1;
	streams__make(&streams, seed);
	streams.quotes_fragments = streams.has_odd = 0;
	streams__cut(&streams);
	one_of = 2 + streams__draw(&streams, 60);
	next_connection();
	for (i = 0; i < streams.segments_count; i++) {
		if (streams__draw(&streams, one_of) == 0) {
			lost++;
			continue;
		}
		streams__frame(&streams, &streams.segments[i], &packet);
		add();
	}
	add_ticks(10);
	assert_int_equal(frame_classifier__flush(classifier), 0);
	return lost;
}

/* Never more than there was, of no type; what is missing has its gap; and counting goes on behind it. */
static void test_losses(void **state)
{
	__u64 seed, lost = 0, missing = 0, listed;
	size_t i;

	begin();
	for (seed = 1; seed <= LOSSY_RUNS; seed++) {
		lost += run_lossy(seed);
		for (i = 0; i < STREAMS_TYPES; i++)
			if (count_of(streams_types[i]) > streams.counts[i])
				fail_msg("stream %llu: %s %llu, more than %u", seed, streams_types[i],
					 count_of(streams_types[i]), streams.counts[i]);
		if (count_of("699") != 10)
			fail_msg("stream %llu: %llu ticks of 10", seed, count_of("699"));
		for (i = 0, listed = count_of("699"); i < STREAMS_TYPES; i++)
			listed += count_of(streams_types[i]);
		if (count_of(NULL) != listed)
			fail_msg("stream %llu: %llu messages of types that it does not have", seed,
				 count_of(NULL) - listed);
		missing = streams.messages + 10 - count_of(NULL);
		if (missing && !counters__packets(counters)->gaps)
			fail_msg("stream %llu: %llu messages are missing, and no gap was counted", seed, missing);
	}
	assert_true(lost > LOSSY_RUNS);
}

static void test_random_streams(void **state)
{
	__u64 seed;

	begin();
	for (seed = 1; seed <= RUNS; seed++)
		run_random(seed);
}

/* Adds a segment that passes at this time. Returns where the next one begins. */
static __u32 add_timed(const struct segment *segment, __u32 at, __u32 milliseconds)
{
	at += (__u32)segment->step;
	make_segment(segment, at);
	add_at(milliseconds);
	return at + (__u32)strlen(segment->text);
}

/* What came early waits for a second, not longer. */
static void test_waiting_ends(void **state)
{
	static const struct segment segments[] = { NEXT(INVITE), AT(100, BYE), NEXT(BYE), NEXT(BYE) };
	static const __u32 times[] = { 0xffffff00U, 0xffffff00U, 400, 1200 };
	static const unsigned int byes[] = { 0, 0, 0, 3 };
	__u32 at = 1;
	size_t i;

	begin();
	for (i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
		at = add_timed(&segments[i], at, times[i]);
		assert_int_equal(count_of("BYE"), byes[i]);
	}
	assert_int_equal(counters__packets(counters)->gaps, 1);
}

/* Segments that never stop to overtake each other, but each for a short time only: something waits all the while. */
static void test_waiting_goes_on(void **state)
{
	enum { MESSAGES = 300, EVERY = 10 };
	const struct segment bye = NEXT(BYE);
	__u32 i, number;

	begin();
	for (i = 0; i < MESSAGES; i++) {
		/* 1, 3, 0, 5, 2, 7, 4, ... */
		number = i == 0 ? 1 : i % 2 ? i + 2 : i - 2;
		(void)add_timed(&bye, 1 + number * LENGTH(BYE), i * EVERY);
	}
	/* The first one to come has overtaken another one, where nothing is known of the connection. */
	assert_int_equal(counters__packets(counters)->gaps, 1);
	assert_in_range(count_of("BYE"), MESSAGES - 3, MESSAGES);
}

/* A body of so many bytes, full of messages, in segments of which each begins with one; then a real one. */
static void check_body(__u32 length, __u32 body)
{
	static const char quoted[] = "INVITE sip:b@example.com SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n";
	const __u32 size = sizeof(quoted) - 1;
	__u32 at = 1000, sent;
	struct segment segment = { .flags = 0x18 };
	char text[1400];
	int i;

	begin();
	(void)snprintf(text, sizeof(text), "OPTIONS sip:b SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: %u\r\n\r\n",
		       body);
	segment.text = text;
	make_segment(&segment, at);
	add();
	at += (__u32)strlen(text);
	for (sent = 0; sent < length; sent += (__u32)strlen(text)) {
		for (i = 0, text[0] = '\0'; i < 20 && sent + (__u32)(i + 1) * size <= length; i++)
			memcpy(text + (__u32)i * size, quoted, sizeof(quoted));
		if (i == 0)
			(void)snprintf(text, sizeof(text), "%.*s", (int)(length - sent), quoted);
		make_segment(&segment, at + sent);
		add();
	}
	segment.text = BYE;
	make_segment(&segment, at + length);
	add();
	assert_int_equal(count_of("OPTIONS"), 1);
	assert_int_equal(count_of("INVITE"), 0);
	assert_int_equal(count_of("BYE"), 1);
}

static void test_large_bodies(void **state)
{
	check_body(1 << 20, 1 << 20);
	check_body(1000003, 1000003);
	check_body(1092000, 1092000); /* more than is believed */
	check_body(0, 2000000);
}

/* What gives way with a message in flight is as much as is missing. */
static void test_evicted(void **state)
{
	enum { FLOWS = 40000 };
	static const struct segment halves[] = { { .text = "BYE sip:b SIP/2.0\r\nTo: <sip:b>;tag=1\r\n" },
						 { .text = "CSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n" } };
	__u32 at = 1, half, flow;

	begin();
	for (half = 0; half < 2; half++) {
		for (flow = 0; flow < FLOWS; flow++) {
			make_segment(&halves[half], at);
			packets__set16(&packet, packet.ip + 14, flow);
			add();
		}
		at += (__u32)strlen(halves[half].text);
	}
	assert_in_range(count_of("BYE"), FLOWS / 2, FLOWS - 1);
	assert_int_equal(count_of("BYE") + counters__packets(counters)->evicted, FLOWS);
}

/* What would take too long is given up. That is told, and the next message counts. */
static void test_too_complex(void **state)
{
	static char text[HOSTILE_LENGTH + 1];
	static const struct segment hostile = { .flags = 0x1a, .text = text };
	static const struct segment bye = { .flags = 0x18, .text = BYE };
	unsigned int given_up = 0;
	size_t i;

	for (i = 0; i < HOSTILES; i++) {
		begin();
		hostile__fill(&hostiles[i], (unsigned char *)text);
		make_segment(&hostile, 1);
		add();
		make_segment(&bye, 2 + HOSTILE_LENGTH);
		add();
		if (!reason(SIPBPF_REASON_TOO_COMPLEX))
			continue;
		given_up++;
		if (counters__packets(counters)->gaps != 1 || count_of("BYE") != 1)
			fail_msg("%s: %llu gaps, %llu BYE", hostiles[i].name, counters__packets(counters)->gaps,
				 count_of("BYE"));
	}
	assert_true(given_up > HOSTILES / 2);
}

/* A valid message in which nearly everything has an unusual form is read to its end, and so is what follows it. */
static void test_not_too_complex(void **state)
{
	static const struct segment tangled = {
		.flags = 0x18,
		.text = "INVITE sip:alice@host.example.com;odd SIP/2.0\r\n"
			"TO :\r\n sip:alice@host.example.com ;   tag    = 47114711x\r\n"
			"from   : \"A B \\\\\\\"\"       <sip:bob@example.com>\r\n  ;\r\n  tag = 1\r\n"
			"MaX-fOrWaRdS: 0070\r\nCall-ID: tangled@192.0.2.9\r\nContent-Length   : 4\r\n"
			"cseq: 0042\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.9;branch=z9hG4bK1\r\n"
			"s :\r\nOddHeader:   a  value\r\n of two lines\r\nAnother: ;;,,;,;\r\n"
			"Content-Type: text/plain\r\nSubject: tangled\r\nSupported: timer\r\n"
			"Route:\r\n <sip:proxy.example.com;lr;odd=value;odder>\r\n"
			"v:  SIP  / 2.0  / TCP     host.example.com   ;\r\n  branch  =   z9hG4bK2  ,\r\n"
			" SIP  /    2.0   / UDP  192.0.2.10   ; branch=\r\n z9hG4bK3\r\n"
			"m:\"Quoted \\\"\\\"\" <sip:bob@example.com> ; x =\r\n      y ;\r\n  z ; q = 0.5\r\n\r\nbody",
	};
	__u32 at = 1, i;

	begin();
	for (i = 0; i < 3; i++) {
		make_segment(&tangled, at);
		add();
		at += (__u32)strlen(tangled.text);
	}
	assert_int_equal(count_of("ReINVITE"), 3);
	assert_int_equal(counters__packets(counters)->gaps, 0);
}

/* Frames of a capture may stand in another order than their times. */
static void test_time_goes_back(void **state)
{
	static const struct segment segments[] = { NEXT(INVITE), AT(LENGTH(BYE), BYE), NEXT(BYE),
						   AT(-3 * LENGTH(BYE), BYE) };
	static const __u32 times[] = { 1000, 1002, 1000, 1004 };
	__u32 at = 1;
	size_t i;

	begin();
	for (i = 0; i < sizeof(segments) / sizeof(segments[0]); i++)
		at = add_timed(&segments[i], at, times[i]);
	assert_int_equal(count_of("BYE"), 3);
	assert_int_equal(counters__packets(counters)->gaps, 0);
}

/* A proxy and its many peers in one network, port 5060 at both ends: the flows spread over the sets, and none gives way. */
static void test_many_peers(void **state)
{
	enum { PEERS = 200 };
	static const struct segment halves[] = { { .text = "BYE sip:b SIP/2.0\r\nTo: <sip:b>;tag=1\r\n" },
						 { .text = "CSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n" } };
	size_t half, peer;
	__u32 at = 1;

	begin();
	for (half = 0; half < 2; half++) {
		for (peer = 0; peer < PEERS; peer++) {
			make_segment(&halves[half], at);
			packets__set16(&packet, packet.ip + 18, (unsigned int)peer << 3);
			packets__set16(&packet, packet.ip + 20, 5060);
			add();
		}
		at += (__u32)strlen(halves[half].text);
	}
	assert_int_equal(count_of("BYE"), PEERS);
	assert_int_equal(counters__packets(counters)->evicted, 0);
}

int main(void)
{
	enum { COUNT = sizeof(stream_cases) / sizeof(stream_cases[0]), OTHERS = 15 };
	struct CMUnitTest tests[COUNT + OTHERS] = {
		[COUNT] = cmocka_unit_test(test_every_cut),
		[COUNT + 1] = cmocka_unit_test(test_random_streams),
		[COUNT + 2] = cmocka_unit_test(test_losses),
		[COUNT + 3] = cmocka_unit_test(test_waiting_ends),
		[COUNT + 4] = cmocka_unit_test(test_many_peers),
		[COUNT + 5] = cmocka_unit_test(test_time_goes_back),
		[COUNT + 6] = cmocka_unit_test(test_large_bodies),
		[COUNT + 7] = cmocka_unit_test(test_evicted),
		[COUNT + 8] = cmocka_unit_test(test_every_loss),
		[COUNT + 9] = cmocka_unit_test(test_waits_no_more),
		[COUNT + 10] = cmocka_unit_test(test_waiting_goes_on),
		[COUNT + 11] = cmocka_unit_test(test_too_complex),
		[COUNT + 12] = cmocka_unit_test(test_segment_in_fragments),
		[COUNT + 13] = cmocka_unit_test(test_proxy_header_in_two),
		[COUNT + 14] = cmocka_unit_test(test_not_too_complex),
	};
	size_t i;
	int failed;

	for (i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){ stream_cases[i].name, test_case, NULL, NULL, (void *)&stream_cases[i] };
	counters = counters__new();
	failed = _cmocka_run_group_tests("streams", tests, COUNT + OTHERS, NULL, NULL);
	frame_classifier__free(classifier);
	counters__free(counters);
	return failed;
}
