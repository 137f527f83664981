/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF objects of this host, whoever made them. Looks only; needs CAP_SYS_ADMIN. */
#ifndef KERNEL_OBJECT_H
#define KERNEL_OBJECT_H

#include <linux/bpf.h>
#include <stddef.h>

/*
 * What the kernel says of an object: of a map, struct bpf_map_info, of a link, struct bpf_link_info, cleared before. The fd
 * is closed; one that is a negative errno is returned as it is. Returns 0 or a negative errno.
 */
int kernel_object__read(int fd, void *ret_info, size_t size);

/*
 * Returns 1 and what the kernel says of the link that follows *id, which becomes its id; 0 after the last one; or a negative
 * errno. The first one follows 0.
 */
int kernel_object__next_link(__u32 *id, struct bpf_link_info *ret_info);

#endif
