// SPDX-License-Identifier: BSD-2-Clause
/* See xdp.h. Tested by tests/net/test_attach.sh and tests/net/test_status.sh. */
#include "hook/xdp.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <sys/socket.h>

#include "hook/netlink.h"

/* Of one program, the kernel tells the mode and the id; of several, an id for each mode. */
struct xdp_answer {
	__u8 mode;
	__u32 program;
	struct xdp_programs programs;
};

static void take_attribute(const struct nlattr *attribute, struct xdp_answer *answer)
{
	__u16 type = mnl_attr_get_type(attribute);
	__u32 program;

	if (type == IFLA_XDP_ATTACHED && mnl_attr_validate(attribute, MNL_TYPE_U8) == 0)
		answer->mode = mnl_attr_get_u8(attribute);
	if (mnl_attr_validate(attribute, MNL_TYPE_U32))
		return;
	program = mnl_attr_get_u32(attribute);
	if (type == IFLA_XDP_PROG_ID)
		answer->program = program;
	else if (type == IFLA_XDP_DRV_PROG_ID)
		answer->programs.native = program;
	else if (type == IFLA_XDP_SKB_PROG_ID)
		answer->programs.generic = program;
	else if (type == IFLA_XDP_HW_PROG_ID)
		answer->programs.offloaded = program;
}

static int read_message(const struct nlmsghdr *message, void *context)
{
	const struct nlattr *attribute, *nested;

	if (message->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_STOP;
	mnl_attr_for_each(attribute, message, sizeof(struct ifinfomsg)) {
		if (mnl_attr_get_type(attribute) != IFLA_XDP)
			continue;
		mnl_attr_for_each_nested(nested, attribute)
			take_attribute(nested, context);
	}
	return MNL_CB_STOP;
}

int xdp__read_programs(unsigned int ifindex, struct xdp_programs *ret_programs)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	struct xdp_answer answer = {};
	int error;

	request->nlmsg_type = RTM_GETLINK;
	request->nlmsg_flags = NLM_F_REQUEST;
	info->ifi_family = AF_UNSPEC;
	info->ifi_index = (int)ifindex;
	error = netlink__ask(NETLINK_ROUTE, request, read_message, &answer);
	if (error)
		return error;
	if (answer.mode == XDP_ATTACHED_DRV)
		answer.programs.native = answer.program;
	else if (answer.mode == XDP_ATTACHED_SKB)
		answer.programs.generic = answer.program;
	else if (answer.mode == XDP_ATTACHED_HW)
		answer.programs.offloaded = answer.program;
	*ret_programs = answer.programs;
	return 0;
}
