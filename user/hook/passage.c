// SPDX-License-Identifier: BSD-2-Clause
/* See passage.h. Tested by tests/unit/hook/test_passage.c and tests/net/test_routes.sh. */
#include "hook/passage.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hook/netlink.h"

#define READS_MAX 16
#define ANSWERS 4096 /* a power of two */

/* What is known of an address: the same phones and servers have many connections. */
struct answer {
	struct sipbpf_endpoint address; /* zeros: none */
	bool leads_from;
};

struct passage {
	const unsigned int *counted; /* while it is made */
	size_t counted_count;
	struct passage_device *devices;
	size_t count;
	struct answer answers[ANSWERS]; /* each in a place by its address */
};

/* ---- interfaces ---- */

/* These put their packets, as they are, into the frames of the interface below. */
static bool shows_below(const struct device_kind *kind)
{
	static const char *const kinds[] = { "vlan", "macvlan", "ipvlan" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kind->name, kinds[i]) == 0)
			return true;
	return false;
}

static bool is_above_counted(const struct passage_device *devices, size_t count, const struct passage_device *device)
{
	bool has_ports = false;

	for (size_t i = 0; i < count; i++) {
		const struct passage_device *other = &devices[i];

		if (other->is_counted &&
		    other->ifindex == (shows_below(&device->kind) ? device->kind.lower : device->underlay))
			return true;
		if (other->kind.master != device->ifindex)
			continue;
		if (!other->is_counted)
			return false;
		has_ports = true;
	}
	return has_ports;
}

void passage__spread(struct passage_device *devices, size_t count)
{
	bool has_changed = true;

	while (has_changed) {
		has_changed = false;
		for (size_t i = 0; i < count; i++) {
			if (devices[i].is_counted || !is_above_counted(devices, count, &devices[i]))
				continue;
			devices[i].is_counted = true;
			has_changed = true;
		}
	}
}

/* ---- routes ---- */

static int read_route(const struct nlmsghdr *message, void *context)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute;
	unsigned int *ifindex = context;

	if (message->nlmsg_type != RTM_NEWROUTE || info->rtm_type != RTN_UNICAST)
		return MNL_CB_STOP;
	mnl_attr_for_each(attribute, message, sizeof(*info)) {
		if (mnl_attr_get_type(attribute) == RTA_OIF && mnl_attr_validate(attribute, MNL_TYPE_U32) == 0)
			*ifindex = mnl_attr_get_u32(attribute);
	}
	return MNL_CB_STOP;
}

/* Returns the interface by which the host reaches the address, or 0. */
static unsigned int find_route(const struct sipbpf_endpoint *address)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	static const __u8 ipv4_prefix[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	bool is_ipv4 = memcmp(address->address, ipv4_prefix, sizeof(ipv4_prefix)) == 0;
	size_t size = is_ipv4 ? sizeof(struct in_addr) : sizeof(struct in6_addr);
	unsigned int ifindex = 0;

	request->nlmsg_type = RTM_GETROUTE;
	request->nlmsg_flags = NLM_F_REQUEST;
	info->rtm_family = is_ipv4 ? AF_INET : AF_INET6;
	info->rtm_dst_len = (unsigned char)(8 * size);
	mnl_attr_put(request, RTA_DST, size, address->address + sizeof(address->address) - size);
	return netlink__ask(NETLINK_ROUTE, request, read_route, &ifindex) ? 0 : ifindex;
}

/* ---- all of them ---- */

static int take_device(void *context, unsigned int ifindex, const struct device_kind *kind)
{
	struct passage *passage = context;
	struct passage_device *grown = reallocarray(passage->devices, passage->count + 1, sizeof(*passage->devices)),
			      *added;

	if (!grown)
		return -ENOMEM;
	passage->devices = grown;
	added = &grown[passage->count++];
	*added = (struct passage_device){ .ifindex = ifindex, .kind = *kind };
	for (size_t i = 0; i < passage->counted_count; i++)
		added->is_counted |= passage->counted[i] == ifindex;
	return 0;
}

/* Again where they change meanwhile. */
static int read_devices(struct passage *passage)
{
	int error = -EINTR;

	for (int i = 0; error == -EINTR && i < READS_MAX; i++) {
		passage->count = 0;
		error = device_kind__read_all(take_device, passage);
	}
	return error;
}

/* One that has come here from another network namespace has its ends there. */
static void find_underlays(struct passage_device *devices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct device_kind *kind = &devices[i].kind;

		if (!kind->is_tunnel || kind->is_elsewhere)
			continue;
		devices[i].underlay = kind->tunnel.link;
		if (!kind->tunnel.link && kind->tunnel.has_remote)
			devices[i].underlay = find_route(&kind->tunnel.remote);
	}
}

int passage__new(const unsigned int *counted, size_t count, struct passage **ret_passage)
{
	struct passage *passage = calloc(1, sizeof(*passage));
	int error;

	if (!passage)
		return -ENOMEM;
	passage->counted = counted;
	passage->counted_count = count;
	error = read_devices(passage);
	if (error) {
		passage__free(passage);
		return error;
	}
	find_underlays(passage->devices, passage->count);
	passage__spread(passage->devices, passage->count);
	*ret_passage = passage;
	return 0;
}

void passage__free(struct passage *passage)
{
	if (!passage)
		return;
	free(passage->devices);
	free(passage);
}

/* ---- addresses ---- */

static bool find_out(const struct passage *passage, const struct sipbpf_endpoint *address)
{
	unsigned int ifindex = find_route(address);

	for (size_t i = 0; ifindex && i < passage->count; i++)
		if (passage->devices[i].ifindex == ifindex)
			return passage->devices[i].is_counted;
	return false;
}

static struct answer *answer_of(struct passage *passage, const struct sipbpf_endpoint *address)
{
	__u64 halves[2];

	memcpy(halves, address, sizeof(halves));
	return &passage->answers[(halves[0] ^ halves[1]) * 0x9e3779b97f4a7c15 >> 32 & (ANSWERS - 1)];
}

bool passage__leads_from(struct passage *passage, const struct sipbpf_endpoint *address)
{
	struct answer *answer = answer_of(passage, address);

	if (memcmp(&answer->address, address, sizeof(*address)) != 0)
		*answer = (struct answer){ .address = *address, .leads_from = find_out(passage, address) };
	return answer->leads_from;
}
