// SPDX-License-Identifier: BSD-2-Clause
/* See kernel_link.h. */
#include "kernel_link.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static int read_link(__u32 id, struct bpf_link_info *ret_info)
{
	__u32 length = sizeof(*ret_info);
	int fd = bpf_link_get_fd_by_id(id), error;

	if (fd < 0)
		return fd;
	memset(ret_info, 0, sizeof(*ret_info));
	error = bpf_obj_get_info_by_fd(fd, ret_info, &length);
	close(fd);
	return error;
}

int kernel_link__next(__u32 *id, struct bpf_link_info *ret_info)
{
	int error;

	while (!(error = bpf_link_get_next_id(*id, id))) {
		error = read_link(*id, ret_info);
		if (!error)
			return 1;
		if (error != -ENOENT) /* else it has ended since */
			return error;
	}
	return error == -ENOENT ? 0 : error;
}
