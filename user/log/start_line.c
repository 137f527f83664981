// SPDX-License-Identifier: BSD-2-Clause
/* See start_line.h. */
#include "log/start_line.h"

#include <stdint.h>
#include <string.h>

#include "common/lists.h"

#define VERSION "SIP/2.0"
#define VERSION_LENGTH (sizeof(VERSION) - 1)
#define STATUS_DIGITS 3

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* RFC 3261 25.1. */
static bool is_token(char character)
{
	return is_digit(character) || (character >= 'A' && character <= 'Z') ||
	       (character >= 'a' && character <= 'z') || (character && strchr("-.!%*_+`'~", character));
}

const char *start_line__version(const char *text, size_t length)
{
	const char *end = text + length, *slash = text;

	while ((slash = memchr(slash, '/', (size_t)(end - slash)))) {
		if (slash - text >= 3 && (slash[-1] | 0x20) == 'p' && (slash[-2] | 0x20) == 'i' &&
		    (slash[-3] | 0x20) == 's')
			return slash;
		slash++;
	}
	return NULL;
}

bool start_line__is_possible(const char *line, size_t length)
{
	return start_line__version(line, length) != NULL;
}

/* Whether "SIP/2.0" is followed by a blank and a status code. */
static bool has_status(const char *at, const char *end)
{
	size_t i;

	if ((size_t)(end - at) < VERSION_LENGTH + 1 + STATUS_DIGITS || at[VERSION_LENGTH] != ' ')
		return false;
	for (i = 1; i <= STATUS_DIGITS; i++) {
		if (!is_digit(at[VERSION_LENGTH + i]))
			return false;
	}
	at += VERSION_LENGTH + 1 + STATUS_DIGITS;
	return at == end || *at == ' ' || !is_token(*at);
}

/* Whether each of eight characters is one that is seen: behind the blank and before DEL. */
static bool is_visible(const char *text)
{
	const uint64_t each = 0x0101010101010101ULL, highest = each * 0x80;
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return !((word | (word + each) | ~(word + each * (0x80 - '!'))) & highest);
}

bool start_line__is_certain(const char *line, size_t length)
{
	const char *end = line + length - VERSION_LENGTH - 1, *at = line;

	if (length < VERSION_LENGTH + 1 + STATUS_DIGITS)
		return false;
	if (!memcmp(line, VERSION " ", VERSION_LENGTH + 1))
		return line[8] >= '1' && line[8] <= '6' && is_digit(line[9]) && is_digit(line[10]) &&
		       (length == 11 || line[11] == ' ');
	if (memcmp(end, " " VERSION, VERSION_LENGTH + 1) != 0)
		return false;
	while (*at >= 'A' && *at <= 'Z')
		at++;
	if (at == line || memcmp(at, " sip:", 5) != 0)
		return false;
	for (at += 5; end - at >= (ptrdiff_t)sizeof(uint64_t) && is_visible(at); at += sizeof(uint64_t))
		;
	while (at<end && * at> ' ' && *at < '\x7f')
		at++;
	return at == end;
}

static bool find_response(const char *line, size_t length, size_t *ret_offset)
{
	const char *end = line + length, *at = line;

	for (; (at = memmem(at, (size_t)(end - at), VERSION, VERSION_LENGTH)); at++) {
		if (!has_status(at, end))
			continue;
		*ret_offset = (size_t)(at - line);
		return true;
	}
	return false;
}

/* The length of the longest known method that these bytes end with; 0: there is none. */
static size_t known_length(const char *from, const char *end)
{
	static const struct {
		const char *text;
		size_t length;
	} methods[] = {
#define X(id, text) { text, sizeof(text) - 1 },
		SIP_METHOD_LIST(X)
#undef X
	};
	size_t longest = 0, length, i;

	for (i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		length = methods[i].length;
		if (length > longest && (size_t)(end - from) >= length && end[-1] == methods[i].text[length - 1] &&
		    !memcmp(end - length, methods[i].text, length))
			longest = length;
	}
	return longest;
}

bool start_line__is_known_method(const char *text, size_t length)
{
	return length && known_length(text, text + length) == length;
}

/* The same, or the number of capital letters at their end. */
static size_t method_length(const char *from, const char *end)
{
	size_t longest = known_length(from, end);

	if (longest)
		return longest;
	while (end - longest > from && end[-(ptrdiff_t)longest - 1] >= 'A' && end[-(ptrdiff_t)longest - 1] <= 'Z')
		longest++;
	return longest;
}

bool start_line__is_alone(const char *line, size_t length)
{
	const char *blank;

	if (!start_line__is_certain(line, length))
		return false;
	if (line[length - 1] != '0')
		return true; /* a request ends with its version */
	blank = memchr(line, ' ', length);
	return *line != VERSION[0] && blank && method_length(line, blank) == (size_t)(blank - line);
}

bool start_line__find_method(const char *line, size_t length, size_t *ret_from, size_t *ret_to)
{
	const char *end = line + length - VERSION_LENGTH - 1, *method, *from;

	if (length <= VERSION_LENGTH + 1 || *end != ' ' || strncasecmp(end + 1, VERSION, VERSION_LENGTH) != 0)
		return false;
	method = memrchr(line, ' ', (size_t)(end - line));
	if (!method || !memchr(method, ':', (size_t)(end - method)))
		return false;
	for (from = method; from > line && is_token(from[-1]); from--)
		;
	*ret_from = (size_t)(from - line);
	*ret_to = (size_t)(method - line);
	return from < method;
}

static bool find_request(const char *line, size_t length, size_t *ret_offset, size_t *ret_method_from)
{
	size_t from, to, method;

	if (!start_line__find_method(line, length, &from, &to))
		return false;
	method = method_length(line + from, line + to);
	*ret_offset = to - method;
	*ret_method_from = from;
	return method > 0;
}

bool start_line__find(const char *line, size_t length, size_t *ret_offset, size_t *ret_method_from)
{
	if (find_request(line, length, ret_offset, ret_method_from))
		return true;
	if (!find_response(line, length, ret_offset))
		return false;
	*ret_method_from = *ret_offset;
	return true;
}

/* Whether a URI with one of SIP's schemes ends here. */
static bool ends_with_uri(const char *line, const char *end)
{
	static const char *const schemes[] = { "sip:", "sips:", "tel:", "urn:" };
	const char *blank;
	size_t i, length;

	if (end == line || end[-1] != ' ')
		return false;
	end--;
	blank = memrchr(line, ' ', (size_t)(end - line));
	for (i = 0; blank && i < sizeof(schemes) / sizeof(*schemes); i++) {
		length = strlen(schemes[i]);
		if ((size_t)(end - blank) > length && !strncasecmp(blank + 1, schemes[i], length))
			return true;
	}
	return false;
}

bool start_line__is_meant(const char *line, size_t length)
{
	const char *end = line + length, *at = line, *behind;

	for (; (at = memmem(at, (size_t)(end - at), VERSION, VERSION_LENGTH)); at++) {
		behind = at + VERSION_LENGTH;
		if (has_status(at, end))
			return true;
		if ((behind == end || (*behind != '/' && !is_digit(*behind))) && ends_with_uri(line, at))
			return true;
	}
	return false;
}
