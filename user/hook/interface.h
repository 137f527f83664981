/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Network interfaces: finds them by name, and watches them go, go down, come up and change their names. Uses rtnetlink
 * and needs no capability.
 */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <net/if.h>
#include <stdbool.h>

/*
 * Returns the number of the interface with this name, alternative name (of up to 127 characters) or number, or 0 if there
 * is none. A number is decimal without leading zeros. A name may have behind an `@` what `ip link` prints there: the name
 * of the interface that it is linked to, NONE, or its number as ifN.
 */
unsigned int interface__find(const char *name);

/* Whether this does not find an interface by its number. */
bool interface__is_name(const char *name);

#define INTERFACE_MISSING_SIZE 384

/* Writes to ret_text[INTERFACE_MISSING_SIZE] that there is no such interface, and which one may be meant. */
void interface__describe_missing(const char *name, char *ret_text);

/* Down means switched off (`ip link set down`) or without carrier: no packet passes either way. */
enum interface_event_kind { INTERFACE_GONE, INTERFACE_DOWN, INTERFACE_UP, INTERFACE_RENAMED };

struct interface_event {
	enum interface_event_kind kind;
	unsigned int ifindex;
	char name[IF_NAMESIZE];     /* the name now */
	char old_name[IF_NAMESIZE]; /* the name before; the same as name unless renamed */
	bool is_first;              /* down or up: the interface has not been up since the watch began */
};

struct interface_watch;

/*
 * Watches these interfaces of the current network namespace. An interface that does not exist is reported as gone, and
 * one that is down from the beginning as down. These first events are there at once, and the descriptor does not become
 * readable for them. Returns 0 or a negative errno. interface_watch__free(NULL) is fine.
 */
int interface_watch__new(const unsigned int *ifindexes, unsigned int count, struct interface_watch **ret_watch);
void interface_watch__free(struct interface_watch *watch);

/*
 * Watches another interface in the place of the one with this number, in the order of interface_watch__new(), from now on.
 * Its state is not reported, only changes are. Returns 0 or a negative errno.
 */
int interface_watch__replace(struct interface_watch *watch, unsigned int number, unsigned int ifindex);

/* Returns a descriptor that becomes readable (epoll) when there may be events. The watch owns it. */
int interface_watch__fd(const struct interface_watch *watch);

/*
 * Returns 1 and the next event, 0 when there is none, or a negative errno. Does not block. Reports changes only, never
 * the same state twice. If the kernel had to drop messages, the function reads the state again and misses no lasting
 * change. An interface that is gone (deleted or moved to another network namespace) has no further events.
 */
int interface_watch__next(struct interface_watch *watch, struct interface_event *ret_event);

/*
 * Returns whether any interface, watched or not, came, went or changed since the last call, or forwarding was switched
 * on or off, as far as interface_watch__next() has read. The first call returns true.
 */
bool interface_watch__take_changed(struct interface_watch *watch);

#endif
