// SPDX-License-Identifier: BSD-2-Clause
/* See envelope.h. */
#include "log/envelope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/match_memory.h"
#include "log/pattern.h"
#include "log/prefix_memory.h"

#define LINES_TRIED 2000
#define SHARE_MIN 90 /* percent */
#define BETTER 2     /* an envelope that holds less must be on more than so many times the lines */

#define CLOCK "\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?"
#define ISO "\\d{4}-\\d\\d-\\d\\d[T ]" CLOCK "(?:Z|[+-]\\d\\d:?\\d\\d)?"
#define PROGRAM "(?!\\d+:)[^\\s:\\[\\]<>=|]+"
#define SYSLOG "[JFMASOND][a-z]{2} [ \\d]\\d (?:\\d{4} )?" CLOCK
#define WHEN SYSLOG "|" ISO "|\\d{9,10}\\.\\d+|[A-Z][a-z]{2} " ISO " [A-Z]{3,5}"
#define TIME_SIZE 64
#define WORD_LENGTH 3 /* of a month or a day of the week */

/* Where the parts of an envelope are, from the beginning of the line. */
struct places {
	size_t text;
	size_t time, time_length;
	size_t source, source_length;
};

struct envelope {
	const char *first; /* bytes that it may begin with; NULL: any */
	struct pattern *pattern;
	bool may_begin[256];
	bool beginnings[256]; /* and those of lines that stand under it */
	bool is_on_all_lines; /* or on the first line of each entry, the others being indented */
	size_t width;         /* of the last one that was opened */
	size_t time_length;   /* of the last one */
	char time[TIME_SIZE];
	bool has_memory; /* envelopes are alike if they differ in digits alone */
	struct prefix_memory memory;
	struct places places[PREFIX_MEMORY_PLACES]; /* in the envelopes that are remembered */
	struct envelope *inner;                     /* what it holds may have; NULL: nothing has */
};

#define DIGITS "0123456789"
#define MONTHS "JFMASOND"
#define WHENS DIGITS MONTHS "TW" /* of days of the week too */

/*
 * What is behind a match is the content, unless there is a group for it. The first one that fits is taken, so those that
 * hold more come first. None but that with the group looks behind a match that ends with a blank, or further than one
 * byte behind another one. None begins with a blank, and a capital letter, where it is named, begins a word of three.
 */
static const struct {
	const char *first; /* bytes that it may begin with; NULL: any */
	const char *pattern;
} kinds[] = {
	/* Cisco's syslog numbers each line */
	{ "<" DIGITS MONTHS, "^(?:<\\d+>)?(?<time>" SYSLOG "|" ISO ") (?<source>\\S+) \\d+:(?: |$)" },
	/* syslog and the journal, with a host or without */
	{ "<" WHENS, "^(?:<\\d+>)?(?<time>" WHEN ") (?<source>(?:[^\\s\\[]+ " PROGRAM "|" PROGRAM
		     "(?=\\[))(?:\\[\\d+\\])?):(?: |$)" },
	/* the journal with the time since the start of the system; syslog of RFC 5424 */
	{ "[", "^\\[ *\\d+\\.\\d+\\] (?<source>(?:[^\\s\\[]+ " PROGRAM "|" PROGRAM "(?=\\[))(?:\\[\\d+\\])?):(?: |$)" },
	{ "<", "^<\\d+>1 (?<time>" ISO ") (?<source>\\S+ \\S+ \\S+) \\S+ (?:-|\\[.*?\\])(?: |$)" },
	/* syslog of devices that have no name for their programs */
	{ "<" DIGITS MONTHS, "^(?:<\\d+>)?(?<time>" SYSLOG "|" ISO ") (?<source>\\d+\\.\\d+\\.\\d+\\.\\d+)(?: |$)" },
	/* containers */
	{ DIGITS, "^(?<time>" ISO ") (?<source>std(?:out|err)) [FP](?: |$)" },
	/* Asterisk: its files, with any dateformat, and its terminal */
	{ "[", "^\\[(?<time>[^]]*\\d[^]]*)\\] [A-Z]+(?<source>\\[\\d+\\](?:\\[C-\\w+\\])?):? "
	       "[\\w.]+(?::\\d+ \\w+)?:(?: |$)" },
	{ "[", "^\\[(?<time>" SYSLOG "|" ISO "|\\d{9,10}(?:\\.\\d+)?)\\](?: |$)" },
	/* Android */
	{ DIGITS, "^\\d\\d-\\d\\d (?<time>" CLOCK ") +(?<source>\\d+ +\\d+) [A-Z] [^:]*:(?: |$)" },
	/* pods; docker compose, and docker's own files */
	{ "[", "^(?<source>\\[pod/[^]]+\\])(?: |$)" },
	{ NULL, "^(?<source>[\\w.@-]+) +\\| ?" },
	{ "{", "^\\{\"log\": ?\"(?<text>.*?)(?:\\\\r)*(?:\\\\n)?\", ?\"stream\": ?\"(?<source>\\w+)\".*?"
	       "\"time\": ?\"(?<time>[^\"]+)\"" },
	/* docker logs --timestamps, ts */
	{ WHENS, "^(?<time>" WHEN ")(?:[ \\t]|$)" },
	/* a quotation */
	{ ">", "^>(?: |$)" },
};

void envelope__free(struct envelope *envelope)
{
	if (!envelope)
		return;
	envelope__free(envelope->inner);
	pattern__free(envelope->pattern);
	free(envelope);
}

/* Whether the line stands under an envelope of this width. */
static bool is_indented(const char *line, size_t length, size_t width)
{
	size_t blanks = 0;

	while (blanks < width && blanks < length && line[blanks] == ' ')
		blanks++;
	return blanks == width;
}

/* Whether a line may begin with the envelope; false is certain. */
static inline bool may_begin(const struct envelope *envelope, const char *line, size_t length)
{
	if (!length || !envelope->may_begin[(unsigned char)*line])
		return false;
	return !envelope->first || *line < 'A' || *line > 'Z' || (length > WORD_LENGTH && line[WORD_LENGTH] == ' ');
}

/* How many of the lines that were tried begin with an envelope, and how many stand under one. */
struct share {
	size_t tried, opened, indented;
};

/* Nothing but a time is not what lines are indented by. */
static struct share find_share(const struct envelope *envelope, const char *text, size_t length)
{
	struct pattern *pattern = envelope->pattern;
	bool has_source = pattern__has(pattern, PATTERN_SOURCE);
	const char *end = text + length, *feed;
	struct share share = { 0 };
	size_t width = 0, size;

	for (; text < end && share.tried < LINES_TRIED; text = feed + 1) {
		feed = memchr(text, '\n', (size_t)(end - text));
		if (!feed)
			break;
		size = (size_t)(feed - text);
		while (size && text[size - 1] == '\r')
			size--;
		if (!size)
			continue;
		share.tried++;
		if (may_begin(envelope, text, size) && pattern__match(pattern, text, size) == 1) {
			share.opened++;
			width = has_source ? (size_t)(pattern__end(pattern) - text) : 0;
		} else if (width) {
			share.indented += is_indented(text, size, width);
		}
	}
	return share;
}

static int make(const char *first, const char *text, struct envelope **ret_envelope)
{
	struct envelope *envelope = calloc(1, sizeof(*envelope));
	char why[PATTERN_ERROR_SIZE];
	size_t i;
	int error;

	if (!envelope)
		return -ENOMEM;
	envelope->first = first;
	for (i = 0; i < sizeof(envelope->may_begin); i++)
		envelope->may_begin[i] = i != ' ' && (!first || (i && strchr(first, (int)i)));
	memcpy(envelope->beginnings, envelope->may_begin, sizeof(envelope->beginnings));
	envelope->beginnings[' '] = true;
	error = pattern__new(text, false, &envelope->pattern, why);
	if (error) {
		envelope__free(envelope);
		return error;
	}
	envelope->has_memory = !pattern__has(envelope->pattern, PATTERN_TEXT) && match_memory__suits(text);
	*ret_envelope = envelope;
	return 0;
}

/* Finds an envelope as envelope__find() does, whatever is in it. */
static int find(const char *text, size_t length, struct envelope **ret_envelope)
{
	struct envelope *envelope, *best = NULL;
	size_t opened = 0, i;
	struct share share;
	int error;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		error = make(kinds[i].first, kinds[i].pattern, &envelope);
		if (error) {
			envelope__free(best);
			return error;
		}
		share = find_share(envelope, text, length);
		envelope->is_on_all_lines =
			share.opened && (share.opened + share.indented) * 100 >= share.tried * SHARE_MIN;
		if (!envelope->is_on_all_lines &&
		    (share.opened <= opened * BETTER || !pattern__has(envelope->pattern, PATTERN_TIME))) {
			envelope__free(envelope);
			continue;
		}
		envelope__free(best);
		best = envelope;
		opened = share.opened;
		if (envelope->is_on_all_lines)
			break;
	}
	*ret_envelope = best;
	return 0;
}

bool envelope__is_on_all_lines(const struct envelope *envelope)
{
	return envelope->is_on_all_lines;
}

static void tell(const struct places *places, const char *line, size_t length, struct envelope_content *ret_content)
{
	*ret_content = (struct envelope_content){
		.text = line + places->text,
		.length = length - places->text,
		.time = line + places->time,
		.time_length = places->time_length,
		.source = line + places->source,
		.source_length = places->source_length,
	};
}

/* Remembers an envelope that the pattern has found. */
static void keep(struct envelope *envelope, const char *line, size_t length, const struct envelope_content *content)
{
	size_t end = (size_t)(content->text - line);
	bool ends_with_blank = end && (line[end - 1] == ' ' || line[end - 1] == '\t');
	int place = prefix_memory__keep(&envelope->memory, line, ends_with_blank || end == length ? end : end + 1,
					!ends_with_blank && end == length);

	if (place < 0)
		return;
	envelope->places[place] = (struct places){
		.text = end,
		.time = (size_t)(content->time - line),
		.time_length = content->time_length,
		.source = (size_t)(content->source - line),
		.source_length = content->source_length,
	};
}

/* Opens an envelope by the pattern. Returns false if there is none. */
static bool match(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content)
{
	struct pattern *pattern = envelope->pattern;

	if (pattern__match(pattern, line, length) != 1)
		return false;
	ret_content->text = pattern__end(pattern);
	if (pattern__has(pattern, PATTERN_TEXT))
		ret_content->length = pattern__value(pattern, PATTERN_TEXT, &ret_content->text);
	else
		ret_content->length = (size_t)(line + length - ret_content->text);
	ret_content->time_length = pattern__value(pattern, PATTERN_TIME, &ret_content->time);
	ret_content->source_length = pattern__value(pattern, PATTERN_SOURCE, &ret_content->source);
	if (envelope->has_memory)
		keep(envelope, line, length, ret_content);
	return true;
}

/* Opens the envelope of a line. Returns false if there is none. */
static bool open_own(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content)
{
	int place;

	if (!may_begin(envelope, line, length))
		return false;
	place = envelope->has_memory ? prefix_memory__find(&envelope->memory, line, length) : -1;
	if (place < 0)
		return match(envelope, line, length, ret_content);
	tell(&envelope->places[place], line, length, ret_content);
	return true;
}

/* Opens the envelope of a line, but none that is in it. */
static void open_outer(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content)
{
	*ret_content = (struct envelope_content){ .text = line, .length = length, .time = line, .source = line };
	if (open_own(envelope, line, length, ret_content)) {
		envelope->width = (size_t)(ret_content->text - line);
		envelope->time_length = ret_content->time_length < TIME_SIZE ? ret_content->time_length : 0;
		memcpy(envelope->time, ret_content->time, envelope->time_length);
		return;
	}
	if (is_indented(line, length, envelope->width)) {
		ret_content->text += envelope->width;
		ret_content->length -= envelope->width;
	}
	ret_content->time = envelope->time;
	ret_content->time_length = envelope->time_length;
}

void envelope__open(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content)
{
	struct envelope_content inner;

	open_outer(envelope, line, length, ret_content);
	if (!envelope->inner)
		return;
	open_outer(envelope->inner, ret_content->text, ret_content->length, &inner);
	ret_content->text = inner.text;
	ret_content->length = inner.length;
	ret_content->time = inner.time;
	ret_content->time_length = inner.time_length;
}

/* Returns the text without its envelopes, which the caller frees, or NULL. */
static char *open_all(struct envelope *envelope, const char *text, size_t length, size_t *ret_length)
{
	const char *end = text + length, *feed;
	char *contents = malloc(length + 1), *to = contents;
	struct envelope_content content;

	for (; contents && (feed = memchr(text, '\n', (size_t)(end - text))); text = feed + 1) {
		open_outer(envelope, text, (size_t)(feed - text), &content);
		to = mempcpy(to, content.text, content.length);
		*to++ = '\n';
	}
	*ret_length = (size_t)(to - contents);
	return contents;
}

/*
 * Finds what is under an envelope that tells no time: that of the program itself, which tells one. Nothing but a time
 * belongs to the form.
 */
static int find_inner(struct envelope *envelope, const char *text, size_t length)
{
	struct envelope *inner = NULL;
	char *contents = open_all(envelope, text, length, &length);
	int error = contents ? find(contents, length, &inner) : -ENOMEM;

	free(contents);
	if (inner && pattern__has(inner->pattern, PATTERN_TIME) && pattern__has(inner->pattern, PATTERN_SOURCE))
		envelope->inner = inner;
	else
		envelope__free(inner);
	return error;
}

int envelope__find(const char *text, size_t length, struct envelope **ret_envelope)
{
	struct envelope *envelope = NULL;
	int error = find(text, length, &envelope);

	if (!error && envelope && envelope->is_on_all_lines && !pattern__has(envelope->pattern, PATTERN_TIME))
		error = find_inner(envelope, text, length);
	if (error) {
		envelope__free(envelope);
		return error;
	}
	*ret_envelope = envelope;
	return 0;
}

const bool *envelope__beginnings(const struct envelope *envelope)
{
	return envelope->beginnings;
}

size_t envelope__time(const struct envelope *envelope, const char **ret_time)
{
	*ret_time = envelope->inner ? envelope->inner->time : envelope->time;
	return envelope->inner ? envelope->inner->time_length : envelope->time_length;
}
