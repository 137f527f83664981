// SPDX-License-Identifier: BSD-2-Clause
/* See skim.h. */
#include "log/skim.h"

#include <ctype.h>
#include <string.h>

#include "log/header.h"
#include "log/lines.h"
#include "log/start_line.h"
#include "log/torn.h"

#define INDENT "   "
#define TAB "\t"
#define DUMP "\t0x"
#define NAME "JsSIP:Transport "

unsigned int skim__due(const struct skim *skim, unsigned int assembly_state)
{
	unsigned int busy = (skim->traits & FORM_ENTRY ? ASSEMBLY_IN_HEADERS : 0U) |
			    (skim->traits & FORM_ALONE ? ASSEMBLY_HAS_MESSAGE : 0U);
	bool is_busy = skim->split != CLEAN_WHOLE && assembly_state & busy;

	return (is_busy ? 0 : 1U << FORM_BEGINS) | (assembly_state & ASSEMBLY_AWAITS_MESSAGE ? 1U << FORM_ADDS : 0) |
	       (assembly_state & ASSEMBLY_HAS_MESSAGE ? 1U << FORM_ENDS : 0);
}

void skim__begin(struct skim *skim, struct skim_source *source, bool is_eager)
{
	unsigned int traits = skim->traits, state;
	bool is_indented = source && source->shape == CLEAN_INDENTED;

	skim->what = SKIM_NOTHING;
	skim->is_eager = is_eager;
	skim->source = source;
	skim->awaits_indent = source && skim->read && traits & FORM_INDENT && source->shape == CLEAN_UNKNOWN &&
			      !skim->beginnings && skim->split == CLEAN_WHOLE;
	if (!source || traits & (FORM_TREE | FORM_USERS) ||
	    (traits & (FORM_TAB | FORM_INDENT) && source->shape == CLEAN_UNKNOWN))
		return;
	state = assembly__state(source->assembly);
	if (state & ASSEMBLY_IN_PACKET)
		return;
	if (state & ASSEMBLY_TAKES_HEADERS && (is_eager || state & ASSEMBLY_HAS_HEADER))
		skim->what = SKIM_HEADERS;
	else if (state & ASSEMBLY_TAKES_SPACED && is_eager)
		skim->what = SKIM_SPACED;
	else if (is_eager && state & ASSEMBLY_WANTS_START)
		skim->what = SKIM_ANYTHING;
	else if (state & ASSEMBLY_TAKES_ANYTHING)
		skim->what = SKIM_DESCRIPTIONS;
	else if (state & ASSEMBLY_MAY_BEGIN && skim->split == CLEAN_WHOLE)
		skim->what = SKIM_BLANKS;
	skim->due = skim__due(skim, state);
	skim->names = skim->matchers->names[matchers__roles(skim->due)];
	skim->indent = is_indented ? (traits & FORM_INDENT ? strlen(INDENT) : strlen(TAB)) : 0;
	skim->margin = source->margin;
	skim->has_plain_headers = skim->what == SKIM_HEADERS && !skim->margin && !(traits & FORM_NAME);
	skim->has_plain_lines = skim->what == SKIM_ANYTHING && skim->split == CLEAN_WHOLE && !skim->margin &&
				!(traits & (FORM_NAME | FORM_TAB)) && !(state & ASSEMBLY_AWAITS_MESSAGE);
	skim->awaits_start = skim->read && state & ASSEMBLY_AWAITS_MESSAGE && skim->split == CLEAN_WHOLE &&
			     !skim->margin && !(traits & (FORM_NAME | FORM_GLUED));
}

/* What a line is, once what is not the message's has been taken off. */
enum look {
	CLOSER,
	FOREIGN, /* of another program */
	ORDINARY,
};

/* Takes the blanks off that stand before each line. */
static inline void trim_margin(const struct skim *skim, const char **line, size_t *length)
{
	size_t blanks = 0;

	while (blanks < skim->margin && blanks < *length && ((*line)[blanks] == ' ' || (*line)[blanks] == '\t'))
		blanks++;
	*line += blanks;
	*length -= blanks;
}

/* Whether the line has the indent that each line has. */
static inline bool has_indent(const struct skim *skim, const char *line, size_t length)
{
	if (skim->indent == strlen(TAB))
		return length && *line == *TAB;
	return length >= strlen(INDENT) && !memcmp(line, INDENT, strlen(INDENT));
}

/* Whether the line is one of a hexadecimal dump. */
static inline bool is_dump(const struct skim *skim, const char *line, size_t length)
{
	return skim->traits & FORM_TAB && length >= strlen(DUMP) && !memcmp(line, DUMP, strlen(DUMP));
}

/* A line of a session description. */
static inline bool is_description(const char *line, size_t length)
{
	return length > 1 && line[1] == '=' && *line >= 'a' && *line <= 'z';
}

/* Whether what stands behind JsSIP's name is a line of a message, whatever the name may mean elsewhere. */
static bool is_named_line(const char *line, size_t length)
{
	size_t letters = 0;

	if (!length || is_description(line, length))
		return true;
	while (letters < length && (isalpha((unsigned char)line[letters]) || line[letters] == '-'))
		letters++;
	return letters && letters < length && line[letters] == ':';
}

/* Takes JsSIP's name off a line; *due loses the roles that the line cannot have. */
static bool trim_name(const char **line, size_t *length, unsigned int *due)
{
	const char *at = *line, *end = *line + *length;

	while (at < end && *at == ' ')
		at++;
	if ((size_t)(end - at) < strlen(NAME) || memcmp(at, NAME, strlen(NAME)) != 0)
		return false;
	*length = (size_t)(end - at) - strlen(NAME);
	*line = at + strlen(NAME);
	*due &= ~(1U << FORM_ENDS);
	return is_named_line(*line, *length);
}

/*
 * Takes the indent, the margin, the line end and the dot off a line of a message. Colours that were taken off a line may
 * have stood behind its carriage return.
 */
static inline enum look trim(const struct skim *skim, bool is_changed, const char **line, size_t *length,
			     unsigned int *due)
{
	if (is_changed && *length && (*line)[*length - 1] == '\r')
		return CLOSER;
	while (*length && (*line)[*length - 1] == '\r')
		--*length;
	if (skim->traits & FORM_DOTS && *length && (*line)[*length - 1] == '.')
		--*length;
	if (skim->traits & FORM_NAME && *length && (**line == ' ' || **line == 'J') && !trim_name(line, length, due))
		return CLOSER;
	if (is_dump(skim, *line, *length))
		return skim->what == SKIM_ANYTHING ? FOREIGN : CLOSER;
	if (skim->indent) {
		if (!has_indent(skim, *line, *length))
			return skim->is_eager ? FOREIGN : CLOSER;
		*line += skim->indent;
		*length -= skim->indent;
	}
	if (!skim->margin)
		return ORDINARY;
	if (skim->split != CLEAN_WHOLE)
		return CLOSER;
	trim_margin(skim, line, length);
	return ORDINARY;
}

/* Whether "SIP/" may be in the line. It is looked for in the whole text, once. */
static inline bool may_be_start(struct skim *skim, const struct matchers_text *text, const char *line, const char *end)
{
	unsigned long long offset;
	const char *version;

	if (!text)
		return start_line__is_possible(line, (size_t)(end - line));
	offset = text->offset + (unsigned long long)(line - text->text);
	if (skim->version < offset) {
		version = start_line__version(line, (size_t)(text->end - line));
		skim->version = text->offset + (unsigned long long)((version ? version : text->end) - text->text);
	}
	return skim->version < offset + (unsigned long long)(end - line);
}

/* Matches a line. Returns whether it is one of a record. */
static inline bool match(struct skim *skim, unsigned int due, const char *line, const char *end)
{
	struct skim_match *matched = &skim->matched;

	*matched = (struct skim_match){ .line = line, .end = end, .due = due };
	(void)matchers__match(skim->matchers, due, line, (size_t)(end - line), &matched->matcher);
	if (!matched->matcher)
		matched->line = NULL; /* it is passed over */
	return matched->matcher;
}

/* Whether the line is one of a record. Few lines are matched, since most cannot be. */
static inline bool is_of_record(struct skim *skim, unsigned int due, const struct matchers_text *text, const char *line,
				const char *end)
{
	if (text ? !matchers__may_match(skim->matchers, due, text, line, end)
		 : !matchers__may_match_alone(skim->matchers, due, line, (size_t)(end - line)))
		return false;
	return match(skim, due, line, end);
}

static bool is_blank(const char *line, size_t length)
{
	size_t blanks = 0;

	while (blanks < length && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	return blanks == length;
}

/* A date in a line that belongs to no message may tell the day of times that have none. */
static inline bool may_tell_date(const struct skim *skim, const char *line, size_t length)
{
	return skim->traits & FORM_NO_DATE && length && *line == '2';
}

/* A line as it is in the log, and cleaned. */
struct view {
	const struct matchers_text *text; /* NULL: it is not there any more as it was */
	const char *line, *end;
	const char *cleaned;
	size_t length;    /* cleaned */
	unsigned int due; /* roles that it may have */
};

/* Takes a line where only start lines matter. */
static inline int take_anything(struct skim *skim, const struct view *view)
{
	bool is_empty = !view->length;

	if (skim->what == SKIM_DESCRIPTIONS && !is_empty && !is_description(view->cleaned, view->length))
		return 0;
	if (is_of_record(skim, view->due, view->text, view->line, view->end))
		return 0;
	if (!is_empty &&
	    (may_be_start(skim, view->text, view->line, view->end) || may_tell_date(skim, view->line, view->length)))
		return 0;
	if (!is_empty && (*view->cleaned == ' ' || *view->cleaned == '\t'))
		is_empty = is_blank(view->cleaned, view->length);
	assembly__pass(skim->source->assembly, is_empty);
	return 1;
}

/* Takes a header that is not folded and no start line, or the empty line behind the headers. */
static inline int take_header(struct skim *skim, const struct view *view)
{
	struct assembly *assembly = skim->source->assembly;
	const char *cleaned = view->cleaned;
	int error;

	if (torn__may_be_behind_packet(skim->traits, cleaned, view->length))
		return 0;
	if (view->length ? *cleaned == ' ' || *cleaned == '\t' || start_line__is_likely(cleaned, view->length)
			 : !skim->is_eager)
		return 0;
	if (is_of_record(skim, view->due, view->text, view->line, view->end))
		return 0;
	if (skim->what == SKIM_SPACED)
		return assembly__add_spaced(assembly, cleaned, view->length);
	if (view->length) {
		error = assembly__add_header(assembly, cleaned, view->length);
	} else {
		error = assembly__read(assembly, cleaned, 0, 1);
		skim__begin(skim, skim->source, skim->is_eager);
	}
	return error ? error : 1;
}

/* A line of another program changes nothing, if it is no start line. */
static int take_foreign(struct skim *skim, const struct view *view)
{
	return !may_be_start(skim, view->text, view->line, view->end) &&
	       !may_tell_date(skim, view->line, (size_t)(view->end - view->line)) &&
	       !is_of_record(skim, view->due, view->text, view->line, view->end);
}

static inline int take(struct skim *skim, const struct matchers_text *text, const char *line, size_t length)
{
	struct view view = { .text = text, .line = line, .end = line + length, .cleaned = line, .length = length };
	enum look look;

	if (skim->what == SKIM_NOTHING || length > LINES_LENGTH_MAX)
		return 0;
	view.due = skim->due;
	while (skim->split == CLEAN_WHOLE && view.end > line && view.end[-1] == '\r')
		view.end--;
	look = trim(skim, !text, &view.cleaned, &view.length, &view.due);
	if (look != ORDINARY)
		return look == FOREIGN && take_foreign(skim, &view);
	if (skim->what == SKIM_HEADERS || skim->what == SKIM_SPACED)
		return take_header(skim, &view);
	if (skim->what == SKIM_BLANKS && view.length)
		return 0;
	return take_anything(skim, &view);
}

int skim__take(struct skim *skim, const struct matchers_text *text, const char *line, size_t length)
{
	return take(skim, text, line, length);
}

/* A line tells whether the message is indented. If it begins a record, that is forgotten. */
static inline void find_indent(struct skim *skim, const char *line, const char *end)
{
	if ((size_t)(end - line) < strlen(INDENT) || memcmp(line, INDENT, strlen(INDENT)) != 0)
		return;
	skim->source->shape = CLEAN_INDENTED;
	skim__begin(skim, skim->source, skim->is_eager);
}

/* Whether the line that begins with this byte may be one that can be passed over. */
static inline bool is_worth_a_look(const struct skim *skim, char first)
{
	if (skim->beginnings && skim->split == CLEAN_WHOLE && skim->beginnings[(unsigned char)first])
		return false;
	return skim->what > SKIM_BLANKS ||
	       (skim->what == SKIM_BLANKS && ((unsigned char)first <= '.' || skim->awaits_start));
}

/* Returns the length of the line end at this place; 0: there is none. Most are both escapes. */
static inline size_t line_end(enum clean_split split, const char *at, const char *end)
{
	static const char octal[] = "#015#012", backslash[] = "\\r\\n";

	if (split == CLEAN_WHOLE)
		return 1;
	if (split == CLEAN_OCTAL && (size_t)(end - at) >= strlen(octal) && !memcmp(at, octal, strlen(octal)))
		return strlen(octal);
	if (split == CLEAN_BACKSLASH && (size_t)(end - at) >= strlen(backslash) &&
	    !memcmp(at, backslash, strlen(backslash)))
		return strlen(backslash);
	return clean__line_end(split, at, end);
}

/* ---- runs of lines that tell nothing ---- */

/* What the first byte of a line tells, behind its indent. */
enum first {
	FIRST_UNCLEAR,
	FIRST_OF_OTHER,      /* of no header */
	FIRST_OF_ANY_HEADER, /* of one that may matter, or of a start line */
	FIRST_OF_HEADER,     /* of one that tells nothing */
};

static const unsigned char firsts[256] = {
	['!'] = FIRST_OF_OTHER,           ['"'] = FIRST_OF_OTHER,
	['$' ... '-'] = FIRST_OF_OTHER,   ['/' ... '@'] = FIRST_OF_OTHER,
	['A' ... 'B'] = FIRST_OF_HEADER,  ['C'] = FIRST_OF_ANY_HEADER,
	['D' ... 'K'] = FIRST_OF_HEADER,  ['L'] = FIRST_OF_ANY_HEADER,
	['M' ... 'R'] = FIRST_OF_HEADER,  ['S' ... 'T'] = FIRST_OF_ANY_HEADER,
	['U'] = FIRST_OF_HEADER,          ['V'] = FIRST_OF_ANY_HEADER,
	['W' ... 'Z'] = FIRST_OF_HEADER,  ['[' ... '`'] = FIRST_OF_OTHER,
	['a' ... 'b'] = FIRST_OF_HEADER,  ['c'] = FIRST_OF_ANY_HEADER,
	['d' ... 'k'] = FIRST_OF_HEADER,  ['l'] = FIRST_OF_ANY_HEADER,
	['m' ... 'r'] = FIRST_OF_HEADER,  ['s' ... 't'] = FIRST_OF_ANY_HEADER,
	['u'] = FIRST_OF_HEADER,          ['v'] = FIRST_OF_ANY_HEADER,
	['w' ... 'z'] = FIRST_OF_HEADER,  ['{' ... '~'] = FIRST_OF_OTHER,
	[0x80 ... 0xff] = FIRST_OF_OTHER,
};

/* Where a packet ends, a shorter line may be the beginning of a header that tells something. */
#define PLAIN_LENGTH_MIN sizeof("Content-Length:")

/* Lines that are passed over one behind the other. What is known of them is here, where nothing else changes it. */
struct run {
	struct byte_scan scan;
	const char *line, *end; /* the one that is looked at */
	size_t ending;
	unsigned long long passed;
	const char *quiet;      /* matchers__quiet_end() */
	bool ends_at_record;    /* the line behind them may be one of a record */
	const bool *names;      /* as in struct skim */
	const bool *beginnings; /* as in struct skim; NULL: none */
	size_t indent;
	bool has_dots;
};

static inline struct run begin_run(const struct skim *skim, const struct matchers_text *text,
				   const struct byte_scan *scan, const char *at)
{
	return (struct run){ .scan = *scan,
			     .line = at,
			     .quiet = matchers__quiet_end(skim->matchers, skim->due, text),
			     .names = skim->names,
			     .beginnings = skim->split == CLEAN_WHOLE ? skim->beginnings : NULL,
			     .indent = skim->indent,
			     .has_dots = skim->traits & FORM_DOTS };
}

/* Finds the end of the line that is looked at. Returns false if it is not there or too far away. */
static inline bool find_end(enum clean_split split, struct run *run)
{
	while ((run->end = byte_scan__peek(&run->scan))) {
		run->ending = run->end < run->line ? 0 : line_end(split, run->end, run->scan.end);
		if (run->ending)
			return run->end - run->line <= LINES_LENGTH_MAX;
		byte_scan__pass(&run->scan);
	}
	return false;
}

static inline void pass(struct run *run)
{
	byte_scan__pass(&run->scan);
	run->line = run->end + run->ending;
	run->passed++;
}

/* Whether the line has the indent that it must have, and no envelope. */
static inline bool is_of_run(const struct skim *skim, const struct run *run)
{
	if (run->beginnings && run->beginnings[(unsigned char)*run->line])
		return false;
	return !run->indent || has_indent(skim, run->line, (size_t)(run->end - run->line));
}

/* Whether the line may be one of a record, and needs a closer look. */
static inline bool may_be_of_record(struct skim *skim, const struct matchers_text *text, struct run *run)
{
	if (run->end <= run->quiet && !run->names[(unsigned char)*run->line])
		return false;
	run->ends_at_record = matchers__may_match(skim->matchers, skim->due, text, run->line, run->end);
	if (!run->ends_at_record)
		run->quiet = matchers__quiet_end(skim->matchers, skim->due, text);
	return run->ends_at_record;
}

/* Returns the length of a header without what the program and the log have put at its end. */
static inline size_t header_length(const struct run *run, const char *header)
{
	const char *end = run->end;

	while (end > header && end[-1] == '\r')
		end--;
	return (size_t)(end - header) - (run->has_dots && end > header && end[-1] == '.');
}

/*
 * Takes headers that need little cleaning, up to any other line. Most tell nothing, which the first byte says. Returns 0
 * or -ENOMEM.
 */
static inline int take_headers(struct skim *skim, const struct matchers_text *text, enum clean_split split,
			       struct run *ret_run)
{
	struct assembly *assembly = skim->source->assembly;
	struct run run = *ret_run;
	bool is_plain, has_passed = false;
	const char *header;
	enum first first;
	size_t length;
	int error = 0;

	while (!error && find_end(split, &run) && is_of_run(skim, &run)) {
		header = run.line + run.indent;
		first = firsts[(unsigned char)*header];
		if (first < FIRST_OF_ANY_HEADER)
			break;
		length = header_length(&run, header);
		if (start_line__is_likely(header, length) || may_be_of_record(skim, text, &run))
			break;
		is_plain = length >= PLAIN_LENGTH_MIN &&
			   (first == FIRST_OF_HEADER || header__kind(header, length) == HEADER_PLAIN);
		if (!is_plain && has_passed)
			assembly__pass_header(assembly);
		if (!is_plain)
			error = assembly__add_header(assembly, header, length);
		has_passed = is_plain;
		pass(&run);
	}
	if (has_passed)
		assembly__pass_header(assembly);
	*ret_run = run;
	return error;
}

/* Returns the end of a line without carriage returns. */
static inline const char *text_end(const char *line, const char *end)
{
	while (end > line && end[-1] == '\r')
		end--;
	return end;
}

/* Whether there is nothing in the line but its end. */
static inline bool is_empty(const struct run *run)
{
	const char *at = run->line;

	at += *at == '.' && run->has_dots;
	at += *at == '\r';
	return at == run->end && !run->indent;
}

/* Takes lines where only start lines matter, up to one that may be one. */
static inline void take_lines(struct skim *skim, const struct matchers_text *text, struct run *ret_run)
{
	struct run run = *ret_run;
	bool is_blank, was_blank = false;

	while (find_end(CLEAN_WHOLE, &run) && is_of_run(skim, &run)) {
		is_blank = is_empty(&run);
		if (may_be_of_record(skim, text, &run) || !(is_blank || firsts[(unsigned char)run.line[run.indent]]) ||
		    may_tell_date(skim, run.line, (size_t)(run.end - run.line)) ||
		    may_be_start(skim, text, run.line, run.end))
			break;
		was_blank = is_blank;
		pass(&run);
	}
	if (run.passed)
		assembly__pass(skim->source->assembly, was_blank);
	if (run.ends_at_record)
		(void)match(skim, skim->due, run.line, text_end(run.line, run.end));
	*ret_run = run;
}

/* Takes lines that need little cleaning, one behind the other. Returns 0 or -ENOMEM. */
static inline int take_run(struct skim *skim, const struct matchers_text *text, struct byte_scan *scan, const char **at,
			   unsigned long long *count)
{
	struct run run = begin_run(skim, text, scan, *at);
	int error = 0;

	if (skim->has_plain_lines)
		take_lines(skim, text, &run);
	else if (skim->split == CLEAN_WHOLE)
		error = take_headers(skim, text, CLEAN_WHOLE, &run);
	else if (skim->split == CLEAN_OCTAL)
		error = take_headers(skim, text, CLEAN_OCTAL, &run);
	else
		error = take_headers(skim, text, CLEAN_BACKSLASH, &run);
	*scan = run.scan;
	*at = run.line;
	*count += run.passed;
	return error;
}

/* Cuts the first line off a text; the scan finds line ends. Returns false if its end is not there. */
static inline bool cut_line(enum clean_split split, struct byte_scan *scan, const char *at, size_t *ret_length,
			    size_t *ret_rest)
{
	const char *place;
	size_t ending;

	while ((place = byte_scan__next(scan))) {
		ending = place < at ? 0 : line_end(split, place, scan->end);
		if (!ending)
			continue;
		*ret_length = (size_t)(place - at);
		*ret_rest = *ret_length + ending;
		return true;
	}
	*ret_length = *ret_rest = (size_t)(scan->end - at);
	return split != CLEAN_WHOLE;
}

/* Takes the line end, the dot and the indent off a line. Returns false if it has no indent. */
static inline bool trim_plainly(const struct skim *skim, const char **line, size_t *length)
{
	while (*length && (*line)[*length - 1] == '\r')
		--*length;
	if (skim->traits & FORM_DOTS && *length && (*line)[*length - 1] == '.')
		--*length;
	if (!skim->indent)
		return true;
	if (!has_indent(skim, *line, *length))
		return false;
	*line += skim->indent;
	*length -= skim->indent;
	return true;
}

/* Whether a line of a record leaves what may be passed over as it is. */
static bool changes_nothing(const struct skim *skim, const struct matcher *matcher)
{
	return matcher && matcher__role(matcher) == FORM_ADDS && matcher->line->content == FORM_MESSAGES &&
	       !(skim->traits & FORM_PACKETS);
}

/* Reads a start line, or a line of a record, and finds what may be passed over then. Returns the same as read(). */
static int read_known(struct skim *skim, const struct skim_line *line)
{
	int result = skim->read(skim->context, line);

	if (result > 0 && !changes_nothing(skim, line->matcher))
		skim__begin(skim, skim->source, skim->is_eager);
	return result;
}

/* Reads a line that was matched. Returns the same as read(). */
static int read_matched(struct skim *skim, struct skim_line line)
{
	size_t size = line.length + line.ending;
	int result;

	if (!skim->read || skim->split != CLEAN_WHOLE || skim->what == SKIM_NOTHING)
		return 0;
	line.length = (size_t)(skim->matched.end - line.text);
	line.ending = size - line.length;
	line.matcher = skim->matched.matcher;
	result = read_known(skim, &line);
	if (result > 0)
		skim->matched.line = NULL;
	return result;
}

/*
 * Takes or reads a line behind those that begin a record, where its start line is awaited. It tells more of the record, is
 * the start line, or is neither. Returns the same as read(), and whether what may be passed over has changed; with 0,
 * take() decides.
 */
static inline int take_before_message(struct skim *skim, const struct matchers_text *text, const struct run *run,
				      struct skim_line *line, bool *ret_is_changed)
{
	const char *end = text_end(run->line, run->end);

	*ret_is_changed = false;
	line->matcher = NULL;
	line->text = run->line;
	line->length = (size_t)(end - run->line);
	line->ending = (size_t)(run->end + run->ending - end);
	if ((line->length && run->names[(unsigned char)*run->line]) ||
	    matchers__may_match(skim->matchers, skim->due, text, run->line, end))
		(void)matchers__match(skim->matchers, skim->due, run->line, line->length, &line->matcher);
	if (line->matcher) {
		*ret_is_changed = !changes_nothing(skim, line->matcher);
		return skim->read(skim->context, line);
	}
	if (!trim_plainly(skim, &line->text, &line->length))
		return 0;
	if (start_line__is_certain(line->text, line->length)) {
		*ret_is_changed = true;
		return skim->read(skim->context, line);
	}
	if (skim->what != SKIM_ANYTHING || !line->length || *line->text == ' ' || *line->text == '\t' ||
	    may_be_start(skim, text, run->line, end) || may_tell_date(skim, run->line, (size_t)(end - run->line)))
		return 0;
	assembly__pass(skim->source->assembly, false);
	return 1;
}

/* Takes or reads lines where a start line is awaited, up to that or one that begins or ends something. Returns the same. */
static int take_all_before_message(struct skim *skim, const struct matchers_text *text, struct byte_scan *scan,
				   const char **at, unsigned long long *count)
{
	struct run run = begin_run(skim, text, scan, *at);
	struct skim_line line = { .before = *count };
	bool is_changed = false;
	int result = 0;

	while (!is_changed && find_end(CLEAN_WHOLE, &run)) {
		if (run.beginnings && run.beginnings[(unsigned char)*run.line])
			break;
		result = take_before_message(skim, text, &run, &line, &is_changed);
		if (result <= 0)
			break;
		pass(&run);
		line.before++;
	}
	*scan = run.scan;
	*at = run.line;
	*count += run.passed;
	if (is_changed && result > 0)
		skim__begin(skim, skim->source, skim->is_eager);
	return result;
}

/* Whether nothing matters any more in what is left of a line that holds lines. */
static bool is_rest_idle(struct skim *skim, const struct matchers_text *text, const char *at, const char *end)
{
	return skim->what == SKIM_ANYTHING && skim->split != CLEAN_WHOLE && !(skim->traits & FORM_NO_DATE) &&
	       !may_be_start(skim, text, at, end) && matchers__are_idle(skim->matchers, skim->due, text, at, end);
}

void skim__scan(const struct skim *skim, const char *from, const char *end, struct byte_scan *ret_scan)
{
	byte_scan__begin(ret_scan, from, end, skim->split == CLEAN_WHOLE ? '\n' : clean__escape(skim->split));
}

int skim__lines(struct skim *skim, const struct matchers_text *text, struct byte_scan *scan, const char **at,
		unsigned long long *count)
{
	struct skim_line line = { .matcher = NULL };
	size_t rest;
	bool is_behind_record = false, follows; /* a line that tells of a message, as the one before does */
	int result = 1;

	skim->matched.line = NULL;
	while (*at < scan->end) {
		if (skim->awaits_indent)
			find_indent(skim, *at, scan->end);
		if (!is_worth_a_look(skim, **at))
			break;
		if (is_rest_idle(skim, text, *at, scan->end)) {
			*at = scan->end;
			break;
		}
		follows = is_behind_record && skim->has_plain_lines && skim->names[(unsigned char)**at];
		if (follows) {
			result = 0;
		} else if (skim->awaits_start) {
			result = take_all_before_message(skim, text, scan, at, count);
			if (result > 0)
				continue;
		} else if (skim->has_plain_headers || skim->has_plain_lines) {
			result = take_run(skim, text, scan, at, count);
		}
		if (result < 0 || *at == scan->end || !is_worth_a_look(skim, **at) ||
		    !cut_line(skim->split, scan, *at, &line.length, &rest))
			break;
		line.text = *at;
		line.ending = rest - line.length;
		line.before = *count;
		if (follows && line.length <= LINES_LENGTH_MAX)
			(void)match(skim, skim->due, *at, text_end(*at, *at + line.length));
		result = skim->matched.line == *at ? 0 : take(skim, text, *at, line.length);
		is_behind_record = !result && skim->matched.line == *at;
		if (is_behind_record)
			result = read_matched(skim, line);
		if (result <= 0)
			break;
		*at += rest;
		++*count;
	}
	return result < 0 ? result : 0;
}
