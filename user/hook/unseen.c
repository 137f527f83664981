// SPDX-License-Identifier: BSD-2-Clause
/* See unseen.h. Tested by tests/unit/hook/test_unseen.c and tests/net/test_unseen.sh. */
#include "hook/unseen.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "hook/clsact.h"
#include "hook/device_kind.h"
#include "hook/driver.h"
#include "hook/foreign.h"
#include "hook/ipsec.h"
#include "hook/passive.h"
#include "hook/receive_offload.h"
#include "hook/tcx.h"

struct list {
	struct unseen *matters;
	size_t count;
	const struct unseen_place *place;
};

static bool is_tc(enum unseen_hook hook)
{
	return hook == UNSEEN_BY_TCX || hook == UNSEEN_BY_CLSACT;
}

static void add(struct list *list, enum unseen_kind kind, __u32 program, const char *name)
{
	struct unseen unseen = { .kind = kind,
				 .ifindex = list->place->ifindex,
				 .is_sent = list->place->is_sent,
				 .hook = list->place->hook,
				 .program = program };

	if (list->count == UNSEEN_MAX)
		return;
	snprintf(unseen.name, sizeof(unseen.name), "%s", name);
	list->matters[list->count++] = unseen;
}

/* ---- the interface ---- */

static void look_at_device(struct list *list)
{
	struct device_kind device;
	char names[UNSEEN_NAME_SIZE] = "";

	if (device_kind__read(list->place->ifindex, &device))
		return;
	if (strcmp(device.name, "vrf") == 0 || strcmp(device.name, "bridge") == 0) {
		(void)device_kind__list_ports(list->place->ifindex, names, sizeof(names));
		add(list, *device.name == 'v' ? UNSEEN_VRF : UNSEEN_BRIDGE, 0, names);
	} else if (device.is_ipvlan_l3s) {
		if (device.lower)
			(void)if_indextoname(device.lower, names);
		add(list, UNSEEN_IPVLAN_L3S, 0, names);
	}
}

/*
 * Whether packets are received here that are larger than a wire's, because nothing has cut them, or the interface below has
 * merged them. A card merges none while it has generic XDP itself, whatever its features are (netif_elide_gro()).
 */
static bool receives_large(const struct unseen_place *place, const char *driver)
{
	struct device_kind device = {};
	bool is_loopback = !*driver;

	(void)device_kind__read(place->ifindex, &device);
	return is_loopback || *device.name || driver__is_virtual_card(driver);
}

static void look_at_driver(struct list *list)
{
	char interface[IF_NAMESIZE], driver[DRIVER_NAME_SIZE];

	if (!if_indextoname(list->place->ifindex, interface))
		return;
	driver__read(interface, driver);
	if (list->place->hook == UNSEEN_BY_NATIVE && driver__pays_for_native_xdp(driver))
		add(list, UNSEEN_NATIVE_COST, 0, driver);
	if (list->place->hook == UNSEEN_BY_GENERIC && receives_large(list->place, driver))
		add(list, UNSEEN_GENERIC_GSO, 0, driver);
}

/* As ethtool takes it: "rx-gro-hw on rx-lro on". */
static void look_at_offloads(struct list *list)
{
	char settings[UNSEEN_NAME_SIZE] = "";
	size_t length = 0;

	for (int i = 0; i < RECEIVE_OFFLOADS; i++)
		if (list->place->lost_offloads & (1U << i) && length < sizeof(settings))
			length += (size_t)snprintf(settings + length, sizeof(settings) - length, "%s%s on",
						   length ? " " : "", receive_offload__name(i));
	if (length)
		add(list, UNSEEN_GENERIC_COST, 0, settings);
}

/* ---- programs in front ---- */

static void look_at_xdp(struct list *list)
{
	struct foreign foreign = foreign__find(list->place->ifindex);
	char name[UNSEEN_NAME_SIZE];

	if (!foreign.program || passive__is_announced(foreign.program))
		return;
	foreign__read_name(foreign.program, name, sizeof(name));
	add(list, UNSEEN_XDP_PROGRAM, foreign.program, name);
}

/* A program that is not attached yet will be the first one. */
static void look_at_tcx(struct list *list)
{
	const struct unseen_place *place = list->place;
	__u32 programs[TCX_PROGRAMS_MAX];
	int count = place->program ? tcx__programs(place->ifindex, place->is_sent, programs) : 0;
	char name[UNSEEN_NAME_SIZE];

	for (int i = 0; i < count && programs[i] != place->program; i++) {
		if (passive__is_announced(programs[i]))
			continue;
		foreign__read_name(programs[i], name, sizeof(name));
		add(list, UNSEEN_TCX_PROGRAM, programs[i], name);
	}
}

static int add_filter(void *context, const struct clsact_other *other)
{
	add(context, UNSEEN_CLSACT_FILTER, other->program, other->name);
	return 0;
}

static void look_in_front(struct list *list)
{
	const struct unseen_place *place = list->place;

	if (!is_tc(place->hook))
		return;
	if (!place->is_sent)
		look_at_xdp(list);
	if (place->hook == UNSEEN_BY_TCX)
		look_at_tcx(list);
	else
		(void)clsact__visit_before(place->ifindex, place->is_sent ? CLSACT_SENT : CLSACT_RECEIVED,
					   place->program, add_filter, list);
}

/* What is not about one direction is told of received packets, which every interface has a program for. */
size_t unseen__look(const struct unseen_place *place, struct unseen *ret_list)
{
	struct list list = { .matters = ret_list, .place = place };

	if (!place->is_sent) {
		look_at_device(&list);
		look_at_driver(&list);
		look_at_offloads(&list);
		if (ipsec__ends_on(place->ifindex))
			add(&list, UNSEEN_IPSEC, 0, "");
	}
	look_in_front(&list);
	return list.count;
}

/* ---- what is said of it ---- */

bool unseen__is_same(const struct unseen *one, const struct unseen *other)
{
	return one->kind == other->kind && one->ifindex == other->ifindex && one->is_sent == other->is_sent &&
	       one->program == other->program &&
	       (one->kind != UNSEEN_CLSACT_FILTER || strcmp(one->name, other->name) == 0);
}

const char *unseen__kind_name(enum unseen_kind kind)
{
	static const char *const names[UNSEEN_KINDS] = {
		[UNSEEN_VRF] = "vrf",
		[UNSEEN_IPVLAN_L3S] = "ipvlan_l3s",
		[UNSEEN_BRIDGE] = "bridge",
		[UNSEEN_IPSEC] = "ipsec",
		[UNSEEN_NATIVE_COST] = "native_cost",
		[UNSEEN_GENERIC_COST] = "generic_cost",
		[UNSEEN_GENERIC_GSO] = "generic_gso",
		[UNSEEN_XDP_PROGRAM] = "xdp_program",
		[UNSEEN_TCX_PROGRAM] = "tcx_program",
		[UNSEEN_CLSACT_FILTER] = "clsact_filter",
	};

	return names[kind];
}

/* "XDP program (id 12, name)" */
static void name_program(const struct unseen *unseen, char *text, size_t size)
{
	const char *what = unseen->kind == UNSEEN_XDP_PROGRAM   ? "XDP program"
			   : unseen->kind == UNSEEN_TCX_PROGRAM ? "tcx program"
								: "tc filter";

	if (unseen->program)
		snprintf(text, size, "%s (id %u%s%s)", what, unseen->program, *unseen->name ? ", " : "", unseen->name);
	else
		snprintf(text, size, "%s (%s)", what, unseen->name);
}

static const char *direction_of(const struct unseen *unseen)
{
	return unseen->is_sent ? "sent" : "received";
}

/* " (a, b)", or nothing where no name is known. */
static const char *open_names(const struct unseen *unseen)
{
	return *unseen->name ? " (" : "";
}

static const char *close_names(const struct unseen *unseen)
{
	return *unseen->name ? ")" : "";
}

bool unseen__is_in_front(const struct unseen *unseen)
{
	return unseen->kind == UNSEEN_XDP_PROGRAM || unseen->kind == UNSEEN_TCX_PROGRAM ||
	       unseen->kind == UNSEEN_CLSACT_FILTER;
}

void unseen__describe_front(const struct unseen *unseen, char *ret_text)
{
	char program[2 * UNSEEN_NAME_SIZE];

	name_program(unseen, program, sizeof(program));
	snprintf(ret_text, UNSEEN_TEXT_SIZE, "another %s in front, %s", program, direction_of(unseen));
}

void unseen__describe(const struct unseen *unseen, char *ret_text)
{
	char program[2 * UNSEEN_NAME_SIZE], interface[IF_NAMESIZE];

	switch (unseen->kind) {
	case UNSEEN_VRF:
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "packets of a VRF device are not seen on it; attach to its slaves%s%s%s instead",
			 open_names(unseen), unseen->name, close_names(unseen));
		break;
	case UNSEEN_IPVLAN_L3S:
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "packets that an ipvlan device in mode l3s receives are not seen on it; attach to its "
			 "parent%s%s%s instead",
			 open_names(unseen), unseen->name, close_names(unseen));
		break;
	case UNSEEN_BRIDGE:
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "packets that a bridge forwards between its ports are not seen on it; to count them, attach "
			 "to its ports%s%s%s instead",
			 open_names(unseen), unseen->name, close_names(unseen));
		break;
	case UNSEEN_IPSEC:
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "packets in IPsec (ESP) that begins or ends here %s; attach to the interface above it (xfrm, "
			 "vti), if there is one",
			 unseen->hook != UNSEEN_BY_NATIVE
				 ? "are seen in the clear when they are received in tunnel mode, but are not when they "
				   "are sent"
				 : "cannot be read in either direction");
		break;
	case UNSEEN_NATIVE_COST:
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "native XDP disables offloads of the driver %s, which costs throughput; --mode tc does not",
			 unseen->name);
		break;
	case UNSEEN_GENERIC_COST:
		if (!if_indextoname(unseen->ifindex, interface))
			snprintf(interface, sizeof(interface), "IFACE");
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "generic XDP makes the kernel switch off receive offloads, which costs throughput, and they "
			 "stay off when sipbpf ends; `ethtool -K %s %s` switches them on again; --mode tc keeps them",
			 interface, unseen->name);
		break;
	case UNSEEN_GENERIC_GSO:
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "generic XDP sees only the first datagram of a UDP GSO packet and the first 64 KiB of a "
			 "frame; --mode tc sees all");
		break;
	default:
		name_program(unseen, program, sizeof(program));
		snprintf(ret_text, UNSEEN_TEXT_SIZE,
			 "another %s runs before sipbpf on %s packets; those that it does not let pass on are not seen",
			 program, direction_of(unseen));
		break;
	}
}

void unseen__describe_end(const struct unseen *unseen, char *ret_text)
{
	char program[2 * UNSEEN_NAME_SIZE];

	switch (unseen->kind) {
	case UNSEEN_XDP_PROGRAM:
	case UNSEEN_TCX_PROGRAM:
	case UNSEEN_CLSACT_FILTER:
		name_program(unseen, program, sizeof(program));
		snprintf(ret_text, UNSEEN_TEXT_SIZE, "the %s no longer runs before sipbpf on %s packets", program,
			 direction_of(unseen));
		break;
	case UNSEEN_IPSEC:
		snprintf(ret_text, UNSEEN_TEXT_SIZE, "IPsec (ESP) no longer begins or ends here");
		break;
	default:
		snprintf(ret_text, UNSEEN_TEXT_SIZE, "it is no longer a matter of %s", unseen__kind_name(unseen->kind));
		break;
	}
}
