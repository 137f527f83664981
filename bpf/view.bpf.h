/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the classifier reads a view in BPF, so that the verifier sees that every read is within bounds.
 * Tested by tests/bpf/test_differential.c.
 */
#ifndef VIEW_BPF_H
#define VIEW_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/*
 * Bounds an index below size, a power of two, for the verifier. The mask must stay an instruction of its own: clang
 * drops a mask that it can prove useless, but the verifier, above all that of Linux 6.1, cannot follow that proof.
 */
#define BOUND(index, size)                                                                 \
	do {                                                                               \
		_Static_assert(!((size) & ((size)-1)), "a mask bounds by a power of two"); \
		asm volatile("%0 &= %1" : "+r"(index) : "i"((size)-1));                    \
	} while (0)

/*
 * Packets that are read in place end before this offset, because the verifier does not let pointers reach further
 * (MAX_PACKET_OFF).
 */
#define DIRECT_MAX 0x7f00
#define DIRECT_SIZE 0x8000 /* the bound of such offsets */

/* Headers that are read in place begin before this offset. */
#define HEADERS_SIZE 1024

/* The window that bytes are copied to. The slack is for what is read at its last offset. */
#define WINDOW_SIZE 1024
#define WINDOW_SLACK 64

#define SIP_VIEW_AT(view, at, size) view_at(view, at, size)

/* The parts of reading are global functions, which the verifier walks once. They read the window: see message.bpf.h. */
#define SIP_CALL(part, view, scan) (enum sip_verdict) window_##part()

int window_sip__read_start_line(void);
int window_sip__skim_on(void);
int window_sip__read_headers(void);
int window_sip__search(void);
int window_http__pass_lines(void);

struct sip_view;
static __always_inline const __u8 *view_at(const struct sip_view *view, __u64 at, __u32 size);

#include "sip/sip.h"

_Static_assert(DIRECT_MAX <= DIRECT_SIZE, "every offset that is read in place is within its bound");
_Static_assert(WINDOW_SLACK >= SIP_BLOCK && WINDOW_SLACK >= SIP_LOOK_AHEAD, "the slack has room for the longest read");

static __always_inline const __u8 *view_at(const struct sip_view *view, __u64 at, __u32 size)
{
	__u64 i = at - view->bounds->origin;
	const __u8 *bytes;

	if (view->copied) {
		BOUND(i, WINDOW_SIZE);
		return view->base + i;
	}
	BOUND(i, DIRECT_SIZE);
	bytes = view->base + i;
	/*
	 * clang 19 would compute the pointer again in a loop, and the verifier would not know that it is the one that
	 * was checked.
	 */
	asm volatile("" : "+r"(bytes));
	return bytes + size > view->base_end ? NULL : bytes;
}

#endif
