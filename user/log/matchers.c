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
	matchers_set bit = (matchers_set)(1U << matchers->count);
	struct matcher *matcher = &matchers->list[matchers->count++];
	unsigned int role = 1U << (matcher__role(matcher) - FORM_BEGINS);
	bool may_begin;
	size_t i, roles;

	matcher->has_direction = pattern__has(matcher->pattern, PATTERN_DIRECTION);
	for (i = 0; i < 256; i++) {
		may_begin = is_among(first, i);
		matchers->by_first[i] |= may_begin ? bit : 0;
		matchers->by_second[i] |= is_among(second, i) ? bit : 0;
		for (roles = 0; roles < MATCHERS_ROLES && may_begin; roles++) {
			matchers->quiet[roles].until[i] = 0;
			matchers->names[roles][i] |= first && roles & role;
		}
	}
	for (roles = 0; roles < MATCHERS_ROLES; roles++)
		matchers->by_roles[roles] |= roles & role ? bit : 0;
	matchers->by_literal |= matcher->shares_literal ? 0 : bit;
	matchers->named |= first ? bit : 0;
}

static bool holds_digit(const char *text)
{
	return text && strpbrk(text, "0123456789");
}

/*
 * Lines of any kind may begin with a blank, where messages are indented; the second byte tells them apart. Lines that add
 * are due before messages alone.
 */
static int find_glance(const struct form_line *line)
{
	if (!line->literal || !line->first || (strchr(line->first, ' ') && !line->second))
		return MATCHER_TEXT;
	return line->second && line->role == FORM_ADDS ? MATCHER_NOWHERE : MATCHER_LINES;
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
	matcher->glance = find_glance(line);
	matcher->suits_memory =
		match_memory__suits(line->pattern) && !holds_digit(line->literal) && !holds_digit(line->other);
	matchers->has_memory |= matcher->suits_memory;
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

	match_memory__free(&matchers->memory);
	for (i = 0; i < FORMS_LINES_MAX; i++) {
		pattern__free(matchers->list[i].more);
		if (matchers->list[i].line)
			pattern__free(matchers->list[i].pattern);
	}
}

/* Returns the matchers that are due and may match a line, as far as its first bytes tell. */
static inline matchers_set candidates_of(const struct matchers *matchers, unsigned int due, const char *line,
					 size_t length)
{
	matchers_set set =
		matchers->by_roles[matchers__roles(due)] & matchers->by_first[length ? (unsigned char)*line : 0];

	return length < 2 ? set : set & matchers->by_second[(unsigned char)line[1]];
}

/* Takes the first matcher out of a set that is not empty. */
static inline struct matcher *take_first(struct matchers *matchers, matchers_set *set)
{
	struct matcher *matcher = &matchers->list[__builtin_ctz(*set)];

	*set &= (matchers_set)(*set - 1);
	return matcher;
}

/* Tries candidates one after another. Returns the same as matchers__match(); *ret_suits is whether all suit memory. */
static int try_candidates(struct matchers *matchers, matchers_set candidates, const char *line, size_t length,
			  struct matcher **ret_matcher, bool *ret_suits)
{
	struct matcher *matcher;
	bool is_held = false;
	int result;

	*ret_suits = true;
	while (candidates) {
		matcher = take_first(matchers, &candidates);
		if (!matcher->shares_literal)
			is_held = !matcher->has_literal || literal__is_in(&matcher->literal, line, length);
		if (!is_held)
			continue;
		result = pattern__match(matcher->pattern, line, length);
		*ret_suits &= matcher->suits_memory && result >= 0;
		if (result > 0)
			*ret_matcher = matcher;
		if (result > 0 || (result < 0 && !matcher->line))
			return result;
	}
	return 0;
}

/* Matches a line that is not remembered. Returns the same as matchers__match(). */
static __attribute__((noinline)) int match_anew(struct matchers *matchers, matchers_set candidates, const char *line,
						size_t length, const struct matcher **ret_matcher)
{
	struct matcher *matcher = NULL;
	struct match found;
	bool suits;
	int result = try_candidates(matchers, candidates, line, length, &matcher, &suits);

	found = matcher ? *pattern__found(matcher->pattern) : (struct match){ 0 };
	found.which = matcher ? (unsigned int)(matcher - matchers->list) : 0;
	if (suits)
		match_memory__keep(&matchers->memory, &found);
	if (matcher)
		*ret_matcher = matcher;
	return result;
}

int matchers__match(struct matchers *matchers, unsigned int due, const char *line, size_t length,
		    const struct matcher **ret_matcher)
{
	matchers_set candidates = candidates_of(matchers, due, line, length);
	const struct match *known;

	if (!candidates)
		return 0;
	known = matchers->has_memory ? match_memory__find(&matchers->memory, candidates, line, length) : NULL;
	if (!known)
		return match_anew(matchers, candidates, line, length, ret_matcher);
	if (!known->is_match)
		return 0;
	pattern__recall(matchers->list[known->which].pattern, line, known);
	*ret_matcher = &matchers->list[known->which];
	return 1;
}

bool matchers__may_match_alone(struct matchers *matchers, unsigned int due, const char *line, size_t length)
{
	matchers_set candidates = candidates_of(matchers, due, line, length) & matchers->by_literal;
	const struct matcher *matcher;

	while (candidates) {
		matcher = take_first(matchers, &candidates);
		if (!matcher->has_literal || literal__is_in(&matcher->literal, line, length))
			return true;
	}
	return false;
}

/*
 * Whether the matcher's literal may be in the line. It is looked for in the whole text, once. Where a text ends it may
 * go on in the next one, so the end counts as a place.
 */
static inline bool may_hold(struct matcher *matcher, const struct matchers_text *text, const char *line,
			    const char *line_end)
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

/* Whether a line, which begins as the matcher names it, may be of it. */
static inline bool may_be(struct matcher *matcher, const struct matchers_text *text, const char *line,
			  const char *line_end)
{
	if (matcher->glance == MATCHER_TEXT)
		return may_hold(matcher, text, line, line_end);
	return matcher->glance == MATCHER_NOWHERE || literal__is_in(&matcher->literal, line, (size_t)(line_end - line));
}

bool matchers__are_idle(struct matchers *matchers, unsigned int due, const struct matchers_text *text, const char *from,
			const char *to)
{
	matchers_set candidates = matchers->by_roles[matchers__roles(due)] & matchers->by_literal;

	while (candidates) {
		if (may_hold(take_first(matchers, &candidates), text, from, to))
			return false;
	}
	return true;
}

/* Returns the offset before which none of these matchers' literals is, as far as they have been looked for. */
static inline unsigned long long first_of(const struct matchers *matchers, matchers_set set)
{
	unsigned long long first = ULLONG_MAX;

	for (; set; set &= (matchers_set)(set - 1)) {
		if (matchers->list[__builtin_ctz(set)].next < first)
			first = matchers->list[__builtin_ctz(set)].next;
	}
	return first;
}

/* What is known of a line with a certain second byte says nothing of lines with another one. */
bool matchers__look(struct matchers *matchers, unsigned int due, const struct matchers_text *text, const char *line,
		    const char *line_end)
{
	matchers_set candidates = candidates_of(matchers, due, line, (size_t)(line_end - line)) & matchers->by_literal;
	matchers_set all = matchers->by_roles[matchers__roles(due)] & matchers->by_literal;
	struct matchers_quiet *quiet = &matchers->quiet[matchers__roles(due)];
	unsigned char first = (unsigned char)*line;
	struct matcher *matcher;

	while (candidates) {
		matcher = take_first(matchers, &candidates);
		if (may_be(matcher, text, line, line_end))
			return true;
	}
	quiet->until[first] = first_of(matchers, all & matchers->by_first[first]);
	quiet->unnamed = first_of(matchers, all & (matchers_set)~matchers->named);
	return false;
}
