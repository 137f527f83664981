// SPDX-License-Identifier: BSD-2-Clause
/* See kernel_object.h. Tested by tests/bpf/test_status_report.c. */
#include "kernel/kernel_object.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

int kernel_object__read(int fd, void *ret_info, size_t size)
{
	__u32 length = (__u32)size;
	int error;

	if (fd < 0)
		return fd;
	memset(ret_info, 0, size);
	error = bpf_obj_get_info_by_fd(fd, ret_info, &length);
	close(fd);
	return error;
}

int kernel_object__next_link(__u32 *id, struct bpf_link_info *ret_info)
{
	int error;

	while (!(error = bpf_link_get_next_id(*id, id))) {
		error = kernel_object__read(bpf_link_get_fd_by_id(*id), ret_info, sizeof(*ret_info));
		if (!error)
			return 1;
		/* The link has gone meanwhile, or is not there yet: the kernel says EAGAIN while it makes one. */
		if (error != -ENOENT && error != -EAGAIN)
			return error;
	}
	return error == -ENOENT ? 0 : error;
}
