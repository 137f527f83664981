// SPDX-License-Identifier: BSD-2-Clause
/* See other_forms.h. */
#include "log/other_forms.h"

#include <stdlib.h>
#include <string.h>

#include "log/literal.h"
#include "log/pattern.h"

/* The patterns of all forms, made when a line may match for the first time; NULL: not yet. */
struct other_forms {
	struct pattern **patterns;
};

static size_t patterns_count(void)
{
	return forms_count * FORMS_LINES_MAX;
}

struct other_forms *other_forms__new(void)
{
	struct other_forms *others = calloc(1, sizeof(*others));

	if (!others)
		return NULL;
	others->patterns = calloc(patterns_count(), sizeof(struct pattern *));
	if (others->patterns)
		return others;
	free(others);
	return NULL;
}

void other_forms__free(struct other_forms *others)
{
	size_t i;

	if (!others)
		return;
	for (i = 0; i < patterns_count(); i++)
		pattern__free(others->patterns[i]);
	free(others->patterns);
	free(others);
}

/* Whether a line may be this one of a form. Lines without a literal are too short to tell a form. */
static bool may_be(const struct form_line *form_line, const char *line, size_t length)
{
	struct literal literal;

	if ((form_line->role != FORM_BEGINS && form_line->role != FORM_ADDS) || !form_line->literal ||
	    (form_line->first && (!*line || !strchr(form_line->first, *line))))
		return false;
	literal = literal__either(form_line->literal, form_line->other);
	return literal__is_in(&literal, line, length);
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

static bool is_line(struct pattern **pattern, const struct form_line *form_line, const char *line, size_t length)
{
	char why[PATTERN_ERROR_SIZE];

	if (!*pattern && pattern__new(form_line->pattern, false, pattern, why))
		return false;
	return pattern__match(*pattern, line, length) == 1 && tells_path(*pattern, form_line);
}

static bool is_of_form(struct other_forms *others, size_t form, const char *line, size_t length)
{
	const struct form_line *form_line = forms[form].lines;
	struct pattern **pattern = others->patterns + form * FORMS_LINES_MAX, **end = pattern + FORMS_LINES_MAX;

	for (; pattern < end; pattern++, form_line++) {
		if (may_be(form_line, line, length) && is_line(pattern, form_line, line, length))
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
