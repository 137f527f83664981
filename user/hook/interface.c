// SPDX-License-Identifier: BSD-2-Clause
/* See interface.h. Each interface has two states, the reported one and the known one. Events are their differences. */
#include "hook/interface.h"

#include <errno.h>
#include <limits.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/suggestion.h"
#include "hook/device_kind.h"

#define ALTERNATIVE_NAME_SIZE 128 /* ALTIFNAMSIZ, whose header conflicts with net/if.h */

#define PEER_SIZE 16                               /* "if", and a number */
#define PRINTED_SIZE (IF_NAMESIZE + 1 + PEER_SIZE) /* a name, `@`, and a name or a number */

struct interface_state {
	bool is_gone;
	bool is_up;
	char name[IF_NAMESIZE];
};

struct watched {
	unsigned int ifindex;
	bool was_up; /* reported as up, or up at the beginning */
	struct interface_state reported, known;
};

struct interface_watch {
	struct mnl_socket *socket;
	size_t offset, length; /* the unread messages in buffer */
	bool has_changed;
	unsigned int count;
	struct watched *interfaces; /* count elements */
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* ---- finding ---- */

/* Asks the kernel for the interface with this alternative name. Returns 0 if there is none. */
static unsigned int find_alternative(struct mnl_socket *socket, const char *name)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	const struct nlmsghdr *answer = (const struct nlmsghdr *)buffer;
	ssize_t length;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_REQUEST;
	info->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(request, IFLA_ALT_IFNAME, name);
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return 0;
	length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (length < 0 || !mnl_nlmsg_ok(answer, (int)length) || answer->nlmsg_type != RTM_NEWLINK)
		return 0;
	info = mnl_nlmsg_get_payload(answer);
	return (unsigned int)info->ifi_index;
}

/* Names from IF_NAMESIZE on do not fit into the request of if_nametoindex(). */
static unsigned int find_by_name(const char *name)
{
	struct mnl_socket *socket;
	unsigned int ifindex;

	if (strlen(name) < IF_NAMESIZE)
		return if_nametoindex(name);
	if (strlen(name) >= ALTERNATIVE_NAME_SIZE)
		return 0;
	socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!socket)
		return 0;
	ifindex = find_alternative(socket, name);
	mnl_socket_close(socket);
	return ifindex;
}

/* A number is written in one way only: 02 or +2 is more likely a mistake. */
static unsigned int find_by_number(const char *number)
{
	unsigned long ifindex = strtoul(number, NULL, 10);
	char name[IF_NAMESIZE];

	if (*number == '0' || number[strspn(number, "0123456789")] || ifindex > INT_MAX)
		return 0;
	return if_indextoname((unsigned int)ifindex, name) ? (unsigned int)ifindex : 0;
}

/* Whether `ip link` prints the other interface so, behind the `@`. */
static bool is_link_of(unsigned int ifindex, const char *other)
{
	char number[PEER_SIZE], name[IF_NAMESIZE];
	struct device_kind kind;

	if (device_kind__read(ifindex, &kind) || !kind.has_link)
		return false;
	if (!kind.link)
		return strcmp(other, "NONE") == 0;
	snprintf(number, sizeof(number), "if%u", kind.link);
	return strcmp(other, number) == 0 ||
	       (kind.lower && if_indextoname(kind.lower, name) && strcmp(other, name) == 0);
}

/* Finds NAME@OTHER by the name before this `@`. Returns 0 if there is none. */
static unsigned int find_before(const char *name, const char *at)
{
	char before[ALTERNATIVE_NAME_SIZE];

	if (at - name >= ALTERNATIVE_NAME_SIZE)
		return 0;
	snprintf(before, sizeof(before), "%.*s", (int)(at - name), name);
	return find_by_name(before);
}

/* A name may be a number. */
bool interface__is_name(const char *name)
{
	return find_by_name(name) || !find_by_number(name);
}

/* A name may hold an `@` and may be a number, so it is looked for as it is first. */
unsigned int interface__find(const char *name)
{
	unsigned int ifindex = find_by_name(name);

	if (!ifindex)
		ifindex = find_by_number(name);
	for (const char *at = name; !ifindex && (at = strchr(at, '@')); at++) {
		ifindex = find_before(name, at);
		if (ifindex && !is_link_of(ifindex, at + 1))
			ifindex = 0;
	}
	return ifindex;
}

/* Writes an interface as `ip link` prints it: "b0", "b0@a0", "b0@if2", "gre0@NONE". */
static void write_as_printed(unsigned int ifindex, char text[PRINTED_SIZE])
{
	char name[IF_NAMESIZE] = "", other[IF_NAMESIZE];
	struct device_kind kind = {};

	(void)if_indextoname(ifindex, name);
	(void)device_kind__read(ifindex, &kind);
	if (!kind.has_link)
		snprintf(text, PRINTED_SIZE, "%s", name);
	else if (!kind.link)
		snprintf(text, PRINTED_SIZE, "%s@NONE", name);
	else if (kind.lower && if_indextoname(kind.lower, other))
		snprintf(text, PRINTED_SIZE, "%s@%s", name, other);
	else
		snprintf(text, PRINTED_SIZE, "%s@if%u", name, kind.link);
}

/* Writes which interface may be meant by NAME@OTHER with a wrong OTHER. Returns whether there is one. */
static bool describe_printed(const char *name, char *text)
{
	char printed[PRINTED_SIZE];
	unsigned int ifindex = 0;

	for (const char *at = name; !ifindex && (at = strchr(at, '@')); at++)
		ifindex = find_before(name, at);
	if (!ifindex)
		return false;
	write_as_printed(ifindex, printed);
	snprintf(text, INTERFACE_MISSING_SIZE, "%.200s: no such interface; `ip link` prints it as %s", name, printed);
	return true;
}

void interface__describe_missing(const char *name, char *ret_text)
{
	struct suggestion suggestion = suggestion__start(name);
	struct if_nameindex *interfaces;
	char meant[IF_NAMESIZE + 32] = "";

	if (describe_printed(name, ret_text))
		return;
	interfaces = if_nameindex();
	for (struct if_nameindex *interface = interfaces; interface && interface->if_name; interface++)
		suggestion__consider(&suggestion, interface->if_name);
	if (suggestion.best)
		snprintf(meant, sizeof(meant), "did you mean '%s'? ", suggestion.best);
	snprintf(ret_text, INTERFACE_MISSING_SIZE, "%.200s: no such interface; %s`ip -br link` lists all", name, meant);
	if (interfaces)
		if_freenameindex(interfaces);
}

/* ---- watching ---- */

static struct watched *find(struct interface_watch *watch, int ifindex)
{
	for (unsigned int i = 0; i < watch->count; i++)
		if (watch->interfaces[i].ifindex == (unsigned int)ifindex && !watch->interfaces[i].known.is_gone)
			return &watch->interfaces[i];
	return NULL;
}

static int copy_name(const struct nlattr *attribute, void *context)
{
	struct interface_state *state = context;

	if (mnl_attr_get_type(attribute) == IFLA_IFNAME && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
		strncpy(state->name, mnl_attr_get_str(attribute), IF_NAMESIZE - 1);
	return MNL_CB_OK;
}

/* Stores what a message says. Skips the messages of another family that bridges send when ports come and go. */
static int read_message(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct interface_watch *watch = context;
	struct watched *watched;

	if (message->nlmsg_type == RTM_NEWNETCONF)
		watch->has_changed = true;
	if (message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
		return MNL_CB_OK;
	if (info->ifi_family != AF_UNSPEC)
		return MNL_CB_OK;
	watch->has_changed = true;
	watched = find(watch, info->ifi_index);
	if (!watched)
		return MNL_CB_OK;
	if (message->nlmsg_type == RTM_DELLINK) {
		watched->known.is_gone = true;
		return MNL_CB_OK;
	}
	watched->known.is_up = (info->ifi_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
	mnl_attr_parse(message, sizeof(*info), copy_name, &watched->known);
	return MNL_CB_OK;
}

/* Asks for the state of one interface. It uses a socket of its own, so that the answer does not mix with events. */
static int query(struct interface_watch *watch, struct mnl_socket *socket, struct watched *watched)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	ssize_t length;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_REQUEST;
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = (int)watched->ifindex;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (length < 0)
		return -errno;
	if (mnl_cb_run(buffer, (size_t)length, 0, 0, read_message, watch) >= 0)
		return 0;
	if (errno != ENODEV)
		return -errno;
	watched->known.is_gone = true;
	return 0;
}

/* Asks for the state of so many interfaces from this one on. */
static int query_all(struct interface_watch *watch, struct watched *first, unsigned int count)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int error = 0;

	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		error = -errno;
	for (unsigned int i = 0; !error && i < count; i++)
		if (!first[i].known.is_gone)
			error = query(watch, socket, &first[i]);
	mnl_socket_close(socket);
	return error;
}

/* Subscribes before it reads the state, so that it misses no change in between. */
static int start(struct interface_watch *watch)
{
	static unsigned int groups[] = { RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF, RTNLGRP_MPLS_NETCONF };
	int error;

	watch->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (!watch->socket || mnl_socket_bind(watch->socket, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (mnl_socket_setsockopt(watch->socket, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(groups[i])) < 0)
			return -errno;
	error = query_all(watch, watch->interfaces, watch->count);
	for (unsigned int i = 0; !error && i < watch->count; i++) {
		struct watched *watched = &watch->interfaces[i];

		watched->reported = watched->known;
		watched->reported.is_gone = false;
		watched->reported.is_up = true;
		watched->was_up = watched->known.is_up;
	}
	return error;
}

int interface_watch__new(const unsigned int *ifindexes, unsigned int count, struct interface_watch **ret_watch)
{
	struct interface_watch *watch = calloc(1, sizeof(*watch));
	int error;

	if (!watch)
		return -ENOMEM;
	watch->interfaces = calloc(count ? count : 1, sizeof(*watch->interfaces));
	error = watch->interfaces ? 0 : -ENOMEM;
	if (!error) {
		watch->count = count;
		watch->has_changed = true;
		for (unsigned int i = 0; i < count; i++)
			watch->interfaces[i].ifindex = ifindexes[i];
		error = start(watch);
	}
	if (error) {
		interface_watch__free(watch);
		return error;
	}
	*ret_watch = watch;
	return 0;
}

int interface_watch__replace(struct interface_watch *watch, unsigned int number, unsigned int ifindex)
{
	struct watched *watched = &watch->interfaces[number];
	int error;

	*watched = (struct watched){ .ifindex = ifindex, .was_up = true };
	error = query_all(watch, watched, 1);
	watched->reported = watched->known;
	watched->reported.is_gone = false;
	return error;
}

void interface_watch__free(struct interface_watch *watch)
{
	if (!watch)
		return;
	if (watch->socket)
		mnl_socket_close(watch->socket);
	free(watch->interfaces);
	free(watch);
}

int interface_watch__fd(const struct interface_watch *watch)
{
	return mnl_socket_get_fd(watch->socket);
}

/*
 * Finds one difference between the reported and the known state and makes it the event. Returns whether there was one.
 */
static bool next_difference(struct watched *watched, struct interface_event *ret_event)
{
	struct interface_state *reported = &watched->reported;
	const struct interface_state *known = &watched->known;
	struct interface_event event = { .ifindex = watched->ifindex, .is_first = !watched->was_up };

	if (reported->is_gone)
		return false;
	memcpy(event.old_name, reported->name, IF_NAMESIZE);
	memcpy(event.name, known->name, IF_NAMESIZE);
	if (strcmp(reported->name, known->name) != 0) {
		event.kind = INTERFACE_RENAMED;
		memcpy(reported->name, known->name, IF_NAMESIZE);
	} else if (known->is_gone) {
		event.kind = INTERFACE_GONE;
		reported->is_gone = true;
	} else if (reported->is_up != known->is_up) {
		event.kind = known->is_up ? INTERFACE_UP : INTERFACE_DOWN;
		reported->is_up = known->is_up;
		watched->was_up |= known->is_up;
	} else {
		return false;
	}
	*ret_event = event;
	return true;
}

static int receive(struct interface_watch *watch)
{
	ssize_t length = mnl_socket_recvfrom(watch->socket, watch->buffer, sizeof(watch->buffer));

	if (length < 0)
		return -errno;
	watch->offset = 0;
	watch->length = (size_t)length;
	return 0;
}

/*
 * Recovers from a loss. Messages that are still queued are older than the state to be read and would undo it, so they
 * go first. The kernel queues no new ones until the queue is empty (NETLINK_S_CONGESTED).
 */
static int recover(struct interface_watch *watch)
{
	int error;

	watch->has_changed = true;
	do
		error = receive(watch);
	while (!error || error == -ENOBUFS);
	watch->offset = watch->length = 0;
	return error == -EAGAIN ? query_all(watch, watch->interfaces, watch->count) : error;
}

/*
 * Reads a single message, so that a change and its reversal are two events. Returns 1, 0 if there is no message, or a
 * negative errno.
 */
static int read_next(struct interface_watch *watch)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)(watch->buffer + watch->offset);
	int left = (int)(watch->length - watch->offset), error;

	if (mnl_nlmsg_ok(message, left)) {
		watch->offset += NLMSG_ALIGN(message->nlmsg_len);
		if (watch->offset > watch->length)
			watch->offset = watch->length;
		if (mnl_nlmsg_get_payload_len(message) >= sizeof(struct ifinfomsg) ||
		    message->nlmsg_type == RTM_NEWNETCONF)
			read_message(message, watch);
		return 1;
	}
	error = receive(watch);
	if (error == -EAGAIN)
		return 0;
	if (error == -ENOBUFS)
		error = recover(watch);
	return error ? error : 1;
}

int interface_watch__next(struct interface_watch *watch, struct interface_event *ret_event)
{
	int result;

	do {
		for (unsigned int i = 0; i < watch->count; i++)
			if (next_difference(&watch->interfaces[i], ret_event))
				return 1;
		result = read_next(watch);
	} while (result > 0);
	return result;
}

bool interface_watch__take_changed(struct interface_watch *watch)
{
	bool result = watch->has_changed;

	watch->has_changed = false;
	return result;
}
