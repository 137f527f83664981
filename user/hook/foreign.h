/* SPDX-License-Identifier: BSD-2-Clause */
/* XDP programs that are not ours: describes one and says how an operator can remove it. Only looks. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include <linux/types.h>
#include <net/if.h>
#include <stddef.h>

struct foreign {
	__u32 program; /* its id; 0: there is none */
	__u8 mode;     /* how it is attached: XDP_ATTACHED_DRV, _SKB or _HW */
};

/* Returns the XDP program on an interface of this network namespace, ours or not. Needs no capability. */
struct foreign foreign__find(unsigned int ifindex);

/* Writes the name of a program, "" if it has none or the kernel does not let us look (CAP_SYS_ADMIN). Cuts it to size. */
void foreign__read_name(__u32 program, char *ret_name, size_t size);

/* Writes "id 12" or, if the kernel lets us look (CAP_SYS_ADMIN), "id 12, name". Cuts the text to size. */
void foreign__describe(const struct foreign *foreign, char *ret_text, size_t size);

/*
 * Writes how to remove the program from the interface. A program attached by a BPF link goes only with the link, any
 * other one by ip(8). The kernel tells which of them it is only to CAP_SYS_ADMIN; without it the text names both ways.
 * Cuts the text to size.
 */
void foreign__advise(const struct foreign *foreign, unsigned int ifindex, const char *interface, char *ret_text,
		     size_t size);

#endif
