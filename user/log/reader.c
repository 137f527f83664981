// SPDX-License-Identifier: BSD-2-Clause
/* See reader.h. */
#include "log/reader.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "log/assembly.h"
#include "log/header.h"
#include "log/matchers.h"
#include "log/other_forms.h"
#include "log/path_fields.h"
#include "log/path_memory.h"
#include "log/pattern.h"
#include "log/quotation.h"
#include "log/skim.h"
#include "log/sources.h"
#include "log/stamp.h"
#include "log/start_line.h"
#include "log/summary.h"
#include "log/torn.h"

#define ESCAPE '\x1b'
#define SUMMARY_LENGTH_MIN (sizeof("| Status: 200") - 1)
#define HEAD_LINES 2 /* before a message that may tell its path */
#define HEAD_SIZE 1024
#define DATE_LENGTH 19 /* yyyy-mm-dd hh:mm:ss */

struct reader {
	struct reader_settings settings;
	struct matchers matchers;
	struct stamp_calendar calendar;
	struct path_fields fields;
	struct path_memory paths;
	struct summary_memory summaries;
	struct skim skim;
	struct sources sources;
	struct source *source;      /* of the last line */
	bool is_skimming;           /* nothing has changed what may be passed over */
	char *ahead;                /* the lines that are read ahead */
	unsigned long long first;   /* the number of the first one */
	unsigned int depth;         /* how often the lines that are read have been held and read before */
	bool has_no_quotations;     /* in them */
	struct other_forms *others; /* NULL: not needed yet */
	struct head {
		size_t length;
		char text[HEAD_SIZE];
	} heads[HEAD_LINES]; /* the last lines that are in no text any more, the last one first */
};

/* A line on its way. */
struct piece {
	char *text;
	size_t length;
	size_t before;   /* bytes of the envelope before it that a user's pattern may match too */
	size_t ending;   /* bytes of its end in the log */
	bool is_glued;   /* it may end with a start line */
	bool has_escape; /* the line that it is of holds an ESC */
};

/* ---- the reader ---- */

static int finish_source(void *context, struct source *source);
static int read_found(void *context, const struct skim_line *line);

int reader__new(const struct reader_settings *settings, struct reader **ret_reader)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int error = reader ? 0 : -ENOMEM;

	if (!error) {
		reader->settings = *settings;
		reader->calendar.now = settings->now;
		reader->skim.matchers = &reader->matchers;
		reader->skim.traits = settings->form->traits;
		reader->skim.split = settings->split;
		reader->skim.beginnings = settings->envelope ? envelope__beginnings(settings->envelope) : NULL;
		reader->skim.read = read_found;
		reader->skim.context = reader;
		error = matchers__make(&reader->matchers, settings->form, settings->pattern);
		reader->sources.traits = settings->form->traits;
		reader->sources.has_records = reader->matchers.count > 0;
		reader->sources.tally = settings->tally;
		reader->sources.finish = finish_source;
		reader->sources.context = reader;
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
	if (!reader)
		return;
	matchers__free(&reader->matchers);
	other_forms__free(reader->others);
	sources__free(&reader->sources);
	free(reader);
}

/* ---- values ---- */

static int note_time(struct reader *reader, const char *value, size_t length)
{
	struct tally *tally = reader->settings.tally;
	struct timespec time;
	int error = stamp__read(&reader->calendar, value, length, &time);

	if (!error)
		tally__note_time(tally, &time);
	else if (error == -ENODATA)
		tally__note_undated(tally);
	return error == -EINVAL ? error : 0;
}

static int use_value(struct reader *reader, const struct pattern_value *value)
{
	if (value->group == PATTERN_TIME)
		return note_time(reader, value->text, value->length);
	return path_fields__enter(&reader->fields, value->group, value->text, value->length,
				  assembly__path(reader->source->lines.assembly));
}

/* Uses a value. Returns false if it cannot be used. */
static bool use_or_note(struct reader *reader, const struct pattern_value *value)
{
	const struct reader_settings *settings = &reader->settings;
	bool is_usable = !use_value(reader, value);

	if (!is_usable && settings->unusable)
		unusable__note(settings->unusable, value->group, value->text, value->length, settings->name,
			       settings->tally->line);
	return is_usable;
}

/* Uses the time in a match, if there is one. */
static void use_time(struct reader *reader, const struct matcher *matcher)
{
	struct pattern_value value = { .group = PATTERN_TIME };

	value.length = pattern__value(matcher->pattern, value.group, &value.text);
	if (value.length)
		(void)use_or_note(reader, &value);
}

/* Which values of a match are used. */
enum use { USE_ALL, USE_DIRECTION, USE_OTHERS };

/* Returns whether all of them can be used. */
static inline bool use_some(struct reader *reader, const struct match *match, const char *line, enum use use)
{
	const struct match_value *value, *end = match->values + match->count;
	bool are_usable = true;

	for (value = match->values; value < end; value++) {
		if (value->group >= PATTERN_USER_GROUPS ||
		    (use != USE_ALL && (value->group == PATTERN_DIRECTION) != (use == USE_DIRECTION)))
			continue;
		are_usable &= use_or_note(reader, &(struct pattern_value){ .group = value->group,
									   .text = line + value->from,
									   .length = value->length });
	}
	return are_usable;
}

/*
 * Uses all values of a match; the direction first, because it says which end the far one is. Returns whether all of them
 * can be used.
 */
static bool use_values(struct reader *reader, const struct matcher *matcher)
{
	struct message_path *path = assembly__path(reader->source->lines.assembly);
	const struct match *match = pattern__found(matcher->pattern);
	const char *line = pattern__line(matcher->pattern);
	bool is_usable;

	if (matcher->line && matcher->line->transport)
		path->transport = matcher->line->transport;
	if (matcher->line && matcher->line->way) {
		path->has_direction = true;
		path->direction = matcher->line->way == FORM_SENT ? LINK_OUT : LINK_IN;
	}
	if (!matcher->has_direction || match->count == 1)
		return use_some(reader, match, line, USE_ALL);
	is_usable = use_some(reader, match, line, USE_DIRECTION);
	return use_some(reader, match, line, USE_OTHERS) && is_usable;
}

/* Uses all values of a line that begins a record. Most paths have come before. */
static void use_first_values(struct reader *reader, const struct matcher *matcher)
{
	struct message_path *path = assembly__path(reader->source->lines.assembly);
	const struct match *match = pattern__found(matcher->pattern);
	const char *line = pattern__line(matcher->pattern);
	const struct message_path *known = path_memory__find(&reader->paths, match, line);

	if (known) {
		*path = *known;
		use_time(reader, matcher);
	} else if (use_values(reader, matcher)) {
		path_memory__keep(&reader->paths, match, line, path);
	}
}

/* ---- records ---- */

/* Reads the messages that a line of a record sums up. */
static int read_summaries(struct reader *reader, const struct matcher *matcher, const struct piece *piece)
{
	struct assembly *assembly = reader->source->lines.assembly;
	const char *end = piece->text + piece->length, *at = pattern__end(matcher->pattern);
	int error = summary__read(&reader->summaries, assembly, matcher->pattern);

	while (!error && matcher->more && (size_t)(end - at) >= SUMMARY_LENGTH_MIN &&
	       pattern__match(matcher->more, at, (size_t)(end - at)) > 0) {
		error = summary__read(&reader->summaries, assembly, matcher->more);
		at = pattern__end(matcher->more);
	}
	if (error != -ENOMSG)
		return error;
	tally__note_untaken(reader->settings.tally, piece->text, piece->length);
	return 0;
}

/* Takes note of what is in the record that is open, now that more of its path is known. */
static int note_content(struct reader *reader, const struct matcher *matcher)
{
	struct assembly *assembly = reader->source->lines.assembly;
	enum form_content content = matcher->line ? matcher->line->content : FORM_MESSAGES;

	if (content == FORM_QUOTATION)
		assembly__quote_record(assembly);
	else if (reader->settings.form->traits & FORM_PACKETS)
		return assembly__resume(assembly, content == FORM_FRAGMENT);
	return 0;
}

/* Finds a start line in the line that begins a record. Returns its length; 0: there is none. */
static size_t find_start(const struct reader *reader, const struct matcher *matcher, const struct piece *piece,
			 const char **ret_start)
{
	size_t length, offset, from;

	if (!(reader->settings.form->traits & FORM_USERS))
		return pattern__value(matcher->pattern, PATTERN_START, ret_start);
	length = piece->has_escape ? clean__colours(piece->text, piece->length) : piece->length;
	if (!start_line__is_possible(piece->text, length) || !start_line__find(piece->text, length, &offset, &from))
		return 0;
	*ret_start = piece->text + offset;
	return length - offset;
}

static int begin_record(struct reader *reader, const struct matcher *matcher, const struct piece *piece)
{
	struct assembly *assembly = reader->source->lines.assembly;
	int error = assembly__begin_record(assembly);
	const char *value;
	size_t length;

	if (error)
		return error;
	reader->source->candidate.text.length = 0;
	reader->source->lines.shape = CLEAN_UNKNOWN;
	use_first_values(reader, matcher);
	error = note_content(reader, matcher);
	if (error)
		return error;
	if (pattern__has(matcher->pattern, PATTERN_STATUS))
		return read_summaries(reader, matcher, piece);
	length = find_start(reader, matcher, piece, &value);
	return length ? assembly__claim(assembly, value, length) : 0;
}

/* Reads a line that adds to a record. */
static int add_to_record(struct reader *reader, const struct matcher *matcher)
{
	(void)use_values(reader, matcher);
	return note_content(reader, matcher);
}

/* Reads a line of a record. */
static int read_record(struct reader *reader, const struct matcher *matcher, const struct piece *piece)
{
	switch (matcher__role(matcher)) {
	case FORM_BEGINS:
		return begin_record(reader, matcher, piece);
	case FORM_ENDS:
		(void)use_values(reader, matcher);
		return assembly__end_record(reader->source->lines.assembly);
	default:
		return add_to_record(reader, matcher);
	}
}

/* A date in another line tells the day of times that have none. */
static void look_for_date(struct reader *reader, const struct piece *piece)
{
	struct timespec time;

	if (piece->length >= DATE_LENGTH && piece->text[0] == '2' && piece->text[1] == '0')
		(void)stamp__read(&reader->calendar, piece->text, DATE_LENGTH, &time);
}

/* Cleans a line. Returns false if it is no part of a message. */
static bool clean(struct reader *reader, const struct piece *piece, unsigned int state, const char **text,
		  size_t *length)
{
	struct skim_source *lines = &reader->source->lines;
	unsigned int traits = reader->settings.form->traits;

	if (!(traits & FORM_USERS) && !clean__line(traits, &lines->shape, state & ASSEMBLY_IN_HEADERS, text, length))
		return false;
	if (!piece->is_glued)
		clean__margin(&lines->margin, state & ASSEMBLY_MAY_BEGIN, text, length);
	return true;
}

/* Whether lines that are not indented repeat those of the message. */
static bool is_repeating(const struct reader *reader)
{
	return reader->settings.form->traits & FORM_TAB && reader->source->lines.shape == CLEAN_INDENTED;
}

/* Takes note of a line that is no part of a message but looks like a start line, unless it repeats one. */
static void note_foreign(struct reader *reader, const char *text, size_t length)
{
	if (!is_repeating(reader) && start_line__is_possible(text, length) && start_line__is_meant(text, length))
		tally__note_untaken(reader->settings.tally, text, length);
}

/* Reads a line that may belong to a message. */
static int read_text(struct reader *reader, struct piece *piece, unsigned int state)
{
	struct assembly *assembly = reader->source->lines.assembly;
	unsigned int traits = reader->settings.form->traits;
	const char *text = piece->text;
	size_t length = piece->length;

	if (state & ASSEMBLY_IN_HEADERS && !is_repeating(reader) && torn__may_be_behind_packet(traits, text, length))
		return assembly__pause(assembly);
	piece->is_glued |= traits & FORM_GLUED && state & ASSEMBLY_AWAITS_MESSAGE;
	if (traits & FORM_NO_DATE && !(state & ASSEMBLY_IN_HEADERS))
		look_for_date(reader, piece);
	if (!clean(reader, piece, state, &text, &length)) {
		note_foreign(reader, piece->text, piece->length);
		return 0;
	}
	return piece->is_glued ? assembly__read_glued(assembly, text, length, piece->ending)
			       : assembly__read(assembly, text, length, piece->ending);
}

static int read_piece(struct reader *reader, const struct matchers_text *around, struct piece *piece);

/* ---- bodies that may quote records ---- */

/* Lines that are read again. */
struct held {
	struct reader *reader;
	struct quotation quotation;
};

static int read_held(void *context)
{
	struct held *held = context;
	const struct quotation_line *line = held->quotation.lines, *end = line + held->quotation.count;
	struct piece piece;
	int error = 0;

	for (; !error && line < end; line++) {
		held->reader->settings.tally->line = line->number;
		piece = (struct piece){ .text = held->quotation.text.text + line->offset + line->before,
					.length = line->length - line->before,
					.before = line->before,
					.ending = line->ending,
					.is_glued = line->is_glued };
		error = read_piece(held->reader, NULL, &piece);
	}
	return error;
}

/* The body was shorter than its length says: what is held are records. */
static int take_for_records(struct reader *reader)
{
	struct source *source = reader->source;
	struct held held = { .reader = reader };
	unsigned long long line = reader->settings.tally->line;
	bool had_no_quotations = reader->has_no_quotations;
	int error;

	if (!quotation__take(&source->quotation, &held.quotation))
		reader->has_no_quotations = true;
	reader->depth++;
	error = assembly__distrust(source->lines.assembly, read_held, &held);
	reader->depth--;
	reader->has_no_quotations = had_no_quotations;
	quotation__free(&held.quotation);
	reader->settings.tally->line = line;
	return error;
}

/* The body is as long as its length says: what is held is quoted. */
static void take_for_body(struct reader *reader)
{
	assembly__end_body(reader->source->lines.assembly);
	quotation__free(&reader->source->quotation);
}

/* Decides what the lines are that are held of a program, behind which a record or the log ends. */
static int settle(struct reader *reader, struct source *source)
{
	struct source *current = reader->source;
	int error = 0;

	reader->source = source;
	while (!error && quotation__is_open(&source->quotation)) {
		if (source->quotation.is_complete)
			take_for_body(reader);
		else
			error = take_for_records(reader);
	}
	reader->source = current;
	return error;
}

static int hold(struct reader *reader, const struct piece *piece)
{
	const struct quotation_line line = { .length = piece->before + piece->length,
					     .before = piece->before,
					     .ending = piece->ending,
					     .number = reader->settings.tally->line,
					     .is_glued = piece->is_glued };

	return quotation__add(&reader->source->quotation, piece->text - piece->before, &line, !reader->depth);
}

/*
 * Reads a line of a body, which may quote records: it looks like one, or lines are held. A length that is right ends
 * where a record of the form does, so that an empty line, a line of a record or the end comes next. Returns 1, -ENOMEM,
 * or 0 if the line is to be read as if it were in no body.
 */
static int read_quoted(struct reader *reader, const struct piece *piece, bool is_of_record)
{
	struct quotation *quotation = &reader->source->quotation;
	const char *text = piece->text;
	size_t length = piece->length;
	bool is_of_message = clean(reader, piece, ASSEMBLY_IN_BODY, &text, &length);
	enum body_fit fit = quotation->is_complete ? BODY_FITS : BODY_UNDECIDED;
	int error;

	if (quotation->is_complete && (is_of_record || (is_of_message && !length))) {
		take_for_body(reader);
		return 0;
	}
	if (is_of_record && !is_of_message)
		return quotation__is_open(quotation) ? take_for_records(reader) : 0;
	if (is_of_message)
		fit = assembly__weigh(reader->source->lines.assembly, text, length, piece->ending, is_of_record);
	error = hold(reader, piece);
	quotation->is_complete = fit == BODY_FITS;
	if (!error && (fit == BODY_MISFITS || quotation__is_full(quotation)))
		error = take_for_records(reader);
	return error ? error : 1;
}

/* ---- pieces ---- */

/*
 * Finds whether a line begins a record by the pattern of a user, who has seen it with its envelope and its colours. A
 * record that awaits its message does not end with the start line of that. Returns the same as matchers__match().
 */
static int find_users(struct reader *reader, struct piece *piece, unsigned int state,
		      const struct matcher **ret_matcher)
{
	struct matchers *matchers = &reader->matchers;
	unsigned int due = skim__due(&reader->skim, state);
	size_t length = piece->length;
	int result = 0;

	if (state & ASSEMBLY_AWAITS_MESSAGE && start_line__is_certain(piece->text, length))
		return 0;
	if (piece->before)
		result = matchers__match(matchers, due, piece->text - piece->before, length + piece->before,
					 ret_matcher);
	if (!result)
		result = matchers__match(matchers, due, piece->text, length, ret_matcher);
	if (result || !piece->has_escape)
		return result;
	piece->length = clean__colours(piece->text, length);
	return piece->length == length ? 0 : find_users(reader, piece, state, ret_matcher);
}

/* Whether this is the message of a record, in a line that holds both. */
static bool is_awaited(const struct reader *reader, unsigned int state, const struct piece *piece)
{
	return state & ASSEMBLY_AWAITS_MESSAGE && reader->settings.form->traits & FORM_ENTRY &&
	       reader->settings.split != CLEAN_WHOLE && !piece->has_escape &&
	       start_line__is_certain(piece->text, piece->length);
}

/* Finds what a line does in records. Returns the same as matchers__match(). */
static inline int find_matcher(struct reader *reader, const struct matchers_text *around, struct piece *piece,
			       unsigned int state, const struct matcher **ret_matcher)
{
	unsigned int due = skim__due(&reader->skim, state);
	const struct matcher *known;

	if (reader->settings.form->traits & FORM_USERS)
		return find_users(reader, piece, state, ret_matcher);
	if (skim__matched(&reader->skim, due, piece->text, piece->text + piece->length, &known)) {
		*ret_matcher = known;
		return known != NULL;
	}
	if (is_awaited(reader, state, piece))
		return 0;
	if (piece->has_escape)
		piece->length = clean__colours(piece->text, piece->length);
	else if (around && piece->length &&
		 !matchers__may_match(&reader->matchers, due, around, piece->text, piece->text + piece->length))
		return 0;
	return matchers__match(&reader->matchers, due, piece->text, piece->length, ret_matcher);
}

/* Reads a line of a body, or the line behind it. Returns the same as read_quoted(). */
static int read_in_body(struct reader *reader, struct piece *piece, bool is_of_record)
{
	const struct source *source = reader->source;
	bool is_held = quotation__is_open(&source->quotation),
	     may_quote = !reader->has_no_quotations && assembly__trusts_lengths(source->lines.assembly);
	int result = 0;

	if (is_held || (is_of_record && may_quote))
		result = read_quoted(reader, piece, is_of_record);
	if (result || !is_held)
		return result;
	result = read_piece(reader, NULL, piece);
	return result ? result : 1;
}

/* ---- messages of other forms ---- */

/* Finds the line before one in a text that is not empty. Returns NULL if there is none. */
static const char *line_before(const struct matchers_text *text, const char *line, size_t *ret_length)
{
	const char *end = line, *feed;

	while (end > text->text && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	if (end == text->text)
		return NULL;
	feed = memrchr(text->text, '\n', (size_t)(end - text->text));
	line = feed ? feed + 1 : text->text;
	*ret_length = (size_t)(end - line);
	return line;
}

/* Keeps a line, unless it is empty or longer than those that tell paths. */
static void keep_head(struct reader *reader, const char *line, size_t length)
{
	struct head *heads = reader->heads;

	if (!length)
		return;
	memmove(heads + 1, heads, sizeof(*heads) * (HEAD_LINES - 1));
	heads->length = length < HEAD_SIZE ? length : 0;
	memcpy(heads->text, line, heads->length);
}

/* Keeps the last lines of a text before a place in it. */
static void keep_heads(struct reader *reader, const struct matchers_text *text, const char *place)
{
	const char *lines[HEAD_LINES];
	size_t lengths[HEAD_LINES], count = 0;

	while (count < HEAD_LINES && (place = line_before(text, place, &lengths[count])))
		lines[count++] = place;
	while (count--)
		keep_head(reader, lines[count], lengths[count]);
}

/*
 * A message begins without a line of the form before it. If a line of another form is there, the path of the record that
 * is open is not its path, and the log is rather two. *state is that of the assembly.
 */
static int look_for_form(struct reader *reader, const struct matchers_text *around, const struct piece *piece,
			 unsigned int *state)
{
	const struct form *form = reader->settings.form, *other = NULL;
	struct tally *tally = reader->settings.tally;
	const char *line = piece->text - piece->before;
	size_t length = 0, kept = 0, i;
	int error;

	if (!reader->others)
		reader->others = other_forms__new();
	if (!reader->others)
		return -ENOMEM;
	for (i = 0; !other && i < HEAD_LINES; i++) {
		line = line ? line_before(around, line, &length) : NULL;
		other = line ? other_forms__find(reader->others, form, line, length)
			     : other_forms__find(reader->others, form, reader->heads[kept].text,
						 reader->heads[kept].length);
		kept += !line;
	}
	if (!other)
		return 0;
	if (!tally->other_form) {
		tally->other_form = other;
		tally->other_manner = "";
		tally->first_other = tally->line;
	}
	reader->source->lines.shape = CLEAN_UNKNOWN;
	error = assembly__end_record(reader->source->lines.assembly);
	*state = assembly__state(reader->source->lines.assembly);
	return error;
}

/* Whether the line may begin a message that belongs to no record of the form. */
static bool may_be_of_other_form(const struct reader *reader, const struct piece *piece, unsigned int state)
{
	return reader->settings.split == CLEAN_WHOLE && reader->matchers.count && !reader->settings.pattern &&
	       !(state & (ASSEMBLY_AWAITS_MESSAGE | ASSEMBLY_IN_BODY)) &&
	       start_line__is_likely(piece->text, piece->length) &&
	       !assembly__is_claimed(reader->source->lines.assembly, piece->text, piece->length) &&
	       start_line__is_meant(piece->text, piece->length);
}

/* ---- lines of headers that may begin records ---- */

static int keep_candidate(struct reader *reader, const struct piece *piece)
{
	struct candidate *candidate = &reader->source->candidate;

	candidate->text.length = 0;
	candidate->before = piece->before;
	candidate->headers = assembly__headers_length(reader->source->lines.assembly);
	candidate->message = assembly__first_line(reader->source->lines.assembly);
	candidate->line = reader->settings.tally->line;
	return held_lines__add(&candidate->text, piece->text - piece->before, piece->before + piece->length, HELD_LF);
}

/* Whether any line may show that a header was none. */
static bool has_candidate(const struct reader *reader)
{
	return reader->source->candidate.text.length > 0;
}

/* A start line follows, so it was no header. */
static int take_candidate(struct reader *reader)
{
	struct candidate *candidate = &reader->source->candidate;
	struct assembly *assembly = reader->source->lines.assembly;
	struct tally *tally = reader->settings.tally;
	struct piece piece = { .text = candidate->text.text + candidate->before,
			       .length = candidate->text.length - HELD_LF - candidate->before,
			       .before = candidate->before,
			       .has_escape = true };
	unsigned long long line = tally->line;
	const struct matcher *matcher;
	int result;

	candidate->text.length = 0;
	assembly__cut_headers(assembly, candidate->headers);
	tally->line = candidate->line;
	result = find_matcher(reader, NULL, &piece, assembly__state(assembly), &matcher);
	if (result > 0)
		result = begin_record(reader, matcher, &piece);
	tally->line = line;
	return result;
}

/* Whether headers may look like lines that begin records, which hold what somebody chose. */
static bool weighs_headers(const struct reader *reader)
{
	return reader->settings.form->traits & FORM_USERS ||
	       (reader->settings.form->traits & FORM_NEAR && reader->settings.split == CLEAN_WHOLE);
}

/*
 * A pattern may match headers too, which begin no record. What looks like a header is one, unless a start line comes
 * before the headers end. *matcher is that of the line, or NULL; *state that of the assembly. Returns 0 or a
 * negative errno.
 */
static int weigh_header(struct reader *reader, const struct piece *piece, unsigned int *state,
			const struct matcher **matcher)
{
	struct candidate *candidate = &reader->source->candidate;
	bool is_likely = header__is_likely(piece->text, piece->length);
	const char *start;
	int error;

	if (!(*state & ASSEMBLY_IN_HEADERS) ||
	    candidate->message != assembly__first_line(reader->source->lines.assembly))
		candidate->text.length = 0;
	if (!(*state & ASSEMBLY_IN_HEADERS))
		return 0;
	if (*matcher && is_likely && !find_start(reader, *matcher, piece, &start)) {
		*matcher = NULL;
		return keep_candidate(reader, piece);
	}
	if (is_likely || !candidate->text.length || !start_line__is_meant(piece->text, piece->length) ||
	    (*matcher && !start_line__is_certain(piece->text, piece->length)))
		return 0;
	*matcher = NULL;
	error = take_candidate(reader);
	*state = assembly__state(reader->source->lines.assembly);
	return error;
}

/* Reads a line that was read ahead, and of which it is known what it is. Returns the same as skim's read(). */
static int read_found(void *context, const struct skim_line *line)
{
	struct reader *reader = context;
	struct piece piece = { .text = reader->ahead + (line->text - reader->ahead),
			       .length = line->length,
			       .ending = line->ending };
	struct assembly *assembly = reader->source->lines.assembly;
	int error;

	if (weighs_headers(reader) && assembly__state(assembly) & ASSEMBLY_IN_HEADERS)
		return 0;
	reader->source->candidate.text.length = 0;
	reader->settings.tally->line = reader->first + line->before;
	if (!line->matcher)
		error = assembly__begin(assembly, line->text, line->length);
	else if (matcher__role(line->matcher) == FORM_ADDS)
		error = add_to_record(reader, line->matcher);
	else
		error = read_record(reader, line->matcher, &piece);
	return error ? error : 1;
}

static int read_piece(struct reader *reader, const struct matchers_text *around, struct piece *piece)
{
	unsigned int state = assembly__state(reader->source->lines.assembly);
	const struct matcher *matcher = NULL;
	int result = find_matcher(reader, around, piece, state, &matcher);

	if (result >= 0 && weighs_headers(reader))
		result = weigh_header(reader, piece, &state, &matcher);
	if (result < 0)
		return result;
	result = state & ASSEMBLY_IN_BODY ? read_in_body(reader, piece, matcher != NULL) : 0;
	if (result)
		return result < 0 ? result : 0;
	if (!matcher && around && may_be_of_other_form(reader, piece, state))
		result = look_for_form(reader, around, piece, &state);
	if (result < 0)
		return result;
	return matcher ? read_record(reader, matcher, piece) : read_text(reader, piece, state);
}

/* ---- lines ---- */

/* Ends what a program had not finished. */
static int finish_source(void *context, struct source *source)
{
	struct reader *reader = context;
	int error = settle(reader, source);

	return error ? error : assembly__finish(source->lines.assembly);
}

/* Finds the program that wrote the line, which is often the one that wrote the line before. */
static int find_source(struct reader *reader, const char *name, size_t length)
{
	if (reader->source && source__is_named(reader->source, name, length))
		return 0;
	reader->is_skimming = false;
	return sources__find(&reader->sources, name, length, &reader->source);
}

/* ---- lines in lines ---- */

/* Cuts a line, which is not the last one, off those in a line. Returns false if there is none. */
static bool cut_split(enum clean_split split, struct byte_scan *scan, const char **at, struct piece *ret_piece)
{
	const char *place;
	size_t ending;

	while ((place = byte_scan__next(scan))) {
		ending = place < *at ? 0 : clean__line_end(split, place, scan->end);
		if (!ending)
			continue;
		*ret_piece = (struct piece){ .text = ret_piece->text + (*at - ret_piece->text),
					     .length = (size_t)(place - *at),
					     .is_glued = true };
		*at = place + ending;
		return *at < scan->end;
	}
	return false;
}

/*
 * Reads the line that begins a record, and the start line behind it, which are the first two of the lines in most lines
 * that hold some. Returns how many it has read, or a negative errno. *at is behind them then.
 */
static int read_entry(struct reader *reader, const struct matchers_text *around, struct byte_scan scan, const char **at,
		      const struct line *line)
{
	struct assembly *assembly = reader->source->lines.assembly;
	unsigned int state = assembly__state(assembly), due = skim__due(&reader->skim, state);
	struct piece piece = { .text = line->text };
	const struct matcher *matcher = NULL;
	const char *behind = *at;
	int result;

	if (state & (ASSEMBLY_IN_HEADERS | ASSEMBLY_IN_BODY) ||
	    !cut_split(reader->settings.split, &scan, &behind, &piece))
		return 0;
	result = matchers__match(&reader->matchers, due, piece.text, piece.length, &matcher);
	if (result <= 0 || matcher__role(matcher) != FORM_BEGINS)
		return result < 0 ? result : 0;
	piece.before = (size_t)(*at - line->text);
	result = begin_record(reader, matcher, &piece);
	*at = behind;
	if (result || !(assembly__state(assembly) & ASSEMBLY_AWAITS_MESSAGE) ||
	    !cut_split(reader->settings.split, &scan, &behind, &piece) ||
	    !start_line__is_alone(piece.text, piece.length))
		return result ? result : 1;
	*at = behind;
	result = assembly__begin(assembly, piece.text, piece.length);
	return result ? result : 2;
}

/* Whether records and their messages are together in lines that hold several, and nothing else is to be thought of. */
static bool has_entries(const struct reader *reader, const struct line *line)
{
	return reader->settings.form->traits & FORM_ENTRY && !reader->settings.pattern && !line->has_escape;
}

/* Reads what is in a line of the log, which may be several lines. */
static int read_split(struct reader *reader, const struct matchers_text *around, const char *text, size_t length,
		      const struct line *line)
{
	const char *at = text, *end = text + length;
	struct piece piece;
	unsigned long long count = 0;
	struct byte_scan scan;
	size_t rest;
	bool is_split = false, is_entry = reader->settings.form->traits & FORM_ENTRY;
	int error = 0;

	skim__scan(&reader->skim, text, end, &scan);
	if (has_entries(reader, line))
		error = read_entry(reader, around, scan, &at, line);
	is_split = error > 0;
	if (error < 0)
		return error;
	do {
		skim__begin(&reader->skim, &reader->source->lines, is_split);
		if (!line->has_escape)
			error = skim__lines(&reader->skim, around, &scan, &at, &count);
		is_split = is_split || count > 1 || (count && at < end);
		if (error || (at > text && at == end))
			break;
		piece = (struct piece){ .text = line->text + (at - line->text),
					.ending = line->ending,
					.has_escape = line->has_escape };
		piece.before = at == text ? (size_t)(text - line->text) : 0;
		piece.length = clean__split(reader->settings.split, at, (size_t)(end - at), &rest);
		at += rest;
		piece.is_glued = at < end;
		is_split = is_split || piece.is_glued;
		error = read_piece(reader, is_entry ? NULL : around, &piece);
	} while (!error && at < end);
	if (!error && is_split) /* it was all in one line */
		error = settle(reader, reader->source);
	return error || !is_split ? error : assembly__end_record(reader->source->lines.assembly);
}

/* Passes over a line if it can. Returns 1, 0 if it needs a closer look, or -ENOMEM. */
static int skim_line(struct reader *reader, const struct matchers_text *around, const char *text, size_t length)
{
	if (has_candidate(reader))
		return 0;
	if (!reader->is_skimming)
		skim__begin(&reader->skim, &reader->source->lines, true);
	reader->is_skimming = true;
	return skim__take(&reader->skim, around, text, length);
}

/* Reads what is in a line of the log. */
static int read_content(struct reader *reader, const struct matchers_text *around, char *text, size_t length,
			const struct line *line)
{
	struct piece piece = { .text = text, .length = length, .ending = line->ending };
	bool is_users = reader->settings.form->traits & FORM_USERS, has_colours = line->has_escape && !is_users;
	int result = 0;

	piece.before = (size_t)(text - line->text);
	piece.has_escape = line->has_escape && is_users;
	if (reader->settings.split != CLEAN_WHOLE)
		return read_split(reader, around, text, length, line);
	if (has_colours)
		piece.length = clean__colours(text, length);
	if (reader->settings.envelope || has_colours)
		result = skim_line(reader, has_colours ? NULL : around, text, piece.length);
	if (result)
		return result < 0 ? result : 0;
	reader->is_skimming = false;
	return read_piece(reader, has_colours ? NULL : around, &piece);
}

/* Whether the pattern of a user tells times, which are then not those of the envelope. */
static bool tells_time(const struct reader *reader)
{
	return reader->settings.pattern && pattern__has(reader->settings.pattern, PATTERN_TIME);
}

static int read_enveloped(struct reader *reader, const struct matchers_text *around, const struct line *line)
{
	struct tally *tally = reader->settings.tally;
	unsigned long long messages = tally->messages, records = tally->records;
	struct envelope_content content;
	int error = 0;

	envelope__open(reader->settings.envelope, line->text, line->length, &content);
	if (content.source_length || !reader->source)
		error = find_source(reader, content.source, content.source_length);
	if (!error)
		error = read_content(reader, around, line->text + (content.text - line->text), content.length, line);
	if (content.time_length && !tells_time(reader) &&
	    (tally->messages != messages || tally->records != records ||
	     quotation__is_open(&reader->source->quotation)))
		(void)note_time(reader, content.time, content.time_length);
	return error;
}

/* Reads a line of a text. */
static int read_line(struct reader *reader, const struct matchers_text *around, const struct line *line)
{
	int error = 0;

	if (reader->settings.envelope)
		return read_enveloped(reader, around, line);
	if (!reader->source)
		error = find_source(reader, "", 0);
	return error ? error : read_content(reader, around, line->text, line->length, line);
}

int reader__read(struct reader *reader, const struct line *line)
{
	const struct matchers_text alone = { .text = line->text,
					     .end = line->text + line->length,
					     .offset = line->offset };
	int error = read_line(reader, &alone, line);

	keep_head(reader, line->text, line->length);
	return error;
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

/* Passes over lines, up to one that needs a closer look, holds an ESC, or may have an envelope. */
static int skim_ahead(struct reader *reader, const struct matchers_text *ahead, struct byte_scan *scan, const char **at,
		      unsigned long long *count)
{
	const struct tally *tally = reader->settings.tally;
	unsigned long long messages = tally->messages, records = tally->records;
	const char *time;
	size_t length;
	int error;

	if (reader->settings.split != CLEAN_WHOLE || !reader->source || *at == scan->end || has_candidate(reader))
		return 0;
	if (!reader->is_skimming)
		skim__begin(&reader->skim, &reader->source->lines, true);
	reader->is_skimming = true;
	error = skim__lines(&reader->skim, ahead, scan, at, count);
	if (!reader->settings.envelope || (tally->messages == messages && tally->records == records))
		return error;
	length = envelope__time(reader->settings.envelope, &time);
	if (length && !tells_time(reader))
		(void)note_time(reader, time, length);
	return error;
}

/* Finds the next ESC and looks for line ends up to it. */
static const char *find_escape(const struct skim *skim, const char *from, const char *end, struct byte_scan *ret_scan)
{
	const char *escape = memchr(from, ESCAPE, (size_t)(end - from));

	skim__scan(skim, from, escape ? escape : end, ret_scan);
	return escape ? escape : end;
}

int reader__read_ahead(struct reader *reader, struct lines *lines, size_t bytes)
{
	unsigned long long first = lines__number(lines) + 1, read = 0;
	char *text = NULL;
	size_t available = lines__ahead(lines, &text), length = 0;
	struct matchers_text ahead = { .text = text, .end = text + (available < bytes ? available : bytes) };
	const char *at = text, *escape = text;
	struct byte_scan scan;
	struct line line;
	int error = 0;

	if (!available)
		return 0;
	ahead.offset = lines__offset(lines);
	reader->ahead = text;
	reader->first = first;
	while (!error) {
		if (escape <= at)
			escape = find_escape(&reader->skim, at, ahead.end, &scan);
		error = skim_ahead(reader, &ahead, &scan, &at, &read);
		length = (size_t)(at - text);
		if (error || !find_line(text + length, ahead.end, &line))
			break;
		line.has_escape = line.text + line.length > escape;
		reader->settings.tally->line = first + read++;
		length += line.length + line.ending;
		at = text + length;
		error = read_line(reader, &ahead, &line);
	}
	keep_heads(reader, &ahead, text + length);
	lines__pass(lines, length, read);
	return error;
}

int reader__finish(struct reader *reader)
{
	return sources__finish(&reader->sources);
}
