// SPDX-License-Identifier: BSD-2-Clause
/* See sources.h. */
#include "log/sources.h"

#include <string.h>

#define HASH_START 14695981039346656037ULL
#define HASH_FACTOR 1099511628211ULL

/* FNV-1a, of eight bytes at a time. */
static uint64_t hash_of(const char *name, size_t length)
{
	uint64_t hash = HASH_START ^ length, word;

	for (; length >= sizeof(word); name += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		hash = (hash ^ word) * HASH_FACTOR;
		hash ^= hash >> 32;
	}
	for (; length; name++, length--)
		hash = (hash ^ (unsigned char)*name) * HASH_FACTOR;
	return hash;
}

static struct source **bucket_of(struct sources *sources, uint64_t hash)
{
	return &sources->buckets[(hash ^ hash >> 32) % SOURCES_BUCKETS];
}

/* ---- by age ---- */

static void take_out(struct sources *sources, struct source *source)
{
	*(source->newer ? &source->newer->older : &sources->newest) = source->older;
	*(source->older ? &source->older->newer : &sources->oldest) = source->newer;
}

static void put_first(struct sources *sources, struct source *source)
{
	source->newer = NULL;
	source->older = sources->newest;
	*(sources->newest ? &sources->newest->newer : &sources->oldest) = source;
	sources->newest = source;
}

/* ---- programs that come and go ---- */

static void leave_bucket(struct sources *sources, const struct source *source)
{
	struct source **at = bucket_of(sources, source->hash);

	while (*at != source)
		at = &(*at)->next;
	*at = source->next;
}

static void free_source(struct source *source)
{
	assembly__free(source->lines.assembly);
	source->lines.assembly = NULL;
	quotation__free(&source->quotation);
	held_lines__free(&source->candidate.text);
}

/* Makes room by forgetting the program that has been silent for longest. */
static int evict(struct sources *sources, struct source **ret_free)
{
	struct source *source = sources->oldest;
	unsigned long long incomplete = sources->tally->incomplete; /* without what is cut off, which is told as that */
	int error;

	if (assembly__is_unfinished(source->lines.assembly) || quotation__is_open(&source->quotation))
		tally__note_cut_off(sources->tally);
	error = sources->finish(sources->context, source);
	if (error)
		return error;
	sources->tally->incomplete = incomplete;
	free_source(source);
	leave_bucket(sources, source);
	take_out(sources, source);
	*ret_free = source;
	return 0;
}

static int add(struct sources *sources, uint64_t hash, struct source **ret_source)
{
	bool is_full = sources->count == SOURCES_MAX;
	struct source *source = &sources->list[sources->count], **bucket = bucket_of(sources, hash);
	struct assembly *assembly;
	int error = assembly__new(sources->traits, sources->has_records, sources->tally, &assembly);

	if (error)
		return error;
	if (is_full)
		error = evict(sources, &source);
	if (error) {
		assembly__free(assembly);
		return error;
	}
	sources->count += !is_full;
	*source = (struct source){ .hash = hash, .lines.assembly = assembly, .next = *bucket };
	*bucket = source;
	put_first(sources, source);
	*ret_source = source;
	return 0;
}

int sources__find(struct sources *sources, const char *name, size_t length, struct source **ret_source)
{
	uint64_t hash = hash_of(name, length);
	struct source *source = *bucket_of(sources, hash);
	int error;

	while (source && source->hash != hash)
		source = source->next;
	if (source) {
		take_out(sources, source);
		put_first(sources, source);
		*ret_source = source;
		return 0;
	}
	error = add(sources, hash, &source);
	if (error)
		return error;
	source->name_length = length;
	memcpy(source->name, name, length < SOURCE_NAME_SIZE ? length : SOURCE_NAME_SIZE);
	*ret_source = source;
	return 0;
}

int sources__finish(struct sources *sources)
{
	size_t i;
	int error = 0;

	for (i = 0; !error && i < sources->count; i++)
		error = sources->finish(sources->context, &sources->list[i]);
	return error;
}

void sources__free(struct sources *sources)
{
	size_t i;

	for (i = 0; i < sources->count; i++)
		free_source(&sources->list[i]);
}
