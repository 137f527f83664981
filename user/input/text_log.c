// SPDX-License-Identifier: BSD-2-Clause
/* See text_log.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "input/text_log.h"

#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "classify/message.h"

#define HEADERS_MAX (1024 * 1024) /* bytes of a message's headers that are kept; those that matter come early */
#define VALUE_SIZE 128
#define UNUSABLE_SIZE 512
#define CRLF_LENGTH 2

/*
 * Limits for matching one line. Compiled code is fast and needs little memory. When its stack is too small, the
 * interpreter takes over, which can match longer lines.
 */
#define JIT_STACK_MIN (32 * 1024)
#define JIT_STACK_MAX (8 * 1024 * 1024)
#define HEAP_MAX_KIB (512 * 1024)

/* The named groups. */
enum group_name {
	GROUP_TIME,
	GROUP_SRC,
	GROUP_SPORT,
	GROUP_DST,
	GROUP_DPORT,
	GROUP_DIRECTION,
	GROUP_TRANSPORT,
	GROUPS
};

static const char *const group_names[GROUPS] = { "time", "src", "sport", "dst", "dport", "direction", "transport" };

/* What the next line may belong to. */
enum place {
	BETWEEN, /* no message; a start line begins one */
	IN_HEADERS,
	IN_BODY, /* a body that is SIP; no start line begins a message */
	IN_REST, /* a record whose message has been read */
};

struct text_log {
	const struct link_rules *rules;
	struct counters *counters;
	pcre2_code *pattern; /* NULL: none */
	pcre2_match_data *match;
	pcre2_match_context *context;
	pcre2_jit_stack *jit_stack; /* NULL: the interpreter is used */

	enum place place;
	bool is_after_blank; /* a line that resembles a start line is then meant as one */
	bool is_record_open; /* a record has begun, and its message has not come yet */
	char *headers;       /* those of the message being read */
	size_t headers_length, headers_capacity;
	size_t body_left; /* bytes; each line end counts as CR LF */

	struct message_path path; /* that of the record */
	struct timespec start, end;
	bool has_records; /* in the log being read */
	bool is_unmatched;
	int match_error; /* PCRE2's error code */
	unsigned long long unusable;
	char first_unusable[UNUSABLE_SIZE];
	const char *name; /* of the log being read */
	unsigned long long line;
};

/* ---- the pattern ---- */

static int check_group_names(const pcre2_code *pattern, char *ret_error)
{
	uint32_t count = 0, size = 0;
	PCRE2_SPTR names;
	const char *name;
	int i;

	pcre2_pattern_info(pattern, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(pattern, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(pattern, PCRE2_INFO_NAMETABLE, &names);
	for (; count; count--, names += size) {
		name = (const char *)names + 2; /* skip the group's number */
		for (i = 0; i < GROUPS && strcmp(group_names[i], name) != 0; i++)
			;
		if (i == GROUPS) {
			snprintf(ret_error, TEXT_LOG_ERROR_SIZE,
				 "unknown group '%s'; the groups are time, src, sport, dst, dport, direction, "
				 "transport",
				 name);
			return -EINVAL;
		}
	}
	return 0;
}

static int compile(struct text_log *log, const char *pattern, char *ret_error)
{
	PCRE2_UCHAR text[TEXT_LOG_ERROR_SIZE / 2];
	PCRE2_SIZE offset;
	int code;

	log->pattern = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_DUPNAMES, &code, &offset, NULL);
	if (!log->pattern) {
		pcre2_get_error_message(code, text, sizeof(text));
		snprintf(ret_error, TEXT_LOG_ERROR_SIZE, "%s, at character %zu", (const char *)text,
			 (size_t)offset + 1);
		return -EINVAL;
	}
	return check_group_names(log->pattern, ret_error);
}

/* Prepares matching. If the pattern cannot be compiled to machine code, the interpreter is used. */
static int prepare_match(struct text_log *log)
{
	log->match = pcre2_match_data_create_from_pattern(log->pattern, NULL);
	log->context = pcre2_match_context_create(NULL);
	if (!log->match || !log->context)
		return -ENOMEM;
	pcre2_set_heap_limit(log->context, HEAP_MAX_KIB);
	if (pcre2_jit_compile(log->pattern, PCRE2_JIT_COMPLETE) < 0)
		return 0;
	log->jit_stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
	if (!log->jit_stack)
		return -ENOMEM;
	pcre2_jit_stack_assign(log->context, NULL, log->jit_stack);
	return 0;
}

/* Returns 1 if the pattern matches the line, 0 if not, or -EINVAL if PCRE2 cannot tell; log->match_error says why. */
static int match_line(struct text_log *log, const char *line, size_t length)
{
	int result;

	if (!log->pattern)
		return 0;
	result = pcre2_match(log->pattern, (PCRE2_SPTR)line, length, 0, 0, log->match, log->context);
	if (result == PCRE2_ERROR_JIT_STACKLIMIT)
		result = pcre2_match(log->pattern, (PCRE2_SPTR)line, length, 0, PCRE2_NO_JIT, log->match, log->context);
	if (result >= 0 || result == PCRE2_ERROR_NOMATCH)
		return result >= 0;
	log->match_error = result;
	return -EINVAL;
}

/*
 * Copies the value of a named group in the last match, "" if it has none. Returns 0, or -EINVAL if the value is too
 * long to be valid or contains a NUL.
 */
static int get_value(const struct text_log *log, enum group_name group, char ret_value[VALUE_SIZE])
{
	PCRE2_SIZE size = VALUE_SIZE;
	int result = pcre2_substring_copy_byname(log->match, (PCRE2_SPTR)group_names[group], (PCRE2_UCHAR *)ret_value,
						 &size);

	if (result == PCRE2_ERROR_NOMEMORY)
		return -EINVAL;
	if (result < 0) {
		ret_value[0] = '\0';
		return 0;
	}
	return strlen(ret_value) == size ? 0 : -EINVAL;
}

/* ---- values ---- */

/* Parses an address, which may be in brackets. */
static int parse_end(char *value, struct in6_addr *ret_address)
{
	size_t length = strlen(value);

	if (value[0] == '[' && value[length - 1] == ']') {
		value[length - 1] = '\0';
		value++;
	}
	return link__parse_address(value, ret_address);
}

static int parse_port(const char *value, __u16 *ret_port)
{
	size_t digits = strspn(value, "0123456789");
	unsigned long port = digits <= 5 ? strtoul(value, NULL, 10) : 0;

	if (!digits || value[digits] || !port || port > UINT16_MAX)
		return -EINVAL;
	*ret_port = (__u16)port;
	return 0;
}

static int parse_direction(const char *value, enum link_direction *ret_direction)
{
	static const struct {
		const char *word;
		enum link_direction direction;
	} words[] = {
		{ "in", LINK_IN },       { "received", LINK_IN }, { "recv", LINK_IN },      { "rx", LINK_IN },
		{ "incoming", LINK_IN }, { "<-", LINK_IN },       { "out", LINK_OUT },      { "sent", LINK_OUT },
		{ "send", LINK_OUT },    { "tx", LINK_OUT },      { "outgoing", LINK_OUT }, { "->", LINK_OUT },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcasecmp(words[i].word, value)) {
			*ret_direction = words[i].direction;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse_transport(const char *value, enum sip_transport *ret_transport)
{
	int transport;

	for (transport = SIP_TRANSPORT_NONE + 1; transport < SIP_TRANSPORT_COUNT; transport++) {
		if (!strcasecmp(link__transport_name(transport), value)) {
			*ret_transport = transport;
			return 0;
		}
	}
	return -EINVAL;
}

static int note_time(struct text_log *log, const char *value)
{
	struct timespec time;

	if (timestamp__parse(value, &time) < 0)
		return -EINVAL;
	timestamp__widen(&log->start, &log->end, &time);
	return 0;
}

static int use_value(struct text_log *log, enum group_name group, char *value)
{
	struct message_path *path = &log->path;
	int error = 0;

	switch (group) {
	case GROUP_TIME:
		return note_time(log, value);
	case GROUP_SRC:
		error = parse_end(value, &path->ends.source);
		path->ends.has_source = !error;
		return error;
	case GROUP_SPORT:
		return parse_port(value, &path->ends.source_port);
	case GROUP_DST:
		error = parse_end(value, &path->ends.target);
		path->ends.has_target = !error;
		return error;
	case GROUP_DPORT:
		return parse_port(value, &path->ends.target_port);
	case GROUP_DIRECTION:
		error = parse_direction(value, &path->direction);
		path->has_direction = !error;
		return error;
	case GROUP_TRANSPORT:
		return parse_transport(value, &path->transport);
	case GROUPS:
		break;
	}
	return error;
}

static void describe_unusable(struct text_log *log, enum group_name group)
{
	char value[VALUE_SIZE];
	bool is_readable = get_value(log, group, value) == 0;

	snprintf(log->first_unusable, sizeof(log->first_unusable), "%s='%s' in %.200s, line %llu", group_names[group],
		 is_readable ? value : "...", log->name, log->line);
}

static void read_path(struct text_log *log)
{
	char value[VALUE_SIZE];
	int group;

	log->path = (struct message_path){ 0 };
	for (group = 0; group < GROUPS; group++) {
		if (!get_value(log, group, value) && (!*value || !use_value(log, group, value)))
			continue;
		if (!log->unusable++)
			describe_unusable(log, group);
	}
}

/* ---- messages ---- */

static void count_reason(struct text_log *log, enum sipbpf_reason reason)
{
	counters__packets(log->counters)->reasons[reason]++;
	log->is_record_open = false;
}

/* Finds a header of the message and its value. Returns the length of the value, or 0 if there is none. */
static size_t find_header(const struct text_log *log, const char *name, const char *compact, const char **ret_value)
{
	const char *line = log->headers, *end = line + log->headers_length, *line_end, *colon;
	size_t length;

	for (; line < end; line = line_end + 1) {
		line_end = memchr(line, '\n', (size_t)(end - line));
		if (!line_end)
			break;
		colon = memchr(line, ':', (size_t)(line_end - line));
		if (!colon)
			continue;
		for (length = (size_t)(colon - line); length && (line[length - 1] == ' ' || line[length - 1] == '\t');
		     length--)
			;
		if ((length != strlen(name) || strncasecmp(line, name, length) != 0) &&
		    (length != strlen(compact) || strncasecmp(line, compact, length) != 0))
			continue;
		for (colon++; *colon == ' ' || *colon == '\t'; colon++)
			;
		*ret_value = colon;
		return (size_t)(line_end - colon);
	}
	return 0;
}

/* Returns the bytes of a body in which lines may look like start lines; 0 for any other body. */
static size_t sip_body_length(const struct text_log *log)
{
	const char *value;
	size_t length = find_header(log, "Content-Type", "c", &value);

	if (!(length >= 11 && !strncasecmp(value, "message/sip", 11)) &&
	    !(length >= 10 && !strncasecmp(value, "multipart/", 10)))
		return 0;
	return find_header(log, "Content-Length", "l", &value) ? strtoul(value, NULL, 10) : 0;
}

/* Counts the message, whose headers are complete. Returns 0 or a negative errno. */
static int end_message(struct text_log *log)
{
	enum link_direction direction;
	struct message message;
	struct link link;

	log->body_left = sip_body_length(log);
	log->place = log->pattern ? IN_REST : log->body_left ? IN_BODY : BETWEEN;
	log->is_record_open = false;
	if (message__parse(log->headers, log->headers_length, &message) < 0)
		return 0;
	counters__packets(log->counters)->sip++;
	message__find_link(log->rules, &log->path, message.via, &link, &direction);
	return counters__add(log->counters, &link, direction, message.type, message.method, 1);
}

static int append(struct text_log *log, const char *line, size_t length)
{
	size_t capacity = log->headers_capacity ? log->headers_capacity : 4096;
	char *headers;

	if (log->headers_length + length > HEADERS_MAX)
		return 0;
	while (capacity <= log->headers_length + length)
		capacity *= 2;
	if (capacity != log->headers_capacity) {
		headers = realloc(log->headers, capacity);
		if (!headers)
			return -ENOMEM;
		log->headers = headers;
		log->headers_capacity = capacity;
	}
	memcpy(log->headers + log->headers_length, line, length);
	log->headers_length += length;
	log->headers[log->headers_length] = '\0';
	return 0;
}

static int begin_message(struct text_log *log, const char *line, size_t length)
{
	log->place = IN_HEADERS;
	log->headers_length = 0;
	return append(log, line, length);
}

/* Ends what came before and begins a record. */
static int begin_record(struct text_log *log)
{
	int error = log->place == IN_HEADERS ? end_message(log) : 0;

	if (log->is_record_open)
		count_reason(log, SIPBPF_REASON_NOT_SIP);
	log->place = BETWEEN;
	log->is_after_blank = true;
	log->has_records = true;
	log->is_record_open = true;
	read_path(log);
	return error;
}

/* Reads a line at which a message may begin. */
static int read_between(struct text_log *log, const char *line, size_t length)
{
	struct message message;
	int result = message__parse(line, length, &message);

	if (!result)
		return begin_message(log, line, length);
	if (result == -EBADMSG && log->is_after_blank && (!log->pattern || log->is_record_open)) {
		count_reason(log, SIPBPF_REASON_MALFORMED);
		if (log->pattern)
			log->place = IN_REST;
	}
	return 0;
}

static int read_header(struct text_log *log, const char *line, size_t length, bool is_blank)
{
	struct message message;
	int error;

	if (is_blank)
		return end_message(log);
	if (log->pattern || message__parse(line, length, &message) < 0)
		return append(log, line, length);
	error = end_message(log);
	return error ? error : begin_message(log, line, length);
}

/* Reads a line, with its line end if it has one. */
static int read_line(struct text_log *log, const char *line, size_t length)
{
	size_t text = length;
	bool is_blank;
	int result;

	while (text && (line[text - 1] == '\n' || line[text - 1] == '\r'))
		text--;
	result = match_line(log, line, text);
	if (result)
		return result < 0 ? result : begin_record(log);
	is_blank = !text;
	switch (log->place) {
	case BETWEEN:
		if (!is_blank)
			result = read_between(log, line, length);
		break;
	case IN_HEADERS:
		result = read_header(log, line, length, is_blank);
		break;
	case IN_BODY:
		log->body_left -= log->body_left < text + CRLF_LENGTH ? log->body_left : text + CRLF_LENGTH;
		if (!log->body_left)
			log->place = BETWEEN;
		break;
	case IN_REST:
		break;
	}
	log->is_after_blank = is_blank;
	return result;
}

/* ---- the reader ---- */

int text_log__new(const char *pattern, const struct link_rules *rules, struct counters *counters,
		  struct text_log **ret_log, char *ret_error)
{
	struct text_log *log = calloc(1, sizeof(*log));
	int error;

	if (!log)
		return -ENOMEM;
	log->rules = rules;
	log->counters = counters;
	error = pattern ? compile(log, pattern, ret_error) : 0;
	if (!error && pattern)
		error = prepare_match(log);
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
	pcre2_jit_stack_free(log->jit_stack);
	pcre2_match_context_free(log->context);
	pcre2_match_data_free(log->match);
	pcre2_code_free(log->pattern);
	free(log->headers);
	free(log);
}

static void describe_error(const struct text_log *log, int error, char *ret_error)
{
	PCRE2_UCHAR text[TEXT_LOG_ERROR_SIZE / 4];
	const char *doing = "cannot read further", *what = strerror(-error);

	if (error == -EINVAL) {
		pcre2_get_error_message(log->match_error, text, sizeof(text));
		doing = "cannot match --regex";
		what = (const char *)text;
	} else if (log->line == 1) {
		snprintf(ret_error, TEXT_LOG_ERROR_SIZE, "%.200s: cannot read: %s", log->name, what);
		return;
	}
	snprintf(ret_error, TEXT_LOG_ERROR_SIZE, "%.200s:%llu: %s: %s; all lines before were read", log->name,
		 log->line, doing, what);
}

/* Returns the length of a UTF-8 byte order mark, which some editors put before a text, or 0. */
static size_t mark_length(const char *line, size_t length)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };

	return length >= sizeof(mark) && !memcmp(line, mark, sizeof(mark)) ? sizeof(mark) : 0;
}

/* Reads all lines. log->line is the number of the last line tried, from 1. */
static int read_lines(struct text_log *log, FILE *in)
{
	char *line = NULL;
	size_t size = 0, mark;
	ssize_t length;
	int error = 0;

	for (log->line = 1; !error; log->line += !error) {
		errno = 0;
		length = getline(&line, &size, in);
		if (length < 0) {
			error = feof(in) ? 0 : errno ? -errno : -EIO;
			break;
		}
		if (!length || line[length - 1] != '\n')
			line[length++] = '\n'; /* in the place of the NUL: the last line may have no end */
		mark = log->line == 1 ? mark_length(line, (size_t)length) : 0;
		error = read_line(log, line + mark, (size_t)length - mark);
	}
	free(line);
	return error;
}

int text_log__read(struct text_log *log, FILE *in, const char *name, char *ret_error)
{
	int error, last_error = 0;

	log->name = name;
	log->place = BETWEEN;
	log->is_after_blank = true;
	log->is_record_open = false;
	log->has_records = false;
	log->path = (struct message_path){ 0 };
	error = read_lines(log, in);
	log->is_unmatched = log->pattern && log->line > 1 && !log->has_records;
	if (error)
		describe_error(log, error, ret_error);
	if (error != -ENOMEM && log->place == IN_HEADERS)
		last_error = end_message(log);
	if (last_error) {
		error = last_error;
		describe_error(log, error, ret_error);
	}
	if (!error && log->is_record_open)
		count_reason(log, SIPBPF_REASON_NOT_SIP);
	return error;
}

bool text_log__is_unmatched(const struct text_log *log)
{
	return log->is_unmatched;
}

void text_log__times(const struct text_log *log, struct timespec *ret_start, struct timespec *ret_end)
{
	*ret_start = log->start;
	*ret_end = log->end;
}

unsigned long long text_log__unusable(const struct text_log *log, const char **ret_first)
{
	*ret_first = log->first_unusable;
	return log->unusable;
}
