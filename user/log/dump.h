/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet as text, as tcpdump -A prints it: a character for each byte from the IP header on, and a dot for one that
 * cannot be seen. Where its headers end, its payload begins, whatever letters are in them.
 */
#ifndef DUMP_H
#define DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "counts/link.h"

#define DUMP_HEADERS_MAX 120 /* 60 bytes each of IPv4 and TCP */

/* The lines of a packet so far, because a line feed is not printed as a dot. All zero: none. */
struct dump {
	char text[DUMP_HEADERS_MAX]; /* the beginning */
	size_t length;
	unsigned int feeds;
};

/* Adds a line. Lines behind the longest headers change nothing. */
void dump__add_line(struct dump *dump, const char *line, size_t length);

/* Returns whether the next line may hold some of the headers. */
static inline bool dump__has_headers(const struct dump *dump)
{
	return dump->length < DUMP_HEADERS_MAX;
}

/*
 * Finds where the payload begins in the next line, whatever it is; a fragment but the first has no header but IP's.
 * Options of TCP are taken for a timestamp alone. Returns false if the lines are no packet, or if it begins elsewhere.
 */
bool dump__find_rest(const struct dump *dump, enum sip_transport transport, bool is_fragment, const char *line,
		     size_t length, size_t *ret_place);

/*
 * Finds where the payload begins in the next line, at a method; all bytes that may belong to it are between two places.
 * If it may begin at several, the likeliest method decides. Returns false if the lines are no packet of this transport,
 * or if the payload begins elsewhere.
 */
bool dump__find_payload(const struct dump *dump, enum sip_transport transport, const char *line, size_t from, size_t to,
			size_t *ret_place);

#endif
