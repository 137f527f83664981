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
#include "log/matchers.h"
#include "log/path_fields.h"
#include "log/pattern.h"
#include "log/stamp.h"
#include "log/start_line.h"

#define SOURCES_MAX 32 /* programs whose lines may be mixed */
#define HASH_START 14695981039346656037ULL
#define HASH_FACTOR 1099511628211ULL
#define SUMMARY_SIZE 256
#define DATE_LENGTH 19 /* yyyy-mm-dd hh:mm:ss */

/* A program whose lines are read. */
struct source {
	unsigned long long hash;
	unsigned long long last_line;
	struct assembly *assembly; /* NULL: the place is free */
	enum clean_shape shape;
	size_t margin; /* blanks before each line of a message */
};

/* What ordinary lines are there, and how they look. */
struct skim {
	enum { SKIM_NOTHING, SKIM_BLANKS, SKIM_HEADERS, SKIM_REST } what;
	unsigned int due;
	const char *indent;
	size_t indent_length;
	bool has_dots, has_names;
	bool may_be_glued; /* a start line may be behind something else */
	bool is_eager;     /* lines that end or begin something are taken too */
};

struct reader {
	struct reader_settings settings;
	struct matchers matchers;
	struct stamp_calendar calendar;
	struct path_fields fields;
	struct skim skim;
	struct source sources[SOURCES_MAX];
	struct source *source;           /* of the last line */
	unsigned long long lines;        /* read so far */
	unsigned long long split_offset; /* of the next line that may be several, among all of them */
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

int reader__new(const struct reader_settings *settings, struct reader **ret_reader)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int error = reader ? 0 : -ENOMEM;

	if (!error) {
		reader->settings = *settings;
		reader->calendar.now = settings->now;
		reader->skim.indent = settings->form->traits & FORM_INDENT ? "   " : "\t";
		reader->skim.has_dots = settings->form->traits & FORM_DOTS;
		reader->skim.has_names = settings->form->traits & FORM_NAME;
		error = matchers__make(&reader->matchers, settings->form, settings->pattern);
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
	matchers__free(&reader->matchers);
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

/* The roles of the lines that may come now: a bit for each. */
static unsigned int find_due(unsigned int state)
{
	return 1U << FORM_BEGINS | (state & ASSEMBLY_AWAITS_MESSAGE ? 1U << FORM_ADDS : 0) |
	       (state & ASSEMBLY_HAS_MESSAGE ? 1U << FORM_ENDS : 0);
}

/* Reads a line of a record. */
static int read_record(struct reader *reader, const struct matcher *matcher)
{
	switch (matcher__role(matcher)) {
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
static int read_text(struct reader *reader, const struct piece *piece, unsigned int state)
{
	struct assembly *assembly = reader->source->assembly;
	unsigned int traits = reader->settings.form->traits;
	const char *text = piece->text;
	size_t length = piece->length;
	bool is_glued = piece->is_glued || (traits & FORM_GLUED && state & ASSEMBLY_AWAITS_MESSAGE);

	if (traits & FORM_NO_DATE && !(state & ASSEMBLY_IN_HEADERS))
		look_for_date(reader, piece);
	if (!(traits & FORM_USERS) &&
	    !clean__line(traits, &reader->source->shape, state & ASSEMBLY_IN_HEADERS, &text, &length)) {
		if (!(traits & FORM_TAB && reader->source->shape == CLEAN_INDENTED) &&
		    start_line__is_possible(text, length) && start_line__is_meant(text, length))
			tally__note_untaken(reader->settings.tally, text, length);
		return 0;
	}
	if (!is_glued)
		clean__margin(&reader->source->margin, state & ASSEMBLY_MAY_BEGIN, &text, &length);
	return is_glued ? assembly__read_glued(assembly, text, length, piece->ending)
			: assembly__read(assembly, text, length, piece->ending);
}

static int read_piece(struct reader *reader, struct piece *piece)
{
	unsigned int state = assembly__state(reader->source->assembly);
	const struct matcher *matcher = NULL;
	int result;

	if (piece->has_escape && !(reader->settings.form->traits & FORM_USERS))
		piece->length = clean__colours(piece->text, piece->length);
	result = matchers__match(&reader->matchers, find_due(state), piece->text, piece->length, &matcher);
	if (result < 0)
		return result;
	return result ? read_record(reader, matcher) : read_text(reader, piece, state);
}

/* ---- skimming ---- */

/* Finds what can be skimmed: lines of messages that need no more cleaning than trim() does. */
static void begin_skim(struct reader *reader, bool is_eager)
{
	unsigned int traits = reader->settings.form->traits, state;
	enum clean_shape shape = reader->source ? reader->source->shape : CLEAN_UNKNOWN;
	struct skim *skim = &reader->skim;

	skim->what = SKIM_NOTHING;
	if (!reader->source || traits & (FORM_TREE | FORM_USERS) ||
	    (traits & (FORM_TAB | FORM_INDENT) && shape == CLEAN_UNKNOWN))
		return;
	state = assembly__state(reader->source->assembly);
	if (state & ASSEMBLY_TAKES_HEADERS && (is_eager || state & ASSEMBLY_HAS_HEADER))
		skim->what = SKIM_HEADERS;
	else if (state & ASSEMBLY_TAKES_ANYTHING)
		skim->what = SKIM_REST;
	else if (state & ASSEMBLY_MAY_BEGIN && reader->settings.split == CLEAN_WHOLE)
		skim->what = SKIM_BLANKS;
	skim->due = find_due(state);
	skim->indent_length = shape == CLEAN_INDENTED ? strlen(skim->indent) : 0;
	skim->may_be_glued = reader->settings.split != CLEAN_WHOLE && skim->what == SKIM_REST;
	skim->is_eager = is_eager;
}

/* Takes the indent, the line end and the dot off a line of a message. Returns false if it is none. */
static inline bool trim(const struct skim *skim, const char **line, size_t *length)
{
	while (*length && (*line)[*length - 1] == '\r')
		--*length;
	if (skim->has_dots && *length && (*line)[*length - 1] == '.')
		--*length;
	if (skim->has_names && *length && (**line == ' ' || **line == 'J'))
		return false;
	if (*length < skim->indent_length || memcmp(*line, skim->indent, skim->indent_length) != 0)
		return false;
	*line += skim->indent_length;
	*length -= skim->indent_length;
	return true;
}

/* A header that needs no closer look: it is not empty, not folded, and no start line. */
static inline bool is_header(const char *line, size_t length)
{
	return length && *line != ' ' && *line != '\t' && !start_line__is_likely(line, length);
}

/* A line of a session description, or none. */
static inline bool is_description(const char *line, size_t length)
{
	return !length || (length > 1 && line[1] == '=' && *line >= 'a' && *line <= 'z');
}

/* Whether a line is of those that can be skimmed. */
static inline bool is_ordinary(const struct skim *skim, const char *line, size_t length)
{
	switch (skim->what) {
	case SKIM_HEADERS:
		return length ? is_header(line, length) : skim->is_eager;
	case SKIM_REST:
		return is_description(line, length) && !(skim->may_be_glued && start_line__is_possible(line, length));
	default:
		return !length;
	}
}

/* Takes a line of a text. Returns 1, 0 if it needs a closer look, or -ENOMEM. */
static inline int take(struct reader *reader, const struct matchers_text *text, const char *line, size_t length)
{
	struct assembly *assembly = reader->source->assembly;
	const struct skim *skim = &reader->skim;
	const char *cleaned = line;
	size_t cleaned_length = length;
	int error = 0;

	if (length > LINES_LENGTH_MAX || !trim(skim, &cleaned, &cleaned_length) ||
	    !is_ordinary(skim, cleaned, cleaned_length) ||
	    matchers__may_match(&reader->matchers, skim->due, text, line, line + length))
		return 0;
	if (skim->what != SKIM_HEADERS) {
		assembly__pass(assembly, !cleaned_length);
	} else if (cleaned_length) {
		error = assembly__add_header(assembly, cleaned, cleaned_length);
	} else {
		error = assembly__read(assembly, cleaned, 0, 1);
		begin_skim(reader, skim->is_eager);
	}
	return error ? error : 1;
}

/* Whether the line that begins with this byte may be one that can be skimmed. */
static inline bool is_worth_a_look(const struct skim *skim, char first)
{
	return skim->what > SKIM_BLANKS || (skim->what == SKIM_BLANKS && (unsigned char)first <= '.');
}

/* Cuts the first line off a text. Returns false if its end is not there. */
static inline bool cut_line(enum clean_split split, const char *at, const char *end, size_t *ret_length,
			    size_t *ret_rest)
{
	const char *feed;

	if (split != CLEAN_WHOLE) {
		*ret_length = clean__split(split, at, (size_t)(end - at), ret_rest);
		return true;
	}
	feed = memchr(at, '\n', (size_t)(end - at));
	if (!feed)
		return false;
	*ret_length = (size_t)(feed - at);
	*ret_rest = *ret_length + 1;
	return true;
}

/*
 * Takes lines from the beginning of a text on, up to one that needs a closer look. Returns 0, or -ENOMEM; in any case,
 * *ret_length are their bytes and *ret_count their number.
 */
static int skim_text(struct reader *reader, const struct matchers_text *text, size_t *ret_length,
		     unsigned long long *ret_count)
{
	enum clean_split split = reader->settings.split;
	const char *at = text->text + *ret_length;
	size_t length, rest;
	int result = 1;

	*ret_count = 0;
	while (at < text->end && is_worth_a_look(&reader->skim, *at) &&
	       cut_line(split, at, text->end, &length, &rest)) {
		result = take(reader, text, at, length);
		if (result <= 0)
			break;
		at += rest;
		++*ret_count;
	}
	*ret_length = (size_t)(at - text->text);
	return result < 0 ? result : 0;
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
	return assembly__new(settings->form->traits, reader->matchers.count > 0, settings->tally, &source->assembly);
}

/* FNV-1a, of eight bytes at a time. */
static unsigned long long hash_of(const char *name, size_t length)
{
	unsigned long long hash = HASH_START ^ length, word;

	for (; length >= sizeof(word); name += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		hash = (hash ^ word) * HASH_FACTOR;
		hash ^= hash >> 32;
	}
	for (; length; name++, length--)
		hash = (hash ^ (unsigned char)*name) * HASH_FACTOR;
	return hash;
}

/* Finds the program that wrote the line. If there are too many, the one that has been silent for longest is forgotten. */
static int find_source(struct reader *reader, const char *name, size_t length)
{
	struct source *source = reader->sources, *oldest = source;
	unsigned long long hash = hash_of(name, length);
	int error = 0;

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
	struct matchers_text whole = { .text = text, .end = text + length, .offset = reader->split_offset };
	struct piece piece;
	unsigned long long count;
	size_t at = 0, rest;
	bool is_split = false;
	int error = 0;

	reader->split_offset += length + 1;
	do {
		begin_skim(reader, is_split);
		if (!line->has_escape)
			error = skim_text(reader, &whole, &at, &count);
		if (error || (at && at == length))
			break;
		piece = (struct piece){ .text = text + at, .ending = line->ending, .has_escape = line->has_escape };
		piece.length = clean__split(reader->settings.split, text + at, length - at, &rest);
		at += rest;
		piece.is_glued = at < length;
		is_split = is_split || piece.is_glued;
		error = read_piece(reader, &piece);
	} while (!error && at < length);
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

/* Finds the line at a place in a text. Returns false if its end is not there, or too far away. */
static bool find_line(char *at, const char *end, struct line *ret_line)
{
	char *feed = memchr(at, '\n', (size_t)(end - at)), *line_end = feed;

	if (!feed || feed - at > LINES_LENGTH_MAX)
		return false;
	while (line_end > at && line_end[-1] == '\r')
		line_end--;
	*ret_line =
		(struct line){ .text = at, .length = (size_t)(line_end - at), .ending = (size_t)(feed + 1 - line_end) };
	return true;
}

int reader__read_ahead(struct reader *reader, struct lines *lines, size_t bytes)
{
	bool may_skim = !reader->settings.envelope && reader->settings.split == CLEAN_WHOLE;
	unsigned long long first = lines__number(lines) + 1, read = 0, skimmed = 0;
	char *text;
	size_t available = lines__ahead(lines, &text), length = 0;
	struct matchers_text ahead = { .text = text, .end = text + (available < bytes ? available : bytes) };
	struct line line;
	int error = 0;

	ahead.offset = lines__offset(lines);
	while (!error) {
		if (may_skim) {
			begin_skim(reader, true);
			error = skim_text(reader, &ahead, &length, &skimmed);
			reader->lines += skimmed;
			read += skimmed;
		}
		if (error || !find_line(text + length, ahead.end, &line))
			break;
		reader->settings.tally->line = first + read++;
		length += line.length + line.ending;
		error = reader__read(reader, &line);
	}
	lines__pass(lines, length, read);
	return error;
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
