/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a log is encoded: bytes as they are, or UTF-16 behind a byte order mark, as Windows writes what PowerShell
 * redirects. UTF-16 becomes UTF-8, in which pairs of surrogates are question marks.
 */
#ifndef ENCODING_H
#define ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/byte_source.h"

/* All zero: the log has not been begun. */
struct encoding {
	enum { ENCODING_UNKNOWN, ENCODING_BYTES, ENCODING_LITTLE, ENCODING_BIG } kind;
	bool is_at_end; /* nothing more can be read */
	int error;      /* why, if the log has not ended: a negative errno */
};

/*
 * Reads up to size bytes, at least ENCODING_SIZE_MIN, into target. Returns how many. If it is 0, the log is at its end
 * or cannot be read, which encoding->error tells.
 */
#define ENCODING_SIZE_MIN 16
size_t encoding__read(struct encoding *encoding, const struct byte_source *in, char *target, size_t size);

#endif
