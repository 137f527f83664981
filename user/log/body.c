// SPDX-License-Identifier: BSD-2-Clause
/* See body.h. */
#include "log/body.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CRLF_LENGTH 2

static bool begins_with(const char *text, size_t length, const char *beginning)
{
	size_t beginning_length = strlen(beginning);

	return length >= beginning_length && !strncasecmp(text, beginning, beginning_length);
}

static enum body_kind find_kind(const char *type, size_t length)
{
	static const struct {
		const char *type;
		enum body_kind kind;
	} kinds[] = {
		{ "application/sdp", BODY_OTHER }, { "message/", BODY_SIP }, { "application/sip", BODY_SIP },
		{ "multipart/", BODY_MULTIPART },  { "text/", BODY_TEXT },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (begins_with(type, length, kinds[i].type))
			return kinds[i].kind;
	}
	return length ? BODY_OPAQUE : BODY_TEXT;
}

static void find_boundary(struct body *body, const char *type, size_t length)
{
	static const char name[] = "boundary=";
	const char *end = type + length, *at = type;
	size_t kept;

	while (at < end && !begins_with(at, (size_t)(end - at), name))
		at++;
	at += sizeof(name) - 1;
	if (at >= end)
		return;
	if (*at == '"')
		at++;
	for (kept = 0; at + kept < end && kept < BODY_BOUNDARY_SIZE - 1 && !strchr("\"; \t\r\n", at[kept]); kept++)
		body->boundary[kept] = at[kept];
	body->boundary[kept] = '\0';
}

void body__set_type(struct body *body, const char *type, size_t length)
{
	body->kind = find_kind(type, length);
	body->boundary[0] = '\0';
	body__add_type(body, type, length);
}

void body__add_type(struct body *body, const char *line, size_t length)
{
	if (body->kind == BODY_MULTIPART && !body->boundary[0])
		find_boundary(body, line, length);
}

bool body__begin(struct body *body, size_t content_length)
{
	body->wanted = content_length;
	body->sent = body->logged = body->lines.length = 0;
	return body->kind != BODY_OTHER && content_length && content_length <= BODY_LENGTH_MAX;
}

enum body_fit body__weigh(struct body *body, size_t length, size_t ending, bool is_start)
{
	bool is_first = !body->sent;

	body->sent += length + CRLF_LENGTH;
	body->logged += length + ending;
	if (is_first && is_start && (body->kind == BODY_OPAQUE || body->kind == BODY_MULTIPART))
		return BODY_MISFITS; /* the log leaves bodies out */
	if (body->wanted == body->sent || body->wanted == body->logged || body->wanted == body->sent - CRLF_LENGTH ||
	    body->wanted == body->logged - ending)
		return BODY_FITS;
	if (body->wanted >= body->logged - ending || body->wanted >= body->sent - CRLF_LENGTH)
		return BODY_UNDECIDED;
	return BODY_MISFITS;
}

int body__hold(struct body *body, const char *line, size_t length, size_t ending, bool is_start_line,
	       enum body_fit *ret_fit)
{
	int error = held_lines__add(&body->lines, line, length, HELD_LF);

	if (error)
		return error;
	*ret_fit = body__weigh(body, length, ending, is_start_line);
	return 0;
}

bool body__is_boundary(const struct body *body, const char *line, size_t length)
{
	size_t boundary_length = strlen(body->boundary);

	if (length <= 2 || length < 2 + boundary_length || line[0] != '-' || line[1] != '-')
		return false;
	return !memcmp(line + 2, body->boundary, boundary_length); /* if it is unknown, any will do */
}

bool body__is_last_boundary(const char *line, size_t length)
{
	return length > 4 && line[length - 1] == '-' && line[length - 2] == '-';
}

void body__free(struct body *body)
{
	held_lines__free(&body->lines);
}
