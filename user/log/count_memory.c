// SPDX-License-Identifier: BSD-2-Clause
/* See count_memory.h. */
#include "log/count_memory.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_FACTOR 0x9e3779b97f4a7c15ULL

static uint64_t word_at(const void *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return ((hash << 29 | hash >> 35) ^ word) * HASH_FACTOR; /* a product spreads bits upwards alone */
}

/* Types, methods, ports and the ends of addresses are where messages differ. */
static size_t place_of(const struct message *message, const struct message_path *path)
{
	const struct link_ends *ends = &path->ends;
	uint64_t one = word_at(message->type) * HASH_FACTOR, other = word_at(message->method) * HASH_FACTOR;

	one = mix(one, word_at(&ends->source.s6_addr[8]));
	other = mix(other, word_at(&ends->target.s6_addr[8]));
	return mix(mix(one, other), (uint64_t)ends->source_port << 16 | ends->target_port) >> (64 - COUNT_MEMORY_BITS);
}

static bool is_same_path(const struct message_path *path, const struct message_path *other)
{
	const struct link_ends *ends = &path->ends, *others = &other->ends;

	return !memcmp(&ends->source, &others->source, sizeof(ends->source)) &&
	       !memcmp(&ends->target, &others->target, sizeof(ends->target)) &&
	       ends->has_source == others->has_source && ends->has_target == others->has_target &&
	       ends->source_port == others->source_port && ends->target_port == others->target_port &&
	       path->transport == other->transport && path->has_direction == other->has_direction &&
	       path->direction == other->direction;
}

/* Bytes behind the end of a name may differ by chance, which costs time alone. */
static bool is_same(const struct counted *counted, const struct message *message, const struct message_path *path)
{
	return !memcmp(counted->message.type, message->type, sizeof(message->type)) &&
	       !memcmp(counted->message.method, message->method, sizeof(message->method)) &&
	       counted->message.via == message->via && is_same_path(&counted->path, path);
}

const struct counter_place *count_memory__find(const struct count_memory *memory, const struct message *message,
					       const struct message_path *path)
{
	size_t place = place_of(message, path), i;
	const struct counted *counted;

	for (i = 0; i < 2; i++) {
		counted = &memory->list[place ^ i];
		if (counted->place.link && is_same(counted, message, path))
			return &counted->place;
	}
	return NULL;
}

void count_memory__keep(struct count_memory *memory, const struct message *message, const struct message_path *path,
			struct counter_place place)
{
	size_t first = place_of(message, path);

	memory->list[first ^ 1] = memory->list[first];
	memory->list[first] = (struct counted){ .path = *path, .message = *message, .place = place };
}
