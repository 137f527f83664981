// SPDX-License-Identifier: BSD-2-Clause
/* See text_log.h. */
#include "log/text_log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/count_memory.h"
#include "log/lines.h"
#include "log/pattern.h"
#include "log/reader.h"
#include "log/recognise.h"

#define BUDGET_DEFAULT 5000000000ULL /* nanoseconds */
#define EVERYTHING (ULLONG_MAX / 2)  /* bytes */
#define PARTS_TRIED 16               /* that do not look as if they held complete messages */
#define DOUBTFUL_BYTES (32 * 1024)   /* that do not look like the form, before the log is looked at again */
#define TROUBLES_MIN 8

/* A record of a user: nothing is cleaned. */
static const struct form users_form = { .name = "", .what = "--regex", .traits = FORM_USERS };

struct text_log {
	struct text_log_options options;
	struct tally tally;
	struct count_memory memory;
	struct unusable unusable;
	unsigned long long budget;
	struct pattern *pattern; /* of the user; NULL: none */

	/* the log that is being read, or was read last */
	const char *name;
	struct recognised recognised;
	bool is_recognised;
	unsigned long long lines, cut, first_cut;
};

static int compile(struct text_log *log, char *ret_error)
{
	char why[PATTERN_ERROR_SIZE];
	int error;

	if (!log->options.regex)
		return 0;
	pattern__free(log->pattern);
	log->pattern = NULL;
	error = pattern__new(log->options.regex, true, &log->pattern, why);
	if (error == -EINVAL)
		snprintf(ret_error, TEXT_LOG_ERROR_SIZE, "%s", why);
	if (!error)
		pattern__set_budget(log->pattern, log->budget);
	return error;
}

int text_log__new(const struct text_log_options *options, struct counters *counters, struct text_log **ret_log,
		  char *ret_error)
{
	struct text_log *log = calloc(1, sizeof(*log));
	int error;

	if (!log)
		return -ENOMEM;
	log->options = *options;
	log->budget = BUDGET_DEFAULT;
	log->tally.rules = options->rules;
	log->tally.counters = counters;
	log->tally.memory = &log->memory;
	log->tally.obeys_direction = options->regex != NULL;
	error = compile(log, ret_error);
	if (error) {
		text_log__free(log);
		return error;
	}
	*ret_log = log;
	return 0;
}

void text_log__free(struct text_log *log)
{
	if (!log)
		return;
	envelope__free(log->recognised.envelope);
	pattern__free(log->pattern);
	free(log);
}

/* line is the one that was tried, from 1. */
static void describe_error(const struct text_log *log, int error, unsigned long long line, char *ret_error)
{
	char why[PATTERN_ERROR_SIZE];
	const char *doing = "cannot read further", *what = strerror(-error);

	if ((error == -EINVAL || error == -ETIME) && log->pattern) {
		pattern__problem(log->pattern, why);
		doing = "cannot match --regex";
		what = why;
	} else if (line == 1) {
		snprintf(ret_error, TEXT_LOG_ERROR_SIZE, "%.200s: cannot read: %s", log->name, what);
		return;
	}
	snprintf(ret_error, TEXT_LOG_ERROR_SIZE, "%.200s:%llu: %s: %.200s; all lines before were read", log->name, line,
		 doing, what);
}

/* Reads lines to the end, or at least so many bytes. Returns 1, 0 at the end, or a negative errno. */
static int read_lines(struct text_log *log, struct reader *reader, struct lines *lines, unsigned long long bytes)
{
	unsigned long long end = lines__offset(lines) + bytes;
	struct line line;
	int result = 1;

	while (result > 0 && lines__offset(lines) < end) {
		log->tally.line = lines__number(lines) + 1;
		result = lines__next(lines, &line);
		if (result <= 0)
			break;
		result = reader__read(reader, &line);
		if (!result && lines__offset(lines) < end)
			result = reader__read_ahead(reader, lines, end - lines__offset(lines));
		result = result ? result : 1;
	}
	return result;
}

/* What the log has yielded so far. */
struct yield {
	unsigned long long messages, troubles; /* messages that are incomplete, and start lines that begin none */
};

static struct yield yield_of(const struct tally *tally)
{
	return (struct yield){ .messages = tally->placed ? tally->placed : tally->messages,
			       .troubles = tally->incomplete + tally->untaken };
}

/* Returns how the lines are logged in which a log goes on, as a message says it behind the name of their form. */
static const char *manner_of(const struct recognised *now, const struct recognised *before)
{
	switch (now->split) {
	case CLEAN_OCTAL:
		return " through rsyslog";
	case CLEAN_BACKSLASH:
		return " with \\n for line ends";
	case CLEAN_WHOLE:
		break;
	}
	if (now->form != before->form || now->split != before->split)
		return "";
	return now->envelope ? " behind what a logging system writes" : " alone, without what a logging system writes";
}

/* Whether logs that look like this are read in another way. What stands before some lines alone says so where it is in the way. */
static bool is_other_way(const struct recognised *now, const struct recognised *before, bool has_troubles)
{
	return now->form != before->form || now->split != before->split ||
	       (has_troubles && !now->envelope != !before->envelope);
}

/* Returns the line of the first trouble; 0: there is none. */
static unsigned long long first_trouble(const struct tally *tally)
{
	if (!tally->incomplete || !tally->untaken)
		return tally->incomplete ? tally->first_incomplete : tally->untaken ? tally->first_untaken : 0;
	return tally->first_incomplete < tally->first_untaken ? tally->first_incomplete : tally->first_untaken;
}

/*
 * Finds whether the log looks like another form from here on, or from the first trouble on, if there was none before the
 * log became doubtful.
 */
static int look_again(struct text_log *log, struct lines *lines, unsigned long long troubles_before)
{
	struct recognised now = { .form = forms__plain() };
	struct tally *tally = &log->tally;
	bool has_troubles = yield_of(tally).troubles > troubles_before;
	const char *sample;
	size_t length = lines__sample(lines, &sample);
	int error = recognise__form(sample, length, NULL, &now);

	if (!error && now.messages && now.form != forms__plain() &&
	    is_other_way(&now, &log->recognised, has_troubles)) {
		tally->other_form = now.form;
		tally->other_manner = manner_of(&now, &log->recognised);
		tally->first_other = troubles_before ? 0 : first_trouble(tally);
		if (!tally->first_other)
			tally->first_other = lines__number(lines) + 1;
	}
	envelope__free(now.envelope);
	return error;
}

/* Whether a stretch of the log looks as if it were of another form: it yields nothing, or more trouble than messages. */
static bool is_doubtful(const struct yield *before, const struct yield *after)
{
	unsigned long long messages = after->messages - before->messages, troubles = after->troubles - before->troubles;

	return !messages || (troubles >= TROUBLES_MIN && 2 * troubles > messages);
}

/*
 * Reads lines to the end, and tells if the log goes on in another form. The longer the log is doubtful, the less often it is
 * looked at. Returns the same as read_lines().
 */
static int read_watchfully(struct text_log *log, struct reader *reader, struct lines *lines)
{
	unsigned long long doubtful = 0, patience = DOUBTFUL_BYTES, troubles = 0;
	struct yield before, after = yield_of(&log->tally);
	int result = 1, error;

	while (result > 0) {
		before = after;
		result = read_lines(log, reader, lines, DOUBTFUL_BYTES);
		after = yield_of(&log->tally);
		if (!doubtful)
			troubles = before.troubles;
		doubtful = is_doubtful(&before, &after) ? doubtful + DOUBTFUL_BYTES : 0;
		if (result <= 0 || doubtful < patience || log->tally.other_form)
			continue;
		patience *= 2;
		error = look_again(log, lines, troubles);
		result = error ? error : 1;
	}
	return result;
}

static int open_reader(struct text_log *log, struct reader **ret_reader)
{
	const struct reader_settings settings = {
		.form = log->recognised.form,
		.pattern = log->pattern,
		.envelope = log->recognised.envelope,
		.split = log->recognised.split,
		.tally = &log->tally,
		.unusable = &log->unusable,
		.name = log->name,
	};

	return reader__new(&settings, ret_reader);
}

/* Reads so many bytes in the form that was recognised. Returns the same as read_lines(). */
static int read_part(struct text_log *log, struct lines *lines, unsigned long long bytes, char *ret_error)
{
	struct reader *reader = NULL;
	int result = open_reader(log, &reader), error;

	if (!result && bytes == EVERYTHING && !log->pattern && !log->options.form)
		result = read_watchfully(log, reader, lines);
	else if (!result)
		result = read_lines(log, reader, lines, bytes);
	if (result < 0)
		describe_error(log, result, log->tally.line, ret_error);
	error = reader && result != -ENOMEM ? reader__finish(reader) : 0;
	if (error < 0) {
		result = error;
		describe_error(log, result, log->tally.line, ret_error);
	}
	reader__free(reader);
	return result;
}

/* Forgets how the log before was read. */
static void begin_log(struct text_log *log, const char *name)
{
	tally__begin_log(&log->tally);
	memset(&log->memory, 0, sizeof(log->memory));
	envelope__free(log->recognised.envelope);
	log->recognised = (struct recognised){ .form = &users_form };
	log->is_recognised = false;
	log->lines = log->cut = log->first_cut = 0;
	log->name = name;
}

/* Whether a text looks as if it held a complete message, in any form; each one has CSeq (RFC 3261 8.1.1). */
static bool may_hold_message(const char *text, size_t length)
{
	static const char *const spellings[] = { "CSeq", "Cseq", "CSEQ", "cseq" };
	size_t i;

	if (!memmem(text, length, "SIP/2.0", strlen("SIP/2.0")))
		return false;
	for (i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		if (memmem(text, length, spellings[i], strlen(spellings[i])))
			return true;
	}
	return false;
}

/* A log may begin with megabytes that hold no SIP; they are read as a plain log until a form shows. */
static int read_in_form(struct text_log *log, struct lines *lines, char *ret_error)
{
	const char *sample;
	size_t length = 0, parts;
	int result = 1;

	for (parts = 0; result > 0; parts++) {
		envelope__free(log->recognised.envelope);
		log->recognised = (struct recognised){ .form = log->options.form ? log->options.form : forms__plain() };
		length = lines__sample(lines, &sample);
		if (parts < PARTS_TRIED || may_hold_message(sample, length))
			result = recognise__form(sample, length, log->options.form, &log->recognised);
		if (result < 0) {
			describe_error(log, result, 1, ret_error);
			return result;
		}
		if (log->recognised.messages)
			break;
		result = read_part(log, lines, length ? length : 1, ret_error);
	}
	log->is_recognised = log->recognised.messages && log->recognised.form != forms__plain();
	return result < 0 || !log->recognised.messages ? result : read_part(log, lines, EVERYTHING, ret_error);
}

/* The trials that show what is to be undone do not use up the budget of the log. */
static int read_by_pattern(struct text_log *log, struct lines *lines, char *ret_error)
{
	const char *sample;
	size_t length = lines__sample(lines, &sample);
	int result = recognise__users(sample, length, &users_form, log->pattern, &log->recognised);

	if (!result)
		result = compile(log, ret_error);
	if (result) {
		describe_error(log, result, 1, ret_error);
		return result;
	}
	return read_part(log, lines, EVERYTHING, ret_error);
}

int text_log__read(struct text_log *log, const struct byte_source *in, const char *name, char *ret_error)
{
	struct lines *lines;
	int result = lines__new(in, &lines);

	begin_log(log, name);
	if (!result && log->pattern)
		result = compile(log, ret_error); /* each log has its budget */
	if (result) {
		describe_error(log, result, 1, ret_error);
		return result;
	}
	result = log->pattern ? read_by_pattern(log, lines, ret_error) : read_in_form(log, lines, ret_error);
	log->cut = lines__cut(lines, &log->first_cut);
	log->lines = lines__number(lines);
	lines__free(lines);
	return result < 0 ? result : 0;
}

void text_log__summary(const struct text_log *log, struct text_log_summary *ret_summary)
{
	*ret_summary = (struct text_log_summary){
		.form = log->recognised.form,
		.is_recognised = log->is_recognised,
		.lines = log->lines,
		.cut = log->cut,
		.first_cut = log->first_cut,
		.tally = &log->tally,
	};
}

void text_log__times(const struct text_log *log, struct timespec *ret_start, struct timespec *ret_end)
{
	*ret_start = log->tally.start;
	*ret_end = log->tally.end;
}

const struct unusable *text_log__unusable(const struct text_log *log)
{
	return &log->unusable;
}

void text_log__set_budget(struct text_log *log, unsigned long long nanoseconds)
{
	log->budget = nanoseconds;
}
