// SPDX-License-Identifier: BSD-2-Clause
/* Lays out and writes the table, row by row, in one line buffer. */
#include "render/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define OTHER_TEXT "other"
#define SUMMARY_TEXT "SUMMARY"
#define SUMMARY_SIZE sizeof(SUMMARY_TEXT " (18446744073709551615 in 18446744073709551615 more links)")
#define TOTAL_TEXT "TOTAL"
#define LINK_PARTS 5
#define PORT_TEXT_SIZE sizeof("65535")

/* A text as it is written, and its width in characters. */
struct label {
	char *text;
	size_t width;
};

/* The columns that are written now: all of them, or as many as fit. */
struct block {
	size_t first, end;
	bool has_total;
};

struct table {
	const struct table_options *options;
	struct block block;
	struct sheet sheet;
	struct label title, name, separator, summary;
	char *line;
	size_t link_width, column_width, cell_width, total_width;
};

/* The parts of a link, in the order in which they are written; "" stands for those that are not known. */
struct parts {
	const char *texts[LINK_PARTS];
	size_t count;
	char server[INET6_ADDRSTRLEN], client[INET6_ADDRSTRLEN];
	char server_port[PORT_TEXT_SIZE], client_port[PORT_TEXT_SIZE];
};

static const char *port_text(__u16 port, char text[PORT_TEXT_SIZE])
{
	*(port ? text__put_number(text, port, text__digits(port)) : text) = '\0';
	return text;
}

static void split_link(const struct link *link, int depth, struct parts *ret_parts)
{
	size_t count = 0;

	if (link->is_other) {
		ret_parts->texts[0] = OTHER_TEXT;
		ret_parts->count = 1;
		return;
	}
	ret_parts->texts[count++] = link__server_text(link, ret_parts->server);
	if (depth >= 3)
		ret_parts->texts[count++] = link__transport_name(link->transport);
	if (depth >= 4)
		ret_parts->texts[count++] = port_text(link->server_port, ret_parts->server_port);
	if (depth >= 5)
		ret_parts->texts[count++] = port_text(link->client_port, ret_parts->client_port);
	if (depth >= 2)
		ret_parts->texts[count++] = link__client_text(link, ret_parts->client);
	ret_parts->count = count;
}

/* Writes the parts that are known, without NUL; returns the end and in *ret_width the number of characters. */
static char *put_link(char *at, const struct table *table, const struct link *link, size_t *ret_width)
{
	const struct label *separator = &table->separator;
	struct parts parts;
	size_t width = 0, length, i;

	split_link(link, table->options->sheet.depth, &parts);
	for (i = 0; i < parts.count; i++) {
		length = strlen(parts.texts[i]);
		if (!length)
			continue;
		if (width) {
			at = stpcpy(at, separator->text);
			width += separator->width;
		}
		at = mempcpy(at, parts.texts[i], length);
		width += length;
	}
	*ret_width = width;
	return at;
}

/* The width that a link asks for: unknown parts leave their separators. */
static size_t measure_link(const struct table *table, const struct link *link)
{
	struct parts parts;
	size_t width, i;

	split_link(link, table->options->sheet.depth, &parts);
	width = (parts.count - 1) * table->separator.width;
	for (i = 0; i < parts.count; i++)
		width += strlen(parts.texts[i]);
	return width;
}

static size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* As for the sums in column.c, the order does not matter here, but the time does. */
static size_t longest_link(const struct table *table)
{
	const struct groups *groups = &table->sheet.groups;
	const struct counters *counters = table->sheet.counters;
	size_t count = groups->left_out ? groups->rows_count : counters__links_count(counters), longest = 0, i;
	const struct counter_link *link;

	for (i = 0; i < count; i++) {
		link = groups->left_out ? groups__link(groups, i) : counters__link(counters, i);
		if (groups->left_out || counter_link__is_visible(link))
			longest = max_size(longest, measure_link(table, &link->link));
	}
	return longest;
}

/* The quotient, rounded to the nearest, halves to the even one: widths must come out as Python's round() makes them. */
static size_t round_quotient(size_t dividend, size_t divisor)
{
	size_t quotient = dividend / divisor, twice = 2 * (dividend % divisor);

	return quotient + (twice > divisor || (twice == divisor && quotient % 2));
}

static void measure_columns(struct table *table)
{
	const struct sheet *sheet = &table->sheet;
	size_t n = sheet->directions_count, total_digits = text__digits(sheet->total), longest = total_digits * n, i;

	for (i = 0; i < sheet->columns.count; i++)
		longest = max_size(longest, sheet->columns.items[i].width);
	table->cell_width = round_quotient(longest, n);
	if (n == LINK_DIRECTIONS)
		table->cell_width = max_size(table->cell_width, 2); /* the narrowest arrow */
	table->column_width = n * table->cell_width + max_size(n - 1, 1);
	if (n == 1)
		table->cell_width = table->column_width;
	table->total_width = max_size(strlen(TOTAL_TEXT), total_digits);
}

static int make_label(const char *text, struct label *ret_label)
{
	ret_label->text = text__printable(text, &ret_label->width);
	return ret_label->text ? 0 : -ENOMEM;
}

/* The words about rows that are left out widen the links' column. As in sipcounter, SUMMARY alone does not. */
static int make_summary_label(struct table *table)
{
	size_t left_out = table->sheet.groups.left_out;
	char text[SUMMARY_SIZE] = SUMMARY_TEXT;

	if (left_out)
		snprintf(text, sizeof(text), SUMMARY_TEXT " (%llu in %zu more link%s)",
			 (unsigned long long)table->sheet.left_out, left_out, left_out == 1 ? "" : "s");
	if (make_label(text, &table->summary) < 0)
		return -ENOMEM;
	if (left_out && !table->options->has_no_summary)
		table->link_width = max_size(table->link_width, table->summary.width);
	return 0;
}

static int prepare(struct table *table)
{
	const struct table_options *options = table->options;
	const struct sheet *sheet = &table->sheet;
	size_t cells, link_bytes;

	if (make_label(options->title, &table->title) < 0 || make_label(options->name, &table->name) < 0 ||
	    make_label(options->separator, &table->separator) < 0)
		return -ENOMEM;
	measure_columns(table);
	table->link_width = max_size(table->title.width, table->name.width);
	if (!options->has_no_links)
		table->link_width = max_size(table->link_width, longest_link(table));
	if (make_summary_label(table) < 0)
		return -ENOMEM;
	table->link_width += options->link_margin;
	/* Separators have more bytes than characters, perhaps. */
	link_bytes = max_size(table->link_width, table->summary.width) + LINK_PARTS * strlen(table->separator.text);
	cells = sheet->columns.count * sheet->directions_count;
	table->line = malloc(link_bytes + cells * (table->cell_width + 1) + 1 + table->total_width + 1);
	return table->line ? 0 : -ENOMEM;
}

/* Returns the width of so many columns, without the links' column. */
static size_t columns_width(const struct table *table, size_t count, bool has_total)
{
	return count * (table->column_width + 1) + (has_total ? table->total_width + 1 : 0);
}

/* Moves to the next block; the first call moves to the first. One block has all columns if none fits or all may. */
static void choose_block(struct table *table)
{
	bool has_total = !table->options->has_no_summary;
	struct block *block = &table->block;
	size_t start = has_total ? max_size(table->link_width, table->summary.width) : table->link_width;
	size_t width = table->options->width, room = width > start ? width - start : 0;
	size_t left = table->sheet.columns.count - block->end, fitting = room / columns_width(table, 1, false);

	block->first = block->end;
	if (!fitting || !left || columns_width(table, left, has_total) <= room) {
		block->end += left;
		block->has_total = has_total;
		return;
	}
	if (fitting >= left)
		fitting = left > 1 ? left - 1 : left; /* TOTAL stands beside a column, if it can */
	block->end += fitting;
}

static bool is_last_block(const struct table *table)
{
	return table->block.end == table->sheet.columns.count &&
	       table->block.has_total == !table->options->has_no_summary;
}

static void write_padded(FILE *out, size_t left, const char *text, size_t right)
{
	fprintf(out, "%*s%s%*s", (int)left, "", text, (int)right, "");
}

/*
 * As Python's str.center() does it: of an odd space, the larger half goes left if the width is odd. What
 * ends a line has no blanks after it.
 */
static void write_centred(FILE *out, const struct column *column, size_t width, bool ends_line)
{
	size_t space = max_size(width, column->width) - column->width, left = space / 2 + (space & width & 1);

	write_padded(out, left, column->text, ends_line ? 0 : space - left);
}

static void write_arrow(FILE *out, enum link_direction direction, size_t width)
{
	size_t i;

	putc(direction == LINK_OUT ? '-' : '<', out);
	for (i = 2; i < width; i++)
		putc('-', out);
	putc(direction == LINK_IN ? '-' : '>', out);
}

static void write_label(FILE *out, const struct table *table, const struct label *label)
{
	write_padded(out, 0, label->text, table->link_width - label->width);
}

static void write_header(FILE *out, const struct table *table)
{
	const struct sheet *sheet = &table->sheet;
	static const struct label blank = { .text = "" };
	const struct label *name = table->options->has_no_name ? &blank : &table->name;
	const struct block *block = &table->block;
	size_t i, j;

	write_label(out, table, table->options->is_name_first ? name : &table->title);
	for (i = block->first; i < block->end; i++) {
		putc(' ', out);
		write_centred(out, &sheet->columns.items[i], table->column_width,
			      i + 1 == block->end && !is_last_block(table));
	}
	if (block->has_total)
		fprintf(out, " %*s", (int)table->total_width, TOTAL_TEXT);
	putc('\n', out);

	write_label(out, table, table->options->is_name_first ? &table->title : name);
	for (i = block->first; i < block->end; i++) {
		for (j = 0; j < sheet->directions_count; j++) {
			putc(' ', out);
			write_arrow(out, sheet->directions[j], table->cell_width);
		}
	}
	putc('\n', out);
}

/* A number after a space, or blanks for a zero that is not wanted; returns the end. */
static char *put_cell(char *at, const struct table *table, __u64 number, size_t width)
{
	*at++ = ' ';
	if (number || !table->options->has_no_zeros)
		return text__put_number(at, number, width);
	memset(at, ' ', width);
	return at + width;
}

/* Completes the line whose text ends at `at` and is so many characters wide by the block's columns, and writes it. */
static void write_line(FILE *out, const struct table *table, char *at, size_t width, const __u64 *row)
{
	const struct sheet *sheet = &table->sheet;
	const struct block *block = &table->block;
	size_t i, j;

	for (; width < table->link_width; width++)
		*at++ = ' ';
	for (i = block->first; i < block->end; i++) {
		for (j = 0; j < sheet->directions_count; j++)
			at = put_cell(at, table, sheet__count(sheet, row, i, j), table->cell_width);
	}
	if (block->has_total)
		at = put_cell(at, table, sheet__row_total(sheet, row), table->total_width);
	*at++ = '\n';
	fwrite_unlocked(table->line, 1, (size_t)(at - table->line), out);
}

static void write_rows(FILE *out, struct table *table)
{
	const struct link *link;
	size_t width;
	char *end;

	while (sheet__next(&table->sheet, &link)) {
		end = put_link(table->line, table, link, &width);
		write_line(out, table, end, width, table->sheet.row);
	}
}

static void write_summary(FILE *out, const struct table *table)
{
	const struct label *label = &table->summary;

	write_line(out, table, stpcpy(table->line, label->text), label->width, table->sheet.summary);
}

static void write_block(FILE *out, struct table *table)
{
	if (!table->options->has_no_header)
		write_header(out, table);
	if (!table->options->has_no_links)
		write_rows(out, table);
	if (!table->options->has_no_summary)
		write_summary(out, table);
}

static void write_blocks(FILE *out, struct table *table)
{
	choose_block(table);
	write_block(out, table);
	while (!is_last_block(table)) {
		choose_block(table);
		sheet__rewind(&table->sheet);
		putc('\n', out);
		write_block(out, table);
	}
}

static void table_free(struct table *table)
{
	sheet__free(&table->sheet);
	free(table->line);
	free(table->title.text);
	free(table->name.text);
	free(table->separator.text);
	free(table->summary.text);
}

int table__write(FILE *out, const struct counters *counters, const struct table_options *options)
{
	struct table table = { .options = options };
	int error = sheet__make(counters, &options->sheet, &table.sheet);

	if (!error && table.sheet.groups.rows_count) {
		error = prepare(&table);
		if (!error) {
			write_blocks(out, &table);
			errno = EIO;
			error = fflush(out) || ferror(out) ? -errno : 0;
		}
	}
	table_free(&table);
	return error;
}
