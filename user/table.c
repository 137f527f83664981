// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lays out and writes the table. Rows are made one at a time from the sorted links, in one line buffer, so that a table
 * of a million rows costs no memory but that of the sorting.
 */
#include "table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "group.h"
#include "text.h"

#define OTHER_TEXT "other"
#define SUMMARY_TEXT "SUMMARY"
#define TOTAL_TEXT "TOTAL"
#define LINK_MARGIN 1
#define LINK_TEXT_SIZE (2 * INET6_ADDRSTRLEN + sizeof("-SCTP-65535-65535-"))

struct table {
	const struct counters *counters;
	struct groups groups;
	struct columns columns;
	__u64 *row;     /* counts by column and direction */
	__u64 *summary; /* likewise */
	char *line;
	char *title, *name;
	size_t title_width, name_width;
	enum link_direction directions[LINK_DIRECTIONS]; /* those shown, from left to right */
	size_t directions_count;
	size_t link_width, column_width, cell_width, total_width;
};

static size_t cell_index(const struct table *table, const struct counter_message *message)
{
	return table->columns.of_type[message->type] * LINK_DIRECTIONS + message->direction;
}

static void add_link(const struct table *table, const struct counter_link *link, __u64 *counts)
{
	__u32 i;

	for (i = 0; i < link->messages_count; i++) {
		if (link->messages[i].count)
			counts[cell_index(table, &link->messages[i])] += link->messages[i].count;
	}
}

static int collect_counts(struct table *table)
{
	size_t cells = table->columns.count * LINK_DIRECTIONS, i;

	table->row = calloc(cells, sizeof(*table->row));
	table->summary = calloc(cells, sizeof(*table->summary));
	if (!table->row || !table->summary)
		return -ENOMEM;
	for (i = 0; i < counters__links_count(table->counters); i++)
		add_link(table, counters__link(table->counters, i), table->summary);
	return 0;
}

/* Server and client have columns of their own if the direction of any message is known, the unknown if any is not. */
static void choose_directions(struct table *table)
{
	__u64 counts[LINK_DIRECTIONS] = { 0 };
	size_t i;

	for (i = 0; i < table->columns.count * LINK_DIRECTIONS; i++)
		counts[i % LINK_DIRECTIONS] += table->summary[i];
	if (counts[LINK_IN] || counts[LINK_OUT]) {
		table->directions[table->directions_count++] = LINK_OUT;
		table->directions[table->directions_count++] = LINK_IN;
	}
	if (counts[LINK_BOTH])
		table->directions[table->directions_count++] = LINK_BOTH;
}

static size_t digits(__u64 number)
{
	size_t count = 1;

	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

/* Right-justified; returns the end. A million rows are too many for printf(). */
static char *put_number(char *at, __u64 number, size_t width)
{
	char *end = at + width, *digit = end;

	do {
		*--digit = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (digit > at)
		*--digit = ' ';
	return end;
}

/* A further part of a link's text; an empty one takes no separator. Returns the end. */
static char *put_part(char *at, const char *part)
{
	if (*part)
		*at++ = '-';
	return stpcpy(at, part);
}

static char *put_port(char *at, __u16 port)
{
	*at++ = '-';
	return put_number(at, port, digits(port));
}

/* The text of a link as far as the depth goes, without NUL; returns the end. */
static char *put_link(char *at, const struct link *link, int depth)
{
	char address[INET6_ADDRSTRLEN];

	if (link->is_other)
		return stpcpy(at, OTHER_TEXT);
	at = stpcpy(at, link__address_text(&link->server, address));
	if (depth >= 3)
		at = put_part(at, link__transport_name(link->transport));
	if (depth >= 4)
		at = put_port(at, link->server_port);
	if (depth >= 5)
		at = put_port(at, link->client_port);
	if (depth >= 2)
		at = put_part(at, link__address_text(&link->client, address));
	return at;
}

static size_t longest_link(const struct table *table)
{
	const struct counter_link *link;
	size_t longest = 0, width, i;
	char text[LINK_TEXT_SIZE];

	for (i = 0; i < counters__links_count(table->counters); i++) {
		link = counters__link(table->counters, i);
		if (counter_link__is_empty(link))
			continue;
		width = (size_t)(put_link(text, &link->link, table->groups.depth) - text);
		longest = width > longest ? width : longest;
	}
	return longest;
}

static size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The quotient, rounded to the nearest, halves to the even one: widths must come out as Python's round() makes them. */
static size_t round_quotient(size_t dividend, size_t divisor)
{
	size_t quotient = dividend / divisor, twice = 2 * (dividend % divisor);

	return quotient + (twice > divisor || (twice == divisor && quotient % 2));
}

static void measure(struct table *table)
{
	size_t n = table->directions_count, total_digits = digits(counters__total(table->counters));
	size_t longest = total_digits * n, i;

	for (i = 0; i < table->columns.count; i++)
		longest = max_size(longest, table->columns.items[i].width);
	table->cell_width = round_quotient(longest, n);
	if (n == LINK_DIRECTIONS)
		table->cell_width = max_size(table->cell_width, 2); /* the narrowest arrow */
	table->column_width = n * table->cell_width + max_size(n - 1, 1);
	if (n == 1)
		table->cell_width = table->column_width;
	table->link_width =
		max_size(longest_link(table), max_size(table->title_width, table->name_width)) + LINK_MARGIN;
	table->total_width = max_size(strlen(TOTAL_TEXT), total_digits);
}

static int prepare(struct table *table, const struct table_options *options)
{
	size_t link_width, row_width;

	table->title = text__printable(options->title, &table->title_width);
	table->name = text__printable(options->name, &table->name_width);
	if (!table->title || !table->name || columns__collect(table->counters, &table->columns) < 0 ||
	    collect_counts(table) < 0)
		return -ENOMEM;
	choose_directions(table);
	measure(table);
	link_width = max_size(table->link_width, strlen(SUMMARY_TEXT));
	row_width =
		table->columns.count * table->directions_count * (table->cell_width + 1) + 1 + table->total_width + 1;
	table->line = malloc(link_width + row_width);
	return table->line ? 0 : -ENOMEM;
}

static void write_padded(FILE *out, size_t left, const char *text, size_t right)
{
	fprintf(out, "%*s%s%*s", (int)left, "", text, (int)right, "");
}

/* As Python's str.center() does it: of an odd space, the larger half goes left if the width is odd. */
static void write_centred(FILE *out, const struct column *column, size_t width)
{
	size_t space = max_size(width, column->width) - column->width, left = space / 2 + (space & width & 1);

	write_padded(out, left, column->text, space - left);
}

static void write_arrow(FILE *out, enum link_direction direction, size_t width)
{
	size_t i;

	putc(direction == LINK_OUT ? '-' : '<', out);
	for (i = 2; i < width; i++)
		putc('-', out);
	putc(direction == LINK_IN ? '-' : '>', out);
}

static void write_header(FILE *out, const struct table *table)
{
	size_t i, j;

	write_padded(out, 0, table->title, table->link_width - table->title_width);
	for (i = 0; i < table->columns.count; i++) {
		putc(' ', out);
		write_centred(out, &table->columns.items[i], table->column_width);
	}
	fprintf(out, " %*s\n", (int)table->total_width, TOTAL_TEXT);

	write_padded(out, 0, table->name, table->link_width - table->name_width);
	for (i = 0; i < table->columns.count; i++) {
		for (j = 0; j < table->directions_count; j++) {
			putc(' ', out);
			write_arrow(out, table->directions[j], table->cell_width);
		}
	}
	putc('\n', out);
}

/* Completes the line that begins with a text of this length, and writes it. */
static void write_line(FILE *out, const struct table *table, size_t length, const __u64 *counts)
{
	char *at = table->line + length;
	__u64 total = 0, count;
	size_t i, j;

	for (; length < table->link_width; length++)
		*at++ = ' ';
	for (i = 0; i < table->columns.count; i++) {
		for (j = 0; j < table->directions_count; j++) {
			count = counts[i * LINK_DIRECTIONS + table->directions[j]];
			total += count;
			*at++ = ' ';
			at = put_number(at, count, table->cell_width);
		}
	}
	*at++ = ' ';
	at = put_number(at, total, table->total_width);
	*at++ = '\n';
	fwrite_unlocked(table->line, 1, (size_t)(at - table->line), out);
}

static void write_rows(FILE *out, const struct table *table)
{
	const struct link *link;
	struct group group = { 0 };
	size_t i;

	while (groups__next(&table->groups, &group)) {
		memset(table->row, 0, table->columns.count * LINK_DIRECTIONS * sizeof(*table->row));
		for (i = 0; i < group.count; i++)
			add_link(table, groups__link(&table->groups, group.first + i), table->row);
		link = &groups__link(&table->groups, group.first)->link;
		write_line(out, table, (size_t)(put_link(table->line, link, table->groups.depth) - table->line),
			   table->row);
	}
}

static void write_summary(FILE *out, const struct table *table)
{
	memcpy(table->line, SUMMARY_TEXT, strlen(SUMMARY_TEXT));
	write_line(out, table, strlen(SUMMARY_TEXT), table->summary);
}

static void table_free(struct table *table)
{
	columns__free(&table->columns);
	free(table->row);
	free(table->summary);
	free(table->line);
	free(table->title);
	free(table->name);
	groups__free(&table->groups);
}

int table__write(FILE *out, const struct counters *counters, const struct table_options *options)
{
	struct table table = { .counters = counters };
	int err = groups__sort(counters, options->depth, &table.groups);

	if (!err && table.groups.rows_count) {
		err = prepare(&table, options);
		if (!err) {
			write_header(out, &table);
			write_rows(out, &table);
			write_summary(out, &table);
			err = fflush(out) || ferror(out) ? -EIO : 0;
		}
	}
	table_free(&table);
	return err;
}
