// SPDX-License-Identifier: BSD-2-Clause
/*
 * Addresses are compared as their texts would be, which is the order that sipcounter's users know, but a million texts
 * are too much to keep or to make again for each comparison. So each text is packed into three words that compare like
 * it.
 */
#include "group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An address is written in 18 characters; with the end of the text, 15 digits to the base of 19 fit in a word. */
#define ADDRESS_WORDS 3
#define WORD_CHARACTERS 15
#define CHARACTERS 19

/* Greater than the first word of any address. */
#define AFTER_ADDRESSES (~0ULL - 1)
#define AFTER_ALL (~0ULL)

_Static_assert(ADDRESS_WORDS *WORD_CHARACTERS >= INET6_ADDRSTRLEN - 1, "any address fits");

/* A link and what it is sorted by; what lies beyond the depth is 0. */
struct group_row {
	__u64 server[ADDRESS_WORDS];
	__u64 client[ADDRESS_WORDS];
	__u64 rest; /* transport, server port, client port, from the highest bits to the lowest */
	const struct counter_link *link;
};

/* The digits for the characters of addresses: in ASCII's order, and 0 is the end. */
static const __u8 digits[128] = {
	['.'] = 1,  ['0'] = 2,  ['1'] = 3,  ['2'] = 4,  ['3'] = 5,  ['4'] = 6,  ['5'] = 7,  ['6'] = 8,  ['7'] = 9,
	['8'] = 10, ['9'] = 11, [':'] = 12, ['a'] = 13, ['b'] = 14, ['c'] = 15, ['d'] = 16, ['e'] = 17, ['f'] = 18,
};

static void pack_address(const struct in6_addr *address, __u64 ret_words[ADDRESS_WORDS])
{
	char text[INET6_ADDRSTRLEN];
	const char *c = text;
	size_t word, i;

	link__address_text(address, text);
	for (word = 0; word < ADDRESS_WORDS; word++) {
		ret_words[word] = 0;
		for (i = 0; i < WORD_CHARACTERS && *c; i++)
			ret_words[word] = ret_words[word] * CHARACTERS + digits[*c++ & 127];
		for (; i < WORD_CHARACTERS && ret_words[word]; i++)
			ret_words[word] *= CHARACTERS;
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

/* "local" and "remote" come after all addresses, as their texts do. */
static void pack_end(enum link_end end, const struct in6_addr *address, __u64 ret_words[ADDRESS_WORDS])
{
	if (end == LINK_END_ADDRESS)
		pack_address(address, ret_words);
	else if (end == LINK_END_UNNAMED)
		ret_words[0] = AFTER_ADDRESSES;
}

static struct group_row make_row(const struct counter_link *link, int depth)
{
	struct group_row row = { .link = link };

	if (link->link.is_other) {
		row.server[0] = AFTER_ALL;
		return row;
	}
	pack_end(link->link.server_end, &link->link.server, row.server);
	if (depth >= 2)
		pack_end(link->link.client_end, &link->link.client, row.client);
	if (depth >= 3)
		row.rest = transport_rank(link->link.transport) << 32;
	if (depth >= 4)
		row.rest |= (__u64)link->link.server_port << 16;
	if (depth >= 5)
		row.rest |= link->link.client_port;
	return row;
}

static int compare_addresses(const __u64 *a, const __u64 *b)
{
	size_t i;

	for (i = 0; i < ADDRESS_WORDS; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

static int compare_rows(const void *a_row, const void *b_row)
{
	const struct group_row *a = a_row, *b = b_row;
	int order = compare_addresses(a->server, b->server);

	if (order)
		return order;
	if (a->rest != b->rest)
		return a->rest < b->rest ? -1 : 1;
	return compare_addresses(a->client, b->client);
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
		if (!counter_link__is_empty(link))
			groups.rows[groups.rows_count++] = make_row(link, depth);
	}
	qsort(groups.rows, groups.rows_count, sizeof(*groups.rows), compare_rows);
	*ret_groups = groups;
	return 0;
}

/* A group, and what it is ranked by. */
struct ranked {
	struct group group;
	__u64 total;
};

static __u64 group_total(const struct groups *groups, const struct group *group)
{
	const struct counter_link *link;
	__u64 total = 0;
	size_t i;
	__u32 j;

	for (i = 0; i < group->count; i++) {
		link = groups__link(groups, group->first + i);
		for (j = 0; j < link->messages_count; j++)
			total += link->messages[j].count;
	}
	return total;
}

static int compare_totals(const void *a_ranked, const void *b_ranked)
{
	const struct ranked *a = a_ranked, *b = b_ranked;

	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	return a->group.first > b->group.first ? -1 : 1;
}

static int compare_places(const void *a_ranked, const void *b_ranked)
{
	const struct ranked *a = a_ranked, *b = b_ranked;

	return a->group.first < b->group.first ? -1 : a->group.first > b->group.first;
}

/* Lets the rows be those of the ranked groups, in their order. */
static int replace_rows(struct groups *groups, const struct ranked *ranked, size_t count)
{
	struct group_row *rows = calloc(groups->rows_count + 1, sizeof(*rows)), *at = rows;
	size_t i;

	if (!rows)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		at = mempcpy(at, &groups->rows[ranked[i].group.first], ranked[i].group.count * sizeof(*rows));
	free(groups->rows);
	groups->rows = rows;
	groups->rows_count = (size_t)(at - rows);
	return 0;
}

int groups__select(struct groups *groups, enum group_order order, size_t top)
{
	struct group group = { 0 };
	struct ranked *ranked;
	bool is_part = false;
	size_t count = 0;
	int err;

	if (order == GROUP_BY_LINK && !top)
		return 0;
	ranked = calloc(groups->rows_count + 1, sizeof(*ranked));
	if (!ranked)
		return -ENOMEM;
	while (groups__next(groups, &group))
		ranked[count++] = (struct ranked){ .group = group, .total = group_total(groups, &group) };
	qsort(ranked, count, sizeof(*ranked), compare_totals);
	if (top && top < count) {
		count = top;
		is_part = true;
	}
	if (order == GROUP_BY_LINK)
		qsort(ranked, count, sizeof(*ranked), compare_places);
	err = replace_rows(groups, ranked, count);
	if (!err)
		groups->is_part |= is_part;
	free(ranked);
	return err;
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
