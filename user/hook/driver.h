/* SPDX-License-Identifier: BSD-2-Clause */
/* Network drivers: what is known of them that matters where packets are counted. */
#ifndef DRIVER_H
#define DRIVER_H

#include <net/if.h>
#include <stdbool.h>

#define DRIVER_NAME_SIZE (2 * IF_NAMESIZE)

/* Reads the name of an interface's driver, "" if there is none, as for loopback. Needs no capability. */
void driver__read(const char *interface, char ret_driver[DRIVER_NAME_SIZE]);

/* Whether it runs XDP programs at full speed and keeps its offloads. */
bool driver__does_native_xdp_well(const char *driver);

/* Whether it can run XDP natively, but loses segmentation, checksum or receive offloads by it. */
bool driver__pays_for_native_xdp(const char *driver);

/* Whether it gets packets of other guests and the host that were never on a wire. */
bool driver__is_virtual_card(const char *driver);

#endif
