// SPDX-License-Identifier: BSD-2-Clause
/*
 * See owner.h. The number is the set of multicast groups that the socket has joined. The protocol is NETLINK_USERSOCK:
 * every kernel has it, joining its groups takes CAP_NET_ADMIN, and /proc shows the groups to everybody. A name in the
 * abstract namespace of unix sockets would not do, since anybody could take it.
 */
#include "hook/owner.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE_SIZE 256

int owner__open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	const int least = 0;

	if (fd < 0)
		return -errno;
	/* Nobody reads what others may send to the groups, so the buffer is as small as possible. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	return fd;
}

int owner__claim(int owner, __u32 number)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = number };

	return bind(owner, (const struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

/* A line of /proc/net/netlink has an address, the protocol, the port and the groups in hexadecimal. */
static bool is_holder(char *line, __u32 number)
{
	enum { PROTOCOL = 1, GROUPS = 3, FIELDS };
	const char *fields[FIELDS];
	char *rest = line;

	for (int i = 0; i < FIELDS; i++) {
		fields[i] = strtok_r(i ? NULL : line, " ", &rest);
		if (!fields[i])
			return false;
	}
	return strtoul(fields[PROTOCOL], NULL, 10) == NETLINK_USERSOCK && strtoul(fields[GROUPS], NULL, 16) == number;
}

int owner__count(__u32 number)
{
	FILE *sockets = fopen("/proc/self/net/netlink", "re");
	char line[LINE_SIZE];
	int count = 0;

	if (!sockets)
		return -errno;
	while (fgets(line, sizeof(line), sockets))
		count += is_holder(line, number);
	if (ferror(sockets))
		count = -EIO;
	(void)fclose(sockets);
	return count;
}
