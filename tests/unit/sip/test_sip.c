// SPDX-License-Identifier: BSD-2-Clause
/*
 * The rules of counting, one named line each. Every line is read as one view between forbidden pages, through windows of
 * all sizes, cut at every byte, and by the reference classifier; then 200,000 mutations of the lines are.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "guard.h"
#include "hostile.h"
#include "views.h"
#include "unit/reference.h"

#define LENGTH_MAX 4096
#define WINDOW_LAST 200
#define MUTATIONS 200000

struct message {
	const char *name;
	const char *bytes;
	size_t size;
	enum answer_carrier carrier;
	const char *expected; /* see answer__text() */
};

#define V "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1\r\n"
#define C "CSeq: 1 INVITE\r\n"
#define INVITE "INVITE sip:bob@example.com SIP/2.0\r\n"
#define TO(line) INVITE V C line "\r\n\r\n"
#define NAME23 "ABCDEFGHIJKLMNOPQRSTUVW"
#define OPTIONS "OPTIONS sip:a SIP/2.0\r\n"
#define DATAGRAM(name, bytes, expected)                                    \
	{                                                                  \
		name, bytes, sizeof(bytes) - 1, CARRIER_DATAGRAM, expected \
	}
#define CUT(name, bytes, expected)                                    \
	{                                                             \
		name, bytes, sizeof(bytes) - 1, CARRIER_CUT, expected \
	}
#define STREAM(name, bytes, expected)                                    \
	{                                                                \
		name, bytes, sizeof(bytes) - 1, CARRIER_STREAM, expected \
	}

static const struct message messages[] = {
	/* Rule 1: the start line. */
	DATAGRAM("request", INVITE V C "To: <sip:b>\r\n\r\n", "INVITE INVITE UDP"),
	DATAGRAM("response", "SIP/2.0 200 OK\r\n" V C "\r\n", "200 INVITE UDP"),
	DATAGRAM("no URI, another method", "FROB SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("a URI that looks like a version", "INVITE SIP/2.0 SIP/2.0\r\n" V C "\r\n", "INVITE INVITE UDP"),
	DATAGRAM("that, and white space in it", "INVITE SIP/2.0 b SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("method of digits", "200 sip:a SIP/2.0\r\n" V "CSeq: 1 200\r\n\r\n", "UNKNOWN 200 UDP"),
	DATAGRAM("method of digits and a letter", "200x sip:a SIP/2.0\r\n" V "\r\n", "200x UNKNOWN UDP"),
	DATAGRAM("well-known: INVITE", "INVITE sip:a SIP/2.0\r\n\r\n", "INVITE UNKNOWN -"),
	DATAGRAM("well-known: UPDATE", "UPDATE sip:a SIP/2.0\r\n\r\n", "UPDATE UNKNOWN -"),
	DATAGRAM("well-known: CANCEL", "CANCEL sip:a SIP/2.0\r\n\r\n", "CANCEL UNKNOWN -"),
	DATAGRAM("well-known: PRACK", "PRACK sip:a SIP/2.0\r\n\r\n", "PRACK UNKNOWN -"),
	DATAGRAM("well-known: BYE", "BYE sip:a SIP/2.0\r\n\r\n", "BYE UNKNOWN -"),
	DATAGRAM("well-known: ACK", "ACK sip:a SIP/2.0\r\n\r\n", "ACK UNKNOWN -"),
	DATAGRAM("well-known: SUBSCRIBE", "SUBSCRIBE sip:a SIP/2.0\r\n\r\n", "SUBSCRIBE UNKNOWN -"),
	DATAGRAM("well-known: NOTIFY", "NOTIFY sip:a SIP/2.0\r\n\r\n", "NOTIFY UNKNOWN -"),
	DATAGRAM("well-known: PUBLISH", "PUBLISH sip:a SIP/2.0\r\n\r\n", "PUBLISH UNKNOWN -"),
	DATAGRAM("well-known: REFER", "REFER sip:a SIP/2.0\r\n\r\n", "REFER UNKNOWN -"),
	DATAGRAM("well-known: OPTIONS", "OPTIONS sip:a SIP/2.0\r\n\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("well-known: INFO", "INFO sip:a SIP/2.0\r\n\r\n", "INFO UNKNOWN -"),
	DATAGRAM("well-known: REGISTER", "REGISTER sip:a SIP/2.0\r\n\r\n", "REGISTER UNKNOWN -"),
	DATAGRAM("well-known: MESSAGE", "MESSAGE sip:a SIP/2.0\r\n\r\n", "MESSAGE UNKNOWN -"),
	DATAGRAM("well-known: PING", "PING sip:a SIP/2.0\r\n\r\n", "PING UNKNOWN -"),
	DATAGRAM("shortest request", "A b SIP/2.0\n", "A UNKNOWN -"),
	DATAGRAM("shortest response", "SIP/2.0 100\n", "100 UNKNOWN -"),
	DATAGRAM("LF alone", "BYE sip:a SIP/2.0\nv: SIP/2.0/TCP x\nCSeq: 2 BYE\n\n", "BYE BYE TCP"),
	DATAGRAM("LF alone, response", "SIP/2.0 404 Not Found\nCSeq: 2 BYE\n\n", "404 BYE -"),
	DATAGRAM("CRLF before the start line", "\r\n\r\nBYE sip:a SIP/2.0\r\n\r\n", "BYE UNKNOWN -"),
	DATAGRAM("CR alone before the start line", "\rSIP/2.0 200 OK\r\n\r\n", "200 UNKNOWN -"),
	DATAGRAM("NUL before the start line", "\0BYE sip:a SIP/2.0\r\n\r\n", "not_sip"),
	DATAGRAM("space before the start line", " BYE sip:a SIP/2.0\r\n\r\n", "not_sip"),
	DATAGRAM("SIP in any case", "BYE sip:a sIp/2.0\r\n\r\n", "BYE UNKNOWN -"),
	DATAGRAM("SIP in any case, response", "sip/2.0 180 Ringing\r\n\r\n", "180 UNKNOWN -"),
	DATAGRAM("status 100", "SIP/2.0 100 Trying\r\n\r\n", "100 UNKNOWN -"),
	DATAGRAM("status 699", "SIP/2.0 699 x\r\n\r\n", "699 UNKNOWN -"),
	DATAGRAM("status 099", "SIP/2.0 099 x\r\n\r\n", "malformed"),
	DATAGRAM("status 000", "SIP/2.0 000 x\r\n\r\n", "malformed"),
	DATAGRAM("status 700", "SIP/2.0 700 x\r\n\r\n", "malformed"),
	DATAGRAM("status 999", "SIP/2.0 999 x\r\n\r\n", "malformed"),
	DATAGRAM("status of two digits", "SIP/2.0 20 OK\r\n\r\n", "malformed"),
	DATAGRAM("status of four digits", "SIP/2.0 2000 OK\r\n\r\n", "malformed"),
	DATAGRAM("status beyond 32 bits", "SIP/2.0 4294967301 better not\r\n\r\n", "malformed"),
	DATAGRAM("status in letters", "SIP/2.0 2OO OK\r\n\r\n", "malformed"),
	DATAGRAM("status negative", "SIP/2.0 -20 OK\r\n\r\n", "malformed"),
	DATAGRAM("no reason", "SIP/2.0 200 \r\n\r\n", "200 UNKNOWN -"),
	DATAGRAM("no reason and no space", "SIP/2.0 200\r\n\r\n", "200 UNKNOWN -"),
	DATAGRAM("tab after the status", "SIP/2.0 200\tOK\r\n\r\n", "malformed"),
	DATAGRAM("CR within the reason", "SIP/2.0 200 O\rK\r\n\r\n", "200 UNKNOWN -"),
	DATAGRAM("CR after the status, no LF", "SIP/2.0 200\rOK\r\n\r\n", "malformed"),
	DATAGRAM("reason in UTF-8", "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe\r\nCSeq: 1 BYE\r\n\r\n", "200 BYE -"),
	DATAGRAM("long reason",
		 "SIP/2.0 500 " NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 "\r\nCSeq: 1 BYE\r\n\r\n",
		 "500 BYE -"),
	DATAGRAM("version 7.0", "INVITE sip:a SIP/7.0\r\n\r\n", "malformed"),
	DATAGRAM("version 2.1", "INVITE sip:a SIP/2.1\r\n\r\n", "malformed"),
	DATAGRAM("version 2.00", "INVITE sip:a SIP/2.00\r\n\r\n", "malformed"),
	DATAGRAM("version 2", "INVITE sip:a SIP/2\r\n\r\n", "malformed"),
	DATAGRAM("version with a transport", "INVITE sip:a SIP/2.0/UDP\r\n\r\n", "malformed"),
	DATAGRAM("version 7.0, response", "SIP/7.0 200 OK\r\n\r\n", "malformed"),
	DATAGRAM("version with a transport, response", "SIP/2.0/UDP 200 OK\r\n\r\n", "malformed"),
	DATAGRAM("version with control characters",
		 "INVITE sip:a SIP\x0f"
		 "2.0\r\n\r\n",
		 "not_sip"),
	DATAGRAM("no version", "INVITE sip:a\r\n\r\n", "not_sip"),
	DATAGRAM("two spaces before the URI", "INVITE  sip:a SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("two spaces after the URI", "INVITE sip:a  SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("two spaces, response", "SIP/2.0  200 OK\r\n\r\n", "malformed"),
	DATAGRAM("space after the version", "INVITE sip:a SIP/2.0 \r\n\r\n", "malformed"),
	DATAGRAM("tab after the version", "INVITE sip:a SIP/2.0\t\r\n\r\n", "malformed"),
	DATAGRAM("tab before the URI", "INVITE\tsip:a SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("tab after the URI", "INVITE sip:a\tSIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("space inside the URI", "INVITE sip:a b SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("space inside <URI>", "INVITE <sip:a; b=c> SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("tab inside the URI", "INVITE sip:a\tb SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("CR inside the URI", "INVITE sip:a\rb SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("LF inside the URI", "INVITE sip:a\nb SIP/2.0\r\n\r\n", "not_sip"),
	DATAGRAM("CR twice at the line's end", "INVITE sip:a SIP/2.0\r\r\n\r\n", "malformed"),
	DATAGRAM("no URI", "INVITE SIP/2.0\r\n\r\n", "malformed"),
	DATAGRAM("any URI", "INVITE nobody:\x01\x7f\xff/SIP/2.0 SIP/2.0\r\n\r\n", "INVITE UNKNOWN -"),
	DATAGRAM("tel URI", "INVITE tel:+3612345678;phone-context=x SIP/2.0\r\n\r\n", "INVITE UNKNOWN -"),
	DATAGRAM("long URI",
		 "INVITE sip:" NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 "@a SIP/2.0\r\n" C "\r\n",
		 "INVITE INVITE -"),
	DATAGRAM("method of all token characters", "aZ0-.!%*_+`'~ sip:a SIP/2.0\r\n\r\n", "aZ0-.!%*_+`'~ UNKNOWN -"),
	DATAGRAM("method with a slash", "IN/VITE sip:a SIP/2.0\r\n\r\n", "not_sip"),
	DATAGRAM("method with a colon", "INVITE: sip:a SIP/2.0\r\n\r\n", "not_sip"),
	DATAGRAM("method in quotes", "\"INVITE\" sip:a SIP/2.0\r\n\r\n", "not_sip"),
	DATAGRAM("method of bytes above 127", "INVIT\xc3\x89 sip:a SIP/2.0\r\n\r\n", "not_sip"),
	/* Rule 2: what is no SIP on any port, and what is none although it looks alike. */
	DATAGRAM("HTTP request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "not_sip"),
	DATAGRAM("HTTP OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "not_sip"),
	DATAGRAM("HTTP response", "HTTP/1.1 200 OK\r\n\r\n", "not_sip"),
	DATAGRAM("RTSP", "OPTIONS rtsp://a RTSP/1.0\r\nCSeq: 1\r\n\r\n", "not_sip"),
	DATAGRAM("RTP", "\x80\x00\x12\x34\x00\x00\x00\xa0\xde\xad\xbe\xef\xff\xff\xff\xff", "not_sip"),
	DATAGRAM("DNS",
		 "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03"
		 "foo\x00\x00\x01\x00\x01",
		 "not_sip"),
	DATAGRAM("WireGuard", "\x04\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0abcdefgh", "not_sip"),
	DATAGRAM("one letter", "a", "not_sip"),
	DATAGRAM("three letters", "SIP", "not_sip"),
	DATAGRAM("SIP/ alone", "SIP/", "malformed"),
	DATAGRAM("prose", "hello world, this is text\r\n", "not_sip"),
	DATAGRAM("header before any start line", "To: <sip:a>;tag=1\r\n\r\n", "not_sip"),
	DATAGRAM("keep-alive, CRLF", "\r\n\r\n", "keepalive"),
	DATAGRAM("keep-alive, pong", "\r\n", "keepalive"),
	DATAGRAM("keep-alive, NUL", "\0\0\0\0", "keepalive"),
	DATAGRAM("keep-alive, long", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
		 "keepalive"),
	STREAM("NUL before the start line, on a stream", "\0" OPTIONS "l:0\r\n\r\n", "OPTIONS UNKNOWN - length=0"),
	STREAM("keep-alive on a stream", "\r\n\r\n", "keepalive"),
	/* Rule 3: the type. */
	DATAGRAM("method ReINVITE", "ReINVITE sip:a SIP/2.0\r\nCSeq: 1 ReINVITE\r\n\r\n", "UNKNOWN UNKNOWN -"),
	DATAGRAM("methods that begin like it", "ReINVITEs sip:a SIP/2.0\r\nCSeq: 1 ReINVIT\r\n\r\n",
		 "ReINVITEs ReINVIT -"),
	DATAGRAM("lower case method", "invite sip:a SIP/2.0\r\nTo: a;tag=1\r\n\r\n", "invite UNKNOWN -"),
	DATAGRAM("method that begins alike", "INVITEX sip:a SIP/2.0\r\n\r\n", "INVITEX UNKNOWN -"),
	DATAGRAM("method that is a beginning", "REGIS sip:a SIP/2.0\r\n\r\n", "REGIS UNKNOWN -"),
	DATAGRAM("method of 8 and more", "SUBSCRIBER sip:a SIP/2.0\r\n\r\n", "SUBSCRIBER UNKNOWN -"),
	DATAGRAM("method of 23", NAME23 " sip:a SIP/2.0\r\n\r\n", NAME23 " UNKNOWN -"),
	DATAGRAM("method of 24", NAME23 "X sip:a SIP/2.0\r\n\r\n", "UNKNOWN UNKNOWN -"),
	DATAGRAM("method of 70", NAME23 NAME23 NAME23 "X sip:a SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n", "UNKNOWN BYE -"),
	DATAGRAM("To without tag", TO("To: <sip:b>"), "INVITE INVITE UDP"),
	DATAGRAM("To with tag", TO("To: <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To before Via and CSeq", INVITE "To: <sip:b>;tag=1\r\n" V C "\r\n", "ReINVITE INVITE UDP"),
	DATAGRAM("To, empty tag", TO("To: <sip:b>;tag="), "INVITE INVITE UDP"),
	DATAGRAM("To, empty tag, a long message", TO("To: <sip:b>;tag=\r\nX: " NAME23 NAME23), "INVITE INVITE UDP"),
	DATAGRAM("To, empty tag and another parameter", TO("To: <sip:b>;tag=;x=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, empty tag and then a tag", TO("To: <sip:b>;tag= ;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, tag in quotes", TO("To: <sip:b>;tag=\"1\""), "INVITE INVITE UDP"),
	DATAGRAM("To, tag folded behind its name", TO("To: <sip:b>;tag\r\n =\r\n 1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, tag of other characters", TO("To: <sip:b>;tag=.1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, tag without value", TO("To: <sip:b>;tag"), "INVITE INVITE UDP"),
	DATAGRAM("To, compact", TO("t: <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, compact capital", TO("T:<sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, capitals", TO("TO:<sip:b>;TAG=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, odd case", TO("tO : <sip:b> ; TaG = 1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, spaces before the colon", TO("TO   \t : <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, compact, space before the colon", TO("t :<sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, no colon", TO("To <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, folded after the colon", TO("To:\r\n <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, folded before the parameter", TO("To: <sip:b>\r\n\t;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, folded inside the parameter", TO("To: <sip:b>;\r\n tag\r\n  =\r\n 1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, folded with LF", TO("To: <sip:b>\n ;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, folded by an empty line", TO("To: <sip:b>\r\n \r\n ;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, next line not folded", TO("To: <sip:b>\r\n;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, tag cut in two", TO("To: <sip:b>;t\r\n ag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, tag in angle brackets", TO("To: <sip:b;tag=1>"), "INVITE INVITE UDP"),
	DATAGRAM("To, tag in angle brackets and behind", TO("To: <sip:b;tag=1>;tag=2"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, tag in a quoted name", TO("To: \"Bob ;tag=1\" <sip:b>"), "INVITE INVITE UDP"),
	DATAGRAM("To, tag behind an escaped quote", TO("To: \"Bob \\\" ;tag=1\" <sip:b>"), "INVITE INVITE UDP"),
	DATAGRAM("To, tag behind an escaped backslash", TO("To: \"B\\\\\" <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, bracket in a quoted name", TO("To: \"a<b\" <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, quote in angle brackets", TO("To: <sip:\"b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, quoted name, then a tag", TO("To: \"Bob\" <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, unquoted name", TO("To: Bob Builder <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, no angle brackets", TO("To: sip:b;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, tag after other parameters", TO("To: <sip:b>;a;b=c;d=\";tag=0\";tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To, tag in a quoted parameter", TO("To: <sip:b>;d=\";tag=0\""), "INVITE INVITE UDP"),
	DATAGRAM("To, mytag", TO("To: <sip:b>;mytag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, tagged", TO("To: <sip:b>;tagged=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, tag as a value", TO("To: <sip:b>;a=tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, open quote", TO("To: \"Bob <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, tag in an open angle bracket", TO("To: <sip:b;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, first of two counts", TO("To: <sip:b>\r\nTo: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, in the body", TO("\r\nTo: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("Reply-To", TO("Reply-To: <sip:b>;tag=1\r\nTo: <sip:b>"), "INVITE INVITE UDP"),
	DATAGRAM("Refer-To", TO("Refer-To: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("header Tox", TO("Tox: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("header T-o", TO("T-o: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("From with tag", TO("From: <sip:b>;tag=1\r\nTo: <sip:b>"), "INVITE INVITE UDP"),
	DATAGRAM("To inside a value", TO("Subject: x To: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To in a folded line", TO("Subject: x\r\n To: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To, line that ends in LF alone", TO("Subject: x\nTo: <sip:b>;tag=1"), "ReINVITE INVITE UDP"),
	DATAGRAM("To behind CR alone", TO("Subject: x\rTo: <sip:b>;tag=1"), "INVITE INVITE UDP"),
	DATAGRAM("To of a BYE", "BYE sip:a SIP/2.0\r\nTo: <sip:b>;tag=1\r\n\r\n", "BYE UNKNOWN -"),
	DATAGRAM("To of a response", "SIP/2.0 200 OK\r\nTo: <sip:b>;tag=1\r\n" C "\r\n", "200 INVITE -"),
	DATAGRAM(
		"To behind long headers",
		TO("X: " NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 NAME23 "\r\nTo: <sip:b>;tag=1"),
		"ReINVITE INVITE UDP"),
	/* Rule 4: the CSeq method. */
	DATAGRAM("CSeq", OPTIONS "CSeq: 4711 OPTIONS\r\n\r\n", "OPTIONS OPTIONS -"),
	DATAGRAM("CSeq disagrees", OPTIONS "CSeq: 1 BYE\r\n\r\n", "OPTIONS BYE -"),
	DATAGRAM("CSeq, no space after the colon", OPTIONS "CSEQ:1 BYE\r\n\r\n", "OPTIONS BYE -"),
	DATAGRAM("CSeq, many spaces", OPTIONS "cseq \t:  \t 1 \t BYE \t\r\n\r\n", "OPTIONS BYE -"),
	DATAGRAM("CSeq, folded", OPTIONS "CSeq:\r\n 1\r\n BYE\r\n\r\n", "OPTIONS BYE -"),
	DATAGRAM("CSeq, extension", OPTIONS "CSeq: 1 FOO\r\n\r\n", "OPTIONS FOO -"),
	DATAGRAM("CSeq, 23 characters", OPTIONS "CSeq: 1 " NAME23 "\r\n\r\n", "OPTIONS " NAME23 " -"),
	DATAGRAM("CSeq, 24 characters", OPTIONS "CSeq: 1 " NAME23 "X\r\n\r\n", "OPTIONS UNKNOWN -"),
	STREAM("CSeq, 24 characters, then garbage for a length", OPTIONS "CSeq: 1 " NAME23 "X\r\nl: 12x\r\n\r\n",
	       "OPTIONS UNKNOWN -"),
	DATAGRAM("CSeq, absent", OPTIONS "\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("CSeq, empty", OPTIONS "CSeq:\r\n\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("CSeq, no method", OPTIONS "CSeq: 1\r\n\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("CSeq, no number", OPTIONS "CSeq: BYE\r\n\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("CSeq, no space between", OPTIONS "CSeq: 1BYE\r\n\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("CSeq, lower case method", OPTIONS "CSeq: 1 bye\r\n\r\n", "OPTIONS bye -"),
	DATAGRAM("CSeq, number beyond 64 bits", OPTIONS "CSeq: 99999999999999999999999 BYE\r\n\r\n", "OPTIONS BYE -"),
	DATAGRAM("CSeq, method cut off", OPTIONS "CSeq: 1 BYE", "OPTIONS UNKNOWN -"),
	DATAGRAM("CSeq, in the body", OPTIONS "\r\nCSeq: 1 BYE\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("RAck is no CSeq", OPTIONS "RAck: 1 2 BYE\r\n\r\n", "OPTIONS UNKNOWN -"),
	/* The topmost Via's transport. */
	DATAGRAM("Via UDP", OPTIONS "Via: SIP/2.0/UDP a\r\n\r\n", "OPTIONS UNKNOWN UDP"),
	DATAGRAM("Via TCP", OPTIONS "Via: SIP/2.0/TCP a\r\n\r\n", "OPTIONS UNKNOWN TCP"),
	DATAGRAM("Via TLS", OPTIONS "Via: SIP/2.0/TLS a\r\n\r\n", "OPTIONS UNKNOWN TLS"),
	DATAGRAM("Via SCTP", OPTIONS "Via: SIP/2.0/SCTP a\r\n\r\n", "OPTIONS UNKNOWN SCTP"),
	DATAGRAM("Via WS", OPTIONS "Via: SIP/2.0/WS a\r\n\r\n", "OPTIONS UNKNOWN WS"),
	DATAGRAM("Via WSS", OPTIONS "Via: SIP/2.0/WSS a\r\n\r\n", "OPTIONS UNKNOWN WSS"),
	DATAGRAM("Via, lower case", OPTIONS "VIA: sip/2.0/wss a\r\n\r\n", "OPTIONS UNKNOWN WSS"),
	DATAGRAM("Via, compact", OPTIONS "v:SIP/2.0/TCP a\r\n\r\n", "OPTIONS UNKNOWN TCP"),
	DATAGRAM("Via, spaces", OPTIONS "V : SIP / 2.0 / TLS a\r\n\r\n", "OPTIONS UNKNOWN TLS"),
	DATAGRAM("Via, folded", OPTIONS "Via:\r\n SIP\r\n /2.0/\r\n\tTCP\r\n a\r\n\r\n", "OPTIONS UNKNOWN TCP"),
	DATAGRAM("Via, topmost of two", OPTIONS "Via: SIP/2.0/TCP a\r\nVia: SIP/2.0/UDP b\r\n\r\n",
		 "OPTIONS UNKNOWN TCP"),
	DATAGRAM("Via, first of a list", OPTIONS "Via: SIP/2.0/TLS a, SIP/2.0/UDP b\r\n\r\n", "OPTIONS UNKNOWN TLS"),
	DATAGRAM("Via, unknown transport", OPTIONS "Via: SIP/2.0/DTLS-SRTP a\r\n\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("Via, transport that begins alike", OPTIONS "Via: SIP/2.0/TCP6 a\r\n\r\n", "OPTIONS UNKNOWN -"),
	DATAGRAM("Via, control characters",
		 OPTIONS "Via: SIP/2.0/\x15"
			 "DP a\r\n\r\n",
		 "OPTIONS UNKNOWN -"),
	/* Content-Length counts on streams only. */
	STREAM("length", OPTIONS "Content-Length: 5\r\n\r\nhello", "OPTIONS UNKNOWN - length=5"),
	DATAGRAM("length on a datagram", OPTIONS "Content-Length: 5\r\n\r\nhello", "OPTIONS UNKNOWN -"),
	STREAM("length, compact", OPTIONS "l:0\r\n\r\n", "OPTIONS UNKNOWN - length=0"),
	STREAM("length, odd case", OPTIONS "cONTENT-lENGTH \t: 007 \r\n\r\n", "OPTIONS UNKNOWN - length=7"),
	STREAM("length, folded", OPTIONS "L:\r\n 12\r\n\r\n", "OPTIONS UNKNOWN - length=12"),
	STREAM("length, LF alone", "SIP/2.0 200 OK\nl: 3\n\nabc", "200 UNKNOWN - length=3"),
	STREAM("length behind the wanted headers", INVITE V C "t: b;tag=1\r\nX: y\r\nContent-Length: 4\r\n\r\n",
	       "ReINVITE INVITE UDP length=4"),
	STREAM("length before them", "SIP/2.0 200 OK\r\nl: 4\r\n" V C "\r\n", "200 INVITE UDP length=4"),
	STREAM("length, absent", OPTIONS V "\r\n", "OPTIONS UNKNOWN UDP"),
	STREAM("length, empty", OPTIONS "l:\r\n\r\n", "OPTIONS UNKNOWN -"),
	STREAM("length, no number", OPTIONS "l: x\r\n\r\n", "OPTIONS UNKNOWN -"),
	STREAM("length, negative", OPTIONS "l: -1\r\n\r\n", "OPTIONS UNKNOWN -"),
	STREAM("length, letters behind", OPTIONS "l: 12x\r\n\r\n", "OPTIONS UNKNOWN -"),
	STREAM("length, beyond 32 bits", OPTIONS "l: 4294967301\r\n\r\n", "OPTIONS UNKNOWN - length=2147483647"),
	STREAM("length, beyond 64 bits", OPTIONS "l: 18446744073709551621\r\n\r\n",
	       "OPTIONS UNKNOWN - length=2147483647"),
	STREAM("length, first of two counts", OPTIONS "l: 1\r\nl: 2\r\n\r\n", "OPTIONS UNKNOWN - length=1"),
	STREAM("length, in the body", OPTIONS "\r\nl: 1\r\n", "OPTIONS UNKNOWN -"),
	STREAM("length, cut off", OPTIONS "l: 12", "OPTIONS UNKNOWN -"),
	STREAM("Content-Type is no length", OPTIONS "Content-Type: 12\r\nc: 3\r\n\r\n", "OPTIONS UNKNOWN -"),
	STREAM("Content-Lengths is no length", OPTIONS "Content-Lengths: 12\r\n\r\n", "OPTIONS UNKNOWN -"),
	STREAM("Content\\rLength is no length", OPTIONS "Content\rLength: 12\r\n\r\n", "OPTIONS UNKNOWN -"),
	/* Bytes that end too early: the first fragment of a datagram, a segment. */
	CUT("cut in the method", "INVI", "truncated"),
	CUT("cut in the URI", "INVITE sip:a", "truncated"),
	CUT("cut after the URI", "INVITE sip:a ", "truncated"),
	CUT("cut in SIP", "INVITE sip:a SI", "truncated"),
	CUT("cut after SIP/", "INVITE sip:a SIP/", "truncated"),
	CUT("cut in the version", "INVITE sip:a SIP/2.", "truncated"),
	CUT("cut after the version", "INVITE sip:a SIP/2.0", "truncated"),
	CUT("cut in CRLF", "INVITE sip:a SIP/2.0\r", "truncated"),
	CUT("cut in the version, response", "SIP/2", "truncated"),
	CUT("cut in the status", "SIP/2.0 20", "truncated"),
	CUT("cut in the reason", "SIP/2.0 200 O", "truncated"),
	CUT("cut after the start line", "SIP/2.0 200 OK\r\n", "200 UNKNOWN -"),
	CUT("cut in To", INVITE C "To: <sip:b>;ta", "INVITE INVITE -"),
	CUT("cut in a wrong version", "INVITE sip:a SIP/7", "malformed"),
	CUT("cut in a method that is too long", NAME23 "X sip", "not_sip"),
	DATAGRAM("whole, and ends in the version", "INVITE sip:a SIP/2.", "malformed"),
	DATAGRAM("whole, and ends behind the version", "INVITE sip:a SIP/2.0", "malformed"),
	DATAGRAM("whole, and ends in the URI", "INVITE sip:a", "not_sip"),
	STREAM("segment that ends in the method", "INVI", "truncated"),
	STREAM("segment that ends in the URI", "INVITE sip:a", "truncated"),
	STREAM("segment that ends in the version", "INVITE sip:a SIP/2.", "truncated"),
	STREAM("HTTP that opens a WebSocket", "GET /sip HTTP/1.1\r\nHost: b\r\n\r\n", "not_sip"),
	STREAM("HTTP, in spite of what follows", "GET /sip HTTP/1.1 SIP/2.0\r\n\r\n", "not_sip"),
	STREAM("HTTP's answer, cut", "HTTP/1.1 10", "truncated"),
	STREAM("HTTP's answer", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "not_sip"),
	STREAM("another answer of HTTP", "HTTP/1.1 200 OK\r\n\r\n", "not_sip"),
	STREAM("a method of the same name", "GET sip:b SIP/2.0\r\nl:0\r\n\r\n", "GET UNKNOWN - length=0"),
	STREAM("segment that ends in the status", "SIP/2.0 2", "truncated"),
};

static struct guard guard;
static struct views_window window;

static void assert_same(const struct answer *answer, const struct answer *other, const char *what, unsigned int which,
			size_t length)
{
	char text[ANSWER_TEXT_SIZE], other_text[ANSWER_TEXT_SIZE];

	if (memcmp(answer, other, sizeof(*answer)) == 0)
		return;
	fail_msg("%s %u, %zu bytes: \"%s\" (body at %u), one view: \"%s\" (body at %u)", what, which, length,
		 answer__text(answer, text), answer->body, answer__text(other, other_text), other->body);
}

/* Both ends of the guarded memory, the short way where it goes, and the reference give the same answer. */
static void read_all_ways(const unsigned char *bytes, size_t length, enum answer_carrier carrier,
			  struct answer *ret_answer)
{
	struct answer answer;

	views__whole(guard__at_end(&guard, bytes, length), length, carrier, ret_answer);
	views__whole(guard__at_start(&guard, bytes, length), length, carrier, &answer);
	assert_same(&answer, ret_answer, "at a page's start, carrier", carrier, length);
	if (views__skim(guard__at_end(&guard, bytes, length), length, carrier, &answer))
		assert_same(&answer, ret_answer, "the short way, carrier", carrier, length);
	reference__read(bytes, length, carrier, &answer);
	assert_same(&answer, ret_answer, "reference, carrier", carrier, length);
}

static void read_windows(const unsigned char *bytes, size_t length, enum answer_carrier carrier,
			 const struct answer *expected)
{
	struct answer answer;

	for (window.size = VIEWS_WINDOW_MIN; window.size <= WINDOW_LAST; window.size++) {
		views__windows(&window, bytes, length, carrier, &answer);
		assert_same(&answer, expected, "windows of", window.size, length);
	}
}

static void test_message(void **state)
{
	const struct message *message = *state;
	const unsigned char *bytes = (const unsigned char *)message->bytes;
	char text[ANSWER_TEXT_SIZE];
	struct answer answer, without_via;

	read_all_ways(bytes, message->size, message->carrier, &answer);
	assert_string_equal(answer__text(&answer, text), message->expected);
	read_windows(bytes, message->size, message->carrier, &answer);
	if (message->carrier != CARRIER_DATAGRAM)
		return;
	memset(answer.transport, 0, sizeof(answer.transport));
	read_all_ways(bytes, message->size, CARRIER_UDP, &without_via);
	assert_same(&without_via, &answer, "without Via, carrier", CARRIER_UDP, message->size);
	read_windows(bytes, message->size, CARRIER_UDP, &without_via);
}

/* A beginning of a message is the message, an INVITE whose tag is not there yet, or none. */
static void check_beginnings(const struct message *message, enum answer_carrier carrier)
{
	const unsigned char *bytes = (const unsigned char *)message->bytes;
	struct answer whole, answer, other;
	bool began = false;
	size_t length;

	read_all_ways(bytes, message->size, carrier, &whole);
	for (length = 0; length < message->size; length++) {
		read_all_ways(bytes, length, carrier, &answer);
		assert_true(began <= (answer.type[0] != '\0'));
		began = answer.type[0] != '\0';
		if (began && strcmp(answer.type, "INVITE") != 0)
			assert_string_equal(answer.type, whole.type);
		window.size = VIEWS_WINDOW_MIN + (unsigned int)length % 8;
		views__windows(&window, bytes, length, carrier, &other);
		assert_same(&other, &answer, "windows of", window.size, length);
	}
}

static void test_beginnings(void **state)
{
	size_t i;
	int carrier;

	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		for (carrier = 0; carrier < CARRIERS; carrier++)
			check_beginnings(&messages[i], carrier);
}

/* Behind the headers of a message that is skimmed there is room for a block. */
#define BODY "\r\n01234567890123456789012345678901"
#define LF_BODY "\n01234567890123456789012345678901"
#define RESPONSE "SIP/2.0 200 OK\r\n"

/* Messages as nearly all are written: were they read the long way, each would cost several times as much. */
static const struct message plain_messages[] = {
	DATAGRAM("plain request", INVITE V "To: <sip:b>\r\n" C BODY, "INVITE INVITE UDP"),
	DATAGRAM("plain, tag", INVITE V "To: <sip:b>;tag=1\r\n" C BODY, "ReINVITE INVITE UDP"),
	DATAGRAM("plain, display name", INVITE V "To: Bob <sip:b>;tag=1\r\n" C BODY, "ReINVITE INVITE UDP"),
	DATAGRAM("plain, quoted name", INVITE V "To: \"Bob;tag=1\" <sip:b>\r\n" C BODY, "INVITE INVITE UDP"),
	DATAGRAM("plain, quoted name and tag", INVITE V "To: \"B\" <sip:b>;tag=1\r\n" C BODY, "ReINVITE INVITE UDP"),
	DATAGRAM("plain, URI parameter", INVITE V "To: <sip:b;user=phone>\r\n" C BODY, "INVITE INVITE UDP"),
	DATAGRAM("plain, URI parameter and tag", INVITE V "To: <sip:b;a=1>;tag=1\r\n" C BODY, "ReINVITE INVITE UDP"),
	DATAGRAM("plain, without angle brackets", INVITE V "To: sip:b\r\n" C BODY, "INVITE INVITE UDP"),
	DATAGRAM("plain, compact", INVITE "v: SIP/2.0/UDP a\r\nt: <sip:b>;tag=1\r\n" C BODY, "ReINVITE INVITE UDP"),
	DATAGRAM("plain, names in any case", INVITE "vIA: SIP/2.0/UDP a\r\ntO: <sip:b>\r\ncSEQ: 1 INVITE\r\n" BODY,
		 "INVITE INVITE UDP"),
	DATAGRAM("plain, Call-ID and Contact", OPTIONS V "Call-ID: 1\r\nContact: <sip:c>\r\nCSeq: 1 OPTIONS\r\n" BODY,
		 "OPTIONS OPTIONS UDP"),
	DATAGRAM("plain response", RESPONSE V "To: <sip:b>;tag=1\r\nCSeq: 314159 REGISTER\r\n" BODY,
		 "200 REGISTER UDP"),
	DATAGRAM("plain, two Vias", RESPONSE V "Via: SIP/2.0/TCP b\r\nCSeq: 1 BYE\r\n" BODY, "200 BYE UDP"),
	DATAGRAM("plain, TLS", RESPONSE "Via: SIP/2.0/TLS a\r\nCSeq: 1 BYE\r\n" BODY, "200 BYE TLS"),
	DATAGRAM("plain, WSS", RESPONSE "Via: SIP/2.0/WSS a\r\nCSeq: 1 BYE\r\n" BODY, "200 BYE WSS"),
	DATAGRAM("plain, no CSeq", OPTIONS V BODY, "OPTIONS UNKNOWN UDP"),
	DATAGRAM("plain, folded line of no interest", RESPONSE "Subject: a\r\n Via: b\r\n" V "CSeq: 1 BYE\r\n" BODY,
		 "200 BYE UDP"),
	STREAM("plain, length", RESPONSE V "CSeq: 1 BYE\r\nContent-Type: a\r\nContent-Length: 135\r\n" BODY,
	       "200 BYE UDP length=135"),
	STREAM("plain, length behind spaces", RESPONSE V "CSeq: 1 BYE\r\nContent-Length:   7\r\n" BODY,
	       "200 BYE UDP length=7"),
	STREAM("plain, compact length", RESPONSE V "CSeq: 1 BYE\r\nl: 1234567\r\n" BODY, "200 BYE UDP length=1234567"),
	STREAM("plain, lines end in LF",
	       "INVITE sip:a SIP/2.0\nVia: SIP/2.0/tcp a\nTo: <sip:b>\nCSeq: 1 INVITE\nl: 7\nExpires: 1\n" LF_BODY,
	       "INVITE INVITE TCP length=7"),
	STREAM("plain, lines end in LF, tag", "INVITE sip:a SIP/2.0\nTo: <sip:b>;tag=1\nCSeq: 1 INVITE\n" LF_BODY,
	       "ReINVITE INVITE -"),
	STREAM("plain, white space behind the method", RESPONSE V "CSeq: 1 SUBSCRIBE \r\nl: 7\r\n" BODY,
	       "200 SUBSCRIBE UDP length=7"),
	STREAM("plain, ends with its headers", RESPONSE V "To: <sip:b>;tag=1\r\nCSeq: 1 BYE\r\nl:0\r\n\r\n",
	       "200 BYE UDP length=0"),
	STREAM("plain, ends with its headers, lines end in LF",
	       "BYE sip:a SIP/2.0\nv: SIP/2.0/TCP a\nl:0\nCSeq: 1 BYE\n\n", "BYE BYE TCP length=0"),
};

static void test_plain(void **state)
{
	char text[ANSWER_TEXT_SIZE];
	struct answer answer, other;
	size_t i;

	for (i = 0; i < sizeof(plain_messages) / sizeof(plain_messages[0]); i++) {
		const struct message *message = &plain_messages[i];
		const unsigned char *bytes = (const unsigned char *)message->bytes;

		if (!views__skim(guard__at_end(&guard, bytes, message->size), message->size, message->carrier, &answer))
			fail_msg("%s: the short way does not take it", message->name);
		if (strcmp(answer__text(&answer, text), message->expected) != 0)
			fail_msg("%s: \"%s\", expected \"%s\"", message->name, text, message->expected);
		read_all_ways(bytes, message->size, message->carrier, &other);
	}
}

static void check_hostile(const struct hostile *hostile, enum answer_carrier carrier, const char *verdict)
{
	unsigned char bytes[HOSTILE_LENGTH];
	struct answer answer;

	hostile__fill(hostile, bytes);
	for (window.size = VIEWS_PROGRAM_WINDOW; window.size <= VIEWS_WINDOW_MAX; window.size += 5) {
		views__bounded(&window, bytes, sizeof(bytes), carrier, &answer);
		if (strcmp(answer.verdict, verdict) != 0)
			fail_msg("%s, window of %u: %s, expected %s", hostile->name, window.size, answer.verdict,
				 verdict);
	}
}

/* What would take too long is not read to its end, wherever the windows end. */
static void test_hostile(void **state)
{
	size_t i;

	for (i = 0; i < HOSTILES; i++) {
		bool is_via = strstr(hostiles[i].start, "Via: ") != NULL;

		check_hostile(&hostiles[i], CARRIER_DATAGRAM, hostiles[i].verdict);
		check_hostile(&hostiles[i], CARRIER_UDP, is_via ? "message" : hostiles[i].verdict);
	}
}

/* A valid message with a long and strange method, and the text of other protocols, do not take too long. */
static void test_not_hostile(void **state)
{
#define STRANGE "!Strange-METHOD9876543210_*+`.%certainly'~"
	static const char strange[] = STRANGE
		" sip:2_strange.URI~(and-not!wrong)&is+it$?,/;;*:&no=1,weird!*pas$wo~d.(is-it)@example.com SIP/2.0\r\n"
		"Via: SIP/2.0/TCP a.example.com;branch=z9hG4bK-.!%66*_+`'~\r\n"
		"To: \"BEL:\\\7 DEL:\\\x7f\" <sip:2_strange.URI~(and-not!wrong)&is+it$?,/;;*@example.com>\r\n"
		"From: word1~` word2'+_ word3*%!.- <sip:a@example.com>;x''~+*_!.-%=\"\xd1\x80\";tag=_1'+`*%!-.\r\n"
		"Call-ID: word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\r\nCSeq: 139122385 " STRANGE "\r\n"
		"Max-Forwards: 255\r\nContent-Length: 0\r\n\r\n";
	static const struct {
		const char *verdict, *text;
	} texts[] = { { "not_sip", "0f" },
		      { "not_sip", "A" },
		      { "not_sip", "lorem ipsum dolor sit amet " },
		      { "not_sip", "temp 21.5,22.1,33.0," } };
	const enum answer_carrier carriers[] = { CARRIER_DATAGRAM, CARRIER_UDP };
	unsigned char bytes[1472];
	struct answer answer;
	size_t i, j, k;

	window.size = VIEWS_PROGRAM_WINDOW;
	for (i = 0; i < 2; i++) {
		views__bounded(&window, (const unsigned char *)strange, sizeof(strange) - 1, carriers[i], &answer);
		assert_string_equal(answer.verdict, "message");
		for (j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			for (k = 0; k < sizeof(bytes); k++)
				bytes[k] = (unsigned char)texts[j].text[k % strlen(texts[j].text)];
			views__bounded(&window, bytes, sizeof(bytes), carriers[i], &answer);
			assert_string_equal(answer.verdict, texts[j].verdict);
		}
	}
}

/* Each byte at each place of a word, among bytes of a token and among others. */
static void test_token_marks(void **state)
{
	static const __u64 neighbours[] = { SIP_ONES * 'a', SIP_ONES * ' ', SIP_ONES * 0xff, 0 };
	__u64 word, marks, others;
	__u32 c, i, j;

	for (j = 0; j < sizeof(neighbours) / sizeof(neighbours[0]); j++) {
		others = SIP_IS_TOKEN(neighbours[j] & 0xff) ? 0 : SIP_HIGHS;
		for (i = 0; i < 8; i++) {
			for (c = 0; c < 256; c++) {
				word = (neighbours[j] & ~(0xffULL << 8 * i)) | (__u64)c << 8 * i;
				marks = (others & ~(0xffULL << 8 * i)) | (SIP_IS_TOKEN(c) ? 0 : 0x80ULL << 8 * i);
				assert_int_equal(sip__mark_others_than_token(word), marks);
			}
		}
	}
}

/* Every byte behind every number of digits. */
static void test_digits(void **state)
{
	static const char digits[] = "90817263";
	__u64 word = SIP_WORD("90817263"), marks;
	unsigned int count, c, number = 0;

	assert_int_equal(sip__mark_others_than_digits(word), 0);
	for (count = 0; count < 8; count++) {
		for (c = 0; c < 256; c++) {
			marks = sip__mark_others_than_digits((word & ~(0xffULL << 8 * count)) | (__u64)c << 8 * count);
			if (c >= '0' && c <= '9')
				assert_int_equal(marks, 0);
			else
				assert_int_equal(sip__first_mark(marks), count);
		}
		number = number * 10 + (unsigned int)(digits[count] - '0');
		assert_int_equal(sip__number(word, count + 1), number);
	}
}

/* Numbers and methods of all lengths in CSeq, with any byte behind them. */
static void test_cseq(void **state)
{
	static const char before[] = "BYE sip:a SIP/2.0\r\nCSeq: ", after[] = "\r\nl: 4\r\n\r\nbody";
	unsigned int digits, length, c;
	unsigned char bytes[256], *at;
	struct answer answer;

	for (digits = 1; digits < 20; digits++) {
		for (length = 0; length < 75; length++) {
			for (c = (digits + length) % 8; c < 256; c += 8) {
				at = (unsigned char *)mempcpy(bytes, before, sizeof(before) - 1);
				memset(at, '4', digits);
				at[digits] = ' ';
				at += digits + 1;
				memset(at, length & 1 ? 'M' : '.', length);
				at[length] = (unsigned char)c;
				memcpy(at + length + 1, after, sizeof(after) - 1);
				at += length + sizeof(after);
				read_all_ways(bytes, (size_t)(at - bytes), CARRIER_STREAM, &answer);
			}
		}
	}
}

static uint64_t random_state = 0x5349502f322e3021;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32) % n;
}

static const struct message *random_message(void)
{
	if (random_below(2))
		return &plain_messages[random_below(sizeof(plain_messages) / sizeof(plain_messages[0]))];
	return &messages[random_below(sizeof(messages) / sizeof(messages[0]))];
}

/* Overwrites, inserts, removes or splices in a few bytes. Returns the new length. */
static size_t mutate(unsigned char *bytes, size_t length)
{
	static const char tempting[] = "\r\n \t:;=<>\"\\/,.TtAaGgVvLlCcSIP20\0\x7f\x80\xff\x0d\x2d";
	size_t at = random_below((uint32_t)length + 1), size = 1 + random_below(12);
	const struct message *other = random_message();

	switch (random_below(4)) {
	case 0:
		bytes[at] = (unsigned char)tempting[random_below(sizeof(tempting))];
		return at == length ? length + 1 : length;
	case 1:
		memmove(bytes + at + 1, bytes + at, length - at);
		bytes[at] = (unsigned char)tempting[random_below(sizeof(tempting))];
		return length + 1;
	case 2:
		size = size < length - at ? size : length - at;
		memmove(bytes + at, bytes + at + size, length - at - size);
		return length - size;
	default:
		size = size < other->size ? size : other->size;
		memmove(bytes + at + size, bytes + at, length - at);
		memcpy(bytes + at, other->bytes + random_below((uint32_t)(other->size - size + 1)), size);
		return length + size;
	}
}

static void test_mutations(void **state)
{
	unsigned char bytes[LENGTH_MAX];
	const struct message *message;
	struct answer answer, other;
	unsigned int i, mutations, carrier;
	size_t length;

	for (i = 0; i < MUTATIONS; i++) {
		message = random_message();
		length = message->size;
		memcpy(bytes, message->bytes, length);
		for (mutations = 1 + random_below(4); mutations > 0; mutations--)
			length = mutate(bytes, length);
		carrier = random_below(CARRIERS);
		read_all_ways(bytes, length, carrier, &answer);
		window.size = VIEWS_WINDOW_MIN + random_below(WINDOW_LAST);
		views__windows(&window, bytes, length, carrier, &other);
		assert_same(&other, &answer, "mutation, windows of", window.size, length);
	}
}

int main(void)
{
	enum { COUNT = sizeof(messages) / sizeof(messages[0]) };
	struct CMUnitTest tests[COUNT + 8] = {
		[COUNT] = cmocka_unit_test(test_plain),           [COUNT + 1] = cmocka_unit_test(test_hostile),
		[COUNT + 2] = cmocka_unit_test(test_not_hostile), [COUNT + 3] = cmocka_unit_test(test_beginnings),
		[COUNT + 4] = cmocka_unit_test(test_mutations),   [COUNT + 5] = cmocka_unit_test(test_token_marks),
		[COUNT + 6] = cmocka_unit_test(test_digits),      [COUNT + 7] = cmocka_unit_test(test_cseq),
	};
	size_t i;
	int failed;

	for (i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){ messages[i].name, test_message, NULL, NULL, (void *)&messages[i] };
	guard = guard__new(LENGTH_MAX);
	window.guard = guard__new(VIEWS_WINDOW_MAX + VIEWS_SLACK);
	failed = _cmocka_run_group_tests("sip", tests, COUNT + 8, NULL, NULL);
	guard__free(&guard);
	guard__free(&window.guard);
	return failed;
}
