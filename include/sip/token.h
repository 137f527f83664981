/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token (RFC 3261 25.1) whose text matters: the method of the start line and that of CSeq, the transport in Via. It is
 * read by the word, and by the block once it is too long for a name.
 * Tested by tests/unit/sip/test_sip.c.
 */
#ifndef SIP_TOKEN_H
#define SIP_TOKEN_H

#include "sip/scan.h"

static __always_inline void sip__token_clear(struct sip_scan *scan)
{
	scan->token_length = 0;
	scan->token_digits = 0;
	__builtin_memset(scan->token, 0, sizeof(scan->token));
}

/* Appends the first `length` characters (up to 8) of the word to a token of whole words, unless it is too long already. */
static __always_inline void sip__token_append_word(struct sip_scan *scan, __u64 word, __u32 length)
{
	__u32 before = scan->token_length;
	__u64 digits;

	if (before >= SIPBPF_NAME_SIZE)
		return;
	word &= SIP_LOW_BYTES(length);
	digits = SIP_MARK_RANGE(word & ~SIP_HIGHS, '0', '9') & ~word;
	words__store8(scan->token + (before & (SIP_TOKEN_SIZE - 8)), WORDS_LITTLE(word));
	scan->token_length = (__u16)(before + length);
	scan->token_digits += (__u16)((digits >> 7) * SIP_ONES >> 56);
}

/*
 * Whether the token may be the name of a method: it is not too long, and not that under which re-INVITEs count. By
 * arithmetic, because each branch here would multiply the paths that the verifier walks.
 */
static __always_inline int sip__token_is_method(const struct sip_scan *scan)
{
	__u64 length = scan->token_length, first = WORDS_LITTLE(words__load8((const __u8 *)scan->token));
	__u64 differs = (first ^ SIP_WORD("ReINVITE")) | (length ^ 8);

	return (int)(((differs | -differs) & (length - SIPBPF_NAME_SIZE)) >> 63);
}

/* Whether the block has nothing but letters and digits. */
static __always_inline int sip__is_alphanumeric_block(const __u8 *block)
{
	__u64 word, low, marks = SIP_HIGHS;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8) {
		word = WORDS_LITTLE(words__load8(block + i));
		low = word & ~SIP_HIGHS;
		low = SIP_MARK_RANGE(SIP_LOWER(low), 'a', 'z') | SIP_MARK_RANGE(low, '0', '9');
		marks &= low & ~word;
	}
	return marks == SIP_HIGHS;
}

/* Whether the block has nothing but characters of a token. */
static __always_inline int sip__is_token_block(const __u8 *block)
{
	__u64 others = 0;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8)
		others |= sip__mark_others_than_token(WORDS_LITTLE(words__load8(block + i)));
	return !others;
}

/* In a token that is too long for a name, skips blocks that belong to it. Returns whether it did. */
static __always_inline int sip__skip_long_token(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 at = scan->offset;
	const __u8 *block;
	__u32 i;

	for (i = 0; i < SIP_SEARCH_BLOCKS; i++) {
		SIP_FORGET(view, at);
		block = sip__block(view, at);
		if (!block || !sip__is_alphanumeric_block(block))
			break;
		at += SIP_BLOCK;
	}
	if (at == scan->offset && block && sip__is_token_block(block)) {
		scan->effort_left -= SIP_EFFORT_OF_ODD_TOKEN_BLOCK;
		at += SIP_BLOCK;
	}
	if (at == scan->offset)
		return 0;
	scan->effort_left -= SIP_EFFORT_OF_LONG_TOKEN(at - scan->offset);
	scan->offset = (__u32)at;
	return 1;
}

/*
 * Reads up to eight characters of a token, or more of one that has no name. Returns whether the byte at the offset ends
 * it, which may be that behind the end of the view.
 */
static __always_inline int sip__read_token(const struct sip_view *view, struct sip_scan *scan)
{
	__u64 word = sip__word(view, scan->offset), others;
	__u32 length;

	if (scan->token_length >= SIPBPF_NAME_SIZE) {
		if (sip__skip_long_token(view, scan))
			return 0;
	}
	scan->effort_left -= SIP_EFFORT_OF_TOKEN_BYTES;
	others = sip__mark_others_than_token(word);
	length = others ? sip__first_mark(others) : 8;
	sip__token_append_word(scan, word, length);
	scan->offset += length;
	return others != 0;
}

#endif
