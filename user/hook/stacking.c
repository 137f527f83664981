// SPDX-License-Identifier: BSD-2-Clause
/* See stacking.h. */
#include "hook/stacking.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DUMP_TRIES 10

struct links {
	struct stacking_link *links;
	size_t count;
};

/* ---- reading the interfaces ---- */

/* VXLAN interfaces name the interface below only in the attributes of their kind. */
static unsigned int read_vxlan_lower(const struct nlattr *linkinfo)
{
	const struct nlattr *attribute, *data = NULL;
	bool is_vxlan = false;

	mnl_attr_for_each_nested(attribute, linkinfo)
	{
		if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
			is_vxlan = strcmp(mnl_attr_get_str(attribute), "vxlan") == 0;
		if (mnl_attr_get_type(attribute) == IFLA_INFO_DATA)
			data = attribute;
	}
	if (!is_vxlan || !data)
		return 0;
	mnl_attr_for_each_nested(attribute, data) if (mnl_attr_get_type(attribute) ==
						      IFLA_VXLAN_LINK) return mnl_attr_get_u32(attribute);
	return 0;
}

/*
 * Returns whether an interface of this kind passes up the very packets that arrive below, or packets of a tunnel that
 * sipbpf looks through. Any interface may bring packets to a VXLAN. Those of IPsec and MACsec are readable only after
 * decryption.
 */
static bool is_plain_kind(const struct nlattr *linkinfo)
{
	static const char *const kinds[] = { "vlan",      "macvlan", "macvtap", "ipvlan", "veth",   "bridge",
					     "bond",      "team",    "vrf",     "gre",    "gretap", "ip6gre",
					     "ip6gretap", "ipip",    "ip6tnl",  "sit" };
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, linkinfo)
	{
		for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
			if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND &&
			    strcmp(mnl_attr_get_str(attribute), kinds[i]) == 0)
				return true;
	}
	return false;
}

static void read_attributes(const struct nlmsghdr *message, struct stacking_link *link)
{
	const struct nlattr *attribute;
	bool is_elsewhere = false;

	mnl_attr_for_each(attribute, message, sizeof(struct ifinfomsg))
	{
		switch (mnl_attr_get_type(attribute)) {
		case IFLA_IFNAME:
			snprintf(link->name, IF_NAMESIZE, "%s", mnl_attr_get_str(attribute));
			break;
		case IFLA_MASTER:
			link->master = mnl_attr_get_u32(attribute);
			break;
		case IFLA_LINK:
			link->lower = mnl_attr_get_u32(attribute);
			break;
		case IFLA_LINK_NETNSID:
			is_elsewhere = true;
			break;
		case IFLA_LINKINFO:
			link->is_plain = is_plain_kind(attribute);
			if (!link->lower)
				link->lower = read_vxlan_lower(attribute);
			break;
		}
	}
	/* IFLA_LINK is then the number of an interface in another network namespace. */
	if (is_elsewhere || link->lower == link->ifindex)
		link->lower = 0;
}

static int add_link(const struct nlmsghdr *message, void *context)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct links *links = context;
	struct stacking_link *grown;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	grown = reallocarray(links->links, links->count + 1, sizeof(*grown));
	if (!grown) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	links->links = grown;
	grown[links->count] = (struct stacking_link){ .ifindex = (unsigned int)info->ifi_index };
	read_attributes(message, &grown[links->count++]);
	return MNL_CB_OK;
}

/* Returns -EINTR if interfaces changed meanwhile, so that the list may be inconsistent. */
static int dump(struct mnl_socket *socket, struct links *links)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	ssize_t length;
	int result = MNL_CB_OK;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	info->ifi_family = AF_UNSPEC;
	links->count = 0;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (result == MNL_CB_OK) {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (length < 0)
			return -errno;
		result = mnl_cb_run(buffer, (size_t)length, 0, 0, add_link, links);
	}
	return result < 0 ? -errno : 0;
}

static int read_links(struct links *links)
{
	int error = -EINTR;

	for (int i = 0; error == -EINTR && i < DUMP_TRIES; i++) {
		struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

		if (!socket)
			return -errno;
		error = dump(socket, links);
		mnl_socket_close(socket);
	}
	return error;
}

/* ---- the check ---- */

static bool is_marked(const struct stacking_link *links, const bool *marks, size_t count, unsigned int ifindex)
{
	for (size_t i = 0; i < count; i++)
		if (links[i].ifindex == ifindex)
			return marks[i];
	return false;
}

/* Returns whether a marked interface is a port of this one. */
static bool has_marked_port(const struct stacking_link *links, const bool *marks, size_t count, unsigned int ifindex)
{
	for (size_t i = 0; i < count; i++)
		if (marks[i] && links[i].master == ifindex)
			return true;
	return false;
}

/* Marks all that `low` carries. Stops after a round that marks nothing. */
static void mark(const struct stacking_link *links, bool *marks, size_t count, unsigned int low)
{
	bool has_changed = true;

	for (size_t i = 0; i < count; i++)
		marks[i] = links[i].ifindex == low;
	while (has_changed) {
		has_changed = false;
		for (size_t i = 0; i < count; i++) {
			if (marks[i])
				continue;
			marks[i] = (links[i].lower && is_marked(links, marks, count, links[i].lower)) ||
				   has_marked_port(links, marks, count, links[i].ifindex);
			has_changed |= marks[i];
		}
	}
}

/* Returns false when memory is short: that is no reason to refuse, and it will show soon enough elsewhere. */
bool stacking__carries(const struct stacking_link *links, size_t count, unsigned int low, unsigned int high)
{
	bool *marks = calloc(count ? count : 1, sizeof(*marks));
	bool result;

	if (!marks)
		return false;
	mark(links, marks, count, low);
	result = low != high && is_marked(links, marks, count, high);
	free(marks);
	return result;
}

static const char *find_name(const struct links *links, unsigned int ifindex)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->links[i].ifindex == ifindex)
			return links->links[i].name;
	return "?";
}

static int check_pair(const struct links *links, unsigned int a, unsigned int b, char *text, size_t size)
{
	const char *name_a = find_name(links, a), *name_b = find_name(links, b);

	if (a == b) {
		snprintf(text, size, "%s is given twice; name each interface once", name_a);
		return -EEXIST;
	}
	if (!stacking__carries(links->links, links->count, a, b))
		return 0;
	snprintf(text, size, "%s carries the packets of %s, so each would be counted twice; attach to one of them",
		 name_a, name_b);
	return -EEXIST;
}

int stacking__check(const unsigned int *ifindexes, size_t count, char *ret_text, size_t size)
{
	struct links links = {};
	int error = read_links(&links);

	if (error)
		snprintf(ret_text, size, "cannot list the network interfaces: %s", strerror(-error));
	for (size_t i = 0; !error && i < count; i++)
		for (size_t j = 0; !error && j < count; j++)
			if (i != j)
				error = check_pair(&links, ifindexes[i], ifindexes[j], ret_text, size);
	free(links.links);
	return error;
}

/* ---- what is above ---- */

struct feeds {
	size_t marked;
	size_t unmarked;
	const struct stacking_link *unmarked_link; /* one of the unmarked ones */
};

/* Counts the links through which this one receives its packets. */
static struct feeds count_feeds(const struct stacking_link *links, const bool *marks, size_t count,
				const struct stacking_link *link)
{
	struct feeds feeds = {};

	for (size_t i = 0; i < count; i++) {
		if (links[i].master != link->ifindex && links[i].ifindex != link->lower)
			continue;
		if (marks[i])
			feeds.marked++;
		else
			feeds.unmarked_link = &links[i];
		feeds.unmarked += !marks[i];
	}
	return feeds;
}

void stacking__mark_above(const struct stacking_link *links, bool *marks, size_t count)
{
	bool has_changed = true;

	while (has_changed) {
		has_changed = false;
		for (size_t i = 0; i < count; i++) {
			struct feeds feeds;

			if (marks[i] || !links[i].is_plain)
				continue;
			feeds = count_feeds(links, marks, count, &links[i]);
			marks[i] = feeds.marked && !feeds.unmarked;
			has_changed |= marks[i];
		}
	}
}

static void write_mixed(const struct links *links, const bool *marks, char *text, size_t size)
{
	for (size_t i = 0; i < links->count; i++) {
		const struct stacking_link *link = &links->links[i];
		struct feeds feeds = count_feeds(links->links, marks, links->count, link);

		if (marks[i] || !link->is_plain || !feeds.marked || !feeds.unmarked)
			continue;
		snprintf(text, size,
			 "%s: %s below it is not counted, so a packet that it routes from one counted interface to "
			 "another counts twice; attach to %s instead of the interfaces below it",
			 link->name, feeds.unmarked_link->name, link->name);
		return;
	}
}

static bool is_one_of(const unsigned int *ifindexes, size_t count, unsigned int ifindex)
{
	for (size_t i = 0; i < count; i++)
		if (ifindexes[i] == ifindex)
			return true;
	return false;
}

/* Lists what is above these interfaces. above and marks have room for all links. Returns the number listed. */
static size_t list_above(const struct links *links, const unsigned int *ifindexes, size_t count, bool *marks,
			 unsigned int *above)
{
	size_t above_count = 0;

	for (size_t i = 0; i < links->count; i++)
		marks[i] = is_one_of(ifindexes, count, links->links[i].ifindex);
	stacking__mark_above(links->links, marks, links->count);
	for (size_t i = 0; i < links->count; i++)
		if (marks[i] && !is_one_of(ifindexes, count, links->links[i].ifindex))
			above[above_count++] = links->links[i].ifindex;
	return above_count;
}

int stacking__above(const unsigned int *ifindexes, size_t count, unsigned int **ret_above, size_t *ret_count,
		    char *ret_text, size_t size)
{
	struct links links = {};
	unsigned int *above = NULL;
	bool *marks = NULL;
	int error = read_links(&links);

	if (!error) {
		above = calloc(links.count + 1, sizeof(*above));
		marks = calloc(links.count + 1, sizeof(*marks));
		error = above && marks ? 0 : -ENOMEM;
	}
	if (!error) {
		*ret_count = list_above(&links, ifindexes, count, marks, above);
		*ret_above = above;
		above = NULL;
		ret_text[0] = '\0';
		if (count > 1)
			write_mixed(&links, marks, ret_text, size);
	}
	free(above);
	free(marks);
	free(links.links);
	return error;
}
