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

/* Returns the kind of a header by its first line, which is not empty. */
static inline enum header_kind header__kind(const char *line, size_t length)
{
	char second = length > 1 ? line[1] : '\0';
	bool is_compact = second == ':' || second == ' ' || second == '\t'; /* RFC 3261 7.3.3 */

	switch (*line | 0x20) {
	case 't':
		return is_compact || (second | 0x20) == 'o' ? HEADER_PARSED : HEADER_PLAIN;
	case 'v':
		return is_compact || (second | 0x20) == 'i' ? HEADER_PARSED : HEADER_PLAIN;
	case 'c':
		if (is_compact)
			return HEADER_TYPE;
		if ((second | 0x20) != 'o')
			return (second | 0x20) == 's' ? HEADER_PARSED : HEADER_PLAIN;
		if (length <= 8 || line[7] != '-')
			return HEADER_PLAIN;
		return (line[8] | 0x20) == 't' ? HEADER_TYPE : HEADER_LENGTH;
	case 'l':
		return is_compact ? HEADER_LENGTH : HEADER_PLAIN;
	default:
		return HEADER_PLAIN;
	}
}

#endif
