/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attach: puts the probe's programs on an interface, for both directions, and takes them off. This is the only module
 * that knows XDP and tcx, and when to use clsact. It does not print: it returns as text what it chose and why.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <net/if.h>
#include <stdbool.h>

#include "hook/clsact.h"
#include "hook/unseen.h"
#include "kernel/probe.h"

enum attach_mode {
	ATTACH_AUTO,   /* native XDP where that does no harm, else tc */
	ATTACH_NATIVE, /* received frames by native XDP, or an error */
	ATTACH_SKB,    /* received frames by generic XDP, or an error */
	ATTACH_TC,     /* both directions by tc */
	ATTACH_CLSACT, /* both directions by tc, but never by tcx: what kernels older than 6.6 do */
};

struct attach;

/*
 * Returns the programs that attach__new() may need for these interfaces in this mode, as a bit for each (PROBE_BIT()). Those of
 * tc are among them wherever XDP may fail.
 */
__u32 attach__programs(enum attach_mode mode, char *const *interfaces, size_t interfaces_count);

#define ATTACH_TEXT_SIZE 768

/*
 * Checks that the interface exists, that its frames begin with Ethernet or IP and, as far as it can be read, that it takes
 * the mode. Needs no probe and no capability. Returns 0, or a negative errno with what is wrong and what to do in ret_text[ATTACH_TEXT_SIZE].
 */
int attach__check(const char *interface, enum attach_mode mode, char *ret_text);

#define ATTACH_PLACES_MAX 2

/*
 * Finds out how attach__new() would attach, without attaching or loading anything: ret_text[ATTACH_TEXT_SIZE] is the
 * sentence that it would say, ret_places[ATTACH_PLACES_MAX] and *ret_count are where the programs would be. Whether a
 * driver takes native XDP is only known when it is tried. Returns 0, or a negative errno with what is wrong in ret_text.
 * Needs CAP_NET_ADMIN to know that there is no tcx.
 */
int attach__foresee(const char *interface, enum attach_mode mode, struct unseen_place *ret_places, size_t *ret_count,
		    char *ret_text);

/*
 * Attaches to one interface: received frames by XDP (native or generic) or tc, sent frames by tc (tcx, else clsact).
 * Returns 0 and a handle that the caller frees, or a negative errno; on failure nothing stays attached.
 *
 * Either way ret_text[ATTACH_TEXT_SIZE] holds one sentence for the operator: the mode and the reason for it ("eth0:
 * received by native XDP (driver i40e does it well), sent by tcx"), or what failed and what to do about it. The
 * sentence contains the interface's name as given; the caller must escape control characters before printing it.
 */
int attach__new(const struct probe_hooks *hooks, const char *interface, enum attach_mode mode,
		struct attach **ret_attach, char *ret_text);

/* The descriptors of an attachment on its way to another process; -1: none. */
enum { ATTACH_FD_RECEIVED, ATTACH_FD_SENT, ATTACH_FD_GUARDIAN, ATTACH_FD_OWNER, ATTACH_FDS };

/* The rest of it. */
struct attach_parcel {
	unsigned int ifindex;
	char interface[IF_NAMESIZE];
	bool is_loopback;
	bool is_bare;
	struct unseen_place places[ATTACH_PLACES_MAX];
	size_t places_count;
	struct clsact clsact; /* if there is a guardian */
};

/* Writes what another process needs to hold the attachment; the descriptors stay those of the handle. */
void attach__pack(const struct attach *attach, struct attach_parcel *ret_parcel, int ret_fds[ATTACH_FDS]);

/* Frees the handle and leaves the attachment to the process that has been sent it. */
void attach__leave(struct attach *attach);

/* Makes a handle of what was sent. Takes the descriptors over, also on failure. Returns 0 or -ENOMEM. */
int attach__unpack(const struct attach_parcel *parcel, const int fds[ATTACH_FDS], struct attach **ret_attach);

/* Writes where the programs are to ret_places[ATTACH_PLACES_MAX]. Returns their number. */
size_t attach__places(const struct attach *attach, struct unseen_place *ret_places);

/* Detaches; NULL is fine. Needs no capability: the links close, and a guardian removes clsact filters. */
void attach__free(struct attach *attach);

unsigned int attach__ifindex(const struct attach *attach);

/*
 * Returns a descriptor that becomes readable (epoll) when there may be leftovers, or -1 if there can be none. When
 * attach__has_leftovers() finds the guardian dead, it closes the descriptor, and this function returns -1 from then on.
 * attach__free() closes it too.
 */
int attach__guardian_fd(const struct attach *attach);

/*
 * Returns whether something will stay on the interface after attach__free(), because the guardian was killed. Counting
 * goes on. If so, ret_text[ATTACH_TEXT_SIZE] says what stays and how to remove it.
 */
bool attach__has_leftovers(struct attach *attach, char *ret_text);

/* Returns the name that the interface had when it was attached. */
const char *attach__interface(const struct attach *attach);

#endif
