/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search for SIP behind something else: every start line has "SIP/2.0" in it, and white space behind that (RFC 3261
 * 7.1, 7.2). Headers name the version too, but Via goes on with a slash.
 * Tested by tests/unit/sip/test_search.c.
 */
#ifndef SIP_SEARCH_H
#define SIP_SEARCH_H

#include "sip/scan.h"

/* How many bytes of the version are before its slash. */
#define SIP_SEARCH_NAME 3

/* How many bytes of a block may be the slash, so that all of the version and a byte behind it are in the block. */
#define SIP_SEARCH_STRIDE 24

_Static_assert(SIP_SEARCH_NAME + SIP_SEARCH_STRIDE + 4 < SIP_BLOCK, "a block holds what begins in it");

#define SIP_EFFORT_OF_SEARCH_BLOCK 4

/*
 * Returns 1 if the eight bytes are the version with white space, or the end of all bytes, behind it, else 0. By
 * arithmetic, because each branch here would multiply the paths that the verifier walks.
 */
static __always_inline __u64 sip__is_version(__u64 word)
{
	const __u64 letters = 0x202020ULL;
	__u64 differs = ((word | letters) ^ (SIP_WORD("SIP/2.0") | letters)) & SIP_LOW_BYTES(7);

	differs |= ((word >> 56) + (0x7f - ' ')) >> 7;
	return (differs - 1) >> 63;
}

/* Whether there is no "/2." in the block, where the version may have it. */
static __always_inline int sip__has_no_version(const __u8 *block)
{
	const __u8 *at = block + SIP_SEARCH_NAME;
	__u64 differs, marks = 0;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_SEARCH_STRIDE; i += 8) {
		differs = WORDS_LITTLE(words__load8(at + i)) ^ (SIP_ONES * '/');
		differs |= WORDS_LITTLE(words__load8(at + i + 1)) ^ (SIP_ONES * '2');
		differs |= WORDS_LITTLE(words__load8(at + i + 2)) ^ (SIP_ONES * '.');
		marks |= (differs - SIP_ONES) & ~differs & SIP_HIGHS;
	}
	return !marks;
}

/* Whether the version begins in the eight bytes at the offset. */
static __always_inline int sip__begins_version(const struct sip_view *view, const struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset), next = sip__word(view, scan->offset + 8), found = 0;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < 8; i++)
		found |= sip__is_version(word >> 8 * i | (i ? next << (64 - 8 * i) : 0));
	return found != 0;
}

/*
 * Searches on. Returns SIP_MALFORMED when there is what may be a start line, SIP_TRUNCATED when the bytes have ended
 * without one, or SIP_MORE.
 */
static __always_inline enum sip_verdict sip__search(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 at = scan->offset;
	const __u8 *block;
	__u32 i;

	if (scan->offset >= scan->end)
		return SIP_TRUNCATED;
	if (sip__needs_view(view, scan))
		return SIP_MORE;
	for (i = 0; i < SIP_SEARCH_BLOCKS; i++) {
		SIP_FORGET(view, at);
		block = sip__block(view, at);
		if (!block || !sip__has_no_version(block))
			break;
		at += SIP_SEARCH_STRIDE;
	}
	if (at != scan->offset) {
		/* By the block, so that it does not matter where a view ends. */
		scan->effort_left -=
			SIP_EFFORT_OF_SEARCH_BLOCK * (__s32)(((__u32)at - scan->offset) / SIP_SEARCH_STRIDE);
		scan->offset = (__u32)at;
		return SIP_MORE;
	}
	if (sip__begins_version(view, scan))
		return SIP_MALFORMED;
	scan->effort_left -= SIP_EFFORT_OF_BYTES;
	scan->offset += 8;
	return SIP_MORE;
}

#endif
