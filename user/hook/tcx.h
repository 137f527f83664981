/* SPDX-License-Identifier: BSD-2-Clause */
/* tcx: the chains of tc programs that an interface has since Linux 6.6. */
#ifndef TCX_H
#define TCX_H

#include <linux/bpf.h>
#include <stdbool.h>

#define TCX_PROGRAMS_MAX 64 /* in one chain: BPF_MPROG_MAX */

/* BPF_TCX_INGRESS and BPF_TCX_EGRESS, which older headers do not have. */
enum bpf_attach_type tcx__attach_type(bool is_sent);

/*
 * Reads the ids of the programs in a chain of an interface, the first one first, into ret_programs[TCX_PROGRAMS_MAX].
 * Returns their number or a negative errno (-EOPNOTSUPP: the kernel has no tcx). Needs CAP_NET_ADMIN.
 */
int tcx__programs(unsigned int ifindex, bool is_sent, __u32 *ret_programs);

#endif
