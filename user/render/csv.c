// SPDX-License-Identifier: BSD-2-Clause
/* See csv.h. */
#include "render/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LINE_END "\r\n"
#define NUMBER_SIZE sizeof("18446744073709551615")

/* The parts of a link, in the order of their cells. */
enum part { PART_SERVER, PART_TRANSPORT, PART_SERVER_PORT, PART_CLIENT_PORT, PART_CLIENT, PARTS };

static const struct {
	const char *name;
	int depth; /* from which on it is written */
} parts[PARTS] = {
	[PART_SERVER] = { "server_ip", 1 },        [PART_TRANSPORT] = { "proto", 3 },
	[PART_SERVER_PORT] = { "server_port", 4 }, [PART_CLIENT_PORT] = { "client_port", 5 },
	[PART_CLIENT] = { "client_ip", 2 },
};

struct csv {
	FILE *out;
	struct sheet sheet;
	bool has_part[PARTS];
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

/* Writes "type direction" as one cell, quoted if need be. */
static void write_type(FILE *out, const char *type, const char *direction)
{
	bool is_quoted = strpbrk(type, ",\"");

	if (is_quoted)
		putc('"', out);
	if (strchr("=+-@", *type))
		putc('\'', out);
	for (; *type; type++) {
		if (*type == '"')
			putc('"', out);
		putc(*type, out);
	}
	fprintf(out, " %s%s", direction, is_quoted ? "\"" : "");
}

static void write_header(const struct csv *csv)
{
	static const char *const directions[LINK_DIRECTIONS] = {
		[LINK_IN] = "IN", [LINK_OUT] = "OUT", [LINK_BOTH] = ""
	};
	const struct sheet *sheet = &csv->sheet;
	const char *comma = "";
	size_t i, j;

	for (i = 0; i < PARTS; i++) {
		if (!csv->has_part[i])
			continue;
		fprintf(csv->out, "%s%s", comma, parts[i].name);
		comma = ",";
	}
	for (i = 0; i < sheet->columns.count; i++) {
		for (j = 0; j < sheet->directions_count; j++) {
			putc(',', csv->out);
			write_type(csv->out, sheet->columns.items[i].text, directions[sheet->directions[j]]);
		}
	}
	fputs(LINE_END, csv->out);
}

static char *put_link(char *at, const struct csv *csv, const struct link *link)
{
	char text[INET6_ADDRSTRLEN];
	const char *comma = "";
	int part;

	for (part = 0; part < PARTS; part++) {
		if (!csv->has_part[part])
			continue;
		at = stpcpy(stpcpy(at, comma), part_text(link, part, text));
		comma = ",";
	}
	return at;
}

static void write_row(const struct csv *csv, const struct link *link)
{
	const struct sheet *sheet = &csv->sheet;
	char *at = put_link(csv->line, csv, link);
	__u64 count;
	size_t i, j;

	for (i = 0; i < sheet->columns.count; i++) {
		for (j = 0; j < sheet->directions_count; j++) {
			count = sheet__count(sheet, sheet->row, i, j);
			*at++ = ',';
			at = text__put_number(at, count, text__digits(count));
		}
	}
	at = stpcpy(at, LINE_END);
	fwrite_unlocked(csv->line, 1, (size_t)(at - csv->line), csv->out);
}

static int write_all(struct csv *csv, const struct csv_options *options)
{
	size_t cells = csv->sheet.columns.count * LINK_DIRECTIONS;
	const struct link *link;

	csv->line = malloc(PARTS * (INET6_ADDRSTRLEN + 1) + cells * NUMBER_SIZE + sizeof(LINE_END));
	if (!csv->line)
		return -ENOMEM;
	find_parts(csv, options->sheet.depth);
	if (!options->has_no_header)
		write_header(csv);
	while (sheet__next(&csv->sheet, &link))
		write_row(csv, link);
	errno = EIO;
	return fflush(csv->out) || ferror(csv->out) ? -errno : 0;
}

int csv__write(FILE *out, const struct counters *counters, const struct csv_options *options)
{
	struct csv csv = { .out = out };
	int error = sheet__make(counters, &options->sheet, &csv.sheet);

	if (!error && csv.sheet.groups.rows_count)
		error = write_all(&csv, options);
	sheet__free(&csv.sheet);
	free(csv.line);
	return error;
}
