// SPDX-License-Identifier: BSD-2-Clause
/*
 * See sipcounter.h. The public library on top of the modules that the program is made of. This file handles a counter
 * as a whole, sipcounter_*.c the rest.
 *
 * Tested by tests/library/test_library.c.
 */
#include "library/sipcounter_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"

struct sipcounter *sipcounter__new(void)
{
	struct sipcounter *counter = calloc(1, sizeof(*counter));

	if (!counter)
		return NULL;
	counter->counters = counters__new();
	if (!counter->counters) {
		sipcounter__free(counter);
		return NULL;
	}
	counters__set_filter(counter->counters, &counter->filter);
	return counter;
}

void sipcounter__free(struct sipcounter *counter)
{
	if (!counter)
		return;
	counters__free(counter->counters);
	free(counter->read_name);
	sipcounter_settings__free(counter);
	free(counter);
}

/* ---- what snapshots contain besides counts ---- */

const char *sipcounter__name(const struct sipcounter *counter)
{
	if (counter->name)
		return counter->name;
	return counter->read_name ? counter->read_name : "";
}

void sipcounter_read_name__add(struct sipcounter *counter, char *name)
{
	if (!counter->read_name) {
		counter->read_name = name;
		return;
	}
	if (strcmp(counter->read_name, name) != 0)
		*counter->read_name = '\0';
	free(name);
}

void sipcounter_times__widen(struct sipcounter *counter, const struct timespec *start, const struct timespec *end)
{
	if (timestamp__is_known(start) &&
	    (!timestamp__is_known(&counter->start) || timestamp__is_before(start, &counter->start)))
		counter->start = *start;
	if (timestamp__is_before(&counter->end, end))
		counter->end = *end;
}

void sipcounter__set_times(struct sipcounter *counter, const struct timespec *start, const struct timespec *end)
{
	counter->start = *start;
	counter->end = *end;
}

/* ---- counts ---- */

int sipcounter__update(struct sipcounter *counter, const struct sipcounter *other)
{
	int error = counters__merge(counter->counters, other->counters);

	if (!error)
		sipcounter_times__widen(counter, &other->start, &other->end);
	return error;
}

int sipcounter__subtract(struct sipcounter *counter, const struct sipcounter *other)
{
	return counters__subtract(counter->counters, other->counters);
}

int sipcounter__compact(struct sipcounter *counter)
{
	return counters__compact(counter->counters);
}

void sipcounter__clear(struct sipcounter *counter)
{
	counters__clear(counter->counters);
	free(counter->read_name);
	counter->read_name = NULL;
	counter->start = counter->end = (struct timespec){ 0 };
}

/*
 * Copies everything but the counts of source to target, which is new. Returns 0 or -ENOMEM; either way the caller frees
 * target.
 */
static int copy_but_counts(struct sipcounter *target, const struct sipcounter *source)
{
	target->start = source->start;
	target->end = source->end;
	target->read_name = source->read_name ? strdup(source->read_name) : NULL;
	if (source->read_name && !target->read_name)
		return -ENOMEM;
	return sipcounter_settings__copy(target, source);
}

int sipcounter__group(const struct sipcounter *counter, int depth, struct sipcounter **ret_counter)
{
	struct sipcounter *grouped;
	struct counters *counters;
	int error = counters__group(counter->counters, depth, &counters);

	if (error)
		return error;
	grouped = sipcounter__new();
	if (!grouped || copy_but_counts(grouped, counter) < 0) {
		counters__free(counters);
		sipcounter__free(grouped);
		return -ENOMEM;
	}
	counters__free(grouped->counters);
	grouped->counters = counters;
	counters__set_filter(counters, &grouped->filter);
	*ret_counter = grouped;
	return 0;
}

int sipcounter__compare(const struct sipcounter *a, const struct sipcounter *b)
{
	uint64_t total_a = sipcounter__total(a), total_b = sipcounter__total(b);

	return (total_a > total_b) - (total_a < total_b);
}

uint64_t sipcounter__total(const struct sipcounter *counter)
{
	return counters__total(counter->counters);
}

size_t sipcounter__links_count(const struct sipcounter *counter)
{
	size_t count = 0, i;

	for (i = 0; i < counters__links_count(counter->counters); i++)
		count += counter_link__is_visible(counters__link(counter->counters, i));
	return count;
}
