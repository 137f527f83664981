// SPDX-License-Identifier: BSD-2-Clause
/* See json_stream.h. */
#include "json_stream.h"

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
	stream->error_line = stream->line;
	return -EINVAL;
}

static int refuse_end(struct json_stream *stream)
{
	return json_stream__refuse(stream, "the file ends here, in the middle of a snapshot");
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
	int err;

	if (stream->begin) {
		memmove(stream->buffer, stream->buffer + stream->begin, stream->end - stream->begin);
		stream->end -= stream->begin;
		stream->begin = 0;
	}
	if (stream->end == stream->capacity) {
		err = grow_buffer(stream);
		if (err)
			return err;
	}
	errno = EIO;
	got = fread(stream->buffer + stream->end, 1, stream->capacity - stream->end, stream->in);
	if (!got && ferror(stream->in))
		return -errno;
	stream->end += got;
	return got > 0;
}

void json_stream__take(struct json_stream *stream, size_t length)
{
	const char *at = stream->buffer + stream->begin, *end = at + length;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		stream->line++;
		at++;
	}
	stream->begin += length;
}

int json_stream__peek(struct json_stream *stream)
{
	int result = 1;

	for (;;) {
		while (stream->begin < stream->end) {
			unsigned char c = (unsigned char)stream->buffer[stream->begin];

			if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
				return c ? c : 0x100; /* a NUL is a character that is always wrong */
			json_stream__take(stream, 1);
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
	json_stream__take(stream, 1);
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

/* The length of the value that begins at the current place, all of which is in the buffer then. */
static int find_extent(struct json_stream *stream, size_t *ret_length)
{
	struct extent extent = { 0 };
	int result = json_stream__peek(stream);

	if (result == 0)
		return refuse_end(stream);
	while (result > 0) {
		while (stream->begin + extent.length < stream->end) {
			extend(&extent, stream->buffer[stream->begin + extent.length]);
			if (extent.is_complete) {
				*ret_length = extent.length;
				return 0;
			}
		}
		result = fill(stream);
	}
	return result < 0 ? result : refuse_end(stream);
}

int json_stream__text(struct json_stream *stream, const char **ret_text, size_t *ret_length)
{
	size_t length = 0;
	int err = find_extent(stream, &length);

	if (err)
		return err;
	*ret_text = stream->buffer + stream->begin;
	*ret_length = length;
	return 0;
}

int json_stream__value(struct json_stream *stream, json_t **ret_value)
{
	json_error_t error;
	size_t length = 0;
	json_t *value;
	int err = find_extent(stream, &length);

	if (err)
		return err;
	value = json_loadb(stream->buffer + stream->begin, length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (!value) {
		json_stream__refuse(stream, "%s", error.text);
		stream->error_line += (__u64)(error.line > 0 ? error.line - 1 : 0);
		return -EINVAL;
	}
	json_stream__take(stream, length);
	*ret_value = value;
	return 0;
}

int json_stream__list(struct json_stream *stream, char closing, int (*take_element)(void *context), void *context)
{
	int c = json_stream__peek(stream), err;

	while (c > 0 && c != closing) {
		err = take_element(context);
		if (err)
			return err;
		c = json_stream__peek(stream);
		if (c != ',')
			break;
		json_stream__take(stream, 1);
		c = json_stream__peek(stream);
		if (c == closing)
			return json_stream__refuse(stream, "expected a value after ','");
	}
	return c < 0 ? c : json_stream__expect(stream, closing);
}
