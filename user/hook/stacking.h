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
	bool is_plain; /* what it receives can be read on the interfaces below: not so with tunnels that encrypt */
	char name[IF_NAMESIZE];
};

/*
 * Checks that none of these interfaces is stacked on another of them or given twice. Returns 0; or -EEXIST and in
 * ret_text, cut to size, a sentence that names two of them; or another negative errno and a sentence.
 */
int stacking__check(const unsigned int *ifindexes, size_t count, char *ret_text, size_t size);

/*
 * Lists the interfaces of which all that they receive has come in through these. Returns 0 and an array that the caller
 * frees, or a negative errno. ret_text, cut to size, is a sentence for the operator when of an interface only a part
 * comes in through these and there are several of these, so that what it routes from one to another counts twice; "" when
 * there is no such interface.
 */
int stacking__above(const unsigned int *ifindexes, size_t count, unsigned int **ret_above, size_t *ret_count,
		    char *ret_text, size_t size);

/* Adds to the marks, one per link, those links of which all that they receive has come in through marked ones. */
void stacking__mark_above(const struct stacking_link *links, bool *marks, size_t count);

/* Whether what passes `low` also passes `high`, over any number of interfaces in between. */
bool stacking__carries(const struct stacking_link *links, size_t count, unsigned int low, unsigned int high);

#endif
