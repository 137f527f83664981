/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A view: a readable stretch of a message, and how it is read, a word of eight bytes at a time. A fast search only skips:
 * of the marks that it makes in a word, the lowest is exact, and plain code looks at the byte again.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 */
#ifndef SIP_VIEW_H
#define SIP_VIEW_H

#include "sipbpf.h"

/* Which bytes a view holds. Kept in memory beside the scan, where the verifier forgets what branches taught it. */
struct sip_bounds {
	__u32 origin; /* offset of the view's first byte */
	__u32 limit;  /* offset of the first byte that is not in the view; at most sip_scan.end */
};

/* Where the bytes are. */
struct sip_view {
	const __u8 *base;
	const __u8 *base_end;            /* for SIP_VIEW_AT(), where the verifier wants a pointer to compare with */
	const struct sip_bounds *bounds; /* the scan's */
	__u8 copied;                     /* base is a copy, with slack behind it; a constant where the view is made */
};

/*
 * SIP_VIEW_AT(view, at, size): a pointer to `size` readable bytes at offset `at`, or NULL. The caller has made sure that
 * they lie before view->bounds->limit, so NULL never comes; the verifier has to see it. The BPF side brings its own.
 */
#ifndef SIP_VIEW_AT
#define SIP_VIEW_AT(view, at, size) ((view)->base + ((at) - (view)->bounds->origin))
static __always_inline __u64 sip__load8(const __u8 *bytes)
{
	__u64 word;

	__builtin_memcpy(&word, bytes, sizeof(word));
	return word;
}
#else
static __always_inline __u64 sip__load8(const __u8 *bytes)
{
	return *(const __u64 *)bytes;
}
#endif

/* Between steps: what is in memory is read anew, so that all paths through a step meet in one state. */
#define SIP_STEP_ENDS() __asm__ volatile("" ::: "memory")

/* Asks clang 19 for a form of the loop that kernel 6.1 sees the end of; where it cannot unroll, its other form does. */
#ifdef __bpf__
#define SIP_UNROLL _Pragma("clang loop unroll(full)")
#else
#define SIP_UNROLL
#endif

#define SIP_ONES 0x0101010101010101ULL
#define SIP_HIGHS 0x8080808080808080ULL

/* Marks the bytes of word that are below n (n <= 128). The lowest mark is exact, higher ones may be false. */
#define SIP_BELOW(word, n) (((word)-SIP_ONES * (n)) & ~(word)&SIP_HIGHS)

/* Marks the bytes of word that are c, likewise. */
#define SIP_HAS(word, c) SIP_BELOW((word) ^ (SIP_ONES * (__u8)(c)), 1)

/* The position, 0 to 7, of the lowest mark; marks is not 0. Spelled out since BPF has no count-trailing-zeros. */
static __always_inline __u32 sip__first(__u64 marks)
{
#ifdef __bpf__
	__u64 lowest = marks & -marks;

	/* 0x80 << 8n, times this constant, has n in its top bits. */
	return (__u32)(((lowest >> 7) * 0x0001020304050607ULL) >> 56);
#else
	return (__u32)__builtin_ctzll(marks) / 8;
#endif
}

/* A word's bytes in the order of the message, lowest first, whatever the machine. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define SIP_LITTLE(word) __builtin_bswap64(word)
#else
#define SIP_LITTLE(word) (word)
#endif

/* The byte at offset `at`; 0 past the view's limit. */
static __always_inline __u32 sip__byte(const struct sip_view *view, __u32 at)
{
	const __u8 *bytes;

	if (at >= view->bounds->limit)
		return 0;
	bytes = SIP_VIEW_AT(view, at, 1);
	return bytes ? *bytes : 0;
}

/* The first n characters (up to 8) of a word. */
#define SIP_LOW(n) ((n) >= 8 ? ~0ULL : ((1ULL << (8 * ((n)&7))) - 1))

/* The last bytes before the view's limit, less than eight of them, from offset `at` on; zeros follow. */
static __always_inline __u64 sip__last_word(const struct sip_view *view, __u32 at)
{
	__u32 left = view->bounds->limit - at, i;
	const __u8 *bytes;
	__u64 word = 0;

	if (at >= view->bounds->limit)
		return 0;
	if (view->copied) { /* there is slack behind the limit */
		bytes = SIP_VIEW_AT(view, at, 8);
		return bytes ? SIP_LITTLE(sip__load8(bytes)) & SIP_LOW(left) : 0;
	}
	if (view->bounds->limit - view->bounds->origin >= 8) {
		bytes = SIP_VIEW_AT(view, view->bounds->limit - 8, 8);
		return bytes ? SIP_LITTLE(sip__load8(bytes)) >> (8 * ((8 - left) & 7)) : 0;
	}
#ifndef __bpf__ /* a packet has more than eight bytes of headers */
	for (i = 0; i < left; i++)
		word |= (__u64)sip__byte(view, at + i) << (8 * i);
#else
	(void)i;
#endif
	return word;
}

/* The eight bytes at offset `at`, lowest first; zeros past the view's limit. */
static __always_inline __u64 sip__word(const struct sip_view *view, __u32 at)
{
	const __u8 *bytes;

	if (at + 8 > view->bounds->limit)
		return sip__last_word(view, at);
	bytes = SIP_VIEW_AT(view, at, 8);
	return bytes ? SIP_LITTLE(sip__load8(bytes)) : 0;
}

/* A string of up to eight characters as sip__word() would read it. */
#define SIP_CHAR(s, i) ((__u64)(__u8)((i) < sizeof(s) - 1 ? (s)[(i) < sizeof(s) ? (i) : 0] : 0) << (8 * ((i)&7)))
#define SIP_WORD_FROM(s, i)                                                                                           \
	(SIP_CHAR(s, i) | SIP_CHAR(s, (i) + 1) | SIP_CHAR(s, (i) + 2) | SIP_CHAR(s, (i) + 3) | SIP_CHAR(s, (i) + 4) | \
	 SIP_CHAR(s, (i) + 5) | SIP_CHAR(s, (i) + 6) | SIP_CHAR(s, (i) + 7))
#define SIP_WORD(s) SIP_WORD_FROM(s, 0)

/* Upper case to lower case for all eight bytes; only for comparing with letters, '/' and digits. */
#define SIP_LOWER(word) ((word) | (SIP_ONES * 0x20))

#endif
