/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the library share. Its users see include/sipcounter.h. */
#ifndef SIPCOUNTER_INTERNAL_H
#define SIPCOUNTER_INTERNAL_H

#include "sipcounter.h"

#include "counts/counter.h"
#include "counts/filter.h"
#include "counts/link.h"

struct sipcounter {
	struct counters *counters;
	struct filter filter;
	struct link_rules rules;
	char *name;                 /* as set; NULL: it was not set */
	char *read_name;            /* of all snapshots that were read, "" if they differ; NULL: none was read */
	struct timespec start, end; /* when counting began and ended; zero: unknown */
};

/* Copies the settings of source to target, which is new. Returns 0 or -ENOMEM; either way the caller frees target. */
int sipcounter_settings__copy(struct sipcounter *target, const struct sipcounter *source);
void sipcounter_settings__free(struct sipcounter *counter);

/* Takes over the name in a snapshot that was read. The counter frees it. */
void sipcounter_read_name__add(struct sipcounter *counter, char *name);

/* Widens the times of a counter so that they reach at least from start to end. */
void sipcounter_times__widen(struct sipcounter *counter, const struct timespec *start, const struct timespec *end);

#endif
