/* SPDX-License-Identifier: BSD-2-Clause */
/* Where bytes come from. Those of big files go straight to whoever wants them, without a buffer between. */
#ifndef BYTE_SOURCE_H
#define BYTE_SOURCE_H

#include <stddef.h>
#include <sys/types.h>

struct byte_source {
	/* Reads up to so many bytes. Returns how many, 0 at the end, or -1 with errno. */
	ssize_t (*read)(void *cookie, char *target, size_t size);
	void *cookie;
};

#endif
