/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which interfaces carry the packets of which others: VLANs and tunnels over a network card, a bridge or bond over its
 * ports, the two ends of a veth pair. Counting at two of such interfaces would count a packet twice.
 */
#ifndef STACKING_H
#define STACKING_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

/* One interface of this network namespace. */
struct stacking_link {
	unsigned int ifindex;
	unsigned int lower;  /* the interface that carries its packets (or its veth peer); 0: none, or elsewhere */
	unsigned int master; /* the bridge, bond or team that it is a port of; 0: none */
	char name[IF_NAMESIZE];
};

/*
 * Checks that none of these interfaces is stacked on another of them or given twice. Returns 0; or -EEXIST and in
 * ret_text, cut to size, a sentence that names two of them; or another negative errno and a sentence.
 */
int stacking__check(const unsigned int *ifindexes, size_t count, char *ret_text, size_t size);

/* Whether what passes `low` also passes `high`, over any number of interfaces in between. */
bool stacking__carries(const struct stacking_link *links, size_t count, unsigned int low, unsigned int high);

#endif
