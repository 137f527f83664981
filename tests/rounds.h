/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much random input a test takes: as little as has every kind of it, times TEST_ROUNDS of the environment. `make soak` sets
 * that; seeds are counted up from the first, so that more rounds are other input.
 */
#ifndef ROUNDS_H
#define ROUNDS_H

#include <stdlib.h>

static inline unsigned int rounds(unsigned int least)
{
	const char *text = getenv("TEST_ROUNDS");
	unsigned long times = text ? strtoul(text, NULL, 10) : 1;

	return least * (unsigned int)(times ? times : 1);
}

#endif
