// SPDX-License-Identifier: BSD-2-Clause
/* See lines.h. */
#include "log/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/encoding.h"

#define ESCAPE '\x1b'
#define READ_SIZE (128 * 1024) /* at once, which caches hold */

struct lines {
	struct encoding encoding;
	const struct byte_source *in; /* NULL: everything is in the buffer */
	char *buffer;                 /* LINES_SAMPLE_MAX bytes, or the text, and one more */
	size_t begin, end;            /* what the buffer holds */
	unsigned long long offset;    /* of the buffer in the log */
	bool is_ended;                /* nothing more can be read */
	bool is_skipping;             /* the rest of a line that was cut */
	unsigned long long number;
	unsigned long long cut, first_cut;
};

static int make(size_t size, struct lines **ret_lines)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (lines)
		lines->buffer = malloc(size + 1);
	if (!lines || !lines->buffer) {
		free(lines);
		return -ENOMEM;
	}
	*ret_lines = lines;
	return 0;
}

int lines__new(const struct byte_source *in, struct lines **ret_lines)
{
	int error = make(LINES_SAMPLE_MAX, ret_lines);

	if (!error)
		(*ret_lines)->in = in;
	return error;
}

int lines__of_text(const char *text, size_t length, struct lines **ret_lines)
{
	int error = make(length, ret_lines);

	if (error)
		return error;
	memcpy((*ret_lines)->buffer, text, length);
	(*ret_lines)->end = length;
	(*ret_lines)->is_ended = true;
	return 0;
}

void lines__free(struct lines *lines)
{
	if (!lines)
		return;
	free(lines->buffer);
	free(lines);
}

/* Moves what is left to the beginning of the buffer, and reads up to so many bytes more. */
static void fill(struct lines *lines, size_t size)
{
	size_t room;

	if (lines->is_ended)
		return;
	memmove(lines->buffer, lines->buffer + lines->begin, lines->end - lines->begin);
	lines->end -= lines->begin;
	lines->offset += lines->begin;
	lines->begin = 0;
	room = LINES_SAMPLE_MAX - lines->end;
	if (room < ENCODING_SIZE_MIN)
		return;
	lines->end +=
		encoding__read(&lines->encoding, lines->in, lines->buffer + lines->end, room < size ? room : size);
	lines->is_ended = lines->encoding.is_at_end;
}

/* Finds the end of the line at the beginning, or NULL if it is not there or too far away. */
static char *find_end(struct lines *lines)
{
	size_t searched = 0, held;
	char *end;

	for (;;) {
		held = lines->end - lines->begin;
		end = memchr(lines->buffer + lines->begin + searched, '\n', held - searched);
		if (end || lines->is_ended || held > LINES_LENGTH_MAX)
			return end;
		searched = held;
		fill(lines, READ_SIZE);
	}
}

/* Passes the rest of a line that was cut. */
static void skip_rest(struct lines *lines)
{
	char *end;

	while (lines->is_skipping) {
		end = memchr(lines->buffer + lines->begin, '\n', lines->end - lines->begin);
		lines->begin = end ? (size_t)(end - lines->buffer) + 1 : lines->end;
		lines->is_skipping = !end && !lines->is_ended;
		if (lines->is_skipping)
			fill(lines, READ_SIZE);
	}
}

static void cut(struct lines *lines, struct line *ret_line, bool has_end)
{
	ret_line->length = LINES_LENGTH_MAX;
	ret_line->ending = 1;
	lines->is_skipping = !has_end;
	if (!lines->cut++)
		lines->first_cut = lines->number;
}

/* Some editors put a UTF-8 byte order mark before a text. */
static void skip_mark(struct line *line)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };

	if (line->length < sizeof(mark) || memcmp(line->text, mark, sizeof(mark)) != 0)
		return;
	line->text += sizeof(mark);
	line->offset += sizeof(mark);
	line->length -= sizeof(mark);
}

int lines__next(struct lines *lines, struct line *ret_line)
{
	size_t available;
	char *end;

	if (lines->is_skipping)
		skip_rest(lines);
	end = find_end(lines);
	available = end ? (size_t)(end - lines->buffer) + 1 - lines->begin : lines->end - lines->begin;
	if (!available)
		return lines->encoding.error;
	lines->number++;
	*ret_line = (struct line){ .text = lines->buffer + lines->begin,
				   .length = available - (end != NULL),
				   .offset = lines->offset + lines->begin };
	if (ret_line->length > LINES_LENGTH_MAX)
		cut(lines, ret_line, end != NULL);
	ret_line->has_escape = memchr(ret_line->text, ESCAPE, ret_line->length);
	lines->begin += end ? available : ret_line->length;
	if (lines->number == 1)
		skip_mark(ret_line);
	if (ret_line->ending)
		return 1;
	while (ret_line->length && ret_line->text[ret_line->length - 1] == '\r')
		ret_line->length--;
	if (end)
		ret_line->ending = (size_t)(end - ret_line->text) + 1 - ret_line->length;
	return 1;
}

size_t lines__sample(struct lines *lines, const char **ret_text)
{
	if (lines->is_skipping)
		skip_rest(lines);
	fill(lines, LINES_SAMPLE_MAX);
	*ret_text = lines->buffer + lines->begin;
	return lines->end - lines->begin;
}

size_t lines__ahead(struct lines *lines, char **ret_text)
{
	if (lines->is_skipping)
		return 0;
	*ret_text = lines->buffer + lines->begin;
	return lines->end - lines->begin;
}

void lines__pass(struct lines *lines, size_t length, unsigned long long count)
{
	lines->begin += length;
	lines->number += count;
}

unsigned long long lines__number(const struct lines *lines)
{
	return lines->number;
}

unsigned long long lines__offset(const struct lines *lines)
{
	return lines->offset + lines->begin;
}

unsigned long long lines__cut(const struct lines *lines, unsigned long long *ret_first)
{
	*ret_first = lines->first_cut;
	return lines->cut;
}
