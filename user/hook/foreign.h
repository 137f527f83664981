/* SPDX-License-Identifier: BSD-2-Clause */
/* XDP programs of others: what they are called and how an operator gets rid of them. Looks only. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include <linux/types.h>
#include <net/if.h>
#include <stddef.h>

struct foreign {
	__u32 program; /* id; 0: there is none */
	__u8 mode;     /* how it is attached: XDP_ATTACHED_DRV, _SKB or _HW */
};

/* "id 12" or, where the kernel lets us look (CAP_SYS_ADMIN), "id 12, name". Cut to size. */
void foreign__describe(const struct foreign *foreign, char *ret_text, size_t size);

/*
 * What removes it from the interface: a program that was attached by a BPF link leaves with the link only, any other by
 * ip(8). The kernel says which only with CAP_SYS_ADMIN; without, the text has both. Cut to size.
 */
void foreign__advise(const struct foreign *foreign, unsigned int ifindex, const char *interface, char *ret_text,
		     size_t size);

#endif
