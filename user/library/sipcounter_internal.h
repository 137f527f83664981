/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the library share; include/sipcounter.h is what its users see. */
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
	char *name;                 /* the setting; NULL: there is none */
	char *read_name;            /* that of all snapshots that were read, "" if they differ; NULL: none was read */
	struct timespec start, end; /* of the first and last moment; zero: unknown */
};

/* Gives target, a new counter, the settings of source. Returns 0 or -ENOMEM; then target is fit to be freed. */
int sipcounter_settings__copy(struct sipcounter *target, const struct sipcounter *source);
void sipcounter_settings__free(struct sipcounter *counter);

/* Takes over the name of snapshots that were read, which the counter frees. */
void sipcounter_read_name__add(struct sipcounter *counter, char *name);

/* Lets the times of a counter reach from start to end at least. */
void sipcounter_times__widen(struct sipcounter *counter, const struct timespec *start, const struct timespec *end);

#endif
