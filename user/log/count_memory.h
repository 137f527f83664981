/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remembers where messages of a log were counted. Consecutive messages are of few kinds and paths, so nearly all are
 * counted where one was before, without looking for the link and its cell.
 */
#ifndef COUNT_MEMORY_H
#define COUNT_MEMORY_H

#include <stdbool.h>

#include "classify/message.h"
#include "counts/counter.h"

#define COUNT_MEMORY_BITS 8
#define COUNT_MEMORY_SIZE (1 << COUNT_MEMORY_BITS)

/* All zero: nothing is remembered. It holds for one log, whose messages change the counters in no other way than adding. */
struct count_memory {
	struct counted {
		struct message_path path;
		struct message message;
		struct counter_place place; /* nowhere: nothing is remembered here */
	} list[COUNT_MEMORY_SIZE];
};

/* Returns where such a message with this path was counted, or NULL. */
const struct counter_place *count_memory__find(const struct count_memory *memory, const struct message *message,
					       const struct message_path *path);

/* Remembers where the message was counted, which may be nowhere. */
void count_memory__keep(struct count_memory *memory, const struct message *message, const struct message_path *path,
			struct counter_place place);

#endif
