// SPDX-License-Identifier: BSD-2-Clause
/* See reader.h. */
#include "log/reader.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "log/assembly.h"
#include "log/literal.h"
#include "log/path_fields.h"
#include "log/pattern.h"
#include "log/stamp.h"
#include "log/start_line.h"

#define SOURCES_MAX 32                     /* programs whose lines may be mixed */
#define HASH_START 14695981039346656037ULL /* FNV-1a */
#define HASH_FACTOR 1099511628211ULL
#define SUMMARY_SIZE 256
#define DATE_LENGTH 19 /* yyyy-mm-dd hh:mm:ss */

/* A line of a form, ready for use. */
struct matcher {
	const struct form_line *line; /* NULL: the user's pattern */
	struct pattern *pattern;
	struct literal literal;
	bool has_literal, shares_literal; /* with the matcher before it */
	bool has_direction;               /* a group for it */
	bool may_begin[256];              /* a line, by its first byte */
};

/* A program whose lines are read. */
struct source {
	unsigned long long hash;
	unsigned long long last_line;
	struct assembly *assembly; /* NULL: the place is free */
	enum clean_shape shape;
	size_t margin; /* blanks before each line of a message */
};

struct reader {
	struct reader_settings settings;
	struct matcher matchers[FORMS_LINES_MAX];
	size_t matchers_count;
	bool may_match[256]; /* whether any of them may match a line, by its first byte */
	struct stamp_calendar calendar;
	struct path_fields fields;
	struct source sources[SOURCES_MAX];
	struct source *source;    /* of the last line */
	unsigned long long lines; /* read so far */
};

/* A line on its way. */
struct piece {
	char *text;
	size_t length;
	size_t ending;   /* bytes of its end in the log */
	bool is_glued;   /* it may end with a start line */
	bool has_escape; /* the line that it is of holds an ESC */
};

/* ---- the reader ---- */

static void prepare(struct reader *reader, struct matcher *matcher, const char *first)
{
	size_t i;

	if (!first)
		memset(matcher->may_begin, true, sizeof(matcher->may_begin));
	for (i = 0; first && first[i]; i++)
		matcher->may_begin[(unsigned char)first[i]] = true;
	for (i = 0; i < sizeof(matcher->may_begin); i++)
		reader->may_match[i] |= matcher->may_begin[i];
}

static int add_matcher(struct reader *reader, const struct form_line *line)
{
	struct matcher *matcher = &reader->matchers[reader->matchers_count];
	char why[PATTERN_ERROR_SIZE];
	int error = pattern__new(line->pattern, false, &matcher->pattern, why);

	if (error)
		return error;
	matcher->line = line;
	matcher->has_literal = line->literal != NULL;
	matcher->has_direction = pattern__has(matcher->pattern, PATTERN_DIRECTION);
	if (line->literal)
		matcher->literal = literal__of(line->literal);
	matcher->shares_literal = line->literal && reader->matchers_count && matcher[-1].has_literal &&
				  !strcmp(matcher[-1].literal.text, line->literal) && !line->first &&
				  !matcher[-1].line->first;
	prepare(reader, matcher, line->first);
	reader->matchers_count++;
	return 0;
}

static int add_matchers(struct reader *reader)
{
	const struct form_line *line = reader->settings.form->lines;
	int error = 0;

	if (reader->settings.pattern) {
		reader->matchers[0].pattern = reader->settings.pattern;
		reader->matchers[0].has_direction = pattern__has(reader->settings.pattern, PATTERN_DIRECTION);
		prepare(reader, &reader->matchers[0], NULL);
		reader->matchers_count = 1;
		return 0;
	}
	for (; !error && line < reader->settings.form->lines + FORMS_LINES_MAX && line->role != FORM_NO_LINE; line++)
		error = add_matcher(reader, line);
	return error;
}

int reader__new(const struct reader_settings *settings, struct reader **ret_reader)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int error = reader ? 0 : -ENOMEM;

	if (!error) {
		reader->settings = *settings;
		reader->calendar.now = settings->now;
		error = add_matchers(reader);
	}
	if (error) {
		reader__free(reader);
		return error;
	}
	*ret_reader = reader;
	return 0;
}

void reader__free(struct reader *reader)
{
	size_t i;

	if (!reader)
		return;
	for (i = 0; !reader->settings.pattern && i < reader->matchers_count; i++)
		pattern__free(reader->matchers[i].pattern);
	for (i = 0; i < SOURCES_MAX; i++)
		assembly__free(reader->sources[i].assembly);
	free(reader);
}

/* ---- values ---- */

static int note_time(struct reader *reader, const char *value, size_t length)
{
	struct tally *tally = reader->settings.tally;
	struct timespec time;
	int error = stamp__read(&reader->calendar, value, length, &time);

	if (!error)
		timestamp__widen(&tally->start, &tally->end, &time);
	else if (error == -ENODATA)
		tally->undated++;
	return error == -EINVAL ? error : 0;
}

static int use_value(struct reader *reader, const struct pattern_value *value)
{
	if (value->group == PATTERN_TIME)
		return note_time(reader, value->text, value->length);
	return path_fields__enter(&reader->fields, value->group, value->text, value->length,
				  assembly__path(reader->source->assembly));
}

static void use_or_note(struct reader *reader, const struct pattern_value *value)
{
	const struct reader_settings *settings = &reader->settings;

	if (use_value(reader, value) && settings->unusable)
		unusable__note(settings->unusable, value->group, value->text, value->length, settings->name,
			       settings->tally->line);
}

/* Uses all values of a match; the direction first, because it says which end the far one is. */
static void use_values(struct reader *reader, const struct matcher *matcher)
{
	struct message_path *path = assembly__path(reader->source->assembly);
	struct pattern_value value = { .group = PATTERN_DIRECTION };
	unsigned int number = 0;

	if (matcher->line && matcher->line->transport)
		path->transport = matcher->line->transport;
	if (matcher->line && matcher->line->way) {
		path->has_direction = true;
		path->direction = matcher->line->way == FORM_SENT ? LINK_OUT : LINK_IN;
	}
	value.length = matcher->has_direction ? pattern__value(matcher->pattern, value.group, &value.text) : 0;
	if (value.length)
		use_or_note(reader, &value);
	while (pattern__next_value(matcher->pattern, &number, &value)) {
		if (value.group != PATTERN_DIRECTION && value.group < PATTERN_USER_GROUPS)
			use_or_note(reader, &value);
	}
}

/* ---- records ---- */

/* A line that tells of a message, but does not show it. */
static int read_summary(struct reader *reader, const struct matcher *matcher)
{
	struct assembly *assembly = reader->source->assembly;
	const char *request, *status, *cseq, *dialog;
	size_t request_length = pattern__value(matcher->pattern, PATTERN_REQUEST, &request);
	size_t status_length = pattern__value(matcher->pattern, PATTERN_STATUS, &status);
	size_t cseq_length = pattern__value(matcher->pattern, PATTERN_CSEQ, &cseq);
	bool is_in_dialog = pattern__value(matcher->pattern, PATTERN_DIALOG, &dialog) > 0;
	char text[SUMMARY_SIZE];
	int error;

	if (request_length) /* a request has its method in CSeq (RFC 3261 8.1.1.5) */
		snprintf(text, sizeof(text), "%.*s sip:x SIP/2.0", (int)request_length, request);
	else
		snprintf(text, sizeof(text), "SIP/2.0 %.*s", (int)status_length, status);
	error = assembly__read(assembly, text, strlen(text), 1);
	if (request_length)
		snprintf(text, sizeof(text), "CSeq: 1 %.*s", (int)request_length, request);
	else if (cseq_length)
		snprintf(text, sizeof(text), "CSeq: 1 %.*s", (int)cseq_length, cseq);
	else
		snprintf(text, sizeof(text), "To: x");
	if (!error)
		error = assembly__read(assembly, text, strlen(text), 1);
	if (!error && is_in_dialog)
		error = assembly__read(assembly, "To: <sip:x>;tag=x", strlen("To: <sip:x>;tag=x"), 1);
	return error ? error : assembly__read(assembly, "", 0, 1);
}

static int begin_record(struct reader *reader, const struct matcher *matcher)
{
	struct assembly *assembly = reader->source->assembly;
	int error = assembly__begin_record(assembly);
	const char *value;
	size_t length;

	if (error)
		return error;
	reader->source->shape = CLEAN_UNKNOWN;
	use_values(reader, matcher);
	if (pattern__has(matcher->pattern, PATTERN_STATUS))
		return read_summary(reader, matcher);
	length = pattern__value(matcher->pattern, PATTERN_START, &value);
	return length ? assembly__claim(assembly, value, length) : 0;
}

static enum form_role role_of(const struct matcher *matcher)
{
	return matcher->line ? matcher->line->role : FORM_BEGINS;
}

/* Whether a line of this role may come now. */
static bool is_due(const struct reader *reader, enum form_role role)
{
	switch (role) {
	case FORM_ADDS:
		return assembly__awaits_message(reader->source->assembly);
	case FORM_ENDS:
		return assembly__has_message(reader->source->assembly);
	default:
		return true;
	}
}

/* Finds what the line is. Returns 1 with the matcher, 0 if it may belong to a message, or a negative errno. */
static int match(const struct reader *reader, const struct piece *piece, const struct matcher **ret_matcher)
{
	const struct matcher *matcher = reader->matchers, *end = matcher + reader->matchers_count;
	unsigned char first = piece->length ? (unsigned char)piece->text[0] : 0;
	bool is_held = false;
	int result;

	if (!reader->may_match[first])
		return 0;
	for (; matcher < end; matcher++) {
		if (!matcher->may_begin[first] || !is_due(reader, role_of(matcher)))
			continue;
		if (!matcher->shares_literal)
			is_held =
				!matcher->has_literal || literal__is_in(&matcher->literal, piece->text, piece->length);
		if (!is_held)
			continue;
		result = pattern__match(matcher->pattern, piece->text, piece->length);
		if (result > 0)
			*ret_matcher = matcher;
		if (result > 0 || (result < 0 && !matcher->line))
			return result;
	}
	return 0;
}

/* Reads a line of a record. */
static int read_record(struct reader *reader, const struct matcher *matcher)
{
	switch (role_of(matcher)) {
	case FORM_BEGINS:
		return begin_record(reader, matcher);
	case FORM_ENDS:
		use_values(reader, matcher);
		return assembly__end_record(reader->source->assembly);
	default:
		use_values(reader, matcher);
		return 0;
	}
}

/* A date in another line tells the day of times that have none. */
static void look_for_date(struct reader *reader, const struct piece *piece)
{
	struct timespec time;

	if (piece->length >= DATE_LENGTH && piece->text[0] == '2' && piece->text[1] == '0')
		(void)stamp__read(&reader->calendar, piece->text, DATE_LENGTH, &time);
}

/* Reads a line that may belong to a message. */
static int read_text(struct reader *reader, const struct piece *piece)
{
	struct assembly *assembly = reader->source->assembly;
	unsigned int traits = reader->settings.form->traits;
	const char *text = piece->text;
	size_t length = piece->length;
	bool is_glued = piece->is_glued || (traits & FORM_GLUED && assembly__awaits_message(assembly));

	if (traits & FORM_NO_DATE && !assembly__is_in_headers(assembly))
		look_for_date(reader, piece);
	if (!(traits & FORM_USERS) &&
	    !clean__line(traits, &reader->source->shape, assembly__is_in_headers(assembly), &text, &length)) {
		if (!(traits & FORM_TAB && reader->source->shape == CLEAN_INDENTED) &&
		    start_line__is_possible(text, length) && start_line__is_meant(text, length))
			tally__note_untaken(reader->settings.tally, text, length);
		return 0;
	}
	if (!is_glued)
		clean__margin(&reader->source->margin, assembly__may_begin(assembly), &text, &length);
	return is_glued ? assembly__read_glued(assembly, text, length, piece->ending)
			: assembly__read(assembly, text, length, piece->ending);
}

static int read_piece(struct reader *reader, struct piece *piece)
{
	const struct matcher *matcher = NULL;
	int result;

	if (piece->has_escape && !(reader->settings.form->traits & FORM_USERS))
		piece->length = clean__colours(piece->text, piece->length);
	result = match(reader, piece, &matcher);
	if (result < 0)
		return result;
	return result ? read_record(reader, matcher) : read_text(reader, piece);
}

/* ---- skimming ---- */

/* A line ahead, with what the form puts around it removed. */
struct ahead {
	const char *text;
	size_t length;
};

/* Takes the indent, the line end and the dot off a line of a message. Returns false if it is none. */
static bool trim(const struct reader *reader, struct ahead *ahead)
{
	static const char blanks[] = "   ", tab[] = "\t";
	unsigned int traits = reader->settings.form->traits;
	const char *indent = traits & FORM_INDENT ? blanks : tab;
	size_t width = traits & FORM_INDENT ? strlen(blanks) : strlen(tab);

	while (ahead->length && ahead->text[ahead->length - 1] == '\r')
		ahead->length--;
	if (traits & FORM_DOTS && ahead->length && ahead->text[ahead->length - 1] == '.')
		ahead->length--;
	if (traits & FORM_NAME && ahead->length && strchr(" J", ahead->text[0]))
		return false;
	if (reader->source->shape != CLEAN_INDENTED)
		return true;
	if (ahead->length < width || memcmp(ahead->text, indent, width) != 0)
		return false;
	ahead->text += width;
	ahead->length -= width;
	return true;
}

/* Whether a line may be one of a record, by its first byte and its literals. */
static bool may_be_record(const struct reader *reader, const char *line, size_t length)
{
	const struct matcher *matcher = reader->matchers, *end = matcher + reader->matchers_count;
	unsigned char first = length ? (unsigned char)line[0] : 0;

	if (!length || !reader->may_match[first])
		return false;
	for (; matcher < end; matcher++) {
		if (!matcher->may_begin[first] || matcher->shares_literal || !is_due(reader, role_of(matcher)))
			continue;
		if (!matcher->has_literal || literal__is_in(&matcher->literal, line, length))
			return true;
	}
	return false;
}

/* A header that needs no closer look: it is not empty, not folded, and no start line. */
static bool is_header(const struct ahead *ahead)
{
	return ahead->length && ahead->text[0] != ' ' && ahead->text[0] != '\t' &&
	       !start_line__is_likely(ahead->text, ahead->length);
}

/* A line of a session description, or none. */
static bool is_description(const struct ahead *ahead)
{
	return !ahead->length ||
	       (ahead->length > 1 && ahead->text[1] == '=' && ahead->text[0] >= 'a' && ahead->text[0] <= 'z');
}

/* Whether lines of messages need no more cleaning than trim() does. */
static bool can_skim(const struct reader *reader)
{
	unsigned int traits = reader->settings.form->traits;

	return reader->source && !(traits & (FORM_TREE | FORM_USERS)) &&
	       !(traits & (FORM_TAB | FORM_INDENT) && reader->source->shape == CLEAN_UNKNOWN);
}

/* Takes a line ahead. Returns 1, 0 if it needs a closer look, or -ENOMEM. */
static int take(struct reader *reader, bool is_in_headers, const char *line, size_t length)
{
	struct ahead ahead = { .text = line, .length = length };
	int error;

	if (length > LINES_LENGTH_MAX || !trim(reader, &ahead) ||
	    !(is_in_headers ? is_header(&ahead) : is_description(&ahead)) || may_be_record(reader, line, length))
		return 0;
	if (is_in_headers) {
		error = assembly__add_header(reader->source->assembly, ahead.text, ahead.length);
		return error ? error : 1;
	}
	assembly__pass(reader->source->assembly, !ahead.length);
	return 1;
}

/* ---- lines ---- */

static int open_source(struct reader *reader, struct source *source, unsigned long long hash)
{
	const struct reader_settings *settings = &reader->settings;
	int error = source->assembly ? assembly__finish(source->assembly) : 0;

	if (error)
		return error;
	assembly__free(source->assembly);
	*source = (struct source){ .hash = hash };
	return assembly__new(settings->form->traits, reader->matchers_count > 0, settings->tally, &source->assembly);
}

/* Finds the program that wrote the line. If there are too many, the one that has been silent for longest is forgotten. */
static int find_source(struct reader *reader, const char *name, size_t length)
{
	struct source *source = reader->sources, *oldest = source;
	unsigned long long hash = HASH_START;
	size_t i;
	int error = 0;

	for (i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * HASH_FACTOR;
	for (; source < reader->sources + SOURCES_MAX; source++) {
		if (source->assembly && source->hash == hash)
			break;
		if (source->last_line < oldest->last_line)
			oldest = source;
	}
	if (source == reader->sources + SOURCES_MAX) {
		source = oldest;
		error = open_source(reader, source, hash);
	}
	source->last_line = reader->lines;
	reader->source = source;
	return error;
}

/* Reads what is in a line of the log, which may be several lines. */
static int read_split(struct reader *reader, char *text, size_t length, const struct line *line)
{
	enum clean_split split = reader->settings.split;
	struct piece piece;
	bool is_split = false;
	size_t rest;
	int result, error;

	do {
		piece = (struct piece){ .text = text, .ending = line->ending, .has_escape = line->has_escape };
		piece.length = clean__split(split, text, length, &rest);
		piece.is_glued = split != CLEAN_WHOLE && rest < length;
		text += rest;
		length -= rest;
		is_split = is_split || piece.is_glued;
		result = can_skim(reader) && !piece.has_escape && assembly__takes_headers(reader->source->assembly)
				 ? take(reader, true, piece.text, piece.length)
				 : 0;
		error = result ? result : read_piece(reader, &piece);
		error = error > 0 ? 0 : error;
	} while (!error && length);
	return error || !is_split ? error : assembly__end_record(reader->source->assembly); /* it was all in one line */
}

/* Reads what is in a line of the log. */
static int read_content(struct reader *reader, char *text, size_t length, const struct line *line)
{
	struct piece piece = { .text = text, .length = length, .ending = line->ending, .has_escape = line->has_escape };

	return reader->settings.split == CLEAN_WHOLE ? read_piece(reader, &piece)
						     : read_split(reader, text, length, line);
}

static int read_enveloped(struct reader *reader, const struct line *line)
{
	struct tally *tally = reader->settings.tally;
	unsigned long long messages = tally->messages, records = tally->records;
	struct envelope_content content;
	int error = 0;

	envelope__open(reader->settings.envelope, line->text, line->length, &content);
	if (content.source_length || !reader->source)
		error = find_source(reader, content.source, content.source_length);
	if (!error)
		error = read_content(reader, line->text + (content.text - line->text), content.length, line);
	if (content.time_length && (tally->messages != messages || tally->records != records))
		(void)note_time(reader, content.time, content.time_length);
	return error;
}

int reader__read(struct reader *reader, const struct line *line)
{
	int error = 0;

	reader->lines++;
	if (reader->settings.envelope)
		return read_enveloped(reader, line);
	if (!reader->source)
		error = find_source(reader, "", 0);
	return error ? error : read_content(reader, line->text, line->length, line);
}

int reader__skim(struct reader *reader, struct lines *lines)
{
	bool is_plain = !reader->settings.envelope && reader->settings.split == CLEAN_WHOLE && can_skim(reader);
	const struct assembly *assembly = is_plain ? reader->source->assembly : NULL;
	bool is_in_headers = assembly && assembly__takes_headers(assembly);
	const char *text = NULL, *line, *end, *feed;
	unsigned long long count = 0;
	size_t length;
	int result = 1;

	if (!is_in_headers && !(assembly && assembly__takes_anything(assembly)))
		return 0;
	length = lines__ahead(lines, &text);
	end = text + length;
	for (line = text; line < end; line = feed + 1, count++) {
		feed = memchr(line, '\n', (size_t)(end - line));
		if (!feed)
			break;
		result = take(reader, is_in_headers, line, (size_t)(feed - line));
		if (result <= 0)
			break;
	}
	lines__pass(lines, (size_t)(line - text), count);
	reader->lines += count;
	return result < 0 ? result : 0;
}

int reader__finish(struct reader *reader)
{
	size_t i;
	int error = 0;

	for (i = 0; !error && i < SOURCES_MAX; i++) {
		if (reader->sources[i].assembly)
			error = assembly__finish(reader->sources[i].assembly);
	}
	return error;
}
