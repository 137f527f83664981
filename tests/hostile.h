/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams that are meant to cost as much as they can. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <string.h>

/* A start, and a unit that fills up 1,400 bytes. The verdict is that where Via matters. */
static const struct hostile {
	const char *name, *verdict, *start, *unit;
} hostiles[] = {
	{ "quotes in To", "too_complex", "INVITE sip:a SIP/2.0\r\nTo: ", "\"" },
	{ "escapes in To", "too_complex", "INVITE sip:a SIP/2.0\r\nTo: \"", "\\\"" },
	{ "angle brackets in To", "too_complex", "INVITE sip:a SIP/2.0\r\nTo: ", "<>" },
	{ "parameters in To", "too_complex", "INVITE sip:a SIP/2.0\r\nTo: a", ";ta" },
	{ "escapes in To, far apart", "too_complex", "INVITE sip:a SIP/2.0\r\nTo: \"", "aaaaaaaaaaaaaaaa\\a" },
	{ "a long To", "too_complex", "INVITE sip:a SIP/2.0\r\nTo: \"", "a" },
	{ "folds in To", "too_complex", "INVITE sip:a SIP/2.0\r\nTo: a", "\n " },
	{ "folds in To, blanks before its colon", "too_complex", "INVITE sip:a SIP/2.0\r\nTo ", "\n " },
	{ "folds elsewhere", "too_complex", "INVITE sip:a SIP/2.0\r\nSubject: a", "\n " },
	{ "short lines", "too_complex", "INVITE sip:a SIP/2.0\r\n", "a\n" },
	{ "names without a colon", "too_complex", "INVITE sip:a SIP/2.0\r\n", "t\n" },
	{ "names with a blank", "too_complex", "INVITE sip:a SIP/2.0\r\n", "t \n" },
	{ "single-letter headers", "too_complex", "INVITE sip:a SIP/2.0\r\n", "t:\nv:\nl:\n" },
	{ "lengths without a number", "too_complex", "INVITE sip:a SIP/2.0\r\n", "Content-Length: x:\n" },
	{ "many Vias after an unknown method", "too_complex", "INVI.E sip:a SIP/2.0\r\n", "Via: SIP/2.0/UDP a\r\n" },
	{ "requests in To", "too_complex", "INVITE sip:a SIP/2.0\r\n", "To: GET / HTTP/1.1\r\n" },
	{ "digits in CSeq", "too_complex", "BYE sip:a SIP/2.0\r\nCSeq: ", "1" },
	{ "blanks in CSeq", "too_complex", "BYE sip:a SIP/2.0\r\nCSeq: ", " " },
	{ "a long method in CSeq", "too_complex", "BYE sip:a SIP/2.0\r\nCSeq: 1 ", "a" },
	{ "a long protocol in Via", "too_complex", "BYE sip:a SIP/2.0\r\nVia: ", "a" },
	{ "a long method", "not_sip", "", "A" },
	{ "a long method of parts", "too_complex", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA." },
	{ "a long URI", "not_sip", "INVITE ", "a" },
	{ "control characters in a URI", "too_complex", "INVITE ", "aaa\1" },
	{ "a long reason phrase", "malformed", "SIP/2.0 200 ", "a" },
	{ "no start line", "not_sip", "A\t", "a" },
	{ "no start line, slashes", "too_complex", "A\t", "/" },
	{ "no start line, slashes far apart", "too_complex", "A\t", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/" },
	{ "no start line, versions", "not_sip", "A\tsip:a", " SIP" },
	{ "line ends before the start line", "keepalive", "", "\r\n" },
	{ "LF before the start line", "keepalive", "", "\n" },
	{ "irregular line ends before the start line", "too_complex", "", "\n\r\r\n\n" },
};

#define HOSTILES (sizeof(hostiles) / sizeof(hostiles[0]))
#define HOSTILE_LENGTH 1400

static inline void hostile__fill(const struct hostile *hostile, unsigned char payload[HOSTILE_LENGTH])
{
	size_t start = strlen(hostile->start), unit = strlen(hostile->unit), i;

	memcpy(payload, hostile->start, start);
	for (i = start; i < HOSTILE_LENGTH; i++)
		payload[i] = (unsigned char)hostile->unit[(i - start) % unit];
}

/* What such datagrams are made of. */
static const char *const hostile_words[] = {
	"INVITE sip:a SIP/2.0\r\n",
	"SIP/2.0 200 OK\r\n",
	"FROB sip:a SIP/2.0\r\n",
	"BYE ",
	"To: ",
	"t: ",
	"To : ",
	"\r\n ",
	"CSeq: 1 INVITE\r\n",
	"CSeq: ",
	"Via: SIP/2.0/UDP a\r\n",
	"v: ",
	"Via: SIP / 2.0 / ",
	"Content-Length: ",
	"l: ",
	"\r\n\r\n",
	"\n",
	"\r",
	"\"",
	"\\",
	"<",
	">",
	";",
	";tag=",
	":",
	" ",
	"\t",
	"/",
	"SIP/",
	" SIP/2.0",
	"a",
	"0",
	"to\n",
	"t\n",
	"c\n",
	"v:\n",
	"l:0\n",
	"x:\n",
	"\x81\xfe",
	"HTTP/1.1 101 \r\n",
	"GET / HTTP/1.1\r\n",
	"Sec-WebSocket-Protocol: ",
	"sip",
	",",
};

#define HOSTILE_WORDS (sizeof(hostile_words) / sizeof(hostile_words[0]))

#endif
