/* SPDX-License-Identifier: BSD-2-Clause */
/* Netlink: asks the kernel for what it has. */
#ifndef NETLINK_H
#define NETLINK_H

#include <libmnl/libmnl.h>

#define NETLINK_REQUEST_SIZE 128 /* room for a request */

/*
 * Sends a request on a new socket of this bus (NETLINK_ROUTE, NETLINK_XFRM), and calls read with the context for each
 * message of the answer, until read returns MNL_CB_STOP or the list of a dump ends. The kernel checks the
 * request strictly: what its header names narrows a dump, where the kernel knows how. Returns 0 or a negative errno: -EINTR
 * if what is listed changed meanwhile, so that the list may be inconsistent.
 */
int netlink__ask(int bus, const struct nlmsghdr *request, mnl_cb_t read, void *context);

#endif
