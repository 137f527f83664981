// SPDX-License-Identifier: BSD-2-Clause
/* See assembly.h. */
#include "log/assembly.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log/dump.h"
#include "log/forms.h"
#include "log/header.h"
#include "log/held_lines.h"
#include "log/start_line.h"
#include "log/torn.h"
#include "log/usual_message.h"

#define HEADERS_MAX (1024 * 1024) /* bytes of a message's headers that are kept; those that matter come early */
#define HEADER_NAME_MAX 32        /* where the colon behind the longest name is, with blanks before it */
#define LOOK_AHEAD 64             /* bytes */
#define CONTENT_LENGTH_DIGITS_MAX 9
#define READ_AGAIN_MAX 3 /* times that a line is read again, on average */
#define CREDIT_MAX (READ_AGAIN_MAX * BODY_LENGTH_MAX)

/* What the next line may belong to. */
enum place {
	BETWEEN, /* no message; a start line begins one */
	IN_HEADERS,
	IN_BODY,  /* a body of which lines are held */
	IN_REST,  /* a record of one message, which has been read */
	IN_QUOTE, /* a record that only quotes messages */
};

/* Which SIP is quoted where no Content-Length tells. */
enum quote {
	QUOTE_NONE,
	QUOTE_NEXT,    /* the next line that is not empty, if it is a start line */
	QUOTE_HEADERS, /* the headers of what is quoted, up to an empty line */
	QUOTE_PARTS,   /* what comes behind the next boundary */
	QUOTE_PART,    /* the headers of a part; then what is in it */
};

struct assembly {
	struct tally *tally;
	unsigned int traits;
	bool has_records;

	enum place place;
	bool is_after_blank; /* a line that resembles a start line is then meant as one */
	bool is_record_open, has_message;
	bool is_after_cut;        /* it began within the headers of another message */
	struct message_path path; /* of the record */
	struct dump packet;       /* the lines before its first message */

	struct held_lines headers; /* of the message being read */
	unsigned long long line;   /* in which it begins */
	size_t claim_length;       /* of a start line that was claimed; 0: none */
	size_t glued;              /* bytes before the start line that may belong to its method */
	size_t content_length;
	bool is_certain;           /* its start line is */
	bool has_type, has_length; /* headers that tell of a body */
	struct body body;
	enum quote quote;
	unsigned int nested;              /* multiparts in the multipart that is quoted */
	bool is_of_interest;              /* the last header was kept, so that what continues it is */
	bool is_in_type;                  /* the last header was Content-Type, which may go on */
	bool is_wary;                     /* the length of the message being read is not trusted */
	unsigned int pauses;              /* empty lines behind its headers that may be behind its packet */
	bool is_torn;                     /* it was cut off */
	bool has_header;                  /* a line has followed the start line of the message being read */
	bool is_spaced;                   /* an empty line follows each of its lines */
	bool is_after_gap;                /* that empty line was the last one */
	unsigned long long fits, misfits; /* lengths of bodies */

	struct torn_messages torn;
	struct torn_message *resumable; /* the one that may go on in the record; NULL: none */
	bool is_fragment;               /* the record, but not the first one */
	bool has_feed;                  /* the payload of its packet begins with a line feed, if there is one */

	size_t credit;      /* bytes that may be read again and with trust */
	unsigned int depth; /* how often the lines that are read have been read before, because a length did not fit */
	bool has_no_credit; /* lengths in them are not trusted */
};

int assembly__new(unsigned int traits, bool has_records, struct tally *tally, struct assembly **ret_assembly)
{
	struct assembly *assembly = calloc(1, sizeof(*assembly));

	if (!assembly)
		return -ENOMEM;
	assembly->tally = tally;
	assembly->traits = traits;
	assembly->has_records = has_records;
	assembly->is_after_blank = true;
	*ret_assembly = assembly;
	return 0;
}

void assembly__free(struct assembly *assembly)
{
	if (!assembly)
		return;
	body__free(&assembly->body);
	held_lines__free(&assembly->headers);
	torn__free(&assembly->torn);
	free(assembly);
}

/* With CR LF, as on the wire, which takes less time to parse. */
static int append(struct assembly *assembly, const char *line, size_t length)
{
	if (assembly->headers.length + length + HELD_CRLF > HEADERS_MAX)
		return 0;
	return held_lines__add(&assembly->headers, line, length, HELD_CRLF);
}

/* ---- the end of headers ---- */

/* Whether the line is this header; then *ret_value is its value. */
static bool is_header(const char *line, size_t length, const char *name, const char *compact, const char **ret_value)
{
	size_t name_length = strlen(name);
	const char *colon;

	if (length > name_length + 2 && line[name_length] == ':' && line[name_length + 1] == ' ' &&
	    line[name_length + 2] > ' ' && !memcmp(line, name, name_length)) {
		*ret_value = line + name_length + 2;
		return true;
	}
	colon = memchr(line, ':', length < HEADER_NAME_MAX ? length : HEADER_NAME_MAX);
	if (!colon)
		return false;
	name_length = (size_t)(colon - line);
	while (name_length && (line[name_length - 1] == ' ' || line[name_length - 1] == '\t'))
		name_length--;
	if ((name_length != strlen(name) || strncasecmp(line, name, name_length) != 0) &&
	    (name_length != strlen(compact) || strncasecmp(line, compact, name_length) != 0))
		return false;
	for (colon++; colon < line + length && (*colon == ' ' || *colon == '\t'); colon++)
		;
	*ret_value = colon;
	return true;
}

static size_t parse_length(const char *value, const char *end)
{
	size_t length = 0, digits = 0;

	for (; value < end && *value >= '0' && *value <= '9' && digits < CONTENT_LENGTH_DIGITS_MAX; value++, digits++)
		length = length * 10 + (size_t)(*value - '0');
	return value < end && *value >= '0' && *value <= '9' ? SIZE_MAX : length;
}

/* Reads what a header says about the body. */
static void note_type(struct assembly *assembly, const char *line, size_t length)
{
	const char *value;

	assembly->is_in_type = is_header(line, length, "Content-Type", "c", &value);
	if (!assembly->is_in_type)
		return;
	body__set_type(&assembly->body, value, (size_t)(line + length - value));
	assembly->has_type = true;
}

static void note_length(struct assembly *assembly, const char *line, size_t length)
{
	const char *value;

	if (!is_header(line, length, "Content-Length", "l", &value))
		return;
	assembly->content_length = parse_length(value, line + length);
	assembly->has_length = true;
}

/*
 * Parses the message, whose lines take so many bytes. If bytes of lower layers are before its start line, CSeq tells where the method begins, since it
 * has the same one (RFC 3261 8.1.1.5).
 */
static int parse_message(const struct assembly *assembly, size_t length, struct message *ret_message)
{
	const char *text = assembly->headers.text + assembly->glued,
		   *blank = memchr(text, ' ', assembly->headers.length - assembly->glued);
	size_t method_length;
	int error;

	if (assembly->is_certain && assembly->headers.length - length >= USUAL_MESSAGE_ROOM &&
	    usual_message__read(text, length, ret_message))
		return 0;
	error = message__parse(text, assembly->headers.length - assembly->glued, ret_message);
	if (error || !assembly->glued || !blank)
		return error;
	method_length = strlen(ret_message->method);
	if ((size_t)(blank - assembly->headers.text) < method_length || !strcmp(ret_message->method, "UNKNOWN") ||
	    memcmp(blank - method_length, ret_message->method, method_length) != 0)
		return 0;
	text = blank - method_length;
	return message__parse(text, (size_t)(assembly->headers.text + assembly->headers.length - text), ret_message);
}

/* Whether the body is what follows in the record, as in a datagram (RFC 3261 18.3). */
static bool fills_record(const struct assembly *assembly)
{
	return assembly->is_record_open && assembly->traits & FORM_SINGLE && assembly->has_type &&
	       !assembly->has_length;
}

static void begin_body(struct assembly *assembly)
{
	bool is_held = body__begin(&assembly->body, assembly->is_wary ? 0 : assembly->content_length);

	assembly->place = BETWEEN;
	if (assembly->body.kind == BODY_SIP)
		assembly->quote = QUOTE_NEXT;
	else if (assembly->body.kind == BODY_MULTIPART)
		assembly->quote = QUOTE_PARTS;
	assembly->nested = 0;
	if (is_held)
		assembly->place = IN_BODY;
	else if (assembly->traits & FORM_USERS || fills_record(assembly))
		assembly->place = IN_REST;
}

/* Whether a message is one more than the record holds. */
static bool is_surplus(const struct assembly *assembly)
{
	return assembly->is_record_open && assembly->traits & FORM_SINGLE && assembly->has_message;
}

/* Whether the path of the record is that of this message. */
static bool has_path(const struct assembly *assembly)
{
	return assembly->is_record_open && !is_surplus(assembly);
}

/* The classifier reads faster where there are bytes to read ahead, so some are put behind the empty line. */
static int finish_headers(struct assembly *assembly)
{
	static const char room[LOOK_AHEAD];
	int error = append(assembly, "", 0);

	return error ? error : append(assembly, room, sizeof(room));
}

/* Whether such a header is kept. */
static bool holds_header(const struct assembly *assembly, const char *name, const char *compact)
{
	const char *line = assembly->headers.text, *end = line + assembly->headers.length, *feed, *value;

	for (; line < end && (feed = memchr(line, '\n', (size_t)(end - line))); line = feed + 1) {
		if (is_header(line, (size_t)(feed - line), name, compact, &value))
			return true;
	}
	return false;
}

/* Whether headers are missing that matter. */
static bool lacks_headers(const struct assembly *assembly)
{
	return !holds_header(assembly, "To", "t") || !holds_header(assembly, "CSeq", "CSeq");
}

/*
 * Takes note if no empty line has ended the headers, and some are missing that matter. Those that end with their packet
 * are told as that.
 */
static void note_incomplete(const struct assembly *assembly)
{
	bool is_summary = assembly->traits & FORM_GLUED && assembly->claim_length;
	bool is_bare = assembly->is_after_gap && !assembly->has_header; /* an empty line has followed the start line */

	if (is_summary || is_bare || assembly->is_torn)
		return;
	if (lacks_headers(assembly))
		tally__note_incomplete(assembly->tally, assembly->line);
}

/* Counts the message, whose headers have ended. */
static int end_headers(struct assembly *assembly)
{
	bool is_placed = has_path(assembly) || (assembly->traits & FORM_USERS && assembly->has_records),
	     was_surplus = is_surplus(assembly);
	size_t length = assembly->headers.length;
	struct message message;
	int error = finish_headers(assembly);

	if (error)
		return error;
	assembly->has_message = true;
	assembly->claim_length = 0;
	assembly->pauses = 0;
	begin_body(assembly);
	if (parse_message(assembly, length, &message) < 0)
		return 0;
	assembly->tally->surplus += was_surplus;
	assembly->tally->torn += assembly->is_torn && lacks_headers(assembly);
	assembly->tally->bare += !assembly->has_header;
	return tally__count(assembly->tally, &message, is_placed ? &assembly->path : NULL);
}

/* ---- lines ---- */

/* Begins a message with the start line that has been kept; bytes before it may belong to its method. */
static void begin_message(struct assembly *assembly, size_t glued, bool is_certain)
{
	assembly->glued = glued;
	assembly->is_certain = is_certain && !glued;
	assembly->line = assembly->tally->line;
	assembly->place = IN_HEADERS;
	assembly->quote = QUOTE_NONE;
	assembly->content_length = 0;
	assembly->has_type = assembly->has_length = false;
	assembly->is_of_interest = true;
	assembly->is_in_type = false;
	assembly->is_wary = assembly->has_no_credit;
	assembly->has_header = assembly->is_spaced = assembly->is_after_gap = assembly->is_torn = false;
	assembly->pauses = 0;
	assembly->body.kind = BODY_TEXT;
}

/* Begins a message with a line that certainly is a start line. Returns 0 or -ENOMEM. */
static int begin_certainly(struct assembly *assembly, const char *line, size_t length)
{
	int error;

	assembly->headers.length = 0;
	error = append(assembly, line, length);
	if (!error)
		begin_message(assembly, 0, true);
	return error;
}

/* Tries to begin a message with this line. Returns 1 if it does, 0 if not, -EBADMSG if it is malformed, or -ENOMEM. */
static int try_begin(struct assembly *assembly, const char *line, size_t length, size_t glued)
{
	bool is_certain = start_line__is_certain(line + glued, length - glued);
	struct message message;
	int error;

	assembly->headers.length = 0;
	assembly->glued = glued;
	error = append(assembly, line, length);
	if (!error && !is_certain)
		error = message__parse(assembly->headers.text + glued, assembly->headers.length - glued, &message);
	if (error)
		return error == -ENOMSG ? 0 : error;
	begin_message(assembly, glued, is_certain);
	return 1;
}

static void follow_boundary(struct assembly *assembly, bool is_last)
{
	if (!is_last)
		assembly->quote = QUOTE_PART;
	else if (!assembly->nested)
		assembly->quote = QUOTE_NONE;
	else
		assembly->quote = QUOTE_PARTS;
	if (is_last && assembly->nested)
		assembly->nested--;
}

/* A part may be a multipart of its own (RFC 2046 5.1); then the boundaries of both count. */
static void note_nested(struct assembly *assembly, const char *line, size_t length)
{
	struct body part = { 0 };
	const char *value;

	if (!is_header(line, length, "Content-Type", "c", &value))
		return;
	body__set_type(&part, value, (size_t)(line + length - value));
	if (part.kind != BODY_MULTIPART)
		return;
	assembly->nested++;
	assembly->body.boundary[0] = '\0';
}

/* Follows what is quoted without a length. Returns whether the line belongs to it. */
static bool is_quoted(struct assembly *assembly, const char *line, size_t length)
{
	bool is_multipart = assembly->body.kind == BODY_MULTIPART;

	if (is_multipart && body__is_boundary(&assembly->body, line, length)) {
		follow_boundary(assembly, body__is_last_boundary(line, length));
		return true;
	}
	switch (assembly->quote) {
	case QUOTE_NEXT:
		if (!length)
			return true;
		if (start_line__is_possible(line, length))
			assembly->quote = QUOTE_HEADERS;
		else
			assembly->quote = is_multipart ? QUOTE_PARTS : QUOTE_NONE;
		return assembly->quote == QUOTE_HEADERS;
	case QUOTE_HEADERS:
		if (!length)
			assembly->quote = is_multipart ? QUOTE_PARTS : QUOTE_NONE;
		return true;
	case QUOTE_PART:
		if (!length)
			assembly->quote = QUOTE_NEXT;
		else
			note_nested(assembly, line, length);
		return true;
	case QUOTE_NONE:
	case QUOTE_PARTS:
		break;
	}
	return false;
}

/* Whether the line looks like a start line that is meant as one. */
static bool looks_meant(const char *line, size_t length)
{
	return start_line__is_possible(line, length) && start_line__is_meant(line, length);
}

static void note_untaken(struct assembly *assembly, const char *line, size_t length)
{
	if (looks_meant(line, length))
		tally__note_untaken(assembly->tally, line, length);
}

/* A line that breaks RFC 3261 is meant as a start line if it stands where one is expected. */
static void note_malformed(struct assembly *assembly)
{
	if (!assembly->is_after_blank || (assembly->has_records && !assembly->is_record_open))
		return;
	tally__count_reason(assembly->tally, SIPBPF_REASON_MALFORMED);
	if (assembly->traits & FORM_USERS && assembly->has_records) {
		assembly->is_record_open = false;
		assembly->place = IN_REST;
	}
}

/*
 * Where messages are in records, what is between them may look like a start line by chance, as "match (JIT): SIP/2.0".
 * So its URI must have one of the usual schemes.
 */
static bool is_out_of_place(const struct assembly *assembly, const char *line, size_t length)
{
	return assembly->has_records && !assembly->is_record_open && !(assembly->traits & FORM_USERS) &&
	       !start_line__is_meant(line, length);
}

/* Reads a line at which a message may begin. */
static int read_between(struct assembly *assembly, const char *line, size_t length)
{
	int result;

	if (assembly->quote != QUOTE_NONE && is_quoted(assembly, line, length))
		return 0;
	if (!length)
		return 0;
	if (start_line__is_possible(line, length) && !is_out_of_place(assembly, line, length)) {
		result = try_begin(assembly, line, length, 0);
		if (result == 1)
			return 0;
		if (result == -ENOMEM)
			return result;
		if (result == -EBADMSG)
			note_malformed(assembly);
		note_untaken(assembly, line, length);
	}
	if (assembly->traits & FORM_NEAR && assembly->is_record_open && !assembly->has_message)
		return assembly__end_record(assembly);
	return 0;
}

bool assembly__is_claimed(const struct assembly *assembly, const char *line, size_t length)
{
	return assembly->claim_length && length >= assembly->claim_length &&
	       !memcmp(line + length - assembly->claim_length, assembly->headers.text, assembly->claim_length);
}

/* Reads what a header of this kind says about the body. */
static void note_header(struct assembly *assembly, enum header_kind kind, const char *line, size_t length)
{
	if (kind == HEADER_TYPE)
		note_type(assembly, line, length);
	else if (kind == HEADER_LENGTH)
		note_length(assembly, line, length);
}

/* Whether the line may be the beginning of a name that matters, cut off where the packet ends. */
static bool is_torn_name(const char *line, size_t length)
{
	return length < sizeof("Content-Length:") && !memchr(line, ':', length);
}

/* Whether the start line that was claimed may be no more than mentioned in the line of a user's record. */
static bool is_mentioned(const struct assembly *assembly)
{
	return assembly->claim_length && assembly->traits & FORM_USERS && !assembly->has_header;
}

/* Adds a header if it is one of those that the classifier reads, or notes what it tells of the body. */
static int add_first_line(struct assembly *assembly, const char *line, size_t length)
{
	enum header_kind kind = header__kind(line, length);

	assembly->is_of_interest = kind == HEADER_PARSED || (assembly->traits & FORM_PACKETS &&
							     (kind != HEADER_PLAIN || is_torn_name(line, length)));
	assembly->is_in_type = false;
	note_header(assembly, kind, line, length);
	return assembly->is_of_interest ? append(assembly, line, length) : 0;
}

/* Adds a line of a header, which may continue the one before. */
static int add_header(struct assembly *assembly, const char *line, size_t length)
{
	assembly->has_header = true;
	if (*line != ' ' && *line != '\t')
		return add_first_line(assembly, line, length);
	if (assembly->is_in_type)
		body__add_type(&assembly->body, line, length);
	return assembly->is_of_interest ? append(assembly, line, length) : 0;
}

/* Whether the line is a header, or continues one. A time of day is none. */
static bool is_any_header(const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length < HEADER_NAME_MAX ? length : HEADER_NAME_MAX);

	return *line == ' ' || *line == '\t' || (colon && colon > line && (*line < '0' || *line > '9'));
}

/*
 * What turns CR LF into two line ends puts an empty line behind each line. A message without any header tells it. Returns
 * whether the empty line stands for nothing.
 */
static bool is_gap(struct assembly *assembly)
{
	bool was_after_gap = assembly->is_after_gap;

	if (!assembly->has_header && !assembly->claim_length)
		assembly->is_spaced = true;
	assembly->is_after_gap = true;
	return assembly->is_spaced && !was_after_gap;
}

/* Reads a line behind the headers of a message of which the lines are spaced. */
static int read_behind_gap(struct assembly *assembly, const char *line, size_t length)
{
	int error = end_headers(assembly);

	return error ? error : assembly__read(assembly, line, length, 1);
}

static int read_header(struct assembly *assembly, const char *line, size_t length)
{
	size_t kept = assembly->headers.length, glued = assembly->glued;
	struct message message;
	int error;

	if (!length && assembly->claim_length && assembly->traits & (FORM_GLUED | FORM_USERS))
		return 0;
	if (!length && assembly->traits & FORM_TREE) /* a dissector does not show the empty line */
		note_incomplete(assembly);
	if (!length)
		return is_gap(assembly) ? 0 : end_headers(assembly);
	if (assembly->is_after_gap && !start_line__is_likely(line, length) && !is_any_header(line, length))
		return read_behind_gap(assembly, line, length);
	assembly->is_after_gap = false;
	if (assembly__is_claimed(assembly, line, length)) {
		assembly->headers.length = assembly->claim_length + HELD_CRLF;
		assembly->claim_length = 0;
		return 0;
	}
	if (is_mentioned(assembly) && start_line__is_certain(line, length)) {
		assembly->claim_length = 0;
		return begin_certainly(assembly, line, length);
	}
	if (!start_line__is_likely(line, length) || assembly->traits & FORM_USERS) {
		return add_header(assembly, line, length);
	}
	error = append(assembly, line, length);
	if (error || message__parse(assembly->headers.text + kept, assembly->headers.length - kept, &message) < 0) {
		assembly->is_of_interest = true;
		note_untaken(assembly, line, length);
		return error;
	}
	assembly->headers.length = kept;
	assembly->glued = glued;
	note_incomplete(assembly);
	error = end_headers(assembly);
	assembly->place = BETWEEN;
	assembly->quote = QUOTE_NONE;
	return error ? error : read_between(assembly, line, length);
}

/* Reads lines again. */
static int read_lines(struct assembly *assembly, const char *lines, size_t length)
{
	const char *end = lines + length, *feed;
	int error = 0;

	while (!error && lines < end && (feed = memchr(lines, '\n', (size_t)(end - lines)))) {
		error = assembly__read(assembly, lines, (size_t)(feed - lines), 1);
		lines = feed + 1;
	}
	return error;
}

/* Where lines go on that are behind a body. */
static void leave_body(struct assembly *assembly)
{
	assembly->place = assembly->traits & FORM_USERS && assembly->has_records ? IN_REST : BETWEEN;
}

/*
 * Reads the lines of a body again, because its length did not fit. Messages in them may have wrong lengths too, so that
 * their lines are read once more. A log full of them would take for ever, so there is a credit, which lines that are
 * read for the first time earn. Without credit, lengths are not trusted.
 */
static int read_again(struct assembly *assembly)
{
	struct body body = assembly->body;
	bool had_no_credit = assembly->has_no_credit;
	int error = 0;

	assembly->misfits++;
	assembly->body.lines = (struct held_lines){ 0 };
	leave_body(assembly);
	if (assembly->credit < body.lines.length)
		assembly->has_no_credit = true;
	else
		assembly->credit -= body.lines.length;
	assembly->depth++;
	if (body.lines.length)
		error = read_lines(assembly, body.lines.text, body.lines.length);
	assembly->depth--;
	assembly->has_no_credit = had_no_credit;
	body__free(&body);
	return error;
}

/* Ends the message or body being read. */
static int end_message(struct assembly *assembly)
{
	int error = 0;

	if (assembly->place == IN_HEADERS)
		note_incomplete(assembly);
	while (!error && (assembly->place == IN_HEADERS || assembly->place == IN_BODY))
		error = assembly->place == IN_HEADERS ? end_headers(assembly) : read_again(assembly);
	assembly->place = BETWEEN;
	assembly->quote = QUOTE_NONE;
	assembly->is_after_blank = true;
	return error;
}

/* ---- messages that go on in another record ---- */

/* Whether the message being read is cut off where its record ends. */
static bool is_cut(const struct assembly *assembly)
{
	const struct link_ends *ends = &assembly->path.ends;

	if (!(assembly->traits & FORM_PACKETS) || !assembly->is_record_open || assembly->claim_length ||
	    assembly->is_spaced || !(ends->has_source || ends->has_target))
		return false;
	return (assembly->place == IN_HEADERS && assembly->has_header) || assembly->place == IN_BODY;
}

/* Returns how many line ends the program puts behind a packet. */
static unsigned int ends_behind_packet(const struct assembly *assembly)
{
	return assembly->traits & FORM_DOTS ? 2 : 1;
}

/* Takes back the line ends that a program has put behind a packet, and the signs of ngrep between them. */
static void trim_body(const struct assembly *assembly, struct body *body)
{
	size_t ends = ends_behind_packet(assembly), *length = &body->lines.length, i;
	char *text = body->lines.text;

	for (; ends && *length && text[*length - 1] == '\n'; ends--) {
		--*length;
		while (assembly->traits & FORM_DOTS && *length && text[*length - 1] == '#')
			--*length;
	}
	body->sent = body->logged = *length;
	for (i = 0; i < *length; i++)
		body->sent += text[i] == '\n';
}

/* Takes the message being read out of the assembly. */
static struct torn_message take_out(struct assembly *assembly)
{
	struct torn_message message = {
		.is_in_body = assembly->place == IN_BODY,
		.headers = assembly->headers,
		.glued = assembly->glued,
		.content_length = assembly->content_length,
		.is_at_line_end = assembly->pauses == ends_behind_packet(assembly),
		.has_type = assembly->has_type,
		.has_length = assembly->has_length,
		.is_of_interest = assembly->is_of_interest,
		.is_in_type = assembly->is_in_type,
		.is_wary = assembly->is_wary,
		.body = assembly->body,
		.quote = assembly->quote,
		.nested = assembly->nested,
	};

	assembly->headers = (struct held_lines){ 0 };
	assembly->body.lines = (struct held_lines){ 0 };
	assembly->place = BETWEEN;
	assembly->quote = QUOTE_NONE;
	assembly->is_after_blank = true;
	assembly->pauses = 0;
	if (message.is_in_body)
		trim_body(assembly, &message.body);
	return message;
}

/* Goes on to read a message that was taken out. */
static void put_back(struct assembly *assembly, struct torn_message *message)
{
	held_lines__free(&assembly->headers);
	body__free(&assembly->body);
	assembly->place = message->is_in_body ? IN_BODY : IN_HEADERS;
	assembly->headers = message->headers;
	assembly->glued = message->glued;
	assembly->is_certain = false;
	assembly->content_length = message->content_length;
	assembly->has_type = message->has_type;
	assembly->has_length = message->has_length;
	assembly->is_of_interest = message->is_of_interest;
	assembly->is_in_type = message->is_in_type;
	assembly->is_wary = message->is_wary;
	assembly->body = message->body;
	assembly->quote = message->quote;
	assembly->nested = message->nested;
	assembly->has_header = true;
	assembly->is_spaced = assembly->is_after_gap = false;
	assembly->is_torn = !message->is_in_body;
	assembly->pauses = 0;
	assembly->claim_length = 0;
	assembly->has_message |= message->is_in_body;
	torn__release(&assembly->torn, message);
}

/* Ends a message that does not go on, as if nothing had come between. */
static int settle(struct assembly *assembly, struct torn_message *message)
{
	struct message_path path = assembly->path;
	bool was_open = assembly->is_record_open, had_message = assembly->has_message;
	int error;

	assembly->path = message->path;
	assembly->is_record_open = true;
	assembly->has_message = false;
	put_back(assembly, message);
	error = end_message(assembly);
	assembly->path = path;
	assembly->is_record_open = was_open;
	assembly->has_message = had_message;
	return error;
}

/* The message that may go on in the record does not. */
static int give_up(struct assembly *assembly)
{
	struct torn_message *message = assembly->resumable;

	assembly->resumable = NULL;
	return settle(assembly, message);
}

/* Keeps the message being read until more of it comes. */
static int put_aside(struct assembly *assembly)
{
	struct torn_message *place = torn__place(&assembly->torn), message;
	int error;

	if (!place)
		return -ENOMEM;
	message = take_out(assembly);
	error = place->is_used ? settle(assembly, place) : 0;
	*place = message;
	torn__use(&assembly->torn, place, &assembly->path);
	return error;
}

/* Whether the line is a header of its own: a name, a colon and a blank. */
static bool is_new_header(const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length < HEADER_NAME_MAX ? length : HEADER_NAME_MAX), *at = line;

	while (colon && at < colon && (*at == '-' || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z')))
		at++;
	return colon && at == colon && at > line && at + 1 < line + length && at[1] == ' ';
}

/* Returns the last line of the headers. */
static const char *last_line(const struct assembly *assembly)
{
	const char *feed = memrchr(assembly->headers.text, '\n', assembly->headers.length - HELD_CRLF);

	return feed ? feed + 1 : assembly->headers.text;
}

/* Adds the line in which headers go on, which may be the rest of their last line. */
static int add_rest(struct assembly *assembly, bool is_at_line_end, const char *line, size_t length)
{
	size_t offset;
	int error;

	if (!length)
		return is_at_line_end ? end_headers(assembly) : 0;
	if (!assembly->is_of_interest || is_at_line_end)
		return add_header(assembly, line, length);
	offset = (size_t)(last_line(assembly) - assembly->headers.text);
	if (is_new_header(line, length) && memchr(last_line(assembly), ':', assembly->headers.length - offset))
		return add_header(assembly, line, length);
	assembly->headers.length -= HELD_CRLF;
	error = append(assembly, line, length);
	length = assembly->headers.length - HELD_CRLF - offset;
	line = assembly->headers.text + offset;
	if (!error)
		note_header(assembly, header__kind(line, length), line, length);
	return error;
}

/* Reads the first line of a record in which a message may go on. */
static int read_first(struct assembly *assembly, const char *line, size_t length, size_t ending)
{
	struct torn_message *message = assembly->resumable;
	bool is_at_line_end = message->is_at_line_end;
	int error;

	if (!message->is_in_body && looks_meant(line, length)) {
		error = give_up(assembly);
		return error ? error : assembly__read(assembly, line, length, ending);
	}
	assembly->resumable = NULL;
	if (assembly->is_fragment)
		assembly->path = message->path;
	put_back(assembly, message);
	return assembly->place == IN_BODY ? assembly__read(assembly, line, length, ending)
					  : add_rest(assembly, is_at_line_end, line, length);
}

int assembly__distrust(struct assembly *assembly, int (*read)(void *context), void *context)
{
	int error = is_cut(assembly) ? put_aside(assembly) : read_again(assembly);

	assembly->depth++;
	if (!error)
		error = read(context);
	assembly->depth--;
	return error;
}

bool assembly__trusts_lengths(const struct assembly *assembly)
{
	return assembly->misfits <= assembly->fits;
}

void assembly__end_body(struct assembly *assembly)
{
	assembly->fits++;
	assembly->quote = QUOTE_NONE;
	leave_body(assembly);
}

static int read_body(struct assembly *assembly, const char *line, size_t length, size_t ending)
{
	enum body_fit fit = BODY_UNDECIDED;
	int error = body__hold(&assembly->body, line, length, ending, start_line__is_likely(line, length), &fit);

	if (error || fit == BODY_UNDECIDED)
		return error;
	if (fit == BODY_MISFITS)
		return read_again(assembly);
	assembly__end_body(assembly);
	return 0;
}

/* A line that is read for the first time may be read a few times more. */
static void earn_credit(struct assembly *assembly, size_t length)
{
	size_t credit = assembly->credit + READ_AGAIN_MAX * (length + 1);

	assembly->credit = credit < CREDIT_MAX ? credit : CREDIT_MAX;
}

enum body_fit assembly__weigh(struct assembly *assembly, const char *line, size_t length, size_t ending,
			      bool is_of_record)
{
	if (!assembly->depth)
		earn_credit(assembly, length);
	return body__weigh(&assembly->body, length, ending, is_of_record || start_line__is_likely(line, length));
}

/* Reads a line behind an empty one. */
static int read_behind_pause(struct assembly *assembly, const char *line, size_t length, size_t ending)
{
	int error = end_headers(assembly);

	return error ? error : assembly__read(assembly, line, length, ending);
}

int assembly__read(struct assembly *assembly, const char *line, size_t length, size_t ending)
{
	int error = 0;

	if (assembly->resumable)
		return read_first(assembly, line, length, ending);
	if (assembly->pauses)
		return read_behind_pause(assembly, line, length, ending);

	if (!assembly->depth)
		earn_credit(assembly, length);
	switch (assembly->place) {
	case BETWEEN:
		error = read_between(assembly, line, length);
		break;
	case IN_HEADERS:
		error = read_header(assembly, line, length);
		break;
	case IN_BODY:
		error = read_body(assembly, line, length, ending);
		break;
	case IN_REST:
		if (assembly->quote == QUOTE_NONE || !is_quoted(assembly, line, length))
			note_untaken(assembly, line, length);
		break;
	case IN_QUOTE:
		assembly->tally->quoted += looks_meant(line, length);
		break;
	}
	assembly->is_after_blank = !length;
	return error;
}

/* Whether a packet is printed that may hold the first message of the record. */
static bool is_in_packet(const struct assembly *assembly)
{
	return assembly->traits & FORM_GLUED && assembly->place == BETWEEN && assembly->is_record_open &&
	       !assembly->has_message;
}

unsigned int assembly__state(const struct assembly *assembly)
{
	bool is_between = assembly->place == BETWEEN, is_in_headers = assembly->place == IN_HEADERS;
	bool is_quiet = assembly->quote == QUOTE_NONE;
	unsigned int state = 0;

	if (is_between && is_quiet)
		state |= ASSEMBLY_MAY_BEGIN;
	if (is_in_headers)
		state |= ASSEMBLY_IN_HEADERS;
	if (assembly->place == IN_BODY)
		state |= ASSEMBLY_IN_BODY;
	if ((is_in_packet(assembly) && dump__has_headers(&assembly->packet)) || assembly->resumable)
		state |= ASSEMBLY_IN_PACKET;
	if (is_between && assembly->is_record_open && !assembly->has_message)
		state |= ASSEMBLY_AWAITS_MESSAGE;
	if (assembly->is_record_open && (assembly->has_message || is_in_headers))
		state |= ASSEMBLY_HAS_MESSAGE;
	if (is_in_headers && !assembly->claim_length && !assembly->depth && !assembly->pauses)
		state |= assembly->is_spaced ? ASSEMBLY_TAKES_SPACED : ASSEMBLY_TAKES_HEADERS;
	if (is_in_headers && assembly->has_header)
		state |= ASSEMBLY_HAS_HEADER;
	if (is_quiet &&
	    ((is_between && assembly->has_message) || assembly->place == IN_REST || assembly->place == IN_QUOTE))
		state |= ASSEMBLY_TAKES_ANYTHING;
	if (is_between && is_quiet && !(assembly->traits & FORM_NEAR && state & ASSEMBLY_AWAITS_MESSAGE))
		state |= ASSEMBLY_WANTS_START;
	return state;
}

int assembly__add_header(struct assembly *assembly, const char *line, size_t length)
{
	assembly->is_after_blank = false;
	return add_header(assembly, line, length);
}

int assembly__add_spaced(struct assembly *assembly, const char *line, size_t length)
{
	int error;

	if (assembly->is_after_gap && (!length || !is_any_header(line, length)))
		return 0;
	assembly->is_after_gap = assembly->is_after_blank = !length;
	error = length ? add_header(assembly, line, length) : 0;
	return error ? error : 1;
}

void assembly__pass_header(struct assembly *assembly)
{
	assembly->is_after_blank = false;
	assembly->has_header = true;
	assembly->is_of_interest = assembly->is_in_type = false;
}

void assembly__pass(struct assembly *assembly, bool is_blank)
{
	assembly->is_after_blank = is_blank;
}

/* Tries to begin a message where the payload of a packet begins. Returns the same as try_begin(). */
static int try_payload(struct assembly *assembly, const char *line, size_t length)
{
	size_t from, to, place;

	if (!is_in_packet(assembly) || !start_line__find_method(line, length, &from, &to) ||
	    !dump__find_payload(&assembly->packet, assembly->path.transport, line, from, to, &place))
		return 0;
	return try_begin(assembly, line + from, length - from, place - from);
}

/* Tries to begin a message with a start line behind something else. Returns the same as try_begin(). */
static int try_glued(struct assembly *assembly, const char *line, size_t length)
{
	size_t offset, from;
	int result = try_payload(assembly, line, length);

	if (result)
		return result;
	if (start_line__is_alone(line, length)) {
		result = begin_certainly(assembly, line, length);
		return result ? result : 1;
	}
	return start_line__find(line, length, &offset, &from)
		       ? try_begin(assembly, line + from, length - from, offset - from)
		       : 0;
}

/*
 * Reads a line of a packet in which a message may go on. Returns 1, a negative errno, or 0 if it is to be read as one of
 * another packet.
 */
static int read_rest(struct assembly *assembly, const char *line, size_t length, size_t ending)
{
	size_t place;
	int error;

	if (assembly->has_feed) {
		error = read_first(assembly, "", 0, 1);
		error = error ? error : assembly__read(assembly, line, length, ending);
		return error ? error : 1;
	}
	if (!dump__find_rest(&assembly->packet, assembly->path.transport, assembly->is_fragment, line, length, &place))
		return 0;
	if (place == length) {
		assembly->has_feed = true;
		return 1;
	}
	if (!assembly->resumable->is_in_body && looks_meant(line + place, length - place))
		return 0;
	error = read_first(assembly, line + place, length - place, ending);
	return error ? error : 1;
}

int assembly__begin(struct assembly *assembly, const char *line, size_t length)
{
	if (!assembly->depth)
		earn_credit(assembly, length);
	assembly->is_after_blank = false;
	return begin_certainly(assembly, line, length);
}

int assembly__read_glued(struct assembly *assembly, const char *line, size_t length, size_t ending)
{
	bool is_possible = assembly->place == BETWEEN && start_line__is_possible(line, length);
	int result = assembly->resumable ? read_rest(assembly, line, length, ending) : 0;

	if (result)
		return result < 0 ? result : 0;
	if (assembly->resumable && !is_possible && dump__has_headers(&assembly->packet)) {
		dump__add_line(&assembly->packet, line, length);
		return 0;
	}
	if (assembly->resumable)
		result = give_up(assembly);
	if (!result && is_possible)
		result = try_glued(assembly, line, length);
	if (result) {
		assembly->is_after_blank = false;
		return result < 0 && result != -EBADMSG ? result : 0;
	}
	if (is_in_packet(assembly))
		dump__add_line(&assembly->packet, line, length);
	return assembly__read(assembly, line, length, ending);
}

/* ---- records ---- */

int assembly__take(struct assembly *assembly, const struct message *message, bool is_bare)
{
	int error = end_message(assembly);
	const struct message_path *path = has_path(assembly) ? &assembly->path : NULL;

	assembly->has_message = true;
	assembly->tally->bare += is_bare;
	return error ? error : tally__count(assembly->tally, message, path);
}

int assembly__end_record(struct assembly *assembly)
{
	int error = is_cut(assembly) ? put_aside(assembly) : end_message(assembly);

	if (assembly->is_record_open && !assembly->has_message) {
		assembly->tally->empty++;
		if (assembly->traits & FORM_USERS)
			tally__count_reason(assembly->tally, SIPBPF_REASON_NOT_SIP);
	}
	assembly->is_record_open = assembly->has_message = assembly->is_fragment = assembly->has_feed = false;
	assembly->resumable = NULL;
	return error;
}

int assembly__begin_record(struct assembly *assembly)
{
	bool is_in_headers = assembly->place == IN_HEADERS;
	int error = assembly__end_record(assembly);

	assembly->is_after_cut = is_in_headers;
	assembly->tally->records++;
	assembly->is_record_open = true;
	assembly->path = (struct message_path){ 0 };
	assembly->packet.length = assembly->packet.feeds = 0;
	return error;
}

int assembly__resume(struct assembly *assembly, bool is_fragment)
{
	bool is_stream = assembly->path.transport != SIP_TRANSPORT_UDP;

	if (assembly->place != BETWEEN)
		return 0;
	assembly->is_fragment |= is_fragment;
	assembly->resumable = torn__find(&assembly->torn, &assembly->path, assembly->is_fragment);
	if (assembly->is_fragment && !assembly->resumable)
		assembly__quote_record(assembly);
	return assembly->resumable && !is_stream && !assembly->is_fragment ? give_up(assembly) : 0;
}

int assembly__pause(struct assembly *assembly)
{
	if (assembly->claim_length || assembly->is_spaced || !assembly->has_header)
		return assembly__read(assembly, "", 0, 1);
	return ++assembly->pauses > ends_behind_packet(assembly) ? end_headers(assembly) : 0;
}

void assembly__quote_record(struct assembly *assembly)
{
	assembly->place = IN_QUOTE;
}

struct message_path *assembly__path(struct assembly *assembly)
{
	return &assembly->path;
}

int assembly__claim(struct assembly *assembly, const char *start_line, size_t length)
{
	int result = 0;

	if (assembly->resumable && assembly->resumable->is_in_body)
		return 0;
	if (assembly->resumable)
		result = give_up(assembly);
	if (!result)
		result = try_begin(assembly, start_line, length, 0);

	if (result == 1) {
		assembly->claim_length = length;
		assembly->tally->claimed += !assembly->is_after_cut;
	}
	return result < 0 && result != -EBADMSG ? result : 0;
}

size_t assembly__headers_length(const struct assembly *assembly)
{
	return assembly->headers.length;
}

void assembly__cut_headers(struct assembly *assembly, size_t length)
{
	assembly->headers.length = length;
}

unsigned long long assembly__first_line(const struct assembly *assembly)
{
	return assembly->line;
}

bool assembly__is_unfinished(const struct assembly *assembly)
{
	const struct link_ends *ends = &assembly->path.ends;

	if (assembly->place == IN_HEADERS || assembly->place == IN_BODY)
		return true;
	return assembly->is_record_open && !assembly->has_message && (ends->has_source || ends->has_target);
}

int assembly__finish(struct assembly *assembly)
{
	struct torn_message *message;
	int error = assembly__end_record(assembly);

	while (!error && (message = torn__any(&assembly->torn)))
		error = settle(assembly, message);
	return error;
}
