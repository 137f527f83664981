// SPDX-License-Identifier: BSD-2-Clause
/* See forwarding.h. Tested by tests/net/test_routes.sh. */
#include "hook/forwarding.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

/* One message has what is set for one interface, or for all. */
static int read_message(const struct nlmsghdr *message, void *context)
{
	const struct nlattr *attribute;
	bool *is_on = context;

	if (message->nlmsg_type != RTM_NEWNETCONF)
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof(struct netconfmsg)) {
		__u16 type = mnl_attr_get_type(attribute);

		if ((type == NETCONFA_FORWARDING || type == NETCONFA_INPUT) &&
		    mnl_attr_validate(attribute, MNL_TYPE_U32) == 0 && mnl_attr_get_u32(attribute) != 0)
			*is_on = true;
	}
	return MNL_CB_OK;
}

/* A family that the kernel does not have forwards nothing. */
static int query_family(struct mnl_socket *socket, unsigned char family, bool *is_on)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct netconfmsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	ssize_t length;
	int result = MNL_CB_OK;

	request->nlmsg_type = RTM_GETNETCONF;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	info->ncm_family = family;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (result == MNL_CB_OK) {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (length < 0)
			return -errno;
		result = mnl_cb_run(buffer, (size_t)length, 0, 0, read_message, is_on);
	}
	return result < 0 && errno != EOPNOTSUPP && errno != EAFNOSUPPORT ? -errno : 0;
}

int forwarding__query(bool *ret_is_on)
{
	static const unsigned char families[] = { AF_INET, AF_INET6, AF_MPLS };
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int error = 0;

	if (!socket)
		return -errno;
	*ret_is_on = false;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		error = -errno;
	for (size_t i = 0; !error && i < sizeof(families); i++)
		error = query_family(socket, families[i], ret_is_on);
	mnl_socket_close(socket);
	return error;
}
