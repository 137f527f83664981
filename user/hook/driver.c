// SPDX-License-Identifier: BSD-2-Clause
/* See driver.h. Tested by tests/unit/hook/test_unseen.c. */
#include "hook/driver.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* It asks ethtool, because /sys may show another network namespace. */
void driver__read(const char *interface, char ret_driver[DRIVER_NAME_SIZE])
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq ifreq = { .ifr_data = (char *)&info };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ret_driver[0] = '\0';
	if (fd < 0)
		return;
	snprintf(ifreq.ifr_name, IF_NAMESIZE, "%s", interface);
	if (ioctl(fd, SIOCETHTOOL, &ifreq) == 0)
		snprintf(ret_driver, DRIVER_NAME_SIZE, "%.*s", DRIVER_NAME_SIZE - 1, info.driver);
	close(fd);
}

static bool is_listed(const char *driver, const char *const *drivers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(driver, drivers[i]) == 0)
			return true;
	return false;
}

bool driver__does_native_xdp_well(const char *driver)
{
	static const char *const drivers[] = { "bnxt_en", "ena",     "fsl_dpaa2_eth", "i40e",   "ice", "igb",  "igc",
					       "ixgbe",   "mlx4_en", "mlx5_core",     "mvneta", "nfp", "qede", "sfc" };

	return is_listed(driver, drivers, sizeof(drivers) / sizeof(*drivers));
}

bool driver__pays_for_native_xdp(const char *driver)
{
	static const char *const drivers[] = { "veth", "virtio_net", "tun", "bonding", "hv_netvsc", "vmxnet3" };

	return is_listed(driver, drivers, sizeof(drivers) / sizeof(*drivers));
}

/* The driver "" is loopback. */
bool driver__passes_gso(const char *driver)
{
	static const char *const drivers[] = {
		"",      "bridge", "macvlan", "macvtap",   "ipvlan", "ipvtap",    "team", "802.1Q VLAN Support",
		"vxlan", "geneve", "gretap",  "ip6gretap", "erspan", "ip6erspan", "ipip", "sit",
		"gre",   "ip6gre", "ip6tnl",  "wireguard", "netkit"
	};

	return driver__pays_for_native_xdp(driver) || is_listed(driver, drivers, sizeof(drivers) / sizeof(*drivers));
}
