/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program of ours does not see where it is attached, though an operator would expect it: because of the kind of
 * the interface, of the way in which it is attached, of IPsec, or of a program in front of it that may take packets away.
 * Only looks, in the network namespace of this process.
 */
#ifndef UNSEEN_H
#define UNSEEN_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

enum unseen_kind {
	UNSEEN_VRF,           /* tc and XDP see no packet of a VRF device */
	UNSEEN_IPVLAN_L3S,    /* nor what an ipvlan device in mode l3s receives */
	UNSEEN_BRIDGE,        /* a bridge shows only what is for the host itself */
	UNSEEN_IPSEC,         /* ESP begins or ends here */
	UNSEEN_NATIVE_COST,   /* not unseen: native XDP costs offloads here */
	UNSEEN_GENERIC_COST,  /* not unseen: generic XDP costs offloads here, also when it has gone */
	UNSEEN_GENERIC_GSO,   /* generic XDP reads only a part of large packets */
	UNSEEN_XDP_PROGRAM,   /* an XDP program runs before tc */
	UNSEEN_TCX_PROGRAM,   /* a tcx program runs before ours */
	UNSEEN_CLSACT_FILTER, /* a tc filter runs before ours */
	UNSEEN_KINDS,
};

/* How a program is attached, as far as it matters here. */
enum unseen_hook { UNSEEN_BY_NATIVE, UNSEEN_BY_GENERIC, UNSEEN_BY_TCX, UNSEEN_BY_CLSACT };

/* Where a program of ours is. */
struct unseen_place {
	unsigned int ifindex;
	bool is_sent; /* it sees sent packets, not received ones */
	enum unseen_hook hook;
	__u32 program;       /* its id; 0: it is not attached yet */
	__u32 lost_offloads; /* receive_offload.h: those that it makes the kernel switch off; only who attaches knows */
};

#define UNSEEN_NAME_SIZE 64

struct unseen {
	enum unseen_kind kind;
	unsigned int ifindex;
	bool is_sent;
	enum unseen_hook hook; /* of ours */
	__u32 program;         /* of others: its id, if it has one; else 0 */
	char name
		[UNSEEN_NAME_SIZE]; /* of the program, the driver, features, or interfaces to take instead; may be "" */
};

#define UNSEEN_MAX 16 /* at one place; more are not listed */

/*
 * Looks at a place. Returns the number of matters that it has written to ret_list[UNSEEN_MAX]. What cannot be read is left
 * out: programs of tcx and associations of IPsec need CAP_NET_ADMIN, names of programs CAP_SYS_ADMIN.
 */
size_t unseen__look(const struct unseen_place *place, struct unseen *ret_list);

/* Whether both are about the same matter. */
bool unseen__is_same(const struct unseen *one, const struct unseen *other);

/* The kind's name in JSON: "vrf", "tcx_program". Static storage. */
const char *unseen__kind_name(enum unseen_kind kind);

/* Whether it is a program of others in front of ours. */
bool unseen__is_in_front(const struct unseen *unseen);

#define UNSEEN_TEXT_SIZE 512

/* Writes that a program is in front of ours, in a few words, to ret_text[UNSEEN_TEXT_SIZE]. */
void unseen__describe_front(const struct unseen *unseen, char *ret_text);

/* Writes a sentence for the operator to ret_text[UNSEEN_TEXT_SIZE]; it begins with a noun, not with the interface. */
void unseen__describe(const struct unseen *unseen, char *ret_text);

/* Likewise, that it is no longer so. */
void unseen__describe_end(const struct unseen *unseen, char *ret_text);

#endif
