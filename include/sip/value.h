/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header values that the classifier reads, as one table-driven automaton over bytes: whether To has a tag (RFC 3261
 * 20.39), the method in CSeq (20.16), the transport in Via (20.42) and the number in Content-Length (20.14). It is a
 * table because the verifier would walk every combination of branches over bytes.
 * Tested by tests/unit/sip/test_sip.c.
 */
#ifndef SIP_VALUE_H
#define SIP_VALUE_H

#include "sip/view.h"

/* What a byte means to the automaton. */
enum sip_class {
	SIP_CLASS_OTHER,
	SIP_CLASS_TOKEN,
	SIP_CLASS_DIGIT,
	SIP_CLASS_WS,
	SIP_CLASS_LF,
	SIP_CLASS_QUOTE,
	SIP_CLASS_BACKSLASH,
	SIP_CLASS_LESS,
	SIP_CLASS_GREATER,
	SIP_CLASS_SEMICOLON,
	SIP_CLASS_EQUAL,
	SIP_CLASS_COLON,
	SIP_CLASS_SLASH,
	SIP_CLASS_T,
	SIP_CLASS_A,
	SIP_CLASS_G,
};

/*
 * How far a value has been read. The order matters: the states of one header are neighbours, and those that end the
 * reading come last. _NAME is for what may be between a header's name and its colon (RFC 3261 25.1: HCOLON).
 */
enum sip_value {
	SIP_VALUE_NONE,
	SIP_VALUE_TO_NAME,
	SIP_VALUE_TO_OUTSIDE,
	SIP_VALUE_TO_QUOTED,
	SIP_VALUE_TO_ESCAPED,
	SIP_VALUE_TO_ANGLE,
	SIP_VALUE_TO_PARAM,
	SIP_VALUE_TO_T,
	SIP_VALUE_TO_TA,
	SIP_VALUE_TO_TAG,
	SIP_VALUE_TO_TAG_EQUAL,
	SIP_VALUE_CSEQ_NAME,
	SIP_VALUE_CSEQ_START,
	SIP_VALUE_CSEQ_NUMBER,
	SIP_VALUE_CSEQ_GAP,
	SIP_VALUE_CSEQ_METHOD,
	SIP_VALUE_VIA_NAME,
	SIP_VALUE_VIA_START,
	SIP_VALUE_VIA_PROTOCOL,
	SIP_VALUE_VIA_PROTOCOL_END,
	SIP_VALUE_VIA_VERSION,
	SIP_VALUE_VIA_GAP,
	SIP_VALUE_VIA_TRANSPORT,
	SIP_VALUE_LENGTH_NAME,
	SIP_VALUE_LENGTH_START,
	SIP_VALUE_LENGTH_DIGITS,
	SIP_VALUE_TO_FOUND,
	SIP_VALUE_CSEQ_FOUND,
	SIP_VALUE_VIA_FOUND,
	SIP_VALUE_LENGTH_FOUND,
	SIP_VALUE_TO_LAST = SIP_VALUE_TO_TAG_EQUAL,
	SIP_VALUE_CSEQ_LAST = SIP_VALUE_CSEQ_METHOD,
	SIP_VALUE_VIA_LAST = SIP_VALUE_VIA_TRANSPORT,
};

/* Rows and columns of the tables below. Powers of two, because a mask bounds what they are looked up by. */
#define SIP_VALUES 32
#define SIP_CLASSES 16

_Static_assert(SIP_VALUE_LENGTH_FOUND < SIP_VALUES && SIP_CLASS_G < SIP_CLASSES, "each state and class has its place");

/* RFC 3261 25.1: alphanum and - . ! % * _ + ` ' ~ make a token. */
#define SIP_TOKEN_CLASSES \
	(1 << SIP_CLASS_TOKEN | 1 << SIP_CLASS_DIGIT | 1 << SIP_CLASS_T | 1 << SIP_CLASS_A | 1 << SIP_CLASS_G)
#define SIP_IS_TOKEN(c) ((SIP_TOKEN_CLASSES >> (sip_byte_class[(c)&0xff] & (SIP_CLASSES - 1))) & 1)

static const __u8 sip_byte_class[256] = {
	['\t'] = SIP_CLASS_WS,           ['\n'] = SIP_CLASS_LF,
	['\r'] = SIP_CLASS_WS,           [' '] = SIP_CLASS_WS,
	['!'] = SIP_CLASS_TOKEN,         ['"'] = SIP_CLASS_QUOTE,
	['%'] = SIP_CLASS_TOKEN,         ['\''] = SIP_CLASS_TOKEN,
	['*' ... '+'] = SIP_CLASS_TOKEN, ['-' ... '.'] = SIP_CLASS_TOKEN,
	['/'] = SIP_CLASS_SLASH,         ['0' ... '9'] = SIP_CLASS_DIGIT,
	[':'] = SIP_CLASS_COLON,         [';'] = SIP_CLASS_SEMICOLON,
	['<'] = SIP_CLASS_LESS,          ['='] = SIP_CLASS_EQUAL,
	['>'] = SIP_CLASS_GREATER,       ['A'] = SIP_CLASS_A,
	['B' ... 'F'] = SIP_CLASS_TOKEN, ['G'] = SIP_CLASS_G,
	['H' ... 'S'] = SIP_CLASS_TOKEN, ['T'] = SIP_CLASS_T,
	['U' ... 'Z'] = SIP_CLASS_TOKEN, ['\\'] = SIP_CLASS_BACKSLASH,
	['_' ... '`'] = SIP_CLASS_TOKEN, ['a'] = SIP_CLASS_A,
	['b' ... 'f'] = SIP_CLASS_TOKEN, ['g'] = SIP_CLASS_G,
	['h' ... 's'] = SIP_CLASS_TOKEN, ['t'] = SIP_CLASS_T,
	['u' ... 'z'] = SIP_CLASS_TOKEN, ['~'] = SIP_CLASS_TOKEN,
};

/* What a state does. */
enum sip_value_action {
	SIP_VALUE_SKIPS = 0,
	SIP_VALUE_WAITS,         /* only some bytes lead on from here: sip_value_stops */
	SIP_VALUE_PASSES_DIGITS, /* what it is, digits by the word */
	SIP_VALUE_READS_TOKEN,   /* from the byte on that led to it */
	SIP_VALUE_READS_DIGITS,  /* likewise */
	SIP_VALUE_FINDS,         /* the value has been read far enough; the byte does not belong to it */
	SIP_VALUE_STOPS = SIP_VALUE_READS_TOKEN, /* the first of those that another step begins with */
};

/*
 * By state. It is a table, because a comparison would tell the verifier something about the state, and so multiply the
 * paths that it walks. It is volatile, because clang 19 turns a table that it can see through into comparisons.
 */
static const volatile __u8 sip_value_action[256] = {
	[SIP_VALUE_TO_OUTSIDE] = SIP_VALUE_WAITS,
	[SIP_VALUE_TO_QUOTED] = SIP_VALUE_WAITS,
	[SIP_VALUE_TO_ANGLE] = SIP_VALUE_WAITS,
	[SIP_VALUE_CSEQ_NUMBER] = SIP_VALUE_PASSES_DIGITS,
	[SIP_VALUE_CSEQ_METHOD] = SIP_VALUE_READS_TOKEN,
	[SIP_VALUE_VIA_TRANSPORT] = SIP_VALUE_READS_TOKEN,
	[SIP_VALUE_LENGTH_DIGITS] = SIP_VALUE_READS_DIGITS,
	[SIP_VALUE_TO_FOUND] = SIP_VALUE_FINDS,
	[SIP_VALUE_CSEQ_FOUND] = SIP_VALUE_FINDS,
	[SIP_VALUE_VIA_FOUND] = SIP_VALUE_FINDS,
	[SIP_VALUE_LENGTH_FOUND] = SIP_VALUE_FINDS,
};

/* The bytes, besides LF, that lead out of a state that waits. All others are skipped by the block. */
static const struct sip_stops sip_value_stops[SIP_VALUES] = {
	[SIP_VALUE_TO_OUTSIDE] = SIP_STOPS('"', '<', ';'),
	[SIP_VALUE_TO_QUOTED] = SIP_STOPS('"', '\\', '"'),
	[SIP_VALUE_TO_ANGLE] = SIP_STOPS('>', '>', '>'),
};

/*
 * The next state, by class and state. SIP_VALUE_NONE: the value does not matter. A state that was read from the table
 * leads to the next one by an addition alone, because the automaton is as fast as that chain. So the table has room for
 * whatever a byte may be, behind the last class too.
 */
#define SIP_VALUE_NEXT(class, state) [(class) * SIP_VALUES + SIP_VALUE_##state]
#define SIP_VALUE_ROW(state, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                    \
	SIP_VALUE_NEXT(0, state) = SIP_VALUE_##a, SIP_VALUE_NEXT(1, state) = SIP_VALUE_##b,                     \
			  SIP_VALUE_NEXT(2, state) = SIP_VALUE_##c, SIP_VALUE_NEXT(3, state) = SIP_VALUE_##d,   \
			  SIP_VALUE_NEXT(4, state) = SIP_VALUE_##e, SIP_VALUE_NEXT(5, state) = SIP_VALUE_##f,   \
			  SIP_VALUE_NEXT(6, state) = SIP_VALUE_##g, SIP_VALUE_NEXT(7, state) = SIP_VALUE_##h,   \
			  SIP_VALUE_NEXT(8, state) = SIP_VALUE_##i, SIP_VALUE_NEXT(9, state) = SIP_VALUE_##j,   \
			  SIP_VALUE_NEXT(10, state) = SIP_VALUE_##k, SIP_VALUE_NEXT(11, state) = SIP_VALUE_##l, \
			  SIP_VALUE_NEXT(12, state) = SIP_VALUE_##m, SIP_VALUE_NEXT(13, state) = SIP_VALUE_##n, \
			  SIP_VALUE_NEXT(14, state) = SIP_VALUE_##o, SIP_VALUE_NEXT(15, state) = SIP_VALUE_##p

/* clang-format off */
static const __u8 sip_value_next[SIP_CLASSES * SIP_VALUES + 256] = {
	/*                            other             token             digit             ws                lf                quote             backslash         less              greater           semicolon         equal             colon             slash             t                 a                 g */
	SIP_VALUE_ROW(TO_NAME,          NONE,             NONE,             NONE,             TO_NAME,          NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             TO_OUTSIDE,       NONE,             NONE,             NONE,             NONE),
	SIP_VALUE_ROW(TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_QUOTED,        TO_OUTSIDE,       TO_ANGLE,         TO_OUTSIDE,       TO_PARAM,         TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE),
	SIP_VALUE_ROW(TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_OUTSIDE,       TO_ESCAPED,       TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED),
	SIP_VALUE_ROW(TO_ESCAPED,       TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED,        TO_QUOTED),
	SIP_VALUE_ROW(TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_OUTSIDE,       TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE,         TO_ANGLE),
	SIP_VALUE_ROW(TO_PARAM,         TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_PARAM,         TO_PARAM,         TO_QUOTED,        TO_OUTSIDE,       TO_ANGLE,         TO_OUTSIDE,       TO_PARAM,         TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_T,             TO_OUTSIDE,       TO_OUTSIDE),
	SIP_VALUE_ROW(TO_T,             TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_QUOTED,        TO_OUTSIDE,       TO_ANGLE,         TO_OUTSIDE,       TO_PARAM,         TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_TA,            TO_OUTSIDE),
	SIP_VALUE_ROW(TO_TA,            TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_QUOTED,        TO_OUTSIDE,       TO_ANGLE,         TO_OUTSIDE,       TO_PARAM,         TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_TAG),
	SIP_VALUE_ROW(TO_TAG,           TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_TAG,           TO_TAG,           TO_QUOTED,        TO_OUTSIDE,       TO_ANGLE,         TO_OUTSIDE,       TO_PARAM,         TO_TAG_EQUAL,     TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE),
	SIP_VALUE_ROW(TO_TAG_EQUAL,     TO_OUTSIDE,       TO_FOUND,         TO_FOUND,         TO_TAG_EQUAL,     TO_TAG_EQUAL,     TO_QUOTED,        TO_OUTSIDE,       TO_ANGLE,         TO_OUTSIDE,       TO_PARAM,         TO_OUTSIDE,       TO_OUTSIDE,       TO_OUTSIDE,       TO_FOUND,         TO_FOUND,         TO_FOUND),
	SIP_VALUE_ROW(CSEQ_NAME,        NONE,             NONE,             NONE,             CSEQ_NAME,        NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             CSEQ_START,       NONE,             NONE,             NONE,             NONE),
	SIP_VALUE_ROW(CSEQ_START,       NONE,             NONE,             CSEQ_NUMBER,      CSEQ_START,       CSEQ_START,       NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE),
	SIP_VALUE_ROW(CSEQ_NUMBER,      NONE,             NONE,             CSEQ_NUMBER,      CSEQ_GAP,         CSEQ_GAP,         NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE),
	SIP_VALUE_ROW(CSEQ_GAP,         NONE,             CSEQ_METHOD,      CSEQ_METHOD,      CSEQ_GAP,         CSEQ_GAP,         NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             CSEQ_METHOD,      CSEQ_METHOD,      CSEQ_METHOD),
	SIP_VALUE_ROW(CSEQ_METHOD,      CSEQ_FOUND,       CSEQ_METHOD,      CSEQ_METHOD,      CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_FOUND,       CSEQ_METHOD,      CSEQ_METHOD,      CSEQ_METHOD),
	SIP_VALUE_ROW(VIA_NAME,         NONE,             NONE,             NONE,             VIA_NAME,         NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             VIA_START,        NONE,             NONE,             NONE,             NONE),
	SIP_VALUE_ROW(VIA_START,        NONE,             VIA_PROTOCOL,     VIA_PROTOCOL,     VIA_START,        VIA_START,        NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             VIA_PROTOCOL,     VIA_PROTOCOL,     VIA_PROTOCOL),
	SIP_VALUE_ROW(VIA_PROTOCOL,     NONE,             VIA_PROTOCOL,     VIA_PROTOCOL,     VIA_PROTOCOL_END, VIA_PROTOCOL_END, NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             VIA_VERSION,      VIA_PROTOCOL,     VIA_PROTOCOL,     VIA_PROTOCOL),
	SIP_VALUE_ROW(VIA_PROTOCOL_END, NONE,             NONE,             NONE,             VIA_PROTOCOL_END, VIA_PROTOCOL_END, NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             VIA_VERSION,      NONE,             NONE,             NONE),
	SIP_VALUE_ROW(VIA_VERSION,      NONE,             VIA_VERSION,      VIA_VERSION,      VIA_VERSION,      VIA_VERSION,      NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             VIA_GAP,          VIA_VERSION,      VIA_VERSION,      VIA_VERSION),
	SIP_VALUE_ROW(VIA_GAP,          NONE,             VIA_TRANSPORT,    VIA_TRANSPORT,    VIA_GAP,          VIA_GAP,          NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             VIA_TRANSPORT,    VIA_TRANSPORT,    VIA_TRANSPORT),
	SIP_VALUE_ROW(VIA_TRANSPORT,    VIA_FOUND,        VIA_TRANSPORT,    VIA_TRANSPORT,    VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_FOUND,        VIA_TRANSPORT,    VIA_TRANSPORT,    VIA_TRANSPORT),
	SIP_VALUE_ROW(LENGTH_NAME,      NONE,             NONE,             NONE,             LENGTH_NAME,      NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             LENGTH_START,     NONE,             NONE,             NONE,             NONE),
	SIP_VALUE_ROW(LENGTH_START,     NONE,             NONE,             LENGTH_DIGITS,    LENGTH_START,     LENGTH_START,     NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE),
	SIP_VALUE_ROW(LENGTH_DIGITS,    NONE,             NONE,             LENGTH_DIGITS,    LENGTH_FOUND,     LENGTH_FOUND,     NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE,             NONE),
};
/* clang-format on */

#endif
