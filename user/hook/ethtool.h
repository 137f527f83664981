/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethtool: what the kernel tells of an interface's driver and features. Only asks, which needs no capability. */
#ifndef ETHTOOL_H
#define ETHTOOL_H

/*
 * Sends a request to the interface of this name, in the network namespace of this process; /sys may show another one. The
 * request is one of <linux/ethtool.h>, and the answer is written over it. Returns 0 or a negative errno.
 */
int ethtool__ask(const char *interface, void *request);

#endif
