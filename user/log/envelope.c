// SPDX-License-Identifier: BSD-2-Clause
/* See envelope.h. */
#include "log/envelope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/pattern.h"

#define LINES_TRIED 2000
#define SHARE_MIN 90 /* percent */

#define CLOCK "\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?"
#define ISO "\\d{4}-\\d\\d-\\d\\d[T ]" CLOCK "(?:Z|[+-]\\d\\d:?\\d\\d)?"
#define PROGRAM "(?!\\d+:)[^\\s:\\[\\]<>=|]+"
#define SYSLOG "[JFMASOND][a-z]{2} [ \\d]\\d (?:\\d{4} )?" CLOCK
#define WHEN SYSLOG "|" ISO "|\\d{9,10}\\.\\d+|[A-Z][a-z]{2} " ISO " [A-Z]{3,5}"

struct envelope {
	struct pattern *pattern;
	size_t width; /* of the last one that was opened */
};

/*
 * What is behind a match is the content, unless there is a group for it. The first one that fits is taken, so those that
 * hold more come first.
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
		if (!error && !strstr(patterns[i], ".*"))
			error = pattern__ignore_rest(envelope->pattern);
		if (error) {
			envelope__free(envelope);
			return error;
		}
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

void envelope__open(struct envelope *envelope, const char *line, size_t length, struct envelope_content *ret_content)
{
	struct pattern *pattern = envelope->pattern;
	size_t blanks = 0;

	*ret_content = (struct envelope_content){ .text = line, .length = length };
	if (pattern__match(pattern, line, length) == 1) {
		ret_content->text = pattern__end(pattern);
		if (pattern__has(pattern, PATTERN_TEXT))
			ret_content->length = pattern__value(pattern, PATTERN_TEXT, &ret_content->text);
		else
			ret_content->length = (size_t)(line + length - ret_content->text);
		ret_content->time_length = pattern__value(pattern, PATTERN_TIME, &ret_content->time);
		ret_content->source_length = pattern__value(pattern, PATTERN_SOURCE, &ret_content->source);
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
