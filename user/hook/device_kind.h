/* SPDX-License-Identifier: BSD-2-Clause */
/* The kind of an interface, as rtnetlink tells it. Needs no capability. */
#ifndef DEVICE_KIND_H
#define DEVICE_KIND_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

#include "hook/tunnel.h"

#define DEVICE_KIND_NAME_SIZE 16

struct device_kind {
	char name[DEVICE_KIND_NAME_SIZE]; /* "vrf", "bridge"; "" for network cards and loopback */
	bool is_ipvlan_l3s;
	unsigned int lower; /* the interface below; 0: none, or in another network namespace */
	bool has_link;      /* it belongs to a kind that is put above another interface, or that comes in pairs */
	unsigned int link;  /* the number of that other interface in its network namespace; 0: none */
	bool is_elsewhere;  /* the interface below, or the end of a tunnel, is in another network namespace */
	bool is_tunnel;     /* whose packets the programs read below it */
	struct tunnel tunnel;
	unsigned int master; /* the bridge, bond, team or VRF that it is a port of; 0: none */
};

/* Reads the kind of an interface of this network namespace. Returns 0 or a negative errno. */
int device_kind__read(unsigned int ifindex, struct device_kind *ret_kind);

/* Takes an interface and returns 0, or a negative errno at which reading ends. */
typedef int (*device_kind_take)(void *context, unsigned int ifindex, const struct device_kind *kind);

/* Reads the kinds of all interfaces of this network namespace. Returns 0 or a negative errno. */
int device_kind__read_all(device_kind_take take, void *context);

/*
 * Writes the names of the interfaces that are ports of this one (slaves of a VRF or bond), separated by commas, "" if there
 * are none. The text is cut to size and then ends in "...". Returns 0 or a negative errno.
 */
int device_kind__list_ports(unsigned int ifindex, char *ret_text, size_t size);

/* Reads the kind from a message of the kernel about a link (RTM_NEWLINK). */
void device_kind__parse(const struct nlmsghdr *message, struct device_kind *ret_kind);

#endif
