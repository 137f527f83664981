// SPDX-License-Identifier: BSD-2-Clause
/* See csv.h. */
#include "render/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LINE_END "\r\n"
_Static_assert(INET6_ADDRSTRLEN > sizeof("18446744073709551615"), "a cell has room for a number too");

/* The parts of a link, in the order of their cells. */
enum part { PART_SERVER, PART_TRANSPORT, PART_SERVER_PORT, PART_CLIENT_PORT, PART_CLIENT, PARTS };

static const struct {
	const char *name;
	int depth; /* from which on it is written */
} parts[PARTS] = {
	[PART_SERVER] = { CSV_FIRST_CELL, 1 },     [PART_TRANSPORT] = { "proto", 3 },
	[PART_SERVER_PORT] = { "server_port", 4 }, [PART_CLIENT_PORT] = { "client_port", 5 },
	[PART_CLIENT] = { "client_ip", 2 },
};

/* Where the value of a column comes from. */
struct source {
	enum { NOTHING, ZERO, PART, COUNT } kind;
	size_t index; /* of the part, or of the number in a row of the sheet */
};

struct csv {
	FILE *out;
	struct sheet sheet;
	bool has_part[PARTS];
	char *stamp; /* the cells before those of the layout, each followed by a comma; "" without */
	struct csv_layout *layout;
	struct source *sources; /* of the layout's columns */
	char *line;
};

/* A part of the link as text; "" if it is not known. Returns text or static storage. */
static const char *part_text(const struct link *link, enum part part, char text[INET6_ADDRSTRLEN])
{
	__u16 port = part == PART_SERVER_PORT ? link->server_port : link->client_port;

	if (link->is_other)
		return part == PART_SERVER ? "other" : "";
	switch (part) {
	case PART_SERVER:
		return link__server_text(link, text);
	case PART_TRANSPORT:
		return link__transport_name(link->transport);
	case PART_CLIENT:
		return link__client_text(link, text);
	default:
		*(port ? text__put_number(text, port, text__digits(port)) : text) = '\0';
		return text;
	}
}

static void find_parts(struct csv *csv, int depth)
{
	const struct groups *groups = &csv->sheet.groups;
	char text[INET6_ADDRSTRLEN];
	size_t i;
	int part;

	for (part = 0; part < PARTS; part++) {
		for (i = 0; i < groups->rows_count && depth >= parts[part].depth && !csv->has_part[part]; i++)
			csv->has_part[part] = *part_text(&groups__link(groups, i)->link, part, text);
	}
}

/* A text and what follows it as one cell, quoted if need be. The caller frees it; NULL when memory is short. */
static char *make_cell(const char *text, const char *suffix)
{
	bool is_quoted = strpbrk(text, ",\"");
	char *cell = malloc(2 * strlen(text) + strlen(suffix) + sizeof("\"'\"")), *at = cell;

	if (!cell)
		return NULL;
	if (is_quoted)
		*at++ = '"';
	if (*text && strchr("=+-@", *text))
		*at++ = '\'';
	for (; *text; text++) {
		if (*text == '"')
			*at++ = '"';
		*at++ = *text;
	}
	stpcpy(stpcpy(at, suffix), is_quoted ? "\"" : "");
	return cell;
}

static int make_stamp(struct csv *csv, const struct csv_stamp *stamp)
{
	char *name = NULL, *printable = NULL;
	size_t width;
	int length = -1;

	if (stamp)
		printable = text__printable(stamp->name, &width);
	if (printable)
		name = make_cell(printable, "");
	if (name)
		length = asprintf(&csv->stamp, "%s,%s,%s,", stamp->start, stamp->end, name);
	else if (!stamp)
		length = asprintf(&csv->stamp, "%s", "");
	if (length < 0)
		csv->stamp = NULL;
	free(printable);
	free(name);
	return csv->stamp ? 0 : -ENOMEM;
}

/* ---- columns ---- */

static enum part find_part(const char *cell)
{
	int part = 0;

	while (part < PARTS && strcmp(parts[part].name, cell) != 0)
		part++;
	return (enum part)part;
}

/* What a column that is there already holds, unless the sheet has something for it. */
static struct source default_source(const char *cell, int depth)
{
	enum part part = find_part(cell);

	if (part == PARTS)
		return (struct source){ .kind = ZERO };
	return (struct source){ .kind = depth >= parts[part].depth ? PART : NOTHING, .index = part };
}

/* Gives a column of the layout its source, and adds the column if there is none. */
static int set_source(struct csv *csv, const char *cell, struct source source, bool is_new)
{
	size_t place = is_new ? csv_layout__count(csv->layout) : csv_layout__find(csv->layout, cell);

	if (place == csv_layout__count(csv->layout) && csv_layout__add(csv->layout, cell) < 0)
		return -ENOMEM;
	csv->sources[place] = source;
	return 0;
}

/* One of the sheet, by type and direction. */
static int set_count(struct csv *csv, size_t i, size_t j, bool is_new)
{
	static const char *const suffixes[LINK_DIRECTIONS] = {
		[LINK_IN] = " IN", [LINK_OUT] = " OUT", [LINK_BOTH] = " "
	};
	const struct sheet *sheet = &csv->sheet;
	char *cell = make_cell(sheet->columns.items[i].text, suffixes[sheet->directions[j]]);
	const struct source source = { .kind = COUNT, .index = i * LINK_DIRECTIONS + sheet->directions[j] };
	int error = cell ? set_source(csv, cell, source, is_new) : -ENOMEM;

	free(cell);
	return error;
}

/* The columns of the sheet differ from each other, so those of an empty layout need not be looked for. */
static int make_columns(struct csv *csv, int depth)
{
	const struct sheet *sheet = &csv->sheet;
	size_t known = csv_layout__count(csv->layout), i, j;
	int part, error = 0;

	csv->sources = calloc(known + PARTS + sheet->columns.count * LINK_DIRECTIONS, sizeof(*csv->sources));
	if (!csv->sources)
		return -ENOMEM;
	for (i = 0; i < known; i++)
		csv->sources[i] = default_source(csv_layout__cell(csv->layout, i), depth);
	for (part = 0; part < PARTS && !error; part++)
		if (csv->has_part[part])
			error = set_source(csv, parts[part].name, (struct source){ PART, (size_t)part }, !known);
	for (i = 0; i < sheet->columns.count; i++)
		for (j = 0; j < sheet->directions_count && !error; j++)
			error = set_count(csv, i, j, !known);
	return error;
}

/* ---- lines ---- */

static void write_header(const struct csv *csv)
{
	const char *comma = "";

	fputs(*csv->stamp ? CSV_STAMP_CELLS : "", csv->out);
	for (size_t i = 0; i < csv_layout__count(csv->layout); i++) {
		fprintf(csv->out, "%s%s", comma, csv_layout__cell(csv->layout, i));
		comma = ",";
	}
	fputs(LINE_END, csv->out);
}

static char *put_number(char *at, __u64 number)
{
	return text__put_number(at, number, text__digits(number));
}

static char *put_value(char *at, const struct csv *csv, const struct link *link, const struct source *source)
{
	char text[INET6_ADDRSTRLEN];

	switch (source->kind) {
	case PART:
		return stpcpy(at, part_text(link, (enum part)source->index, text));
	case COUNT:
		return put_number(at, csv->sheet.row[source->index]);
	case ZERO:
		return put_number(at, 0);
	default:
		return at;
	}
}

static void write_row(const struct csv *csv, const struct link *link)
{
	size_t count = csv_layout__count(csv->layout), i;
	char *at = stpcpy(csv->line, csv->stamp);

	for (i = 0; i < count; i++) {
		at = put_value(at, csv, link, &csv->sources[i]);
		*at++ = ',';
	}
	at = stpcpy(at - 1, LINE_END);
	fwrite_unlocked(csv->line, 1, (size_t)(at - csv->line), csv->out);
}

static int write_lines(struct csv *csv, const struct csv_options *options)
{
	size_t known = csv_layout__count(csv->layout), count;
	const struct link *link;

	find_parts(csv, options->sheet.depth);
	if (make_stamp(csv, options->stamp) < 0 || make_columns(csv, options->sheet.depth) < 0)
		return -ENOMEM;
	count = csv_layout__count(csv->layout);
	csv->line = malloc(strlen(csv->stamp) + count * (INET6_ADDRSTRLEN + 1) + sizeof(LINE_END));
	if (!csv->line)
		return -ENOMEM;
	if (!options->has_no_header && count > known)
		write_header(csv);
	while (sheet__next(&csv->sheet, &link))
		write_row(csv, link);
	errno = EIO;
	return fflush(csv->out) || ferror(csv->out) ? -errno : 0;
}

static int write_all(struct csv *csv, const struct csv_options *options)
{
	struct csv_layout *own = options->layout ? NULL : csv_layout__new();
	int error;

	csv->layout = options->layout ? options->layout : own;
	error = csv->layout ? write_lines(csv, options) : -ENOMEM;
	csv_layout__free(own);
	return error;
}

int csv__write(FILE *out, const struct counters *counters, const struct csv_options *options)
{
	struct csv csv = { .out = out };
	int error = sheet__make(counters, &options->sheet, &csv.sheet);

	if (!error && csv.sheet.groups.rows_count)
		error = write_all(&csv, options);
	sheet__free(&csv.sheet);
	free(csv.stamp);
	free(csv.sources);
	free(csv.line);
	return error;
}
