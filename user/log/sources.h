/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs whose lines are mixed in a log, each with its own assembly. There is room for SOURCES_MAX; then the one
 * that has been silent for longest gives way. What it had not finished is counted as it is.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include <stddef.h>
#include <stdint.h>

#include "log/quotation.h"
#include "log/skim.h"
#include "log/tally.h"

#define SOURCES_MAX 256
#define SOURCES_BUCKETS 512 /* a power of two */
#define SOURCE_NAME_SIZE 64

/* A line of headers that begins a record by the pattern of a user, if a start line comes before the headers end. */
struct candidate {
	struct held_lines text;     /* empty: there is none */
	size_t before;              /* bytes of the envelope in it */
	size_t headers;             /* bytes of the headers before it */
	unsigned long long message; /* the line in which their message begins */
	unsigned long long line;
};

/* A program whose lines are read. */
struct source {
	struct skim_source lines;
	struct quotation quotation;
	struct candidate candidate;
	uint64_t hash; /* of its name */
	size_t name_length;
	char name[SOURCE_NAME_SIZE]; /* its beginning */
	struct source *newer, *older;
	struct source *next; /* in its bucket */
};

/* Zeroed but for the first members. */
struct sources {
	unsigned int traits; /* as for assembly__new() */
	bool has_records;
	struct tally *tally;
	/* Ends what a program had not finished, before it is forgotten. Returns 0 or a negative errno. */
	int (*finish)(void *context, struct source *source);
	void *context;

	struct source list[SOURCES_MAX];
	size_t count;
	struct source *newest, *oldest;
	struct source *buckets[SOURCES_BUCKETS];
};

/*
 * Finds a program by its name, or makes it known. Returns 0 or a negative errno, and *ret_source has not changed then.
 * It is valid until the next program is looked for.
 */
int sources__find(struct sources *sources, const char *name, size_t length, struct source **ret_source);

/* Returns whether the program has this name; false is no answer if the name is long. */
static inline bool source__is_named(const struct source *source, const char *name, size_t length)
{
	return source->name_length == length && length <= SOURCE_NAME_SIZE && !memcmp(source->name, name, length);
}

/* The log has ended. Returns 0 or a negative errno. */
int sources__finish(struct sources *sources);

/* Frees all assemblies. */
void sources__free(struct sources *sources);

#endif
