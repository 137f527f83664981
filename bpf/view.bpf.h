/* SPDX-License-Identifier: GPL-2.0-only */
/* How the classifier reads a view in BPF: so that the verifier can see that every read is within bounds. */
#ifndef VIEW_BPF_H
#define VIEW_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* Packets that are read in place end before this offset: pointers reach no further (MAX_PACKET_OFF). */
#define DIRECT_MAX 0x7f00

/* Headers that are read in place begin at most at this offset, one less than a power of two. */
#define HEADERS_MAX 1023

/*
 * The copied window is as long as its mask, plus slack for what is read at the last offset. The mask must stay an
 * instruction of its own: clang would drop it where it can show it to be useless, the verifier cannot.
 */
#define SIP_VIEW_AT(view, at, size) view_at(view, at, size)

struct sip_view;
static __always_inline const __u8 *view_at(const struct sip_view *view, __u64 at, __u32 size);

#include "sip/sip.h"

static __always_inline const __u8 *view_at(const struct sip_view *view, __u64 at, __u32 size)
{
	__u64 i = at - view->bounds->origin;
	const __u8 *bytes;

	if (view->copied) {
		asm volatile("%0 &= 1023" : "+r"(i));
		return view->base + i;
	}
	asm volatile("%0 &= 32767" : "+r"(i));
	bytes = view->base + i;
	/* clang 19 would compute the pointer anew in a loop, and the verifier knows only that the first one is checked. */
	asm volatile("" : "+r"(bytes));
	return bytes + size > view->base_end ? NULL : bytes;
}

#endif
