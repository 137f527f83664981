// SPDX-License-Identifier: BSD-2-Clause
/* See ipsec.h. Tested by tests/unit/hook/test_unseen.c. */
#include "hook/ipsec.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hook/netlink.h"

/* ---- the interface's addresses ---- */

struct address_search {
	unsigned int ifindex;
	struct ipsec_addresses *found;
};

static struct in6_addr from_ipv4(const void *address)
{
	struct in6_addr result = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(&result.s6_addr[12], address, sizeof(struct in_addr));
	return result;
}

static int add_address(struct ipsec_addresses *addresses, const struct in6_addr *address)
{
	struct in6_addr *grown = reallocarray(addresses->list, addresses->count + 1, sizeof(*grown));

	if (!grown) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	addresses->list = grown;
	grown[addresses->count++] = *address;
	return MNL_CB_OK;
}

/* IFA_LOCAL is the own end of a point-to-point link, where IFA_ADDRESS is the far end. IPv6 has no IFA_LOCAL elsewhere. */
static int read_address(const struct nlmsghdr *message, void *context)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute, *own = NULL;
	struct address_search *search = context;
	struct in6_addr address = in6addr_any;

	if (message->nlmsg_type != RTM_NEWADDR || info->ifa_index != search->ifindex)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof(*info)) {
		__u16 type = mnl_attr_get_type(attribute);

		if (type == IFA_LOCAL || (type == IFA_ADDRESS && !own))
			own = attribute;
	}
	if (own && info->ifa_family == AF_INET && mnl_attr_get_payload_len(own) == sizeof(struct in_addr))
		address = from_ipv4(mnl_attr_get_payload(own));
	else if (own && info->ifa_family == AF_INET6 && mnl_attr_get_payload_len(own) == sizeof(address))
		memcpy(&address, mnl_attr_get_payload(own), sizeof(address));
	else
		return MNL_CB_OK;
	return add_address(search->found, &address);
}

static int read_addresses(unsigned int ifindex, struct ipsec_addresses *addresses)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	struct address_search search = { .ifindex = ifindex, .found = addresses };

	info->ifa_index = ifindex;
	request->nlmsg_type = RTM_GETADDR;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	return netlink__ask(NETLINK_ROUTE, request, read_address, &search);
}

/* ---- associations ---- */

static bool is_one_of(const struct ipsec_addresses *addresses, __u16 family, const xfrm_address_t *address)
{
	struct in6_addr wanted;

	if (family == AF_INET)
		wanted = from_ipv4(&address->a4);
	else
		memcpy(&wanted, address->a6, sizeof(wanted));
	for (size_t i = 0; i < addresses->count; i++)
		if (memcmp(&addresses->list[i], &wanted, sizeof(wanted)) == 0)
			return true;
	return false;
}

bool ipsec__is_association_of(const struct nlmsghdr *message, const struct ipsec_addresses *addresses)
{
	const struct xfrm_usersa_info *info = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != XFRM_MSG_NEWSA || mnl_nlmsg_get_payload_len(message) < sizeof(*info) ||
	    info->id.proto != IPPROTO_ESP)
		return false;
	return is_one_of(addresses, info->family, &info->id.daddr) || is_one_of(addresses, info->family, &info->saddr);
}

struct association_search {
	const struct ipsec_addresses *addresses;
	bool has_found;
};

static int read_association(const struct nlmsghdr *message, void *context)
{
	struct association_search *search = context;

	search->has_found = ipsec__is_association_of(message, search->addresses);
	return search->has_found ? MNL_CB_STOP : MNL_CB_OK;
}

static bool has_association(const struct ipsec_addresses *addresses)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct association_search search = { .addresses = addresses };

	mnl_nlmsg_put_extra_header(request, sizeof(struct xfrm_usersa_id));
	request->nlmsg_type = XFRM_MSG_GETSA;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	return netlink__ask(NETLINK_XFRM, request, read_association, &search) == 0 && search.has_found;
}

bool ipsec__ends_on(unsigned int ifindex)
{
	struct ipsec_addresses addresses = {};
	bool result = read_addresses(ifindex, &addresses) == 0 && addresses.count && has_association(&addresses);

	free(addresses.list);
	return result;
}
