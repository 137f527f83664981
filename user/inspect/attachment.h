/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attachments: on which interfaces programs are, and how, whoever put them there. Looks only; attach.h is what attaches.
 * Needs CAP_SYS_ADMIN, to look into the network namespaces of other processes too.
 */
#ifndef ATTACHMENT_H
#define ATTACHMENT_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum attachment_kind {
	ATTACHMENT_XDP, /* in a mode that cannot be told: the interface cannot be reached */
	ATTACHMENT_NATIVE,
	ATTACHMENT_SKB,
	ATTACHMENT_OFFLOADED,
	ATTACHMENT_TCX,
	ATTACHMENT_CLSACT,
};

struct attachment {
	__u32 program; /* id */
	enum attachment_kind kind;
	bool is_sent; /* the program sees sent packets, not received ones */
	unsigned int ifindex;
	char interface[IF_NAMESIZE]; /* "": in a network namespace that is not known */
	__u64 namespace;             /* inode of the network namespace; 0: not known */
};

struct attachments {
	struct attachment *list;
	size_t count;
};

/* The network namespace of this process; 0 when that cannot be told. */
__u64 attachments__own_namespace(void);

/*
 * Finds where these programs are attached: in the network namespace of this process, and in those of the others given.
 * Returns 0 and attachments for attachments__free(), or a negative errno.
 */
int attachments__find(const __u32 *programs, size_t programs_count, const pid_t *pids, size_t pids_count,
		      struct attachments *ret_attachments);
void attachments__free(struct attachments *attachments);

#endif
