/* SPDX-License-Identifier: BSD-2-Clause */
/* Which headers matter, as far as a glance can tell. */
#ifndef HEADER_H
#define HEADER_H

#include <stdbool.h>
#include <stddef.h>

enum header_kind {
	HEADER_PLAIN,  /* tells nothing */
	HEADER_PARSED, /* may be one that the classifier reads: To, Via or CSeq */
	HEADER_TYPE,   /* may be Content-Type */
	HEADER_LENGTH, /* may be Content-Length */
};

/* Returns the kind of a header by its first line, which is not empty. A table decides most, since no branch is likely. */
static inline enum header_kind header__kind(const char *line, size_t length)
{
	static const bool may_matter[256] = { ['t'] = true, ['T'] = true, ['v'] = true, ['V'] = true,
					      ['c'] = true, ['C'] = true, ['l'] = true, ['L'] = true };
	char first = (char)(*line | 0x20), second = length > 1 ? line[1] : '\0';
	bool is_compact = second == ':' || second == ' ' || second == '\t'; /* RFC 3261 7.3.3 */

	if (!may_matter[(unsigned char)*line])
		return HEADER_PLAIN;
	if (is_compact)
		return first == 'l' ? HEADER_LENGTH : first == 'c' ? HEADER_TYPE : HEADER_PARSED;
	second = (char)(second | 0x20);
	if (first == 'c' && second == 'o' && length > 8 && line[7] == '-')
		return (line[8] | 0x20) == 't' ? HEADER_TYPE : HEADER_LENGTH;
	if ((first == 'c' && second == 's') || (first == 't' && second == 'o') || (first == 'v' && second == 'i'))
		return HEADER_PARSED;
	return HEADER_PLAIN;
}

/* Returns whether a line looks like a header, or like one that goes on: it begins with a name and a colon, or a blank. */
bool header__is_likely(const char *line, size_t length);

#endif
