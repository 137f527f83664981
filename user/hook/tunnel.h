/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels: interfaces whose packets the programs read at the interface below too (docs/LAYERS.md). */
#ifndef TUNNEL_H
#define TUNNEL_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "common/sipbpf.h"

struct tunnel {
	unsigned int link;             /* the interface that it is bound to; 0: none */
	bool has_remote;               /* there is one other end */
	struct sipbpf_endpoint remote; /* its address */
};

/*
 * Reads the data that the kernel gives of an interface of this kind (IFLA_INFO_DATA). Returns whether it is a tunnel with
 * packets that the programs read below it.
 */
bool tunnel__parse(const char *kind, const struct nlattr *data, struct tunnel *ret_tunnel);

#endif
