// SPDX-License-Identifier: BSD-2-Clause
/* See other_forms.h. */
#include "log/other_forms.h"

#include <stdlib.h>
#include <string.h>

#include "log/literal.h"
#include "log/pattern.h"

/* A line of a form. */
struct other_line {
	const struct form_line *line; /* NULL: it tells no form */
	struct literal literal;
	struct pattern *pattern; /* made when a line may match for the first time; NULL: not yet */
};

struct other_forms {
	struct other_line *lines; /* FORMS_LINES_MAX of each form */
};

static size_t lines_count(void)
{
	return forms_count * FORMS_LINES_MAX;
}

/* A line without a literal is too short to tell a form. */
static void prepare_line(struct other_line *other, const struct form_line *line)
{
	if ((line->role != FORM_BEGINS && line->role != FORM_ADDS) || !line->literal)
		return;
	other->line = line;
	other->literal = literal__either(line->literal, line->other);
}

struct other_forms *other_forms__new(void)
{
	struct other_forms *others = calloc(1, sizeof(*others));
	size_t i;

	if (!others)
		return NULL;
	others->lines = calloc(lines_count(), sizeof(*others->lines));
	if (!others->lines) {
		free(others);
		return NULL;
	}
	for (i = 0; i < lines_count(); i++)
		prepare_line(&others->lines[i], &forms[i / FORMS_LINES_MAX].lines[i % FORMS_LINES_MAX]);
	return others;
}

void other_forms__free(struct other_forms *others)
{
	size_t i;

	if (!others)
		return;
	for (i = 0; i < lines_count(); i++)
		pattern__free(others->lines[i].pattern);
	free(others->lines);
	free(others);
}

/* Whether a line may be this one of a form. */
static bool may_be(const struct other_line *other, const char *line, size_t length)
{
	return other->line && (!other->line->first || (*line && strchr(other->line->first, *line))) &&
	       literal__is_in(&other->literal, line, length);
}

static bool tells_path(const struct pattern *pattern, const struct form_line *form_line)
{
	static const enum pattern_group groups[] = { PATTERN_SRC, PATTERN_DST, PATTERN_PEER, PATTERN_DIRECTION };
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (pattern__value(pattern, groups[i], &value))
			return true;
	}
	return form_line->way != FORM_ANY_WAY;
}

static bool is_line(struct other_line *other, const char *line, size_t length)
{
	char why[PATTERN_ERROR_SIZE];

	if (!other->pattern && pattern__new(other->line->pattern, false, &other->pattern, why))
		return false;
	return pattern__match(other->pattern, line, length) == 1 && tells_path(other->pattern, other->line);
}

static bool is_of_form(struct other_forms *others, size_t form, const char *line, size_t length)
{
	struct other_line *other = others->lines + form * FORMS_LINES_MAX, *end = other + FORMS_LINES_MAX;

	for (; other < end; other++) {
		if (may_be(other, line, length) && is_line(other, line, length))
			return true;
	}
	return false;
}

/* Of forms with the same lines, the one without a sign is found, because a line does not show the sign. */
const struct form *other_forms__find(struct other_forms *others, const struct form *form, const char *line,
				     size_t length)
{
	const struct form *found = NULL;
	size_t i;

	for (i = 0; length && i < forms_count; i++) {
		if (&forms[i] == form || forms[i].traits & FORM_LOOSE || (found && forms[i].sign))
			continue;
		if (!is_of_form(others, i, line, length))
			continue;
		found = &forms[i];
		if (!found->sign)
			break;
	}
	return found;
}
