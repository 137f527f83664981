// SPDX-License-Identifier: BSD-2-Clause
/* See netlink.h. Tested by tests/bpf/test_attach.c. */
#include "hook/netlink.h"

#include <errno.h>
#include <sys/socket.h>

#define ANSWER_SIZE 32768

static int dump_on(struct mnl_socket *socket, const struct nlmsghdr *request, mnl_cb_t read, void *context)
{
	char buffer[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t length;
	int result = MNL_CB_OK;

	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (result == MNL_CB_OK) {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (length < 0)
			return -errno;
		result = mnl_cb_run(buffer, (size_t)length, 0, 0, read, context);
	}
	return result < 0 ? -errno : 0;
}

/* A kernel that does not check strictly (before 4.20) lists more. */
static void check_strictly(const struct mnl_socket *socket)
{
	const int yes = 1;

	(void)mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, (void *)&yes, sizeof(yes));
}

int netlink__ask(int bus, const struct nlmsghdr *request, mnl_cb_t read, void *context)
{
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int error;

	if (!socket)
		return -errno;
	check_strictly(socket);
	error = dump_on(socket, request, read, context);
	mnl_socket_close(socket);
	return error;
}
