// SPDX-License-Identifier: BSD-2-Clause
/* See foreign.h. Tested by tests/net/test_attach.sh. */
#include "hook/foreign.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <stdio.h>

#include "hook/xdp.h"
#include "kernel/kernel_object.h"

struct foreign foreign__find(unsigned int ifindex)
{
	struct xdp_programs programs;

	if (xdp__read_programs(ifindex, &programs))
		return (struct foreign){};
	if (programs.native)
		return (struct foreign){ .program = programs.native, .mode = XDP_ATTACHED_DRV };
	if (programs.offloaded)
		return (struct foreign){ .program = programs.offloaded, .mode = XDP_ATTACHED_HW };
	return (struct foreign){ .program = programs.generic, .mode = XDP_ATTACHED_SKB };
}

void foreign__read_name(__u32 program, char *ret_name, size_t size)
{
	struct bpf_prog_info info;

	ret_name[0] = '\0';
	if (kernel_object__read(bpf_prog_get_fd_by_id(program), &info, sizeof(info)) == 0)
		snprintf(ret_name, size, "%s", info.name);
}

void foreign__describe(const struct foreign *foreign, char *ret_text, size_t size)
{
	char name[BPF_OBJ_NAME_LEN];

	foreign__read_name(foreign->program, name, sizeof(name));
	snprintf(ret_text, size, "id %u%s%s", foreign->program, *name ? ", " : "", name);
}

/*
 * Stores the id of the XDP link that holds the program on the interface, or 0 if there is none. Another network namespace
 * may have an interface of the same number, so the program must agree too. Returns 0 or a negative errno.
 */
static int find_link(const struct foreign *foreign, unsigned int ifindex, __u32 *ret_id)
{
	struct bpf_link_info info;
	__u32 id = 0;
	int result;

	while ((result = kernel_object__next_link(&id, &info)) > 0) {
		if (info.type == BPF_LINK_TYPE_XDP && info.xdp.ifindex == ifindex && info.prog_id == foreign->program) {
			*ret_id = id;
			return 0;
		}
	}
	if (!result)
		*ret_id = 0;
	return result;
}

/*
 * Returns the mode's word for ip(8). A plain `xdp off` means the driver's mode wherever the driver knows XDP, even if
 * the program is attached in another one.
 */
static const char *mode_word(const struct foreign *foreign)
{
	switch (foreign->mode) {
	case XDP_ATTACHED_SKB:
		return "xdpgeneric";
	case XDP_ATTACHED_HW:
		return "xdpoffload";
	default:
		return "xdpdrv";
	}
}

void foreign__advise(const struct foreign *foreign, unsigned int ifindex, const char *interface, char *ret_text,
		     size_t size)
{
	__u32 link = 0;
	int error = find_link(foreign, ifindex, &link);

	if (error)
		snprintf(ret_text, size,
			 "stop the program that attached it or, if none runs, `ip link set dev %s %s off`", interface,
			 mode_word(foreign));
	else if (link)
		snprintf(ret_text, size, "stop the program that attached it, or `bpftool link detach id %u`", link);
	else
		snprintf(ret_text, size, "remove it with `ip link set dev %s %s off`", interface, mode_word(foreign));
}
