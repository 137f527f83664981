/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translations (NAT) that the kernel made before the programs run: hands what connection tracking knows to the programs,
 * which would take the ends of whichever packet they see first for the original ones.
 */
#ifndef TRANSLATIONS_H
#define TRANSLATIONS_H

#include <linux/types.h>

#include "common/sipbpf.h"
#include "hook/conntrack.h"
#include "kernel/probe.h"

/* Which of them matter. */
struct translations_scope {
	__u32 count;
	unsigned int ifindexes[SIPBPF_INTERFACES_MAX]; /* of the counted interfaces */
	__u64 sip_ports[SIPBPF_PORT_WORDS];            /* a bit for each port that belongs to SIP */
};

/* What became of them. */
struct translations_found {
	__u32 added;
	__u32 left_out; /* there was no room for them, wherever they lead */
};

/*
 * Adds those whose first packets pass a counted interface before they are translated, to the programs' map. If there are
 * more than SIPBPF_TRANSLATIONS_MAX, those on ports of SIP come first. Call it again for connections that have begun
 * meanwhile. Returns 0 or a negative errno, -EPERM without CAP_NET_ADMIN.
 */
int translations__add(const struct probe_hooks *hooks, const struct translations_scope *scope,
		      struct translations_found *ret_found);

/*
 * Has the programs forget translations that the kernel has made and makes no more. Returns 0 or a negative errno, as above.
 */
int translations__check(const struct probe_hooks *hooks);

/* Returns whether a translation matters. */
typedef bool (*translations_matters)(void *context, const struct conntrack_translation *translation);

/* A choice of those that matter: those on ports of SIP from the first on, then unused ones, then others to the last. */
struct translations_choice {
	const __u64 *sip_ports;
	translations_matters matters;
	void *context; /* its own */
	struct conntrack_translation *list;
	__u32 max, sip, others;
	__u32 left_out;
};

/*
 * Chooses one more if it matters. If there is no room, one that is on no port of SIP is left out first; it is not asked
 * whether the new one matters if that is left out.
 */
void translations_choice__take(struct translations_choice *choice, const struct conntrack_translation *translation);

#endif
