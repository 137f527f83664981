// SPDX-License-Identifier: BSD-2-Clause
/* See recognise.h. */
#include "log/recognise.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/timestamp.h"
#include "log/lines.h"
#include "log/literal.h"
#include "log/pattern.h"
#include "log/reader.h"
#include "log/start_line.h"
#include "log/tally.h"

#define MARGIN 50 /* a later form must be better by this part, since the text may end within a record */
#define PART_LENGTH (64 * 1024)
#define PART_MESSAGES 32 /* that tell the form of the whole text */

/* The text, and the best way to read it so far. */
struct search {
	const char *text;
	size_t length;
	bool holds_version; /* without it no line is a start line */
	unsigned long long score;
	bool has_times;
	struct pattern *pattern; /* of the user; NULL: none */
	struct recognised best;
};

static bool holds_either(const struct search *search, const char *text, const char *other)
{
	struct literal literal = literal__either(text, other);

	return literal__is_in(&literal, search->text, search->length);
}

static bool holds(const struct search *search, const char *text)
{
	return holds_either(search, text, NULL);
}

/* Whether lines of the form sum messages up, so that there need be no start lines. */
static bool has_summaries(const struct form *form)
{
	return form->lines[0].role && strstr(form->lines[0].pattern, "(?<status>");
}

/* Whether a form is worth a trial. Returns 1, 0 or -ENOMEM. */
static int is_possible(const struct search *search, const struct form *form)
{
	struct pattern *sign;
	char why[PATTERN_ERROR_SIZE];
	int result;

	if (!search->holds_version && !has_summaries(form))
		return 0;
	if (form->lines[0].role && form->lines[0].literal) {
		const struct form_line *line = form->lines;

		while (line->role == FORM_BEGINS && line->literal && !holds_either(search, line->literal, line->other))
			line++;
		if (line->role != FORM_BEGINS)
			return 0;
	}
	if (!form->sign)
		return 1;
	result = pattern__new(form->sign, false, &sign, why);
	if (result)
		return result;
	result = pattern__match(sign, search->text, search->length);
	pattern__free(sign);
	return result == 1;
}

static int read_all(struct reader *reader, struct lines *lines)
{
	struct line line;
	int error = 0;

	while (!error && lines__next(lines, &line) > 0) {
		error = reader__read(reader, &line);
		if (!error)
			error = reader__read_ahead(reader, lines, SIZE_MAX);
	}
	return error ? error : reader__finish(reader);
}

/*
 * Whether a way explains more than those before it. An envelope that only some lines have may belong to the form, so it
 * comes last, and where the form tells times it does: then what looks like more messages is quoted in bodies. But it may
 * be all that tells times. The same holds for any envelope where the pattern of a user says how records begin.
 */
static bool is_better(const struct search *search, const struct recognised *way, unsigned long long score,
		      bool has_times)
{
	if (way->envelope && (search->pattern || !envelope__is_on_all_lines(way->envelope))) {
		if (has_times && !search->has_times)
			return score && score >= search->score;
		if (search->has_times)
			return score > 2 * search->score;
	}
	return score > search->score + search->score / MARGIN;
}

/* Reads the text in this way, and keeps it if it is the best so far. */
static int try_way(struct search *search, const struct recognised *way)
{
	static const struct link_rules rules;
	struct tally tally = { .rules = &rules };
	const struct reader_settings settings = {
		.form = way->form,
		.pattern = search->pattern,
		.envelope = way->envelope,
		.split = way->split,
		.tally = &tally,
		.name = "",
	};
	struct reader *reader = NULL;
	struct lines *lines = NULL;
	unsigned long long score;
	bool has_times;
	int error = lines__of_text(search->text, search->length, &lines);

	if (!error)
		error = reader__new(&settings, &reader);
	if (!error)
		error = read_all(reader, lines);
	reader__free(reader);
	lines__free(lines);
	score = tally.messages - tally.surplus + tally.placed + 2 * tally.quoted;
	has_times = timestamp__is_known(&tally.start);
	if (!error && (tally.placed || tally.claimed || tally.quoted || !way->form->lines[0].role) &&
	    is_better(search, way, score, has_times)) {
		search->score = score;
		search->has_times = has_times;
		search->best = *way;
		search->best.messages = tally.messages + tally.quoted;
	}
	return error;
}

/* Tries the form, or all that are possible, with an envelope or without. */
static int try_forms(struct search *search, const struct form *form, struct recognised *way)
{
	size_t i;
	int result = 0;

	for (i = 0; result >= 0 && i < forms_count; i++) {
		way->form = form ? form : &forms[i];
		result = form ? 1 : is_possible(search, way->form);
		if (result == 1)
			result = try_way(search, way);
		if (form)
			break;
	}
	return result < 0 ? result : 0;
}

static enum clean_split find_split(const struct search *search)
{
	if (holds(search, "#012"))
		return CLEAN_OCTAL;
	return holds(search, "SIP/2.0\\r\\n") || holds(search, "SIP/2.0\\n") ? CLEAN_BACKSLASH : CLEAN_WHOLE;
}

/*
 * The pattern was written for the lines as they are, so nothing is undone unless that helps. An envelope that only some
 * lines have hides no message.
 */
static int find_users_way(struct search *search)
{
	struct recognised way = { .form = search->best.form };
	enum clean_split split = find_split(search);
	struct envelope *envelope = NULL;
	int error = envelope__find(search->text, search->length, &envelope), i;
	bool is_enveloped = envelope && envelope__is_on_all_lines(envelope);

	for (i = 0; !error && (split != CLEAN_WHOLE || is_enveloped) && i < 4; i++) {
		way.split = i & 1 ? split : CLEAN_WHOLE;
		way.envelope = i & 2 ? envelope : NULL;
		if ((!(i & 1) || split != CLEAN_WHOLE) && (!(i & 2) || is_enveloped))
			error = try_way(search, &way);
	}
	if (error || !search->best.envelope)
		envelope__free(envelope);
	return error;
}

int recognise__users(const char *text, size_t length, const struct form *form, struct pattern *pattern,
		     struct recognised *ret_recognised)
{
	struct search search = { .text = text, .length = length, .pattern = pattern, .best = { .form = form } };
	int error = start_line__is_possible(text, length) ? find_users_way(&search) : 0;

	if (error == -ENOMEM)
		return error;
	*ret_recognised = error ? (struct recognised){ .form = form } : search.best;
	return 0;
}

static bool may_hold_messages(const struct search *search)
{
	size_t i;

	if (search->holds_version)
		return true;
	for (i = 0; i < forms_count; i++) {
		if (has_summaries(&forms[i]) && is_possible(search, &forms[i]) != 0)
			return true;
	}
	return false;
}

/*
 * An envelope that all lines have and lines in lines are not there by chance, so they come first. An envelope that only
 * some lines have comes after none.
 */
static int recognise(const char *text, size_t length, const struct form *form, struct recognised *ret_recognised)
{
	struct search search = { .text = text,
				 .length = length,
				 .holds_version = start_line__is_possible(text, length),
				 .best = { .form = form ? form : forms__plain() } };
	bool may_hold = may_hold_messages(&search), is_first;
	enum clean_split split = may_hold ? find_split(&search) : CLEAN_WHOLE;
	struct envelope *envelope = NULL;
	struct recognised way;
	int error = may_hold ? envelope__find(text, length, &envelope) : 0, i;

	is_first = envelope && envelope__is_on_all_lines(envelope);
	for (i = may_hold ? 3 : -1; !error && i >= 0; i--) {
		way = (struct recognised){ .envelope = (i & 1) == is_first ? envelope : NULL,
					   .split = i & 2 ? split : CLEAN_WHOLE };
		if ((envelope || !(i & 1)) && (!(i & 2) || split != CLEAN_WHOLE))
			error = try_forms(&search, form, &way);
	}
	if (error || !search.best.envelope)
		envelope__free(envelope);
	if (!error)
		*ret_recognised = search.best;
	return error;
}

int recognise__form(const char *text, size_t length, const struct form *form, struct recognised *ret_recognised)
{
	size_t part = length < PART_LENGTH ? length : PART_LENGTH;
	struct recognised recognised;
	int error = recognise(text, part, form, &recognised);

	if (!error && part < length && recognised.messages < PART_MESSAGES) {
		envelope__free(recognised.envelope);
		error = recognise(text, length, form, &recognised);
	}
	if (!error)
		*ret_recognised = recognised;
	return error;
}
