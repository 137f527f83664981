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

#define CLOCK "\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?"
#define ISO "\\d{4}-\\d\\d-\\d\\d[T ]" CLOCK "(?:Z|[+-]\\d\\d:?\\d\\d)?"
#define PROGRAM "(?!\\d+:)[^\\s:\\[\\]<>=|]+"
#define SYSLOG "[JFMASOND][a-z]{2} [ \\d]\\d (?:\\d{4} )?" CLOCK
#define WHEN SYSLOG "|" ISO "|\\d{9,10}\\.\\d+|[A-Z][a-z]{2} " ISO " [A-Z]{3,5}"

/* Where the parts of an envelope are, from the beginning of the line. */
struct places {
	size_t text;
	size_t time, time_length;
	size_t source, source_length;
};

struct envelope {
	struct pattern *pattern;
	size_t width;    /* of the last one that was opened */
	bool has_memory; /* envelopes are alike if they differ in digits alone */
	struct prefix_memory memory;
	struct places places[PREFIX_MEMORY_PLACES]; /* in the envelopes that are remembered */
};

/*
 * What is behind a match is the content, unless there is a group for it. The first one that fits is taken, so those that
 * hold more come first. None but that with the group looks behind a match that ends with a blank, or further than one
 * byte behind another one.
 */
static const char *const patterns[] = {
	/* Cisco's syslog numbers each line */
	"^(?:<\\d+>)?(?<time>" SYSLOG "|" ISO ") (?<source>\\S+) \\d+:(?: |$)",
	/* syslog and the journal, with a host or without */
	"^(?:<\\d+>)?(?<time>" WHEN ") (?<source>(?:[^\\s\\[]+ " PROGRAM "|" PROGRAM "(?=\\[))(?:\\[\\d+\\])?):(?: |$)",
	/* the journal with the time since the start of the system; syslog of RFC 5424 */
	"^\\[ *\\d+\\.\\d+\\] (?<source>[^\\s\\[]+ " PROGRAM "(?:\\[\\d+\\])?):(?: |$)",
	"^<\\d+>1 (?<time>" ISO ") (?<source>\\S+ \\S+ \\S+) \\S+ (?:-|\\[.*?\\])(?: |$)",
	/* syslog of devices that have no name for their programs */
	"^(?:<\\d+>)?(?<time>" SYSLOG "|" ISO ") (?<source>\\d+\\.\\d+\\.\\d+\\.\\d+)(?: |$)",
	/* containers */
	"^(?<time>" ISO ") (?<source>std(?:out|err)) [FP](?: |$)",
	/* Asterisk: its log, and its terminal */
	"^\\[(?<time>" SYSLOG "|" ISO ")\\] [A-Z]+(?<source>\\[\\d+\\](?:\\[C-\\w+\\])?):? [\\w.]+:(?: |$)",
	"^\\[(?<time>" SYSLOG "|" ISO ")\\](?: |$)",
	/* Android */
	"^\\d\\d-\\d\\d (?<time>" CLOCK ") +(?<source>\\d+ +\\d+) [A-Z] [^:]*:(?: |$)",
	/* pods; docker compose, and docker's own files */
	"^(?<source>\\[pod/[^]]+\\])(?: |$)",
	"^(?<source>[\\w.@-]+) +\\| ?",
	("^\\{\"log\": ?\"(?<text>.*?)(?:\\\\r)*(?:\\\\n)?\", ?\"stream\": ?\"(?<source>\\w+)\".*?"
	 "\"time\": ?\"(?<time>[^\"]+)\""),
	/* docker logs --timestamps, ts */
	"^(?<time>" WHEN ")(?:[ \\t]|$)",
	/* a quotation */
	"^>(?: |$)",
};

void envelope__free(struct envelope *envelope)
{
	if (!envelope)
		return;
	pattern__free(envelope->pattern);
	free(envelope);
}

/* Whether nearly all lines match. */
static bool fits(struct pattern *pattern, const char *text, size_t length)
{
	const char *end = text + length, *feed;
	size_t tried = 0, matched = 0, size;

	for (; text < end && tried < LINES_TRIED; text = feed + 1) {
		feed = memchr(text, '\n', (size_t)(end - text));
		if (!feed)
			break;
		size = (size_t)(feed - text);
		while (size && text[size - 1] == '\r')
			size--;
		if (!size)
			continue;
		tried++;
		matched += pattern__match(pattern, text, size) == 1;
	}
	return tried && matched * 100 >= tried * SHARE_MIN;
}

int envelope__find(const char *text, size_t length, struct envelope **ret_envelope)
{
	struct envelope *envelope = calloc(1, sizeof(*envelope));
	char why[PATTERN_ERROR_SIZE];
	size_t i;
	int error;

	if (!envelope)
		return -ENOMEM;
	for (i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		error = pattern__new(patterns[i], false, &envelope->pattern, why);
		if (error) {
			envelope__free(envelope);
			return error;
		}
		envelope->has_memory =
			!error && !pattern__has(envelope->pattern, PATTERN_TEXT) && match_memory__suits(patterns[i]);
		if (fits(envelope->pattern, text, length)) {
			*ret_envelope = envelope;
			return 0;
		}
		pattern__free(envelope->pattern);
		envelope->pattern = NULL;
	}
	free(envelope);
	*ret_envelope = NULL;
	return 0;
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

void envelope__open(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content)
{
	int place = envelope->has_memory ? prefix_memory__find(&envelope->memory, line, length) : -1;
	size_t blanks = 0;

	*ret_content = (struct envelope_content){ .text = line, .length = length, .time = line, .source = line };
	if (place >= 0)
		tell(&envelope->places[place], line, length, ret_content);
	if (place >= 0 || match(envelope, line, length, ret_content)) {
		envelope->width = (size_t)(ret_content->text - line);
		return;
	}
	while (blanks < length && blanks < envelope->width && line[blanks] == ' ')
		blanks++;
	if (blanks == envelope->width) {
		ret_content->text += blanks;
		ret_content->length -= blanks;
	}
}
