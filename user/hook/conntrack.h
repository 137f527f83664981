/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connection tracking: which connections the kernel translates (NAT), and from which ends to which. Only looks. Reads
 * ctnetlink.
 */
#ifndef CONNTRACK_H
#define CONNTRACK_H

#include <linux/netlink.h>
#include <linux/types.h>
#include <stdbool.h>

#include "common/sipbpf.h"

/* A connection that is translated. */
struct conntrack_translation {
	struct sipbpf_translated back; /* an answer, as it comes to be translated */
	struct sipbpf_ends ends;       /* and after that: the connection's original ends, reversed */
	bool is_in_zone;               /* of connection tracking: conntrack__knows() does not know it */
};

/* Takes a translation and returns 0, or a negative errno at which reading ends. */
typedef int (*conntrack_take)(void *context, const struct conntrack_translation *translation);

/*
 * Reads the translations of this network namespace, over UDP, TCP and SCTP. There are none where the kernel tracks no
 * connections or cannot list them. One that comes or goes meanwhile may be missing. Returns 0 or a negative errno, -EPERM without CAP_NET_ADMIN.
 */
int conntrack__read(conntrack_take take, void *context);

/*
 * Returns 1 if the kernel translates the ends of an answer to these ends, 0 if not, or a negative errno, -ENOTSUP where it
 * tracks no connections.
 */
int conntrack__knows(const struct sipbpf_translated *back, const struct sipbpf_ends *ends);

/* Returns whether the message of the kernel is a connection with both ports that is translated, and the translation. */
bool conntrack__parse(const struct nlmsghdr *message, struct conntrack_translation *ret_translation);

#endif
