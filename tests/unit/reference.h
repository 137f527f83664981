/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The classifier's rules once more, byte by byte and with the whole message at hand: slow, plain, and without a line in
 * common with include/sip.h. The two must give the same answer for any bytes.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "answer.h"

#define REFERENCE_NAME_MAX 23
#define REFERENCE_LENGTH_MAX 2147483647u

/* A stretch of the message. */
struct text {
	const char *at;
	size_t length;
};

static inline int reference__char(struct text text, size_t i)
{
	return i < text.length ? (unsigned char)text.at[i] : -1;
}

static inline struct text reference__from(struct text text, size_t i)
{
	return (struct text){ text.at + i, text.length - i };
}

static inline bool reference__is_token(int c)
{
	return c > 0 && c < 128 && (isalnum(c) || strchr("-.!%*_+`'~", c));
}

/* White space inside a value; folding has been undone only in name, line ends are still there. */
static inline bool reference__is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool reference__begins(struct text text, const char *word)
{
	return text.length >= strlen(word) && strncasecmp(text.at, word, strlen(word)) == 0;
}

static inline void reference__say(struct answer *answer, const char *verdict)
{
	memset(answer, 0, sizeof(*answer));
	(void)snprintf(answer->verdict, sizeof(answer->verdict), "%s", verdict);
}

/* The start line did not end, but SIP stands in it. */
static inline void reference__say_cut(struct answer *answer, enum answer_carrier carrier)
{
	reference__say(answer, carrier == CARRIER_DATAGRAM || carrier == CARRIER_UDP ? "malformed" : "truncated");
}

/* The bytes ended within what may be a request: a stream goes on, of a cut datagram the method must have a name. */
static inline void reference__say_ended(struct answer *answer, enum answer_carrier carrier, bool has_name)
{
	reference__say(answer,
		       carrier == CARRIER_STREAM || (carrier == CARRIER_CUT && has_name) ? "truncated" : "not_sip");
}

/* Copies the name of a method that counts under it; true if it did. */
static inline bool reference__name(char ret_name[24], struct text name)
{
	if (name.length > REFERENCE_NAME_MAX)
		return false;
	if (name.length == strlen("ReINVITE") && reference__begins(name, "ReINVITE"))
		return false;
	memset(ret_name, 0, 24);
	memcpy(ret_name, name.at, name.length);
	return true;
}

/* 1 if the line ends at i (CR LF or LF), 0 if not, -1 if the bytes end before that is known. *ret_next: past it. */
static inline int reference__line_end(struct text text, size_t i, size_t *ret_next)
{
	int c = reference__char(text, i);

	if (c == '\r')
		c = reference__char(text, ++i);
	*ret_next = i + 1;
	return c < 0 ? -1 : c == '\n';
}

/* A response: its version, then its code, then its end are judged when all bytes of each are here. */
static inline size_t reference__response(struct text text, enum answer_carrier carrier, struct answer *answer)
{
	const char *code = text.at + 8;
	size_t next, i;
	int ended;

	reference__say(answer, "malformed");
	if (text.length < 8 || !reference__begins(text, "SIP/2.0 ")) {
		if (text.length < 8)
			reference__say_cut(answer, carrier);
		return 0;
	}
	for (i = 0; i < 3; i++) {
		if (!isdigit(reference__char(text, 8 + i) < 0 ? 0 : code[i])) {
			if (text.length < 11)
				reference__say_cut(answer, carrier);
			return 0;
		}
	}
	if (code[0] < '1' || code[0] > '6')
		return 0;
	ended = reference__char(text, 11) == ' ' ? 1 : reference__line_end(text, 11, &next);
	if (ended < 0)
		reference__say_cut(answer, carrier);
	if (ended != 1)
		return 0;
	for (i = 11; i < text.length && text.at[i] != '\n'; i++)
		;
	if (i == text.length) {
		reference__say_cut(answer, carrier);
		return 0;
	}
	reference__say(answer, "message");
	(void)snprintf(answer->type, sizeof(answer->type), "%.3s", code);
	return i + 1;
}

/* Not a start line: malformed if white space and SIP/ stand between i and the line's end. */
static inline size_t reference__suspect(struct text text, size_t i, enum answer_carrier carrier, bool has_name,
					struct answer *answer)
{
	for (; i < text.length && text.at[i] != '\n'; i++) {
		if (reference__is_space(text.at[i]) || text.at[i] == '\v' || text.at[i] == '\f') {
			if (reference__begins(reference__from(text, i + 1), "SIP/")) {
				reference__say(answer, "malformed");
				return 0;
			}
		}
	}
	if (i < text.length)
		reference__say(answer, "not_sip");
	else
		reference__say_ended(answer, carrier, has_name);
	return 0;
}

/* " SIP/2.0" and the line's end, at i, behind the URI. Returns where the headers begin, or 0. */
static inline size_t reference__version(struct text text, size_t uri, size_t i, enum answer_carrier carrier,
					bool has_name, struct answer *answer)
{
	static const char version[] = " SIP/2.0";
	struct text rest = reference__from(text, i);
	size_t next;
	int ended;

	if (rest.length < strlen(version) && strncasecmp(rest.at, version, rest.length) == 0) {
		if (rest.length >= strlen(" SIP/"))
			reference__say_cut(answer, carrier);
		else
			reference__say_ended(answer, carrier, has_name);
		return 0;
	}
	if (carrier == CARRIER_STREAM && text.length > 4 && memcmp(text.at, "GET ", 4) == 0 && rest.length >= 8 &&
	    memcmp(rest.at, " HTTP/1.", 8) == 0) {
		reference__say(answer, "not_sip");
		return 0;
	}
	if (!reference__begins(rest, version))
		return reference__suspect(text, uri - 1, carrier, has_name, answer);
	ended = reference__line_end(text, i + strlen(version), &next);
	if (ended < 0)
		reference__say_cut(answer, carrier);
	else if (!ended)
		reference__say(answer, "malformed");
	return ended == 1 ? next : 0;
}

static inline size_t reference__request(struct text text, enum answer_carrier carrier, struct answer *answer)
{
	char name[24] = "UNKNOWN";
	bool has_name;
	size_t i = 0, uri, headers;

	while (reference__is_token(reference__char(text, i)))
		i++;
	if (i == text.length) {
		reference__say_ended(answer, carrier, true);
		return 0;
	}
	if (i == 0 || (text.at[i] != ' ' && text.at[i] != '\t')) {
		reference__say(answer, "not_sip");
		if (carrier == CARRIER_STREAM && text.length < 12 && memcmp(text.at, "HTTP/1.1 101", text.length) == 0)
			reference__say(answer, "truncated");
		return 0;
	}
	if (text.at[i] == '\t')
		return reference__suspect(text, i, carrier, false, answer);
	/* A method of digits alone has no name of its own: it would be taken for a status code. */
	has_name = strspn(text.at, "0123456789") < i && reference__name(name, (struct text){ text.at, i });
	for (uri = ++i; i < text.length && text.at[i] != ' ' && (text.at[i] < '\t' || text.at[i] > '\r'); i++)
		;
	if (i == text.length) {
		reference__say_ended(answer, carrier, has_name);
		return 0;
	}
	if (text.at[i] != ' ' || i == uri)
		return reference__suspect(text, uri - 1, carrier, has_name, answer);
	headers = reference__version(text, uri, i, carrier, has_name, answer);
	if (!headers)
		return 0;
	reference__say(answer, "message");
	memcpy(answer->type, name, sizeof(name));
	return headers;
}

/* The colon, with white space before it. Returns what stands behind it, or 0 when this is no such header. */
static inline size_t reference__colon(struct text line, const char *name)
{
	size_t i = strlen(name);

	if (!reference__begins(line, name) || (line.length > i && line.at[i] == '\r'))
		return 0;
	while (reference__char(line, i) == ' ' || reference__char(line, i) == '\t' || reference__char(line, i) == '\r')
		i++;
	return reference__char(line, i) == ':' ? i + 1 : 0;
}

/* Whether the header, so far as it has been cut off, could still be the one of that name: its value is absent then. */
static inline bool reference__is_header(struct text line, const char *name, const char *compact, struct text *ret_value)
{
	size_t i = reference__colon(line, name);

	if (!i && compact)
		i = reference__colon(line, compact);
	if (i)
		*ret_value = reference__from(line, i);
	return i != 0;
}

static inline size_t reference__skip_space(struct text value, size_t i)
{
	while (i < value.length && reference__is_space(value.at[i]))
		i++;
	return i;
}

/* A header parameter named tag, outside quotes and angle brackets, that is not empty. */
static inline bool reference__has_tag(struct text to)
{
	bool quoted = false, angle = false;
	size_t i, after;

	for (i = 0; i < to.length; i++) {
		if (quoted && to.at[i] == '\\')
			i++;
		else if (!angle && to.at[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (to.at[i] == '<' || to.at[i] == '>')
			angle = to.at[i] == '<';
		else if (!angle && to.at[i] == ';') {
			after = reference__skip_space(to, i + 1);
			if (!reference__begins(reference__from(to, after), "tag"))
				continue;
			after = reference__skip_space(to, after + 3);
			if (reference__char(to, after) != '=')
				continue;
			if (reference__is_token(reference__char(to, reference__skip_space(to, after + 1))))
				return true;
		}
	}
	return false;
}

/* The token at i, if something follows that ends it. */
static inline bool reference__token(struct text value, size_t i, struct text *ret_token)
{
	size_t start = i;

	while (reference__is_token(reference__char(value, i)))
		i++;
	if (i == start || i >= value.length)
		return false;
	*ret_token = (struct text){ value.at + start, i - start };
	return true;
}

/* A value that ended too early is the header's all the same; one that is wrong is not, and the next header counts. */
enum reference_value { REFERENCE_WRONG, REFERENCE_EMPTY, REFERENCE_FOUND };

static inline enum reference_value reference__stopped(struct text value, size_t i)
{
	return i >= value.length ? REFERENCE_EMPTY : REFERENCE_WRONG;
}

static inline enum reference_value reference__cseq(struct text value, struct text *ret_method)
{
	size_t number = reference__skip_space(value, 0), i = number, gap;

	while (i < value.length && isdigit((unsigned char)value.at[i]))
		i++;
	gap = reference__skip_space(value, i);
	if (i == number || gap == i || gap >= value.length)
		return reference__stopped(value, gap > i ? gap : i);
	if (!reference__is_token(value.at[gap]))
		return REFERENCE_WRONG;
	return reference__token(value, gap, ret_method) ? REFERENCE_FOUND : REFERENCE_EMPTY;
}

static inline enum reference_value reference__via(struct text value, struct text *ret_transport)
{
	size_t i = reference__skip_space(value, 0), protocol = i;

	while (reference__is_token(reference__char(value, i)))
		i++;
	if (i == protocol)
		return reference__stopped(value, i);
	i = reference__skip_space(value, i);
	if (reference__char(value, i) != '/')
		return reference__stopped(value, i);
	i++;
	while (reference__is_token(reference__char(value, i)) || reference__is_space(reference__char(value, i)))
		i++;
	if (reference__char(value, i) != '/')
		return reference__stopped(value, i);
	i = reference__skip_space(value, i + 1);
	if (i >= value.length || !reference__is_token(value.at[i]))
		return reference__stopped(value, i);
	return reference__token(value, i, ret_transport) ? REFERENCE_FOUND : REFERENCE_EMPTY;
}

static inline enum reference_value reference__length(struct text value, unsigned int *ret_length)
{
	size_t start = reference__skip_space(value, 0), i;
	unsigned long long length = 0;

	for (i = start; i < value.length && isdigit((unsigned char)value.at[i]); i++)
		if (length <= REFERENCE_LENGTH_MAX)
			length = length * 10 + (unsigned int)(value.at[i] - '0');
	if (i == start || i >= value.length || !reference__is_space(value.at[i]))
		return reference__stopped(value, i);
	/* The last few lengths below the maximum are taken for it: nothing is as long. */
	*ret_length = length >= REFERENCE_LENGTH_MAX - 7 ? REFERENCE_LENGTH_MAX : (unsigned int)length;
	return REFERENCE_FOUND;
}

/* Which headers have been read: the first of each counts. */
struct reference_seen {
	bool to, cseq, via, length, tag;
};

static inline void reference__via_transport(struct text token, struct answer *answer)
{
	static const char *const known[] = { "UDP", "TCP", "TLS", "SCTP", "WS", "WSS" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (token.length == strlen(known[i]) && reference__begins(token, known[i]))
			(void)snprintf(answer->transport, sizeof(answer->transport), "%s", known[i]);
}

/* One header with its folded lines. */
static inline void reference__header(struct text line, enum answer_carrier carrier, struct reference_seen *seen,
				     struct answer *answer)
{
	enum reference_value read;
	struct text value, token;
	unsigned int length = 0;

	if (!seen->to && reference__is_header(line, "To", "t", &value)) {
		seen->to = true;
		seen->tag = reference__has_tag(value);
	} else if (!seen->cseq && reference__is_header(line, "CSeq", NULL, &value)) {
		read = reference__cseq(value, &token);
		seen->cseq = read != REFERENCE_WRONG;
		if (read == REFERENCE_FOUND)
			(void)reference__name(answer->method, token);
	} else if (!seen->via && reference__is_header(line, "Via", "v", &value)) {
		read = reference__via(value, &token);
		seen->via = read != REFERENCE_WRONG;
		if (read == REFERENCE_FOUND)
			reference__via_transport(token, answer);
	} else if (carrier == CARRIER_STREAM && !seen->length &&
		   reference__is_header(line, "Content-Length", "l", &value)) {
		read = reference__length(value, &length);
		seen->length = read != REFERENCE_WRONG;
		answer->has_length = read == REFERENCE_FOUND;
		answer->length = length;
	}
}

/* The line at i with those folded to it; *ret_next is where the next one begins. */
static inline struct text reference__line(struct text text, size_t i, size_t *ret_next)
{
	size_t start = i;

	do {
		while (i < text.length && text.at[i] != '\n')
			i++;
		i += i < text.length;
	} while (reference__char(text, i) == ' ' || reference__char(text, i) == '\t');
	*ret_next = i;
	return (struct text){ text.at + start, i - start };
}

static inline void reference__headers(struct text text, size_t i, enum answer_carrier carrier, struct answer *answer)
{
	struct reference_seen seen = { 0 };
	struct text line;
	size_t next;

	(void)snprintf(answer->method, sizeof(answer->method), "UNKNOWN");
	/* White space that no header precedes folds nothing. */
	if (reference__char(text, i) == ' ' || reference__char(text, i) == '\t')
		(void)reference__line(text, i, &i);
	while (i < text.length) {
		if (reference__line_end(text, i, &next) == 1) {
			answer->headers_ended = carrier == CARRIER_STREAM;
			answer->body = carrier == CARRIER_STREAM ? (unsigned int)next : 0;
			break;
		}
		line = reference__line(text, i, &i);
		reference__header(line, carrier, &seen, answer);
	}
	if (seen.tag && strcmp(answer->type, "INVITE") == 0)
		(void)snprintf(answer->type, sizeof(answer->type), "ReINVITE");
}

/* Classifies the bytes. */
static inline void reference__read(const unsigned char *bytes, size_t length, enum answer_carrier carrier,
				   struct answer *ret_answer)
{
	struct text text = { (const char *)bytes, length };
	bool has_nul = false;
	size_t skip = 0, headers;

	while (skip < length && (bytes[skip] == '\r' || bytes[skip] == '\n' || bytes[skip] == '\0'))
		has_nul |= bytes[skip++] == '\0';
	if (skip == length || (has_nul && carrier != CARRIER_STREAM)) {
		reference__say(ret_answer, skip == length ? "keepalive" : "not_sip");
		return;
	}
	text = reference__from(text, skip);
	if (reference__begins(text, "SIP/"))
		headers = reference__response(text, carrier, ret_answer);
	else
		headers = reference__request(text, carrier, ret_answer);
	if (headers)
		reference__headers(text, headers, carrier, ret_answer);
	/* In a stream, the headers behind a malformed start line matter. */
	if (carrier == CARRIER_STREAM && strcmp(ret_answer->verdict, "malformed") == 0 &&
	    !memchr(text.at, '\n', text.length))
		reference__say(ret_answer, "truncated");
	if (carrier == CARRIER_UDP)
		memset(ret_answer->transport, 0, sizeof(ret_answer->transport));
}

#endif
