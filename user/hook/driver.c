// SPDX-License-Identifier: BSD-2-Clause
/* See driver.h. Tested by tests/unit/hook/test_unseen.c. */
#include "hook/driver.h"

#include <linux/ethtool.h>
#include <stdio.h>
#include <string.h>

#include "hook/ethtool.h"

void driver__read(const char *interface, char ret_driver[DRIVER_NAME_SIZE])
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };

	ret_driver[0] = '\0';
	if (ethtool__ask(interface, &info) == 0)
		snprintf(ret_driver, DRIVER_NAME_SIZE, "%.*s", DRIVER_NAME_SIZE - 1, info.driver);
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

bool driver__is_virtual_card(const char *driver)
{
	static const char *const drivers[] = { "virtio_net", "hv_netvsc", "vmxnet3" };

	return is_listed(driver, drivers, sizeof(drivers) / sizeof(*drivers));
}
