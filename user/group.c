// SPDX-License-Identifier: BSD-2-Clause
/*
 * Addresses are compared as their texts would be, which is what sipcounter's users know, but a million texts are too
 * many to keep or to make again for each comparison. So the first 24 characters are packed into two words that compare
 * like them, and only IPv6 addresses that are longer and begin alike are written out.
 */
#include "group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHARACTER_BITS 5
#define CHARACTER_MASK 31
#define WORD_CHARACTERS 12

/* A link and what it is sorted by; what lies beyond the depth is 0. */
struct group_row {
	__u64 server[2];
	__u64 client[2];
	__u64 rest; /* transport, server port, client port, from the highest bits to the lowest */
	const struct counter_link *link;
};

/* A character of an address as a number of CHARACTER_BITS: in ASCII's order, and 0 is the end. */
static __u64 pack_character(char c)
{
	if (c == '.')
		return 1;
	if (c >= '0' && c <= '9')
		return 2 + (__u64)(c - '0');
	return c == ':' ? 12 : 13 + (__u64)(c - 'a');
}

static void pack_address(const struct in6_addr *address, __u64 ret_words[2])
{
	char text[INET6_ADDRSTRLEN];
	size_t i, length;

	link__address_text(address, text);
	length = strlen(text);
	for (i = 0; i < 2 * WORD_CHARACTERS; i++) {
		ret_words[i / WORD_CHARACTERS] <<= CHARACTER_BITS;
		if (i < length)
			ret_words[i / WORD_CHARACTERS] |= pack_character(text[i]);
	}
}

/* The transport's place among all transports, by name. */
static __u64 transport_rank(enum sip_transport transport)
{
	__u64 rank = 0;
	int other;

	for (other = 0; other < SIP_TRANSPORT_COUNT; other++)
		rank += strcmp(link__transport_name(other), link__transport_name(transport)) < 0;
	return rank;
}

static struct group_row make_row(const struct counter_link *link, int depth)
{
	struct group_row row = { .link = link };

	if (link->link.is_other) {
		row.server[0] = ~0ULL;
		return row;
	}
	pack_address(&link->link.server, row.server);
	if (depth >= 2)
		pack_address(&link->link.client, row.client);
	if (depth >= 3)
		row.rest = transport_rank(link->link.transport) << 32;
	if (depth >= 4)
		row.rest |= (__u64)link->link.server_port << 16;
	if (depth >= 5)
		row.rest |= link->link.client_port;
	return row;
}

static int compare_words(__u64 a, __u64 b)
{
	return (a > b) - (a < b);
}

static int compare_addresses(const __u64 a[2], const __u64 b[2], const struct in6_addr *a_address,
			     const struct in6_addr *b_address)
{
	char a_text[INET6_ADDRSTRLEN], b_text[INET6_ADDRSTRLEN];

	if (a[0] != b[0])
		return compare_words(a[0], b[0]);
	if (a[1] != b[1])
		return compare_words(a[1], b[1]);
	if (!(a[1] & CHARACTER_MASK)) /* the whole text is in the words */
		return 0;
	return strcmp(link__address_text(a_address, a_text), link__address_text(b_address, b_text));
}

static int compare_rows(const void *a_row, const void *b_row)
{
	const struct group_row *a = a_row, *b = b_row;
	int order = compare_addresses(a->server, b->server, &a->link->link.server, &b->link->link.server);

	if (!order)
		order = compare_words(a->rest, b->rest);
	if (!order)
		order = compare_addresses(a->client, b->client, &a->link->link.client, &b->link->link.client);
	return order;
}

static bool has_messages(const struct counter_link *link)
{
	__u32 i;

	for (i = 0; i < link->messages_count; i++) {
		if (link->messages[i].count)
			return true;
	}
	return false;
}

int groups__sort(const struct counters *counters, int depth, struct groups *ret_groups)
{
	size_t links_count = counters__links_count(counters), i;
	struct groups groups = { .depth = depth };
	const struct counter_link *link;

	if (depth < GROUP_DEPTH_MIN || depth > GROUP_DEPTH_MAX)
		return -EINVAL;
	groups.rows = calloc(links_count + 1, sizeof(*groups.rows));
	if (!groups.rows)
		return -ENOMEM;
	for (i = 0; i < links_count; i++) {
		link = counters__link(counters, i);
		if (has_messages(link))
			groups.rows[groups.rows_count++] = make_row(link, depth);
	}
	qsort(groups.rows, groups.rows_count, sizeof(*groups.rows), compare_rows);
	*ret_groups = groups;
	return 0;
}

void groups__free(struct groups *groups)
{
	free(groups->rows);
	groups->rows = NULL;
	groups->rows_count = 0;
}

bool groups__next(const struct groups *groups, struct group *group)
{
	size_t first = group->first + group->count, end = first + 1;

	if (first >= groups->rows_count)
		return false;
	while (end < groups->rows_count && compare_rows(&groups->rows[first], &groups->rows[end]) == 0)
		end++;
	group->first = first;
	group->count = end - first;
	return true;
}

const struct counter_link *groups__link(const struct groups *groups, size_t i)
{
	return groups->rows[i].link;
}
