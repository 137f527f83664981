/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the host passes packets on, so that one that is received may be sent again. Uses rtnetlink and needs no
 * capability.
 */
#ifndef FORWARDING_H
#define FORWARDING_H

#include <stdbool.h>

/*
 * Finds whether this network namespace forwards IPv4, IPv6 or MPLS on any interface. Returns 0 or a negative errno.
 * interface_watch__take_changed() tells when to ask again.
 */
int forwarding__query(bool *ret_is_on);

#endif
