// SPDX-License-Identifier: BSD-2-Clause
/*
 * See group.h. Addresses are ordered as their texts, which is the order that sipcounter's users know. A million texts
 * are too many to keep, or to make again for each comparison. So a text is packed into words that compare as the text
 * does. Links are sorted by the first word, those with the same first word by the second, and so on. Each link keeps
 * only one word at a time, and most links need no more than one or two.
 */
#include "counts/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The texts of addresses use 18 different characters. With the end of the text as the 19th, a word has room for 15. */
#define ADDRESS_WORDS 3
#define WORD_CHARACTERS 15
#define CHARACTERS 19

/* Greater than the first word of any address. */
#define AFTER_ADDRESSES (~0ULL - 1)
#define AFTER_ALL (~0ULL)

/* sort_by_digits() sorts by digits of a key. Their number must be even: 6 of 11 bits. */
#define KEY_BITS 64
#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

/* How many rows ahead links are fetched from memory, in which they lie scattered. */
#define ROWS_AHEAD 16

_Static_assert(ADDRESS_WORDS *WORD_CHARACTERS >= INET6_ADDRSTRLEN - 1, "any address fits");

/*
 * What links are sorted by, in this order: words of the server's address, transport and ports, words of the client's
 * address.
 */
enum level {
	LEVEL_SERVER,
	LEVEL_REST = LEVEL_SERVER + ADDRESS_WORDS,
	LEVEL_CLIENT,
	LEVELS = LEVEL_CLIENT + ADDRESS_WORDS,
};

/* A link. During sorting the key is its word at a level; afterwards it is the number of its group. */
struct group_row {
	__u64 key;
	const struct counter_link *link;
};

/* ---- words ---- */

/* The characters of addresses as digits, in the order of ASCII. 0 is the end of the text. */
static const __u8 digits[128] = {
	['.'] = 1,  ['0'] = 2,  ['1'] = 3,  ['2'] = 4,  ['3'] = 5,  ['4'] = 6,  ['5'] = 7,  ['6'] = 8,  ['7'] = 9,
	['8'] = 10, ['9'] = 11, [':'] = 12, ['a'] = 13, ['b'] = 14, ['c'] = 15, ['d'] = 16, ['e'] = 17, ['f'] = 18,
};

/* Returns a word of an address's text, or 0 past its end. */
static __u64 pack_address(const struct in6_addr *address, size_t word)
{
	char text[INET6_ADDRSTRLEN];
	const char *c = text;
	__u64 packed = 0;
	size_t i;

	if (word && IN6_IS_ADDR_V4MAPPED(address))
		return 0;
	link__address_text(address, text);
	if (strlen(text) < word * WORD_CHARACTERS)
		return 0;
	c += word * WORD_CHARACTERS;
	for (i = 0; i < WORD_CHARACTERS && *c; i++)
		packed = packed * CHARACTERS + digits[*c++ & 127];
	for (; i < WORD_CHARACTERS && packed; i++)
		packed *= CHARACTERS;
	return packed;
}

/* "local" and "remote" sort behind all addresses, as texts do. */
static __u64 pack_end(enum link_end end, const struct in6_addr *address, size_t word)
{
	if (end == LINK_END_ADDRESS)
		return pack_address(address, word);
	return end == LINK_END_UNNAMED && word == 0 ? AFTER_ADDRESSES : 0;
}

/* Returns the place of a transport's name among those of all transports. */
static __u64 transport_rank(enum sip_transport transport)
{
	__u64 rank = 0;
	int other;

	for (other = 0; other < SIP_TRANSPORT_COUNT; other++)
		rank += strcmp(link__transport_name(other), link__transport_name(transport)) < 0;
	return rank;
}

/*
 * Packs transport, server port and client port, from the highest bits to the lowest. What lies beyond the depth is 0.
 */
static __u64 pack_rest(const struct link *link, int depth)
{
	__u64 packed = 0;

	if (depth >= 3)
		packed = transport_rank(link->transport) << 32;
	if (depth >= 4)
		packed |= (__u64)link->server_port << 16;
	if (depth >= 5)
		packed |= link->client_port;
	return packed;
}

static __u64 pack(const struct link *link, enum level level, int depth)
{
	if (link->is_other)
		return level == LEVEL_SERVER ? AFTER_ALL : 0;
	if (level < LEVEL_REST)
		return pack_end(link->server_end, &link->server, level - LEVEL_SERVER);
	if (level == LEVEL_REST)
		return pack_rest(link, depth);
	return depth >= 2 ? pack_end(link->client_end, &link->client, level - LEVEL_CLIENT) : 0;
}

/* ---- sorting ---- */

static int compare_keys(const void *a_row, const void *b_row)
{
	const struct group_row *a = a_row, *b = b_row;

	return (a->key > b->key) - (a->key < b->key);
}

/* Sorts rows by one digit of their keys. Rows with the same digit keep their order. */
static void scatter(const struct group_row *rows, size_t count, unsigned int shift, struct group_row *ret_rows)
{
	size_t places[DIGITS] = { 0 }, place = 0, of_digit, i;

	for (i = 0; i < count; i++)
		places[rows[i].key >> shift & (DIGITS - 1)]++;
	for (i = 0; i < DIGITS; i++) {
		of_digit = places[i];
		places[i] = place;
		place += of_digit;
	}
	for (i = 0; i < count; i++)
		ret_rows[places[rows[i].key >> shift & (DIGITS - 1)]++] = rows[i];
}

/* Sorts digit by digit, from the lowest on. For a million rows this takes a third of the time of qsort(). */
static bool sort_by_digits(struct group_row *rows, size_t count)
{
	struct group_row *other = calloc(count, sizeof(*other));
	unsigned int shift;

	if (!other)
		return false;
	for (shift = 0; shift < KEY_BITS; shift += 2 * DIGIT_BITS) {
		scatter(rows, count, shift, other);
		scatter(other, count, shift + DIGIT_BITS, rows);
	}
	free(other);
	return true;
}

static void sort_by_key(struct group_row *rows, size_t count)
{
	if (count < DIGITS || !sort_by_digits(rows, count))
		qsort(rows, count, sizeof(*rows), compare_keys);
}

/* Returns the end of the run of rows that have the same key as the first one. */
static size_t end_of_run(const struct group_row *rows, size_t first, size_t count)
{
	size_t end = first + 1;

	while (end < count && rows[end].key == rows[first].key)
		end++;
	return end;
}

/* Sorts rows that are the same at all earlier levels, and numbers their groups. Returns the next number. */
static __u64 sort_run(struct group_row *rows, size_t count, enum level level, int depth, __u64 number)
{
	bool are_same = true;
	size_t first, end, i;

	for (i = 0; i < count; i++) {
		rows[i].key = pack(&rows[i].link->link, level, depth);
		are_same = are_same && rows[i].key == rows[0].key;
	}
	if (!are_same)
		sort_by_key(rows, count);
	for (first = 0; first < count; first = end) {
		end = end_of_run(rows, first, count);
		if (end - first > 1 && level + 1 < LEVELS) {
			number = sort_run(&rows[first], end - first, level + 1, depth, number);
			continue;
		}
		for (i = first; i < end; i++)
			rows[i].key = number;
		number++;
	}
	return number;
}

int groups__list(const struct counters *counters, struct groups *ret_groups)
{
	size_t links_count = counters__links_count(counters), i;
	struct groups groups = { .rows = reallocarray(NULL, links_count + 1, sizeof(*groups.rows)) };
	const struct counter_link *link;

	if (!groups.rows)
		return -ENOMEM;
	for (i = 0; i < links_count; i++) {
		link = counters__link(counters, i);
		if (!counter_link__is_visible(link))
			continue;
		groups.rows[groups.rows_count] = (struct group_row){ .key = groups.rows_count, .link = link };
		groups.rows_count++;
	}
	groups.groups_count = groups.rows_count;
	*ret_groups = groups;
	return 0;
}

int groups__sort(const struct counters *counters, int depth, struct groups *ret_groups)
{
	struct groups groups;
	int error;

	if (depth < GROUP_DEPTH_MIN || depth > GROUP_DEPTH_MAX)
		return -EINVAL;
	error = groups__list(counters, &groups);
	if (error)
		return error;
	groups.groups_count = sort_run(groups.rows, groups.rows_count, LEVEL_SERVER, depth, 0);
	*ret_groups = groups;
	return 0;
}

/* ---- selecting and reordering ---- */

/* A group and its rank. */
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
		for (j = 0; j < link->cells_count; j++)
			total += link->cells[j].count;
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

/* Replaces the rows by those of the ranked groups, in their order. */
static int replace_rows(struct groups *groups, const struct ranked *ranked, size_t count)
{
	struct group_row *rows, *at;
	size_t rows_count = 0, i;

	for (i = 0; i < count; i++)
		rows_count += ranked[i].group.count;
	rows = at = calloc(rows_count + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		at = mempcpy(at, &groups->rows[ranked[i].group.first], ranked[i].group.count * sizeof(*rows));
	free(groups->rows);
	groups->rows = rows;
	groups->rows_count = rows_count;
	groups->left_out += groups->groups_count - count;
	groups->groups_count = count;
	return 0;
}

int groups__select(struct groups *groups, enum group_order order, size_t top)
{
	struct group group = { 0 };
	struct ranked *ranked;
	bool is_part = top && top < groups->groups_count;
	size_t count = 0;
	int error;

	if (order != GROUP_BY_TOTAL && !is_part)
		return 0;
	ranked = calloc(groups->groups_count + 1, sizeof(*ranked));
	if (!ranked)
		return -ENOMEM;
	while (groups__next(groups, &group))
		ranked[count++] = (struct ranked){ .group = group, .total = group_total(groups, &group) };
	qsort(ranked, count, sizeof(*ranked), compare_totals);
	if (is_part)
		count = top;
	if (order != GROUP_BY_TOTAL)
		qsort(ranked, count, sizeof(*ranked), compare_places);
	error = replace_rows(groups, ranked, count);
	free(ranked);
	return error;
}

void groups__free(struct groups *groups)
{
	free(groups->rows);
	groups->rows = NULL;
	groups->rows_count = 0;
}

bool groups__next(const struct groups *groups, struct group *group)
{
	size_t first = group->first + group->count;

	if (first >= groups->rows_count)
		return false;
	group->first = first;
	group->count = end_of_run(groups->rows, first, groups->rows_count) - first;
	return true;
}

/*
 * Fetches from memory what will be read soon: links are asked for in order, but lie scattered. Always inlined, because
 * GCC 12 takes a function that does nothing else for one without effects and drops its calls.
 */
static inline __attribute__((always_inline)) void fetch_ahead(const struct groups *groups, size_t i)
{
	if (i + 2 * ROWS_AHEAD < groups->rows_count)
		__builtin_prefetch(&groups->rows[i + 2 * ROWS_AHEAD].link->cells_count);
	if (i + ROWS_AHEAD < groups->rows_count)
		__builtin_prefetch(groups->rows[i + ROWS_AHEAD].link->cells);
}

const struct counter_link *groups__link(const struct groups *groups, size_t i)
{
	fetch_ahead(groups, i);
	return groups->rows[i].link;
}
