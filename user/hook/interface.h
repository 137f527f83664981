/* SPDX-License-Identifier: BSD-2-Clause */
/* Network interfaces: finds them, and watches them: gone, down, up, renamed. Over rtnetlink, without capabilities. */
#ifndef INTERFACE_H
#define INTERFACE_H

#include <net/if.h>
#include <stdbool.h>

/* Returns the number of the interface that has this name or alternative name (of up to 127 characters); 0: none. */
unsigned int interface__find(const char *name);

/* Down: switched off (`ip link set down`) or without carrier; nothing passes either way. */
enum interface_event_kind { INTERFACE_GONE, INTERFACE_DOWN, INTERFACE_UP, INTERFACE_RENAMED };

struct interface_event {
	enum interface_event_kind kind;
	unsigned int ifindex;
	char name[IF_NAMESIZE];     /* the name now */
	char old_name[IF_NAMESIZE]; /* the name before; the same unless renamed */
	bool is_first;              /* down or up: it has not been up since the watch began */
};

struct interface_watch;

/*
 * Watches these interfaces of the current network namespace. One that does not exist is an event of its own: gone. So
 * is one that is down from the beginning; such events are there at once, and no descriptor becomes readable for them.
 * Returns 0 or a negative errno; free(NULL) is fine.
 */
int interface_watch__new(const unsigned int *ifindexes, unsigned int count, struct interface_watch **ret_watch);
void interface_watch__free(struct interface_watch *watch);

/* Readable (epoll) when there may be events. */
int interface_watch__fd(const struct interface_watch *watch);

/*
 * Returns 1 and the next event, 0 when there is none, or a negative errno. Does not block. Changes only: no repeats.
 * When the kernel had to drop messages the state is read anew, so that no lasting change is missed. An interface that
 * is gone (deleted or moved to another network namespace) has no further events.
 */
int interface_watch__next(struct interface_watch *watch, struct interface_event *ret_event);

/*
 * Whether any interface, watched or not, came, went or changed in what interface_watch__next() has read since this was
 * last asked: what carries what may be different now. True at first.
 */
bool interface_watch__has_any_changed(struct interface_watch *watch);

#endif
