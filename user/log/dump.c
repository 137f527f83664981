// SPDX-License-Identifier: BSD-2-Clause
/* See dump.h. */
#include "log/dump.h"

#include <string.h>

#include "log/start_line.h"

#define IPV4_FIRST 'E' /* 0x45: version 4, five words without options (RFC 791 3.1) */
#define IPV4_LAST 'O'
#define IPV6_FIRST '`' /* 0x60: version 6 (RFC 8200 3) */
#define IPV6_LAST 'o'
#define IPV6_LENGTH 40
#define IPV6_FRAGMENT_LENGTH 8 /* RFC 8200 4.5 */
#define UDP_LENGTH 8
#define TCP_OFFSET 12 /* of the length, in words, in the upper half of a byte (RFC 9293 3.1) */
#define TCP_LENGTH_MAX 60
#define TCP_UNSEEN_MIN 32 /* the shortest header of which the length is printed as a dot */
#define WORD 4

void dump__add_line(struct dump *dump, const char *line, size_t length)
{
	size_t room;

	if (!dump__has_headers(dump))
		return;
	room = sizeof(dump->text) - dump->length;
	memcpy(dump->text + dump->length, line, length < room ? length : room);
	if (length < room)
		dump->text[dump->length + length] = '\n';
	dump->length += length + 1;
	dump->feeds++;
}

/* Returns the character at a place, or a NUL behind the line's end. */
static char character_at(const struct dump *dump, const char *line, size_t end, size_t place)
{
	if (place < dump->length)
		return dump->text[place];
	place -= dump->length;
	return place < end ? line[place] : '\0';
}

/* Returns the length of the IP header, without extension headers; 0: there is none. */
static size_t ip_length(char first)
{
	if (first >= IPV4_FIRST && first <= IPV4_LAST)
		return (size_t)(first & 0xf) * WORD;
	return first >= IPV6_FIRST && first <= IPV6_LAST ? IPV6_LENGTH : 0;
}

/* How much speaks for a method. */
enum likeness { NOWHERE, WITH_DOT, WITHOUT_DOT, KNOWN };

/* Where a method may begin in a line. */
struct search {
	const char *line;
	size_t from, to;
	size_t place;
	enum likeness likeness; /* of the one at the place */
};

/* Considers a place, which may be in another line. */
static void consider(struct search *search, size_t place)
{
	enum likeness likeness;

	if (place < search->from || place >= search->to)
		return;
	likeness = search->line[place] == '.' ? WITH_DOT : WITHOUT_DOT;
	if (start_line__is_known_method(search->line + place, search->to - place))
		likeness = KNOWN;
	if (likeness <= search->likeness)
		return;
	search->place = place;
	search->likeness = likeness;
}

/* Headers of this length. A line feed stands for one byte, or for a carriage return and itself. */
static void consider_headers(const struct dump *dump, size_t length, struct search *search)
{
	unsigned int returns;

	for (returns = 0; returns <= dump->feeds && length >= dump->length + returns; returns++)
		consider(search, length - returns - dump->length);
}

static void consider_tcp(const struct dump *dump, size_t ip, struct search *search)
{
	char offset = character_at(dump, search->line, search->to, ip + TCP_OFFSET);
	size_t length = offset == '.' ? TCP_UNSEEN_MIN : (size_t)((unsigned char)offset >> 4) * WORD,
	       longest = offset == '.' ? TCP_LENGTH_MAX : length;

	for (; length <= longest; length += WORD)
		consider_headers(dump, ip + length, search);
}

bool dump__find_payload(const struct dump *dump, enum sip_transport transport, const char *line, size_t from, size_t to,
			size_t *ret_place)
{
	struct search search = { .line = line, .from = from, .to = to };
	size_t ip = ip_length(character_at(dump, line, to, 0));

	if (!ip || !dump__has_headers(dump))
		return false;
	if (transport == SIP_TRANSPORT_UDP)
		consider_headers(dump, ip + UDP_LENGTH, &search);
	else if (transport == SIP_TRANSPORT_TCP)
		consider_tcp(dump, ip, &search);
	if (search.likeness == NOWHERE)
		return false;
	*ret_place = search.place;
	return true;
}

bool dump__find_rest(const struct dump *dump, enum sip_transport transport, bool is_fragment, const char *line,
		     size_t length, size_t *ret_place)
{
	size_t ip = ip_length(character_at(dump, line, length, 0)), headers = ip + UDP_LENGTH;
	char offset = character_at(dump, line, length, ip + TCP_OFFSET);

	if (!ip)
		return false;
	if (is_fragment)
		headers = ip + (ip == IPV6_LENGTH ? IPV6_FRAGMENT_LENGTH : 0);
	else if (transport == SIP_TRANSPORT_TCP)
		headers = ip + (offset == '.' ? TCP_UNSEEN_MIN : (size_t)((unsigned char)offset >> 4) * WORD);
	if (headers < dump->length || headers > dump->length + length)
		return false;
	*ret_place = headers - dump->length;
	return true;
}
