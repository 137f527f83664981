/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF links of this host, whoever made them. Looks only; needs CAP_SYS_ADMIN. */
#ifndef KERNEL_LINK_H
#define KERNEL_LINK_H

#include <linux/bpf.h>

/*
 * Returns 1 and what the kernel says of the link that follows *id, which becomes its id; 0 after the last one; or a negative
 * errno. The first one follows 0.
 */
int kernel_link__next(__u32 *id, struct bpf_link_info *ret_info);

#endif
