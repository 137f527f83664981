// SPDX-License-Identifier: BSD-2-Clause
/* See header.h. */
#include "log/header.h"

#include <ctype.h>
#include <string.h>

#define NAME_CHARACTERS "-.!%*_+`'~" /* besides letters and digits, RFC 3261 25.1 */

/* No header is known that begins with a digit, but times of day do. */
bool header__is_likely(const char *line, size_t length)
{
	const char *at = line, *end = line + length;

	if (!length || *line == ' ' || *line == '\t')
		return length;
	while (at < end && *at && (isalnum((unsigned char)*at) || strchr(NAME_CHARACTERS, *at)))
		at++;
	if (at == line || isdigit((unsigned char)*line))
		return false;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at < end && *at == ':';
}
