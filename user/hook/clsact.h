/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters on an interface's clsact qdisc, which outlive the process that made them: what kernels older than 6.6 have
 * instead of tcx. Any number of sipbpf's may share a qdisc with each other and with filters of others. Needs
 * CAP_NET_ADMIN only.
 */
#ifndef CLSACT_H
#define CLSACT_H

#include <linux/types.h>
#include <stdbool.h>

enum clsact_direction { CLSACT_RECEIVED, CLSACT_SENT, CLSACT_DIRECTIONS };

struct clsact_filter {
	__u32 handle;   /* 0: no filter */
	__u32 priority; /* 1 is the first to run */
	__u32 program_id;
};

/* What clsact__attach() put on an interface. */
struct clsact {
	unsigned int ifindex;
	bool is_qdisc_ours; /* made by a sipbpf: the last one to leave removes it */
	struct clsact_filter filters[CLSACT_DIRECTIONS];
};

/*
 * Puts the programs before all other filters that let them be first, and makes the qdisc if there is none. A
 * descriptor of -1 means no program in that direction. owner, of owner__open(), is given a number: the filters are in
 * use as long as somebody has it open. Those of a sipbpf of which nobody is left are removed first. Returns 0 or a
 * negative errno (-EBUSY: a qdisc that cannot hold filters for sent packets is in the place of clsact); then nothing
 * is left attached.
 */
int clsact__attach(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], int owner,
		   struct clsact *ret_clsact);

/* Removes exactly what was attached, if it is still there, and the qdisc if a sipbpf made it and it is empty. */
void clsact__detach(const struct clsact *clsact);

/*
 * Calls visit with the id of the program of each filter of a sipbpf, anybody's, on the interface. Returns 0, the first
 * value of visit that is not 0, or a negative errno.
 */
int clsact__visit(unsigned int ifindex, enum clsact_direction direction, int (*visit)(void *context, __u32 program),
		  void *context);

#endif
