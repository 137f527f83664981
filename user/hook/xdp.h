/* SPDX-License-Identifier: BSD-2-Clause */
/* XDP: which programs an interface has. */
#ifndef XDP_H
#define XDP_H

#include <linux/types.h>

/* Ids; 0: none. */
struct xdp_programs {
	__u32 native;
	__u32 generic;
	__u32 offloaded;
};

/*
 * Reads the programs of an interface of this network namespace. Asks for it alone: libbpf lists all interfaces, which takes
 * a minute where there are a thousand to attach to. Needs no capability. Returns 0 or a negative errno.
 */
int xdp__read_programs(unsigned int ifindex, struct xdp_programs *ret_programs);

#endif
