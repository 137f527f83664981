/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lookout: a small child process that does for a collector what takes CAP_NET_ADMIN, the only capability that it keeps, so
 * that its parent can drop all. It looks again and again at what the collector does not see (unseen.h), so that what comes
 * later is told too, it attaches to interfaces that come back, and it reads the translations that the kernel has made, and
 * every few seconds which of them are over. It ends with its parent, however that ends.
 */
#ifndef LOOKOUT_H
#define LOOKOUT_H

#include <stdbool.h>

#include "hook/attach.h"
#include "hook/translations.h"
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

/*
 * Attaches to an interface, as attach__new() does, and waits until that is done. The attachment is the caller's, and stays
 * if the lookout ends. Returns 0, -EPIPE if the process has ended, or another negative errno; ret_text[ATTACH_TEXT_SIZE] is
 * that of attach__new().
 */
int lookout__attach(struct lookout *lookout, const struct probe_hooks *hooks, const char *interface,
		    enum attach_mode mode, struct attach **ret_attach, char *ret_text);

/*
 * Adds translations, as translations__add() does, and waits until that is done. Returns 0, -EPIPE if the process has ended,
 * or another negative errno.
 */
int lookout__add_translations(struct lookout *lookout, const struct probe_hooks *hooks,
			      const struct translations_scope *scope, struct translations_found *ret_found);

/* Returns 1 and the answer, 0 if there is none yet, or a negative errno: the process has ended. Does not block. */
int lookout__take(struct lookout *lookout, struct lookout_answer *ret_answer);

#endif
