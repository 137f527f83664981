/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hooks: puts the probe's programs on interfaces, both directions, and takes them off. The only module that knows XDP
 * and tcx, and when to use clsact. Does not print; what was chosen and why is handed back as text.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <net/if.h>
#include <stdbool.h>

#include "kernel/probe.h"

enum attach_mode {
	ATTACH_AUTO,   /* native XDP where that does no harm, else tc */
	ATTACH_NATIVE, /* received frames by native XDP, or an error */
	ATTACH_SKB,    /* received frames by generic XDP, or an error */
	ATTACH_TC,     /* both directions by tc */
	ATTACH_CLSACT, /* the same, but never by tcx: what kernels older than 6.6 do */
};

struct attach;

#define ATTACH_TEXT_SIZE 768

/*
 * Attaches to one interface: received frames by XDP (native or generic) or tc, sent ones by tc (tcx, else clsact).
 * Returns 0 and a handle that the caller frees, or a negative errno; then nothing is left attached. Either way
 * ret_text[ATTACH_TEXT_SIZE] holds one sentence for the operator: the mode and the reason for it ("eth0: received by
 * native XDP (driver i40e does it well), sent by tcx"), or what failed and what to do about it. The interface's name
 * comes as it was given: whoever prints the text takes care of control characters.
 */
int attach__new(struct probe *probe, const char *interface, enum attach_mode mode, struct attach **ret_attach,
		char *ret_text);

/* Detaches. NULL is fine. Works without capabilities: links close, and clsact filters are removed by a guardian. */
void attach__free(struct attach *attach);

unsigned int attach__ifindex(const struct attach *attach);

/*
 * Readable (epoll) when there may be leftovers; -1: there will be none, or attach__has_leftovers() has told. Closed by
 * then and by attach__free().
 */
int attach__guardian_fd(const struct attach *attach);

/*
 * Whether something will be left on the interface after attach__free(), because the guardian was killed. Counting goes
 * on. If so, ret_text[ATTACH_TEXT_SIZE] says what it is and how to remove it.
 */
bool attach__has_leftovers(struct attach *attach, char *ret_text);

/* The name that the interface had when it was attached. */
const char *attach__interface(const struct attach *attach);

#endif
