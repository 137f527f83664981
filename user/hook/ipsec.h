/* SPDX-License-Identifier: BSD-2-Clause */
/* IPsec: on which interfaces packets are encrypted or decrypted by the kernel. Only looks. */
#ifndef IPSEC_H
#define IPSEC_H

#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/* Addresses, those of IPv4 as ::ffff:a.b.c.d. */
struct ipsec_addresses {
	struct in6_addr *list;
	size_t count;
};

/*
 * Returns whether an ESP association of this network namespace begins or ends at an address of this interface; false if
 * that cannot be read. Needs CAP_NET_ADMIN.
 */
bool ipsec__ends_on(unsigned int ifindex);

/* Returns whether the message of the kernel is an ESP association that begins or ends at one of these addresses. */
bool ipsec__is_association_of(const struct nlmsghdr *message, const struct ipsec_addresses *addresses);

#endif
