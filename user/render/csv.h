/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Renders counters as comma-separated values in the dialect that Excel reads (RFC 4180): lines end with CR LF, a cell
 * is quoted where it must be. Knows only counters.
 *
 * A row is a group of links. Its first cells are the parts of the link, in the order of a table's: server_ip, proto,
 * server_port, client_port, client_ip, as far as the depth goes; a part that no link has is left out. Then come the
 * counts, for each type of message by direction: "INVITE OUT" (from the server side), "INVITE IN" (towards it), "INVITE "
 * (unknown). Types and directions are those of a table.
 *
 * A stamp puts three cells before these: when counting began and ended, and the name.
 *
 * A layout keeps the columns of earlier rows. New columns come at the end, and only then the header is written again. A
 * column without counts holds zeros; one for a part of the link is empty.
 */
#ifndef CSV_H
#define CSV_H

#include <stdio.h>

#include "counts/counter.h"
#include "counts/sheet.h"
#include "render/csv_layout.h"

/* The first cells of each row. */
struct csv_stamp {
	const char *start, *end; /* times */
	const char *name;
};

struct csv_options {
	struct sheet_options sheet;
	bool has_no_header;
	const struct csv_stamp *stamp; /* NULL: none */
	struct csv_layout *layout;     /* NULL: nothing was written before */
};

#define CSV_DEPTH_DEFAULT 5

/*
 * Writes the lines and flushes them; nothing at all when there are no messages. A name that a spreadsheet would take for a
 * formula gets an apostrophe before it, and control characters come as \x1b and the like. Returns 0, -EINVAL for a depth
 * that is none, -ENOMEM, or why the stream cannot be written (-EIO: not known). After an error, clear the layout: its new
 * columns may not have been written.
 */
int csv__write(FILE *out, const struct counters *counters, const struct csv_options *options);

#endif
