/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which interfaces carry the packets of which others: a network card those of its VLANs and tunnels, ports those of
 * their bridge or bond, one end of a veth pair those of the other. Counting at two such interfaces would count a packet
 * twice.
 */
#ifndef STACKING_H
#define STACKING_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

/* One interface of this network namespace. */
struct stacking_link {
	unsigned int ifindex;
	unsigned int lower;  /* the interface that carries its packets, or its veth peer; 0: none or elsewhere */
	unsigned int master; /* the bridge, bond or team that it is a port of; 0: none */
	bool is_plain; /* what it receives is readable on the interfaces below, unlike with tunnels that encrypt */
	char name[IF_NAMESIZE];
};

/*
 * Checks that none of these interfaces is given twice or stacked on another. Returns 0, -EEXIST, or another negative
 * errno. On failure ret_text, cut to size, holds a sentence for the operator; with -EEXIST it names two of them.
 */
int stacking__check(const unsigned int *ifindexes, size_t count, char *ret_text, size_t size);

/*
 * Lists the interfaces that receive all their packets through these. Returns 0 and an array that the caller frees, or a
 * negative errno.
 *
 * On success ret_text, cut to size, is a sentence for the operator or "". It names an interface that receives only a
 * part of its packets through these, if there are several of these: what that interface routes from one to another
 * counts twice.
 */
int stacking__above(const unsigned int *ifindexes, size_t count, unsigned int **ret_above, size_t *ret_count,
		    char *ret_text, size_t size);

/* Also marks those links that receive all their packets through marked ones. marks has an element for each link. */
void stacking__mark_above(const struct stacking_link *links, bool *marks, size_t count);

enum stacking {
	STACKING_NONE,
	STACKING_TWICE,   /* an interface is given twice */
	STACKING_CARRIED, /* what passes one of the given interfaces also passes another, over any number in between */
};

/*
 * Looks for two of the given interfaces that would count a packet twice. Returns what it found, and the two in *ret_low and
 * *ret_high; the first one carries the packets of the second. Takes time by the number of links, not by that of pairs.
 */
enum stacking stacking__search(const struct stacking_link *links, size_t count, const unsigned int *ifindexes,
			       size_t given, unsigned int *ret_low, unsigned int *ret_high);

#endif
