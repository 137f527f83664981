/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF objects of this host, whoever made them. Only looks; needs CAP_SYS_ADMIN. */
#ifndef KERNEL_OBJECT_H
#define KERNEL_OBJECT_H

#include <linux/bpf.h>
#include <stddef.h>

/*
 * Reads what the kernel knows of an object: struct bpf_map_info for a map, struct bpf_link_info for a link. Clears the
 * info first and closes the fd. Returns 0 or a negative errno; an fd that is a negative errno is returned as it is.
 */
int kernel_object__read(int fd, void *ret_info, size_t size);

/*
 * Reads what the kernel knows of the link that follows *id, and sets *id to that link's id. Begin with *id = 0. Returns
 * 1, 0 after the last link, or a negative errno.
 */
int kernel_object__next_link(__u32 *id, struct bpf_link_info *ret_info);

#endif
