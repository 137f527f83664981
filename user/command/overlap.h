/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Warns when snapshots that are added up overlap in time: messages in both are counted twice. Cumulative snapshots are
 * added by mistake easily.
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include <stddef.h>

#include "snapshot/json_reader.h"

struct overlap_period;

/* The periods of all snapshots so far; zeroed: none. */
struct overlap {
	struct overlap_period *periods;
	size_t count;
};

/*
 * Notes when a snapshot was counted, unless it does not tell. The name of its file must outlive the periods. Returns 0
 * or -ENOMEM.
 */
int overlap__note(struct overlap *overlap, const char *file, const struct json_snapshot *snapshot);

/* Warns of the first two snapshots of one name that overlap. Reorders the periods. */
void overlap__warn(struct overlap *overlap);

void overlap__free(struct overlap *overlap);

#endif
