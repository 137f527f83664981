// SPDX-License-Identifier: BSD-2-Clause
/* See ethtool.h. Tested by tests/net/test_unseen.sh. */
#include "hook/ethtool.h"

#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int ethtool__ask(const char *interface, void *request)
{
	struct ifreq ifreq = { .ifr_data = request };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	snprintf(ifreq.ifr_name, IF_NAMESIZE, "%s", interface);
	error = ioctl(fd, SIOCETHTOOL, &ifreq) ? -errno : 0;
	close(fd);
	return error;
}
