/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where does a body end that may hold SIP itself? Its Content-Length says so, but in a log it need not be true: the
 * body may be cut, left out, or have other line ends. So the lines of a body are held until the length turns out to
 * fit, that is to end with a line. If it does not fit, the lines must be read again, without trust in the length.
 */
#ifndef BODY_H
#define BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "log/held_lines.h"

#define BODY_LENGTH_MAX (64 * 1024) /* nobody quotes more SIP than that */
#define BODY_BOUNDARY_SIZE 73       /* RFC 2046 5.1.1 */

enum body_kind {
	BODY_OTHER,     /* its lines cannot look like start lines, as those of SDP */
	BODY_OPAQUE,    /* does not begin with a start line, but may hold one */
	BODY_TEXT,      /* may begin with a start line */
	BODY_SIP,       /* is SIP, or a part of a message */
	BODY_MULTIPART, /* has parts, each of which may be SIP */
};

enum body_fit { BODY_UNDECIDED, BODY_FITS, BODY_MISFITS };

struct body {
	enum body_kind kind;
	char boundary[BODY_BOUNDARY_SIZE]; /* "" unless it is known */
	size_t wanted;                     /* Content-Length; 0: none */
	size_t sent, logged;               /* bytes so far if each line ends with CR LF, or as in the log */
	struct held_lines lines;           /* those so far */
};

/* Finds the kind of a body, and its boundary, by its Content-Type ("": there is none). */
void body__set_type(struct body *body, const char *type, size_t length);

/* The Content-Type goes on in another line. */
void body__add_type(struct body *body, const char *line, size_t length);

/* Returns whether lines must be held, now that the Content-Length is known; 0: there is none. */
bool body__begin(struct body *body, size_t content_length);

/*
 * Holds a line; its end has so many bytes in the log. is_start_line says whether it looks like one. Returns 0 with
 * *ret_fit, or -ENOMEM.
 */
int body__hold(struct body *body, const char *line, size_t length, size_t ending, bool is_start_line,
	       enum body_fit *ret_fit);

/* Weighs a line that is held elsewhere. is_start says whether it looks like a start line, or a line of a record. */
enum body_fit body__weigh(struct body *body, size_t length, size_t ending, bool is_start);

/* Returns whether the line separates parts: "--" and the boundary. */
bool body__is_boundary(const struct body *body, const char *line, size_t length);

/* Returns whether a line that is a boundary is the last one: it ends with "--". */
bool body__is_last_boundary(const char *line, size_t length);

void body__free(struct body *body);

#endif
