/* SPDX-License-Identifier: BSD-2-Clause */
/* Start lines of SIP in lines of a log: which lines are worth a closer look, and where in them one begins. */
#ifndef START_LINE_H
#define START_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Returns whether the line holds "SIP/": no other line is a start line, not even a malformed one. */
bool start_line__is_possible(const char *line, size_t length);

/* Returns the slash of the first "SIP/" in a text, in any case; NULL: there is none. */
const char *start_line__version(const char *text, size_t length);

/* Returns whether the line ends or begins like a start line. Fast: for lines that nearly always are none. */
static inline bool start_line__is_likely(const char *line, size_t length)
{
	if (length <= sizeof("SIP/2.0") - 1)
		return false;
	if (line[length - 1] == '0' && line[length - 2] == '.' && line[length - 4] == '/')
		return true;
	return line[3] == '/' && (line[0] == 'S' || line[0] == 's');
}

/*
 * Returns whether the line certainly is a start line: a request with a known scheme of URI and a method in capital
 * letters, or a response. Fast: there are other start lines too.
 */
bool start_line__is_certain(const char *line, size_t length);

/* Returns whether the line is certainly a start line, and start_line__find() would find all of it. */
bool start_line__is_alone(const char *line, size_t length);

/*
 * Finds a start line at the end of a line, behind other text. Of a method whose beginning cannot be told from what is
 * before it, the longest known one is taken. Returns whether there is one; *ret_offset is where it begins, and
 * *ret_method_from is the first byte that might belong to its method (for a response, the same).
 */
bool start_line__find(const char *line, size_t length, size_t *ret_offset, size_t *ret_method_from);

/* Returns whether this is a method of the list. */
bool start_line__is_known_method(const char *text, size_t length);

/*
 * Finds the method of a request at the end of a line, with all bytes before it that may belong to it: from one place up to
 * another one. Returns whether there is one.
 */
bool start_line__find_method(const char *line, size_t length, size_t *ret_from, size_t *ret_to);

/*
 * Returns whether the line looks as if somebody had meant a start line, whatever is before and behind it: "SIP/2.0" and
 * a status code, or a URI before "SIP/2.0".
 */
bool start_line__is_meant(const char *line, size_t length);

#endif
