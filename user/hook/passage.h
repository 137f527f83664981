/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passage: whether packets that come from an address pass one of the counted interfaces, by the routes of this network
 * namespace. Only looks, and needs no capability.
 */
#ifndef PASSAGE_H
#define PASSAGE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/sipbpf.h"
#include "hook/device_kind.h"

struct passage;

/*
 * Looks which interfaces there are. Returns 0 and what the caller frees, or a negative errno. passage__free(NULL) is fine.
 */
int passage__new(const unsigned int *counted, size_t count, struct passage **ret_passage);
void passage__free(struct passage *passage);

/*
 * Returns whether the host reaches this address by an interface whose packets all pass counted ones. False if it is the
 * host's own, or nobody knows.
 */
bool passage__leads_from(struct passage *passage, const struct sipbpf_endpoint *address);

/* An interface of this network namespace. */
struct passage_device {
	unsigned int ifindex;
	struct device_kind kind;
	unsigned int underlay; /* of a tunnel: the interface by which the other end is reached; 0: none is known */
	bool is_counted;       /* all of its packets pass a counted interface */
};

/*
 * Marks those that stand above counted ones: VLANs and the like, tunnels, and bridges and bonds with all of their ports.
 */
void passage__spread(struct passage_device *devices, size_t count);

#endif
