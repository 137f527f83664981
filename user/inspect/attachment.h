/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attachments: on which interfaces programs are, and how, whoever put them there. Only looks; hook/attach.h attaches.
 * Needs CAP_SYS_ADMIN, also to enter the network namespaces of other processes.
 */
#ifndef ATTACHMENT_H
#define ATTACHMENT_H

#include <linux/types.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "hook/unseen.h"

enum attachment_kind {
	ATTACHMENT_XDP, /* in an unknown mode, because the interface cannot be reached */
	ATTACHMENT_NATIVE,
	ATTACHMENT_SKB,
	ATTACHMENT_OFFLOADED,
	ATTACHMENT_TCX,
	ATTACHMENT_CLSACT,
};

struct attachment {
	__u32 program; /* its id */
	enum attachment_kind kind;
	bool is_sent; /* the program sees sent packets, not received ones */
	unsigned int ifindex;
	char interface[IF_NAMESIZE]; /* "" if its network namespace is unknown */
	__u64 namespace;             /* inode of the network namespace; 0: unknown */
};

/* What a program does not see where it is attached. */
struct attachment_unseen {
	__u32 program;   /* ours: its id */
	__u64 namespace; /* inode of the network namespace */
	char interface[IF_NAMESIZE];
	struct unseen unseen;
};

struct attachments {
	struct attachment *list;
	size_t count;
	struct attachment_unseen *unseen; /* in the order of the list */
	size_t unseen_count;
};

/* Returns the inode of this process's network namespace, or 0 if it cannot be read. */
__u64 attachments__own_namespace(void);

/*
 * Finds where these programs are attached. Looks into the network namespace of this process and into those of the given
 * processes. Returns 0 and attachments for attachments__free(), or a negative errno.
 */
int attachments__find(const __u32 *programs, size_t programs_count, const pid_t *pids, size_t pids_count,
		      struct attachments *ret_attachments);
void attachments__free(struct attachments *attachments);

#endif
