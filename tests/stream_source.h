/* SPDX-License-Identifier: BSD-2-Clause */
/* A stream as a source of bytes, for tests. */
#ifndef STREAM_SOURCE_H
#define STREAM_SOURCE_H

#include <stdio.h>

#include "base/byte_source.h"

static inline ssize_t stream_source__read(void *cookie, char *target, size_t size)
{
	size_t length = fread(target, 1, size, cookie);

	return length || !ferror((FILE *)cookie) ? (ssize_t)length : -1;
}

/* The source is valid where it is used. */
#define STREAM_SOURCE(stream) (&(const struct byte_source){ .read = stream_source__read, .cookie = (stream) })

#endif
