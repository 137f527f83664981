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

/*
 * An interface in the graph of what carries what. What it carries is its master and those interfaces whose lower one it
 * is. Two of the given interfaces that carry it are enough to know whether another one than a certain one does, so each
 * node is visited at most twice, however many are given.
 */
struct node {
	const struct stacking_link *link;
	struct node *master;
	struct node *first_above; /* an interface whose lower one this is */
	struct node *next_above;  /* another one with the same lower one */
	bool is_given;
	unsigned int carriers_count;
	const struct node *carriers[2]; /* given interfaces; the node itself if it is given */
};

struct visit {
	struct node *node;
	const struct node *carrier;
};

struct graph {
	struct node *nodes; /* by ifindex */
	size_t count;
	struct visit *visits; /* those that are done, then those that are due */
	size_t visits_count;
};

static int compare_nodes(const void *a, const void *b)
{
	const struct node *one = a, *other = b;

	return (one->link->ifindex > other->link->ifindex) - (one->link->ifindex < other->link->ifindex);
}

static struct node *find_node(const struct graph *graph, unsigned int ifindex)
{
	const struct stacking_link link = { .ifindex = ifindex };
	const struct node key = { .link = &link };

	return ifindex ? bsearch(&key, graph->nodes, graph->count, sizeof(key), compare_nodes) : NULL;
}

static int make_graph(const struct stacking_link *links, size_t count, struct graph *ret_graph)
{
	struct graph graph = { .nodes = calloc(count + 1, sizeof(*graph.nodes)),
			       .count = count,
			       .visits = calloc(2 * count + 1, sizeof(*graph.visits)) };
	struct node *lower;

	*ret_graph = graph;
	if (!graph.nodes || !graph.visits)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		graph.nodes[i].link = &links[i];
	qsort(graph.nodes, count, sizeof(*graph.nodes), compare_nodes);
	for (size_t i = 0; i < count; i++) {
		graph.nodes[i].master = find_node(&graph, graph.nodes[i].link->master);
		lower = find_node(&graph, graph.nodes[i].link->lower);
		if (!lower)
			continue;
		graph.nodes[i].next_above = lower->first_above;
		lower->first_above = &graph.nodes[i];
	}
	return 0;
}

static void free_graph(struct graph *graph)
{
	free(graph->nodes);
	free(graph->visits);
}

/* Notes that the carrier carries the node, unless two are known or it is known. */
static void note_carrier(struct graph *graph, struct node *node, const struct node *carrier)
{
	if (node->carriers_count == 2 || (node->carriers_count && node->carriers[0] == carrier))
		return;
	node->carriers[node->carriers_count++] = carrier;
	graph->visits[graph->visits_count++] = (struct visit){ node, carrier };
}

/* Goes on from a visited node. Returns the given interface that its carrier carries, or NULL. */
static const struct node *go_on(struct graph *graph, const struct visit *visit)
{
	struct node *next = visit->node->master, *above = visit->node->first_above;

	for (; next || above; next = above, above = above ? above->next_above : NULL) {
		if (!next)
			continue;
		if (next->is_given && next != visit->carrier)
			return next;
		note_carrier(graph, next, visit->carrier);
	}
	return NULL;
}

static enum stacking search(struct graph *graph, const unsigned int *ifindexes, size_t given, unsigned int *ret_low,
			    unsigned int *ret_high)
{
	const struct node *high;
	struct node *node;

	for (size_t i = 0; i < given; i++) {
		*ret_low = *ret_high = ifindexes[i];
		node = find_node(graph, ifindexes[i]);
		if (node && node->is_given)
			return STACKING_TWICE;
		if (!node)
			continue;
		node->is_given = true;
		note_carrier(graph, node, node);
	}
	for (size_t i = 0; i < graph->visits_count; i++) {
		high = go_on(graph, &graph->visits[i]);
		if (!high)
			continue;
		*ret_low = graph->visits[i].carrier->link->ifindex;
		*ret_high = high->link->ifindex;
		return STACKING_CARRIED;
	}
	return STACKING_NONE;
}

/* When memory is short, that is no reason to refuse: it will show soon enough elsewhere. */
enum stacking stacking__search(const struct stacking_link *links, size_t count, const unsigned int *ifindexes,
			       size_t given, unsigned int *ret_low, unsigned int *ret_high)
{
	struct graph graph;
	enum stacking found = STACKING_NONE;

	if (make_graph(links, count, &graph) == 0)
		found = search(&graph, ifindexes, given, ret_low, ret_high);
	free_graph(&graph);
	return found;
}

static const char *find_name(const struct links *links, unsigned int ifindex)
{
	for (size_t i = 0; i < links->count; i++)
		if (links->links[i].ifindex == ifindex)
			return links->links[i].name;
	return "?";
}

static int explain(const struct links *links, enum stacking found, unsigned int low, unsigned int high, char *text,
		   size_t size)
{
	if (found == STACKING_NONE)
		return 0;
	if (found == STACKING_TWICE)
		snprintf(text, size, "%s is given twice; name each interface once", find_name(links, low));
	else
		snprintf(text, size,
			 "%s carries the packets of %s, so each would be counted twice; attach to one of them",
			 find_name(links, low), find_name(links, high));
	return -EEXIST;
}

int stacking__check(const unsigned int *ifindexes, size_t count, char *ret_text, size_t size)
{
	struct links links = {};
	unsigned int low = 0, high = 0;
	enum stacking found;
	int error = read_links(&links);

	if (error) {
		snprintf(ret_text, size, "cannot list the network interfaces: %s", strerror(-error));
	} else {
		found = stacking__search(links.links, links.count, ifindexes, count, &low, &high);
		error = explain(&links, found, low, high, ret_text, size);
	}
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
