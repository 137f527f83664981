/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters on an interface's clsact qdisc: what kernels older than 6.6 have instead of tcx. The filters outlive the
 * process that made them. Several sipbpf processes may share a qdisc with each other and with other programs' filters.
 * Needs CAP_NET_ADMIN only.
 */
#ifndef CLSACT_H
#define CLSACT_H

#include <linux/types.h>
#include <stdbool.h>

enum clsact_direction { CLSACT_RECEIVED, CLSACT_SENT, CLSACT_DIRECTIONS };

struct clsact_filter {
	__u32 handle;   /* 0: no filter */
	__u32 priority; /* 1 runs first */
	__u32 program_id;
};

/* What clsact__attach() has put on an interface. */
struct clsact {
	unsigned int ifindex;
	bool is_qdisc_ours; /* a sipbpf made the qdisc; the last one to leave removes it */
	struct clsact_filter filters[CLSACT_DIRECTIONS];
};

/*
 * Attaches the programs ahead of all other filters, except those of another kind that hold the first priorities. Makes
 * the qdisc if there is none. A descriptor of -1 means no program in that direction.
 *
 * owner comes from owner__open(). The function gives it a number: the filters are in use as long as any process has the
 * owner open. Filters of a sipbpf that has ended are removed first.
 *
 * Returns 0 or a negative errno; on failure nothing stays attached. -EBUSY means that an ingress qdisc, which cannot
 * hold filters for sent packets, is in the place of clsact.
 */
int clsact__attach(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], int owner,
		   struct clsact *ret_clsact);

/*
 * Removes exactly what was attached, if it is still there. Then removes the qdisc, if a sipbpf made it and it is empty.
 */
void clsact__detach(const struct clsact *clsact);

/*
 * Returns 0 if the interface has a clsact qdisc or none, -EBUSY if an ingress qdisc is in its place, or another negative
 * errno. Needs no capability.
 */
int clsact__check(unsigned int ifindex);

#define CLSACT_NAME_SIZE 64

/* A filter of somebody else. */
struct clsact_other {
	__u32 program; /* its id; 0: the filter is not one of BPF */
	__u32 priority;
	char name[CLSACT_NAME_SIZE]; /* of the program, or the filter's kind */
};

/*
 * Calls visit with each filter of others that runs before the one with this program, which sipbpf has attached, or, if
 * program is 0, before the one that clsact__attach() would attach. Filters of another kind than BPF that share a priority
 * are visited once. Needs no capability. Returns 0, the first value of visit that is not 0, or a negative errno.
 */
int clsact__visit_before(unsigned int ifindex, enum clsact_direction direction, __u32 program,
			 int (*visit)(void *context, const struct clsact_other *other), void *context);

/*
 * Calls visit with the program id of each filter that any sipbpf has on the interface. Returns 0, the first value of
 * visit that is not 0, or a negative errno.
 */
int clsact__visit(unsigned int ifindex, enum clsact_direction direction, int (*visit)(void *context, __u32 program),
		  void *context);

#endif
