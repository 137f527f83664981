// SPDX-License-Identifier: BSD-2-Clause
/* See matchers.h. */
#include "log/matchers.h"

#include <limits.h>
#include <string.h>

static bool is_among(const char *bytes, size_t byte)
{
	return !bytes || (byte && strchr(bytes, (int)byte));
}

/* Adds a matcher of lines that may begin with certain bytes; NULL: any. */
static void add(struct matchers *matchers, const char *first, const char *second)
{
	struct matcher *matcher = &matchers->list[matchers->count++];
	size_t i, roles;

	matcher->has_direction = pattern__has(matcher->pattern, PATTERN_DIRECTION);
	matcher->may_begin_any = !first;
	for (i = 0; i < sizeof(matcher->may_begin); i++) {
		matcher->may_begin[i] = is_among(first, i);
		matcher->may_follow[i] = is_among(second, i);
		matchers->may_match[i] |= matcher->may_begin[i];
		for (roles = 0; roles < MATCHERS_ROLES && matcher->may_begin[i]; roles++)
			matchers->quiet[roles].until[i] = 0;
		matchers->is_named[i] |= first && matcher->may_begin[i];
		matchers->may_follow[i] |= first && matcher->may_follow[i];
	}
}

static int add_line(struct matchers *matchers, const struct form_line *line)
{
	struct matcher *matcher = &matchers->list[matchers->count];
	char why[PATTERN_ERROR_SIZE];
	int error = pattern__new(line->pattern, false, &matcher->pattern, why);

	if (!error && line->more)
		error = pattern__new(line->more, false, &matcher->more, why);
	matcher->line = line;
	if (error)
		return error;
	matcher->has_literal = line->literal != NULL;
	if (line->literal)
		matcher->literal = literal__either(line->literal, line->other);
	matcher->shares_literal = line->literal && matchers->count && matcher[-1].has_literal &&
				  !strcmp(matcher[-1].literal.text, line->literal) && !line->first &&
				  !matcher[-1].line->first && line->role == matcher[-1].line->role;
	add(matchers, line->first, line->second);
	return 0;
}

int matchers__make(struct matchers *matchers, const struct form *form, struct pattern *users)
{
	const struct form_line *line = form->lines;
	int error = 0;
	size_t i;

	*matchers = (struct matchers){ 0 };
	for (i = 0; i < MATCHERS_ROLES; i++)
		memset(matchers->quiet[i].until, 0xff, sizeof(matchers->quiet[i].until));
	if (users) {
		matchers->list[0].pattern = users;
		add(matchers, NULL, NULL);
		return 0;
	}
	for (; !error && line < form->lines + FORMS_LINES_MAX && line->role != FORM_NO_LINE; line++)
		error = add_line(matchers, line);
	return error;
}

void matchers__free(struct matchers *matchers)
{
	size_t i;

	for (i = 0; i < FORMS_LINES_MAX; i++) {
		pattern__free(matchers->list[i].more);
		if (matchers->list[i].line)
			pattern__free(matchers->list[i].pattern);
	}
}

enum form_role matcher__role(const struct matcher *matcher)
{
	return matcher->line ? matcher->line->role : FORM_BEGINS;
}

static bool is_due(const struct matcher *matcher, unsigned int due, const char *line, size_t length)
{
	unsigned char first = length ? (unsigned char)line[0] : 0;

	return matcher->may_begin[first] && (length < 2 || matcher->may_follow[(unsigned char)line[1]]) &&
	       due & 1U << matcher__role(matcher);
}

int matchers__match(struct matchers *matchers, unsigned int due, const char *line, size_t length,
		    const struct matcher **ret_matcher)
{
	const struct matcher *matcher = matchers->list, *end = matcher + matchers->count;
	unsigned char first = length ? (unsigned char)line[0] : 0;
	bool is_held = false;
	int result;

	if (!matchers->may_match[first])
		return 0;
	for (; matcher < end; matcher++) {
		if (!is_due(matcher, due, line, length))
			continue;
		if (!matcher->shares_literal)
			is_held = !matcher->has_literal || literal__is_in(&matcher->literal, line, length);
		if (!is_held)
			continue;
		result = pattern__match(matcher->pattern, line, length);
		if (result > 0)
			*ret_matcher = matcher;
		if (result > 0 || (result < 0 && !matcher->line))
			return result;
	}
	return 0;
}

bool matchers__may_match_alone(const struct matchers *matchers, unsigned int due, const char *line, size_t length)
{
	const struct matcher *matcher = matchers->list, *end = matcher + matchers->count;

	for (; matcher < end; matcher++) {
		if (!matcher->shares_literal && is_due(matcher, due, line, length) &&
		    (!matcher->has_literal || literal__is_in(&matcher->literal, line, length)))
			return true;
	}
	return false;
}

/*
 * Whether the matcher's literal may be in the line. It is looked for in the whole text, once. Where a text ends it may
 * go on in the next one, so the end counts as a place.
 */
static bool may_hold(struct matcher *matcher, const struct matchers_text *text, const char *line, const char *line_end)
{
	unsigned long long offset = text->offset + (unsigned long long)(line - text->text);
	const char *next;

	if (!matcher->has_literal)
		return true;
	if (matcher->next < offset) {
		next = literal__find(&matcher->literal, line, (size_t)(text->end - line));
		matcher->next = text->offset + (unsigned long long)((next ? next : text->end) - text->text);
	}
	return matcher->next < offset + (unsigned long long)(line_end - line);
}

bool matchers__are_idle(struct matchers *matchers, unsigned int due, const struct matchers_text *text, const char *from,
			const char *to)
{
	struct matcher *matcher = matchers->list, *end = matcher + matchers->count;

	for (; matcher < end; matcher++) {
		if (!matcher->shares_literal && due & 1U << matcher__role(matcher) && may_hold(matcher, text, from, to))
			return false;
	}
	return true;
}

bool matchers__look(struct matchers *matchers, unsigned int due, const struct matchers_text *text, const char *line,
		    const char *line_end)
{
	struct matcher *matcher = matchers->list, *end = matcher + matchers->count;
	struct matchers_quiet *quiet = &matchers->quiet[matchers__roles(due)];
	unsigned char first = (unsigned char)*line;
	unsigned long long until = ULLONG_MAX, unnamed = ULLONG_MAX;
	bool may_match = false;

	for (; matcher < end; matcher++) {
		if (matcher->shares_literal || !is_due(matcher, due, line, (size_t)(line_end - line)))
			continue;
		may_match |= may_hold(matcher, text, line, line_end);
		if (matcher->next < until)
			until = matcher->next;
		if (matcher->may_begin_any && matcher->next < unnamed)
			unnamed = matcher->next;
	}
	if (matchers__name(matchers, line, line_end) || !matchers->is_named[first])
		quiet->until[first] = until;
	quiet->unnamed = unnamed;
	return may_match;
}
