/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Renders counters as the text table that sipcounter's users know. Knows only counters.
 *
 * A row is a group of links, a column a type of message: requests in the order of SIP_METHOD_LIST, UNKNOWN, methods of
 * other names by name, then status codes. Under each type come the messages from the server side (--->) and those
 * towards it (<---). Messages of unknown direction, which is what the row `other` holds, are never taken for either:
 * when there are any, each type has a column <-> for them as well, or only that when nothing else was counted. So
 * SUMMARY and TOTAL always add up to every message of the rows.
 *
 * Widths, in characters. A column of numbers is as wide as the total of all; if a type's name is longer than its
 * columns together, it is divided among them, rounded to the nearest, halves to the even number. A type is centred over
 * its columns. The links' column has room for the longest link with all its parts (one that is not known counts with
 * its separator, though neither is written), the title and the name, and then the margin.
 *
 * A table that exceeds its width is cut into blocks of columns, with an empty line between them. Each block repeats the
 * header and the links, and TOTAL comes in the last one. If not even one column fits beside the links, nothing is cut.
 *
 * SUMMARY adds up the rows that are written. If rows are left out, it says how many messages they hold: "SUMMARY (89 in
 * 12 more links)".
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdio.h>

#include "counts/counter.h"
#include "counts/sheet.h"

struct table_options {
	const char *title;     /* first line, above the name; may be "" */
	const char *name;      /* may be "" */
	const char *separator; /* between the parts of a link */
	struct sheet_options sheet;
	size_t link_margin; /* spaces after the longest link */
	size_t width;       /* that lines must fit; 0: any */
	bool is_name_first; /* the name above the title */
	bool has_no_name;   /* blanks instead of the name, as wide */
	bool has_no_header; /* these leave out a part of the table */
	bool has_no_links;
	bool has_no_summary; /* neither SUMMARY nor TOTAL */
	bool has_no_zeros;   /* blanks for zeros */
};

#define TABLE_DEPTH_DEFAULT 4
#define TABLE_LINK_MARGIN_DEFAULT 1
#define TABLE_SEPARATOR_DEFAULT "-"

/* The initializer for a plain table. */
#define TABLE_OPTIONS_DEFAULT                                                                       \
	{                                                                                           \
		.title = "", .name = "", .separator = TABLE_SEPARATOR_DEFAULT,                      \
		.sheet = { .depth = TABLE_DEPTH_DEFAULT }, .link_margin = TABLE_LINK_MARGIN_DEFAULT \
	}

/*
 * Writes the table, each line ended by a line feed, and flushes it; nothing at all when there are no messages. Control
 * characters in the title, the separator and names never reach the output as they are. Returns 0, -EINVAL for a depth
 * that is none, -ENOMEM, or why the stream cannot be written (-EIO: not known).
 */
int table__write(FILE *out, const struct counters *counters, const struct table_options *options);

#endif
