// SPDX-License-Identifier: BSD-2-Clause
/* See overlap.h. Tested by tests/cli/test_snapshots.py. */
#include "command/overlap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/timestamp.h"

struct overlap_period {
	const char *file;
	char *name; /* of the snapshot */
	struct timespec start, end;
};

int overlap__note(struct overlap *overlap, const char *file, const struct json_snapshot *snapshot)
{
	struct overlap_period *grown, *period;

	if (!timestamp__is_known(&snapshot->start) || !timestamp__is_known(&snapshot->end))
		return 0;
	grown = reallocarray(overlap->periods, overlap->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	overlap->periods = grown;
	period = &grown[overlap->count];
	*period = (struct overlap_period){ file, strdup(snapshot->name), snapshot->start, snapshot->end };
	if (!period->name)
		return -ENOMEM;
	overlap->count++;
	return 0;
}

/* By name, then by start. */
static int compare(const void *a, const void *b)
{
	const struct overlap_period *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	if (order)
		return order;
	return timestamp__is_before(&other->start, &one->start) - timestamp__is_before(&one->start, &other->start);
}

static void warn_of(const struct overlap_period *one, const struct overlap_period *other)
{
	bool is_one_file = strcmp(one->file, other->file) == 0;

	log__info("show: snapshots overlap in time (%s%s%s): messages in both are counted twice; use diff for "
		  "cumulative snapshots",
		  one->file, is_one_file ? "" : ", ", is_one_file ? "" : other->file);
}

void overlap__warn(struct overlap *overlap)
{
	if (overlap->count)
		qsort(overlap->periods, overlap->count, sizeof(*overlap->periods), compare);
	/* If any overlap, so do two that stand side by side. */
	for (size_t i = 1; i < overlap->count; i++) {
		const struct overlap_period *last = &overlap->periods[i - 1], *period = &overlap->periods[i];

		if (strcmp(last->name, period->name) != 0 || !timestamp__is_before(&period->start, &last->end))
			continue;
		warn_of(last, period);
		return;
	}
}

void overlap__free(struct overlap *overlap)
{
	for (size_t i = 0; i < overlap->count; i++)
		free(overlap->periods[i].name);
	free(overlap->periods);
	*overlap = (struct overlap){};
}
