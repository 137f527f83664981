/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a log, read in big blocks. Memory is bounded: of a line that is longer than LINES_LENGTH_MAX, the
 * beginning is kept and the rest is skipped. Knows no SIP.
 */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/byte_source.h"

#define LINES_LENGTH_MAX (512 * 1024)
#define LINES_SAMPLE_MAX (1024 * 1024)

/* A line without its end: a line feed and any carriage returns before it. */
struct line {
	char *text; /* may be changed until the next line is read, with one byte behind it; without a NUL */
	size_t length;
	size_t ending;             /* bytes of the line end that the log has; 0: the last line has none */
	bool has_escape;           /* it holds an ESC, as colours do */
	unsigned long long offset; /* of its first byte in the log */
};

struct lines;

/*
 * Makes a reader of a source, which must outlive it. Returns 0 and a reader that the caller frees, or -ENOMEM.
 * lines__free(NULL) is fine.
 */
int lines__new(const struct byte_source *in, struct lines **ret_lines);
void lines__free(struct lines *lines);

/* Makes a reader of a copy of this text, which the reader owns. Returns the same as lines__new(). */
int lines__of_text(const char *text, size_t length, struct lines **ret_lines);

/* Reads a line. Returns 1, 0 at the end of the log, or a negative errno once all that could be read was handed out. */
int lines__next(struct lines *lines, struct line *ret_line);

/*
 * Finds what comes next in the log, up to LINES_SAMPLE_MAX bytes, and returns its length. Reads no line, and ends the
 * use of the last one. The text belongs to the reader.
 */
size_t lines__sample(struct lines *lines, const char **ret_text);

/*
 * Finds the lines that were read ahead, as they are in the log. Returns their length, which may end within a line; like
 * a line, they may be changed. lines__pass() passes lines of so many bytes, all of them complete.
 */
size_t lines__ahead(struct lines *lines, char **ret_text);
void lines__pass(struct lines *lines, size_t length, unsigned long long count);

/* Returns the number of the line that was read last, from 1; 0 before the first one. */
unsigned long long lines__number(const struct lines *lines);

/* Returns how many bytes of the log were read as lines. */
unsigned long long lines__offset(const struct lines *lines);

/* Returns how many lines were cut, and the number of the first one. */
unsigned long long lines__cut(const struct lines *lines, unsigned long long *ret_first);

#endif
