// SPDX-License-Identifier: BSD-2-Clause
/* See passive.h. An announcement is an owner whose number has the id of the program. Tested by tests/unit/hook/test_unseen.c. */
#include "hook/passive.h"

#include <unistd.h>

#include "hook/owner.h"

/* Apart from the numbers of clsact filters. Ids grow by one with each program, and begin anew after 2^31. */
#define NUMBER_MARK 0x5c000000u
#define NUMBER_ID_MASK 0x00ffffffu

static __u32 number_of(__u32 program)
{
	return NUMBER_MARK | (program & NUMBER_ID_MASK);
}

int passive__announce(__u32 program)
{
	int owner = owner__open(), error;

	if (owner < 0)
		return owner;
	error = owner__claim(owner, number_of(program));
	if (!error)
		return owner;
	close(owner);
	return error;
}

bool passive__is_announced(__u32 program)
{
	return owner__count(number_of(program)) > 0;
}
