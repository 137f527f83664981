// SPDX-License-Identifier: BSD-2-Clause
/* See summary.h. */
#include "log/summary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SIZE 256

/* A text in a line. */
struct part {
	const char *text;
	size_t length;
};

/* What a summary tells: the method of a request or the status code of a response, and the method in CSeq. */
struct summary {
	struct part request, status, cseq;
	bool is_in_dialog;
};

/* Returns what the last match tells. */
static struct summary summary_of(const struct pattern *pattern)
{
	const struct match *match = pattern__found(pattern);
	const char *line = pattern__line(pattern);
	const struct match_value *value, *end = match->values + match->count;
	struct summary summary = { .request = { .text = "" }, .status = { .text = "" }, .cseq = { .text = "" } };
	struct part part;

	for (value = match->values; value < end; value++) {
		part = (struct part){ .text = line + value->from, .length = value->length };
		if (value->group == PATTERN_REQUEST)
			summary.request = part;
		else if (value->group == PATTERN_STATUS)
			summary.status = part;
		else if (value->group == PATTERN_CSEQ)
			summary.cseq = part;
		else if (value->group == PATTERN_DIALOG)
			summary.is_in_dialog = true;
	}
	return summary;
}

/* ---- lines ---- */

/* The lines of a message that tells the same. */
static const char *start_line(const struct summary *summary, char text[TEXT_SIZE])
{
	if (summary->request.length)
		snprintf(text, TEXT_SIZE, "%.*s sip:x SIP/2.0", (int)summary->request.length, summary->request.text);
	else
		snprintf(text, TEXT_SIZE, "SIP/2.0 %.*s", (int)summary->status.length, summary->status.text);
	return text;
}

/* A request has its method in CSeq (RFC 3261 8.1.1.5). */
static const char *cseq_line(const struct summary *summary, char text[TEXT_SIZE])
{
	const struct part *method = summary->request.length ? &summary->request : &summary->cseq;

	if (method->length)
		snprintf(text, TEXT_SIZE, "CSeq: 1 %.*s", (int)method->length, method->text);
	else
		snprintf(text, TEXT_SIZE, "To: x");
	return text;
}

static const char *to_line(const struct summary *summary)
{
	return summary->is_in_dialog ? "To: <sip:x>;tag=x" : "To: x";
}

/* Parses the message that the lines make. Returns the same as message__parse(). */
static int parse(const struct summary *summary, struct message *ret_message)
{
	char start[TEXT_SIZE], cseq[TEXT_SIZE], text[3 * TEXT_SIZE];

	snprintf(text, sizeof(text), "%s\r\n%s\r\n%s\r\n\r\n", start_line(summary, start), cseq_line(summary, cseq),
		 to_line(summary));
	return message__parse(text, strlen(text), ret_message);
}

/* ---- the memory ---- */

/* Whether a method is of the usual kind, which needs no lines to be read. */
static bool is_usual(const struct part *method)
{
	size_t i = 0;

	while (i < method->length && method->text[i] >= 'A' && method->text[i] <= 'Z')
		i++;
	return i == method->length && i < SIPBPF_NAME_SIZE;
}

static const struct part *type_of(const struct summary *summary)
{
	return summary->request.length ? &summary->request : &summary->status;
}

/* Methods and status codes differ in these bytes. */
static unsigned int hash_of(const struct part *part)
{
	const unsigned char *text = (const unsigned char *)part->text;

	return part->length ? text[0] + text[part->length / 2] * 7U + text[part->length - 1] * 31U : 0;
}

static struct summary_message *place_of(struct summary_memory *memory, const struct summary *summary)
{
	unsigned int hash = hash_of(type_of(summary)) + hash_of(&summary->cseq) * 127U + summary->is_in_dialog * 61U;

	return &memory->messages[(hash ^ hash >> 8) % SUMMARY_MEMORY_MESSAGES];
}

static bool is_text(const char *text, const struct part *part)
{
	return !memcmp(text, part->text, part->length) && !text[part->length];
}

static void set_text(char *text, const struct part *part)
{
	*(char *)mempcpy(text, part->text, part->length) = '\0';
}

/* Whether the memory may keep a summary: what is in it needs no lines to be read. */
static bool may_keep(const struct summary *summary)
{
	return is_usual(&summary->request) && is_usual(&summary->cseq) && summary->status.length < SIPBPF_NAME_SIZE;
}

/* Finds the message of a summary. Returns NULL if it has to be read. */
static const struct message *find(struct summary_memory *memory, const struct summary *summary)
{
	const struct part *type = type_of(summary), *cseq = &summary->cseq;
	struct summary_message *known;
	struct message message;

	if (type->length >= SIPBPF_NAME_SIZE || cseq->length >= SIPBPF_NAME_SIZE)
		return NULL;
	known = place_of(memory, summary);
	if (*known->type && is_text(known->type, type) && is_text(known->cseq, cseq) &&
	    known->is_in_dialog == summary->is_in_dialog)
		return &known->message;
	if (!may_keep(summary) || parse(summary, &message))
		return NULL;
	set_text(known->type, type);
	set_text(known->cseq, cseq);
	known->is_in_dialog = summary->is_in_dialog;
	known->message = message;
	return &known->message;
}

int summary__read(struct summary_memory *memory, struct assembly *assembly, const struct pattern *pattern)
{
	const struct summary summary = summary_of(pattern);
	bool is_bare = !summary.request.length && !summary.cseq.length;
	const struct message *known;
	struct message message;
	char text[TEXT_SIZE];
	const char *line;

	if (!type_of(&summary)->length)
		return -ENOMSG;
	known = find(memory, &summary);
	if (known)
		return assembly__take(assembly, known, is_bare);
	if (!parse(&summary, &message))
		return assembly__take(assembly, &message, is_bare);
	line = start_line(&summary, text);
	return assembly__read(assembly, line, strlen(line), 1); /* tells that it begins no message */
}
