// SPDX-License-Identifier: BSD-2-Clause
/* See device_kind.h. Tested by tests/unit/hook/test_unseen.c. */
#include "hook/device_kind.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hook/netlink.h"

static void parse_info(const struct nlattr *linkinfo, struct device_kind *kind)
{
	const struct nlattr *attribute, *data = NULL;

	mnl_attr_for_each_nested(attribute, linkinfo) {
		if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND &&
		    mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
			snprintf(kind->name, sizeof(kind->name), "%s", mnl_attr_get_str(attribute));
		if (mnl_attr_get_type(attribute) == IFLA_INFO_DATA)
			data = attribute;
	}
	if (!data)
		return;
	kind->is_tunnel = tunnel__parse(kind->name, data, &kind->tunnel);
	if (strcmp(kind->name, "ipvlan") != 0)
		return;
	mnl_attr_for_each_nested(attribute, data) {
		if (mnl_attr_get_type(attribute) == IFLA_IPVLAN_MODE && mnl_attr_validate(attribute, MNL_TYPE_U16) == 0)
			kind->is_ipvlan_l3s = mnl_attr_get_u16(attribute) == IPVLAN_MODE_L3S;
	}
}

void device_kind__parse(const struct nlmsghdr *message, struct device_kind *ret_kind)
{
	const struct nlattr *attribute;

	*ret_kind = (struct device_kind){};
	mnl_attr_for_each(attribute, message, sizeof(struct ifinfomsg)) {
		switch (mnl_attr_get_type(attribute)) {
		case IFLA_LINK:
			if (mnl_attr_validate(attribute, MNL_TYPE_U32) == 0)
				ret_kind->link = mnl_attr_get_u32(attribute);
			ret_kind->has_link = true;
			break;
		case IFLA_MASTER:
			if (mnl_attr_validate(attribute, MNL_TYPE_U32) == 0)
				ret_kind->master = mnl_attr_get_u32(attribute);
			break;
		case IFLA_LINK_NETNSID:
			ret_kind->is_elsewhere = true;
			break;
		case IFLA_LINKINFO:
			parse_info(attribute, ret_kind);
			break;
		}
	}
	ret_kind->lower = ret_kind->is_elsewhere ? 0 : ret_kind->link;
}

static int read_message(const struct nlmsghdr *message, void *context)
{
	if (message->nlmsg_type == RTM_NEWLINK)
		device_kind__parse(message, context);
	return MNL_CB_STOP;
}

/* Asks for one link or, with the flag of a dump, for all. */
static int ask(unsigned int ifindex, __u16 flags, mnl_cb_t read, void *context)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = (__u16)(NLM_F_REQUEST | flags);
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = (int)ifindex;
	return netlink__ask(NETLINK_ROUTE, request, read, context);
}

int device_kind__read(unsigned int ifindex, struct device_kind *ret_kind)
{
	struct device_kind kind = {};
	int error = ask(ifindex, 0, read_message, &kind);

	if (!error)
		*ret_kind = kind;
	return error;
}

/* ---- all of them ---- */

struct reading {
	device_kind_take take;
	void *context;
};

static int read_one(const struct nlmsghdr *message, void *context)
{
	const struct reading *reading = context;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct device_kind kind;
	int error;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	device_kind__parse(message, &kind);
	error = reading->take(reading->context, (unsigned int)info->ifi_index, &kind);
	errno = -error;
	return error ? MNL_CB_ERROR : MNL_CB_OK;
}

int device_kind__read_all(device_kind_take take, void *context)
{
	struct reading reading = { .take = take, .context = context };

	return ask(0, NLM_F_DUMP, read_one, &reading);
}

/* ---- ports ---- */

struct port_list {
	unsigned int master;
	char *text;
	size_t size, length;
};

static int add_port(const struct nlmsghdr *message, void *context)
{
	struct port_list *ports = context;
	const struct nlattr *attribute;
	unsigned int master = 0;
	const char *name = "";

	mnl_attr_for_each(attribute, message, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attribute) == IFLA_MASTER && mnl_attr_validate(attribute, MNL_TYPE_U32) == 0)
			master = mnl_attr_get_u32(attribute);
		if (mnl_attr_get_type(attribute) == IFLA_IFNAME &&
		    mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
			name = mnl_attr_get_str(attribute);
	}
	if (master == ports->master && ports->length < ports->size)
		ports->length += (size_t)snprintf(ports->text + ports->length, ports->size - ports->length, "%s%s",
						  ports->length ? ", " : "", name);
	return MNL_CB_OK;
}

int device_kind__list_ports(unsigned int ifindex, char *ret_text, size_t size)
{
	struct port_list ports = { .master = ifindex, .text = ret_text, .size = size };
	int error;

	ret_text[0] = '\0';
	error = ask(0, NLM_F_DUMP, add_port, &ports);
	if (ports.length >= size && size >= sizeof("..."))
		memcpy(ret_text + size - sizeof("..."), "...", sizeof("..."));
	return error;
}
