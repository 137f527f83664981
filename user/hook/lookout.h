/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lookout: a small child process that looks again and again at what a collector does not see (unseen.h), so that what comes
 * later is told too. Listing the programs of others takes CAP_NET_ADMIN, the only capability that it keeps, so its parent
 * can drop all. It ends with its parent, however that ends.
 */
#ifndef LOOKOUT_H
#define LOOKOUT_H

#include <stdbool.h>

#include "hook/unseen.h"

struct lookout;

/*
 * Starts the process, in this network namespace. Start it before programs are loaded: it would hold their memory. Returns 0
 * and a lookout that the caller frees, or a negative errno. lookout__free(NULL) is fine; it waits until the process has
 * ended.
 */
int lookout__new(struct lookout **ret_lookout);
void lookout__free(struct lookout *lookout);

/*
 * Returns a descriptor that becomes readable (epoll) when there is an answer or the process has ended, or -1 after
 * lookout__take() has said that it ended.
 */
int lookout__fd(const struct lookout *lookout);

/* Asks for a look at a place. Only one question may be open. Does not block. Returns 0 or a negative errno. */
int lookout__ask(struct lookout *lookout, const struct unseen_place *place);

/* What it has found. */
struct lookout_answer {
	struct unseen_place place; /* that it was asked for */
	size_t count;
	struct unseen list[UNSEEN_MAX];
};

/* Returns 1 and the answer, 0 if there is none yet, or a negative errno: the process has ended. Does not block. */
int lookout__take(struct lookout *lookout, struct lookout_answer *ret_answer);

#endif
