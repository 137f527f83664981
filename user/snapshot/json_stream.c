// SPDX-License-Identifier: BSD-2-Clause
/* See json_stream.h. Tested by tests/unit/snapshot/test_json_reader.c. */
#include "snapshot/json_stream.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE_MIN 65536

struct json_stream json_stream__start(FILE *in)
{
	return (struct json_stream){ .in = in, .line = 1 };
}

void json_stream__end(struct json_stream *stream)
{
	free(stream->buffer);
	stream->buffer = NULL;
}

int json_stream__refuse(struct json_stream *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(stream->error, sizeof(stream->error), format, arguments);
	va_end(arguments);
	stream->error_path[0] = '\0';
	stream->error_line = stream->line;
	return -EINVAL;
}

static __u64 count_lines(const char *at, size_t length)
{
	const char *end = at + length;
	__u64 count = 0;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		count++;
		at++;
	}
	return count;
}

int json_stream__refuse_part(struct json_stream *stream, const char *path, const char *what)
{
	const char *text = stream->buffer + stream->begin;

	json_stream__refuse(stream, "%s", what);
	snprintf(stream->error_path, sizeof(stream->error_path), "%s", path);
	stream->error_line += count_lines(text, json_path__find(text, stream->value_length, path));
	return -EINVAL;
}

/* Notes an error before this offset of the value that is being read. */
static int refuse_at(struct json_stream *stream, size_t offset, const char *what)
{
	const char *text = stream->buffer + stream->begin;

	json_stream__refuse(stream, "%s", what);
	json_path__at(text, offset, stream->error_path);
	stream->error_line += count_lines(text, offset);
	return -EINVAL;
}

static int refuse_end(struct json_stream *stream)
{
	stream->cut_length = stream->end - stream->begin;
	refuse_at(stream, stream->cut_length, "the file ends here, in the middle of a snapshot");
	return -EBADMSG;
}

static int grow_buffer(struct json_stream *stream)
{
	size_t capacity = stream->capacity ? 2 * stream->capacity : BUFFER_SIZE_MIN;
	char *buffer = realloc(stream->buffer, capacity);

	if (!buffer)
		return -ENOMEM;
	stream->buffer = buffer;
	stream->capacity = capacity;
	return 0;
}

/* Reads more. Returns 1, 0 at the end of the stream, or a negative errno. */
static int fill(struct json_stream *stream)
{
	size_t got;
	int error;

	if (stream->begin) {
		memmove(stream->buffer, stream->buffer + stream->begin, stream->end - stream->begin);
		stream->end -= stream->begin;
		stream->begin = 0;
	}
	if (stream->end == stream->capacity) {
		error = grow_buffer(stream);
		if (error)
			return error;
	}
	errno = EIO;
	got = fread(stream->buffer + stream->end, 1, stream->capacity - stream->end, stream->in);
	if (!got && ferror(stream->in))
		return -errno;
	stream->end += got;
	return got > 0;
}

static void consume(struct json_stream *stream, size_t length)
{
	stream->line += count_lines(stream->buffer + stream->begin, length);
	stream->begin += length;
	stream->value_length = 0;
}

void json_stream__consume(struct json_stream *stream)
{
	consume(stream, stream->value_length);
}

/* ---- objects that are cut short ---- */

void json_stream__enter(struct json_stream *stream, const char *start)
{
	stream->start = start;
}

void json_stream__leave(struct json_stream *stream)
{
	stream->start = NULL;
}

void json_stream__skip_cut(struct json_stream *stream)
{
	consume(stream, stream->cut_length);
	stream->cut_length = 0;
	stream->start = NULL;
}

/* Fails if another object begins at this offset, which is that of a new line. Returns 0 or a negative errno. */
static int refuse_another(struct json_stream *stream, size_t offset)
{
	size_t length = stream->start ? strlen(stream->start) : 0;
	int result = 1;

	while (result > 0 && stream->end - stream->begin < offset + length)
		result = fill(stream);
	if (!length || result <= 0 || memcmp(stream->buffer + stream->begin + offset, stream->start, length) != 0)
		return result < 0 ? result : 0;
	stream->cut_length = offset;
	refuse_at(stream, offset - 1, "the snapshot is cut short here");
	return -EBADMSG;
}

/* ---- tokens ---- */

int json_stream__peek(struct json_stream *stream)
{
	int result = 1;

	for (;;) {
		while (stream->begin < stream->end) {
			unsigned char c = (unsigned char)stream->buffer[stream->begin];
			int error = c == '\n' ? refuse_another(stream, 1) : 0;

			if (error)
				return error;
			if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
				return c ? c : 0x100; /* a NUL is a character that is always wrong */
			consume(stream, 1);
		}
		result = fill(stream);
		if (result <= 0)
			return result;
	}
}

int json_stream__expect(struct json_stream *stream, char wanted)
{
	int c = json_stream__peek(stream);

	if (c < 0)
		return c;
	if (c == 0)
		return refuse_end(stream);
	if (c != wanted)
		return json_stream__refuse(stream, "expected '%c'", wanted);
	consume(stream, 1);
	return 0;
}

/* How far a value goes, as far as its bytes have been looked at. */
struct extent {
	size_t length;
	unsigned int depth; /* of brackets */
	bool in_string, is_escaped, is_complete;
};

/* Looks at the next byte of a value. */
static void extend(struct extent *extent, char c)
{
	bool is_bare = extent->depth == 0 && !extent->in_string; /* a number or a word, or nothing yet */

	if (is_bare && extent->length && (isspace((unsigned char)c) || strchr(",:]}", c))) {
		extent->is_complete = true;
		return;
	}
	extent->length++;
	if (extent->in_string) {
		if (!extent->is_escaped && c == '"')
			extent->in_string = false;
		extent->is_escaped = !extent->is_escaped && c == '\\';
	} else if (c == '"') {
		extent->in_string = true;
	} else if (c == '{' || c == '[') {
		extent->depth++;
	} else if (extent->depth && (c == '}' || c == ']')) {
		extent->depth--;
	}
	extent->is_complete = !extent->depth && !extent->in_string && strchr("\"}]", c);
}

/* Has the library read so many bytes as a value. NULL if they are none, and how many of them it has looked at. */
static json_t *load(const struct json_stream *stream, size_t length, json_error_t *ret_error, size_t *ret_offset)
{
	const size_t flags = JSON_DECODE_ANY | JSON_REJECT_DUPLICATES;
	json_t *value = json_loadb(stream->buffer + stream->begin, length, flags, ret_error);

	*ret_offset = value || ret_error->position < 0 || (size_t)ret_error->position > length
			      ? length
			      : (size_t)ret_error->position;
	return value;
}

/* Whether so many bytes are the beginning of a character in UTF-8 and nothing else. */
static bool is_cut_character(const char *text, size_t length)
{
	unsigned char first = length ? (unsigned char)*text : 0;
	size_t whole = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4, i;

	if (first < 0xc2 || first > 0xf4 || length >= whole)
		return false;
	for (i = 1; i < length && ((unsigned char)text[i] & 0xc0) == 0x80; i++)
		;
	return i == length;
}

/* The stream ends within a value: there may be something wrong before that, such as a bracket that nothing closes. */
static int refuse_rest(struct json_stream *stream)
{
	size_t length = stream->end - stream->begin, offset;
	json_error_t json_error;

	json_decref(load(stream, length, &json_error, &offset));
	if (offset < length && !is_cut_character(stream->buffer + stream->begin + offset, length - offset))
		return refuse_at(stream, offset, json_error.text);
	return refuse_end(stream);
}

/* Finds where the value ends that begins at the current place, all of which is in the buffer then. */
static int find_extent(struct json_stream *stream)
{
	struct extent extent = { 0 };
	int result = json_stream__peek(stream);

	while (result > 0) {
		while (stream->begin + extent.length < stream->end) {
			char c = stream->buffer[stream->begin + extent.length];

			extend(&extent, c);
			if (extent.is_complete) {
				stream->value_length = extent.length;
				return 0;
			}
			result = c == '\n' ? refuse_another(stream, extent.length) : 0;
			if (result < 0)
				return result;
		}
		result = fill(stream);
	}
	return result < 0 ? result : refuse_rest(stream);
}

int json_stream__text(struct json_stream *stream, const char **ret_text, size_t *ret_length)
{
	int error = stream->value_length ? 0 : find_extent(stream);

	if (error)
		return error;
	*ret_text = stream->buffer + stream->begin;
	*ret_length = stream->value_length;
	return 0;
}

int json_stream__value(struct json_stream *stream, json_t **ret_value)
{
	size_t length = 0, offset;
	json_error_t json_error;
	const char *text;
	json_t *value;
	int error = json_stream__text(stream, &text, &length);

	if (error)
		return error;
	value = load(stream, length, &json_error, &offset);
	if (!value)
		return refuse_at(stream, offset, json_error.text);
	*ret_value = value;
	return 0;
}

int json_stream__list(struct json_stream *stream, char closing, int (*take_element)(void *context), void *context)
{
	int c = json_stream__peek(stream), error;

	while (c > 0 && c != closing) {
		error = take_element(context);
		if (error)
			return error;
		c = json_stream__peek(stream);
		if (c != ',')
			break;
		consume(stream, 1);
		c = json_stream__peek(stream);
		if (c == closing)
			return json_stream__refuse(stream, "expected a value after ','");
	}
	if (c > 0 && c != closing)
		return json_stream__refuse(stream, "expected ',' or '%c'", closing);
	return c < 0 ? c : json_stream__expect(stream, closing);
}
