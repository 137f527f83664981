// SPDX-License-Identifier: BSD-2-Clause
/* See usual_message.h. */
#include "log/usual_message.h"

#include <string.h>

#include "common/lists.h"

#define STATUS_OFFSET (sizeof("SIP/2.0 ") - 1)
#define STATUS_DIGITS 3
#define CSEQ_DIGITS_MAX 10

/* What is known of a message. */
struct reading {
	struct message message;
	bool is_invite, has_via, has_cseq, has_to;
};

static inline bool begins_with(const char *at, const char *text)
{
	return !memcmp(at, text, strlen(text));
}

static inline bool is_letter(char character)
{
	return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

static inline bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* Copies the known method that is followed by this byte. Returns false if it is another one. */
static inline bool read_method(const char *at, char end, char ret_method[SIPBPF_NAME_SIZE])
{
#define X(id, text)                                                                    \
	if (SIP_TYPE_##id != SIP_TYPE_REINVITE && /* which is no method on the wire */ \
	    begins_with(at, text) && at[strlen(text)] == end) {                        \
		memcpy(ret_method, text, sizeof(text));                                \
		return true;                                                           \
	}
	SIP_METHOD_LIST(X)
#undef X
	return false;
}

static inline bool read_start(const char *line, struct reading *reading)
{
	if (!begins_with(line, "SIP/2.0 ")) {
		reading->is_invite = begins_with(line, "INVITE ");
		return read_method(line, ' ', reading->message.type);
	}
	memcpy(reading->message.type, line + STATUS_OFFSET, STATUS_DIGITS);
	return true;
}

/* The transport of the topmost Via. */
static inline bool read_via(const char *line, struct reading *reading)
{
	if (reading->has_via)
		return true;
	reading->has_via = begins_with(line, "Via: SIP/2.0/");
	line += strlen("Via: SIP/2.0/");
#define X(id, text)                                        \
	if (begins_with(line, text " ")) {                 \
		reading->message.via = SIP_TRANSPORT_##id; \
		return reading->has_via;                   \
	}
	SIP_TRANSPORT_LIST(X)
#undef X
	return false;
}

static inline bool read_cseq(const char *line, struct reading *reading)
{
	const char *at = line + strlen("CSeq: "), *digits = at;

	if (reading->has_cseq)
		return true;
	reading->has_cseq = true;
	while (is_digit(*at))
		at++;
	return at > digits && at - digits <= CSEQ_DIGITS_MAX && *at == ' ' &&
	       read_method(at + 1, '\r', reading->message.method);
}

/* A tag tells a re-INVITE from an INVITE. It is looked for behind the URI, where no quotation mark makes that doubtful. */
static inline bool read_to(const char *line, const char *end, struct reading *reading)
{
	const char *open, *close;

	if (!reading->is_invite || reading->has_to)
		return begins_with(line, "To: ") || reading->has_to;
	reading->has_to = begins_with(line, "To: ");
	open = memchr(line, '<', (size_t)(end - line));
	close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
	if (!reading->has_to || !close || memchr(line, '"', (size_t)(end - line)) ||
	    memchr(line, ';', (size_t)(open - line)))
		return false;
	if (close + 1 == end)
		return true;
	memcpy(reading->message.type, "ReINVITE", sizeof("ReINVITE"));
	return begins_with(close, ">;tag=") && (is_letter(close[6]) || is_digit(close[6]));
}

static inline bool read_header(const char *line, const char *end, struct reading *reading)
{
	switch (*line) {
	case 'V':
		return read_via(line, reading);
	case 'T':
		return read_to(line, end, reading);
	case 'C':
		return begins_with(line, "CSeq: ") ? read_cseq(line, reading) : begins_with(line, "Content-");
	default:
		return false;
	}
}

bool usual_message__read(const char *text, size_t length, struct message *ret_message)
{
	const char *end = text + length, *feed = memchr(text, '\n', length), *line;
	struct reading reading = { .message = { .type = "" } };

	if (!read_start(text, &reading))
		return false;
	for (line = feed + 1; line < end; line = feed + 1) {
		feed = memchr(line, '\n', (size_t)(end - line));
		if (!read_header(line, feed - 1, &reading))
			return false;
	}
	*ret_message = reading.message;
	return reading.has_via && reading.has_cseq;
}
