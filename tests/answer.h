/* SPDX-License-Identifier: BSD-2-Clause */
/* What a classifier says of a message, in words, so that classifiers of different make can be compared. */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdio.h>

#define ANSWER_TEXT_SIZE 160

/* How the bytes of a message came. */
enum answer_carrier {
	CARRIER_DATAGRAM, /* the whole message */
	CARRIER_CUT,      /* the beginning of a datagram */
	CARRIER_STREAM,
	CARRIER_UDP, /* the whole message, whose transport is known, so that Via does not matter */
	CARRIERS,
};

/* All of it is compared with memcmp(): what is not said is zero. */
struct answer {
	char verdict[16]; /* "message", else why it is none */
	char type[24];
	char method[24];            /* CSeq's */
	char transport[8];          /* the topmost Via's; empty: none that is known */
	unsigned int headers_ended; /* on streams, as are all below */
	unsigned int body;          /* offset of the body, if the headers ended */
	unsigned int has_length;
	unsigned int length; /* Content-Length, if there is one */
};

/* "malformed", "INVITE INVITE UDP", "200 BYE - length=7", "BYE BYE TCP open" where a stream's headers did not end. */
static inline const char *answer__text(const struct answer *answer, char text[ANSWER_TEXT_SIZE])
{
	int at;

	at = snprintf(text, ANSWER_TEXT_SIZE, "%s", answer->verdict);
	if (!answer->type[0])
		return text;
	at = snprintf(text, ANSWER_TEXT_SIZE, "%s %s %s", answer->type, answer->method,
		      answer->transport[0] ? answer->transport : "-");
	if (answer->has_length)
		at += snprintf(text + at, ANSWER_TEXT_SIZE - (size_t)at, " length=%u", answer->length);
	return text;
}

#endif
