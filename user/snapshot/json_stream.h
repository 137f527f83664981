/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes JSON text apart piece by piece as it is read from a stream, so that a list of a million values needs no more
 * memory than the longest of them. The values themselves are the JSON library's. Knows no counters.
 */
#ifndef JSON_STREAM_H
#define JSON_STREAM_H

#include <jansson.h>
#include <linux/types.h>
#include <stdio.h>

#include "snapshot/json_path.h"

#define JSON_STREAM_ERROR_SIZE 200

struct json_stream {
	FILE *in;
	char *buffer; /* what has been read and not yet been taken is from begin to end */
	size_t begin, end, capacity;
	size_t value_length; /* of the value at begin; 0: not looked for */
	__u64 line;          /* at begin, from 1 on */
	const char *start;   /* of an object of the stream, within one: see json_stream__enter(); else NULL */
	size_t cut_length;   /* of what is left of an object that was cut short, after -EBADMSG */

	/* What was wrong, after -EINVAL. */
	char error[JSON_STREAM_ERROR_SIZE];
	char error_path[JSON_PATH_SIZE]; /* within the value that was being read; "": the value itself, or none */
	__u64 error_line;
};

/* A stream over `in`, which stays the caller's. */
struct json_stream json_stream__start(FILE *in);

/* Frees what it has buffered. */
void json_stream__end(struct json_stream *stream);

/* Notes an error at the current line. Returns -EINVAL. */
int json_stream__refuse(struct json_stream *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Notes an error of a part of the value that json_stream__value() has read, by its path, at the line where it stands; of a
 * part that is missing, where that begins which should have it. Returns -EINVAL.
 */
int json_stream__refuse_part(struct json_stream *stream, const char *path, const char *what);

/*
 * From here on to json_stream__leave(), a line that begins with this text begins another object of the stream: the one that
 * is being read was cut short, as it is where the stream ends. Reading it further fails with -EBADMSG.
 */
void json_stream__enter(struct json_stream *stream, const char *start);
void json_stream__leave(struct json_stream *stream);

/* After -EBADMSG, takes what is left of the object that was cut short. */
void json_stream__skip_cut(struct json_stream *stream);

/*
 * All that follow return a negative errno on failure: -EINVAL for wrong JSON, -EBADMSG for an object that is cut short,
 * else the stream's or -ENOMEM.
 */

/* Skips white space. Returns the next character, without taking it, or 0 at the end of the stream. */
int json_stream__peek(struct json_stream *stream);

/* Takes this character, which must be the next one after white space. Returns 0. */
int json_stream__expect(struct json_stream *stream, char wanted);

/* Finds a whole value without taking it. Returns 0 and its text, which stays until the next call. */
int json_stream__text(struct json_stream *stream, const char **ret_text, size_t *ret_length);

/* Reads a whole value without taking it. Returns 0 and a value that the caller drops. */
int json_stream__value(struct json_stream *stream, json_t **ret_value);

/* Takes the value that was found or read. */
void json_stream__consume(struct json_stream *stream);

/*
 * Takes a list behind its opening bracket: elements between commas, each taken by the function, and the closing bracket.
 * Returns 0, or the function's error.
 */
int json_stream__list(struct json_stream *stream, char closing, int (*take_element)(void *context), void *context);

#endif
