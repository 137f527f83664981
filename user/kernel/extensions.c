// SPDX-License-Identifier: BSD-2-Clause
/* See extensions.h. Tested by tests/bpf/test_extensions.c. */
#include "kernel/extensions.h"

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>

/* If fewer numbers than this are free, some are taken back. */
#define FREE_MIN (SIPBPF_EXTENSION_METHODS_ANY / 2 + SIPBPF_EXTENSION_METHODS_SUPPORTED)

/* Names that are remembered, with or without a number. */
#define METHODS_MAX 1024

/* A name is in use if it was seen in so many collections, the last of which is no further back than this. */
#define COLLECTIONS_MIN 2
#define IDLE_MAX 60

/* Banks that must have been emptied before a number can mean something else. */
#define BANKS 2

#define NONE (-1)

/* In the order in which methods lose their numbers. */
enum rank {
	RANK_UNUSED,
	RANK_NEW,      /* seen in this collection for the first time: the next one will tell */
	RANK_SEEN,     /* in COLLECTIONS_MIN collections */
	RANK_ANSWERED, /* by who supports it: such a method keeps its number */
};

struct method {
	struct sipbpf_name name;
	int number; /* from 0 on; NONE: it counts as UNKNOWN */
	__u32 collections;
	__u64 last_seen; /* a collection */
	bool is_seen;    /* in this collection */
	bool is_answered;
};

struct number {
	struct sipbpf_name name; /* what it means in rows that may still come; empty: nothing */
	int method;              /* NONE: it has been taken back */
	int banks_left;          /* to be emptied before it is free */
};

struct extensions {
	const struct probe_maps *maps;
	__u64 collection;
	struct number numbers[SIPBPF_EXTENSION_METHODS_MAX];
	struct method methods[METHODS_MAX];
	int methods_count;
};

struct extensions *extensions__new(const struct probe_maps *maps)
{
	struct extensions *extensions = calloc(1, sizeof(*extensions));
	int number;

	if (!extensions)
		return NULL;
	extensions->maps = maps;
	for (number = 0; number < SIPBPF_EXTENSION_METHODS_MAX; number++)
		extensions->numbers[number].method = NONE;
	return extensions;
}

void extensions__free(struct extensions *extensions)
{
	free(extensions);
}

bool extensions__is_one(__u32 type)
{
	return type >= SIP_TYPE_EXTENSION_MIN && type < SIP_TYPE_EXTENSION_MIN + SIPBPF_EXTENSION_METHODS_MAX;
}

const char *extensions__name(const struct extensions *extensions, __u32 type)
{
	return extensions->numbers[type - SIP_TYPE_EXTENSION_MIN].name.text;
}

/* ---- methods ---- */

static enum rank rank_of(const struct extensions *extensions, const struct method *method)
{
	if (extensions->collection - method->last_seen > IDLE_MAX)
		return RANK_UNUSED;
	if (method->is_answered)
		return RANK_ANSWERED;
	if (method->collections >= COLLECTIONS_MIN)
		return RANK_SEEN;
	return method->collections && method->last_seen == extensions->collection ? RANK_NEW : RANK_UNUSED;
}

/* Whether the first method is to lose its number, or to be forgotten, before the second. */
static bool is_worth_less(const struct extensions *extensions, const struct method *a, const struct method *b)
{
	enum rank rank_a = rank_of(extensions, a), rank_b = rank_of(extensions, b);

	if (rank_a != rank_b)
		return rank_a < rank_b;
	return a->last_seen != b->last_seen ? a->last_seen < b->last_seen : a->collections < b->collections;
}

/* Finds the method that is worth least of those that have a number which can be taken back, or of those that have none. */
static int find_least(const struct extensions *extensions, bool has_number)
{
	int i, least = NONE;

	for (i = 0; i < extensions->methods_count; i++) {
		const struct method *method = &extensions->methods[i];

		if (has_number ? method->number < extensions->maps->fixed_extensions : method->number != NONE)
			continue;
		if (least == NONE || is_worth_less(extensions, method, &extensions->methods[least]))
			least = i;
	}
	return least;
}

/* Returns the method's place. As there are more places than numbers, one can always be made free. */
static int find_or_add_method(struct extensions *extensions, const struct sipbpf_name *name)
{
	int i;

	for (i = 0; i < extensions->methods_count; i++)
		if (!memcmp(&extensions->methods[i].name, name, sizeof(*name)))
			return i;
	i = extensions->methods_count < METHODS_MAX ? extensions->methods_count++ : find_least(extensions, false);
	extensions->methods[i] = (struct method){ .name = *name, .number = NONE, .last_seen = extensions->collection };
	return i;
}

/* ---- numbers ---- */

/* The word that the number has its bit in. */
static __u64 *word_of(const struct extensions *extensions, int number)
{
	return &extensions->maps->extension_numbers[number / 64];
}

static __u64 bit_of(int number)
{
	return 1ULL << number % 64;
}

static void set_number(struct extensions *extensions, int number, const struct sipbpf_name *name)
{
	int method = find_or_add_method(extensions, name);

	extensions->numbers[number] = (struct number){ .name = *name, .method = method };
	extensions->methods[method].number = number;
}

void extensions__read(struct extensions *extensions)
{
	struct sipbpf_name name, *previous = NULL;
	__u32 type;

	while (bpf_map_get_next_key(extensions->maps->method_types, previous, &name) == 0) {
		if (bpf_map_lookup_elem(extensions->maps->method_types, &name, &type) == 0 &&
		    extensions__is_one(type) && extensions->numbers[type - SIP_TYPE_EXTENSION_MIN].method == NONE)
			set_number(extensions, (int)(type - SIP_TYPE_EXTENSION_MIN), &name);
		previous = &name;
	}
}

/* Takes the number back. Rows with it may come until both banks have been emptied. Returns false if it cannot. */
static bool take_back(struct extensions *extensions, struct method *method)
{
	struct number *number = &extensions->numbers[method->number];

	if (bpf_map_delete_elem(extensions->maps->method_types, &method->name))
		return false;
	number->method = NONE;
	number->banks_left = BANKS;
	method->number = NONE;
	return true;
}

/* Lets programs give out again the numbers that were taken back before both banks were emptied. */
static void free_numbers(struct extensions *extensions)
{
	int i;

	for (i = 0; i < SIPBPF_EXTENSION_METHODS_MAX; i++) {
		struct number *number = &extensions->numbers[i];

		if (!number->banks_left || --number->banks_left)
			continue;
		number->name = (struct sipbpf_name){ "" };
		__atomic_fetch_and(word_of(extensions, i), ~bit_of(i), __ATOMIC_SEQ_CST);
	}
}

/* The numbers that are free, or will be when the banks have been emptied. */
static int count_free(const struct extensions *extensions)
{
	int i, count = 0;

	for (i = 0; i < SIPBPF_EXTENSION_METHODS_MAX; i++)
		count += !(__atomic_load_n(word_of(extensions, i), __ATOMIC_SEQ_CST) & bit_of(i)) ||
			 extensions->numbers[i].banks_left;
	return count;
}

/*
 * If numbers are short, takes back those of all methods that are not used: where many names are invented, each number that
 * is free is a chance for one that is used. If that is not enough, takes some of those that are.
 */
static void take_back_some(struct extensions *extensions)
{
	int missing = FREE_MIN - count_free(extensions), least;
	enum rank rank;

	if (missing <= 0)
		return;
	while ((least = find_least(extensions, true)) != NONE) {
		rank = rank_of(extensions, &extensions->methods[least]);
		if ((rank != RANK_UNUSED && (rank != RANK_SEEN || missing <= 0)) ||
		    !take_back(extensions, &extensions->methods[least]))
			return;
		missing--;
	}
}

/* Gives the method a number that is free. Returns false if none is. */
static bool give_number(struct extensions *extensions, struct method *method)
{
	__u32 type;
	int i;

	for (i = 0; i < SIPBPF_EXTENSION_METHODS_MAX; i++)
		if (!(__atomic_fetch_or(word_of(extensions, i), bit_of(i), __ATOMIC_SEQ_CST) & bit_of(i)))
			break;
	if (i == SIPBPF_EXTENSION_METHODS_MAX)
		return false;
	type = SIP_TYPE_EXTENSION_MIN + (__u32)i;
	if (bpf_map_update_elem(extensions->maps->method_types, &method->name, &type, BPF_NOEXIST))
		/* A program was faster, and the name is read later. */
		__atomic_fetch_and(word_of(extensions, i), ~bit_of(i), __ATOMIC_SEQ_CST);
	else
		set_number(extensions, i, &method->name);
	return true;
}

static void give_to_methods_in_use(struct extensions *extensions)
{
	int i;

	for (i = 0; i < extensions->methods_count; i++) {
		struct method *method = &extensions->methods[i];

		if (method->number == NONE && rank_of(extensions, method) >= RANK_SEEN &&
		    !give_number(extensions, method))
			return;
	}
}

/* ---- use ---- */

static struct method *method_of(struct extensions *extensions, __u32 type)
{
	int method = extensions__is_one(type) ? extensions->numbers[type - SIP_TYPE_EXTENSION_MIN].method : NONE;

	return method == NONE ? NULL : &extensions->methods[method];
}

void extensions__note(struct extensions *extensions, __u32 type, __u32 method)
{
	struct method *of_request = method_of(extensions, type), *of_cseq = method_of(extensions, method);

	if (of_request)
		of_request->is_seen = true;
	if (!of_cseq)
		return;
	of_cseq->is_seen = true;
	if (SIPBPF_SUPPORTS_METHOD(type))
		of_cseq->is_answered = true;
}

void extensions__end_collection(struct extensions *extensions)
{
	int i;

	extensions->collection++;
	for (i = 0; i < extensions->methods_count; i++) {
		struct method *method = &extensions->methods[i];

		if (!method->is_seen)
			continue;
		method->is_seen = false;
		method->last_seen = extensions->collection;
		method->collections += method->collections < COLLECTIONS_MIN;
	}
	free_numbers(extensions);
	take_back_some(extensions);
	give_to_methods_in_use(extensions);
}
