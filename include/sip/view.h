/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A view: a readable stretch of a message, and how it is read, a word of eight bytes at a time. A fast search only
 * skips bytes. Of the marks that it makes in a word, only the lowest is exact, so plain code looks at that byte again.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 * Tested by tests/unit/sip/test_sip.c.
 */
#ifndef SIP_VIEW_H
#define SIP_VIEW_H

#include "common/sipbpf.h"
#include "common/words.h"

/*
 * Which bytes a view holds. They are kept in memory beside the scan, where the verifier forgets what branches have
 * taught it.
 */
struct sip_bounds {
	__u32 origin;   /* offset of the view's first byte */
	__u32 limit;    /* offset of the first byte behind the view; at most sip_scan.end */
	__u32 has_more; /* bytes behind the limit are at hand: another view can show them */
};

/* Where the bytes are. */
struct sip_view {
	const __u8 *base;
	const __u8 *base_end;            /* for SIP_VIEW_AT(): the verifier wants a pointer to compare with */
	const struct sip_bounds *bounds; /* the scan's */
	__u64 zero;                      /* always 0, but the verifier does not know: see SIP_FORGET() */
	__u8 *pad;                       /* of SIP_BLOCK bytes, for sip__padded(); not for a copy */
	__u8 copied;                     /* base is a copy, with zeros behind it; constant where the view is made */
	__u8 is_exact;                   /* base_end is the limit, which SIP_VIEW_AT() checks; constant likewise */
};

/*
 * SIP_VIEW_AT(view, at, size) is a pointer to `size` readable bytes at offset `at`, or NULL. The caller makes sure that
 * they are before view->bounds->limit, so it is never NULL, but the verifier has to see a check. BPF brings its own.
 */
#ifndef SIP_VIEW_AT
#define SIP_VIEW_AT(view, at, size) ((view)->base + ((at) - (view)->bounds->origin))
#endif

/* How the parts of reading are called. BPF brings its own way, in which the verifier walks each part once. */
#ifndef SIP_CALL
#define SIP_CALL(part, view, scan) part(view, scan)
#endif

/* Ends a step: memory is read again after it, so that all paths through a step end in the same state. */
#define SIP_STEP_ENDS() __asm__ volatile("" ::: "memory")

/*
 * Makes clang 19 unroll the loop, so that the verifier of Linux 6.1 sees its end. What clang cannot unroll gets another
 * form, whose end it sees too.
 */
#ifdef __bpf__
#define SIP_UNROLL _Pragma("clang loop unroll(full)")
#else
#define SIP_UNROLL
#endif

/*
 * Makes the verifier forget what it knows of a number, so that paths with different values of it go on as one.
 * Otherwise each value is a path of its own.
 */
#ifdef __bpf__
#define SIP_FORGET(view, number)                 \
	do {                                     \
		(number) += (view)->zero;        \
		asm volatile("" : "+r"(number)); \
	} while (0)
#else
#define SIP_FORGET(view, number) ((void)0)
#endif

#define SIP_ONES 0x0101010101010101ULL
#define SIP_HIGHS 0x8080808080808080ULL

/* Marks the bytes of word that are below n (n <= 128). The lowest mark is exact; higher ones may be false. */
#define SIP_MARK_BELOW(word, n) (((word)-SIP_ONES * (n)) & ~(word)&SIP_HIGHS)

/* Marks the bytes of word that are c. The lowest mark is exact; higher ones may be false. */
#define SIP_MARK_BYTE(word, c) SIP_MARK_BELOW((word) ^ (SIP_ONES * (__u8)(c)), 1)

/* Three ASCII characters that end a search, as words of eight of them; LF ends it too. */
struct sip_stops {
	__u64 words[3];
};

#define SIP_STOPS(a, b, c)                                          \
	{                                                           \
		{                                                   \
			SIP_ONES *(a), SIP_ONES *(b), SIP_ONES *(c) \
		}                                                   \
	}

/*
 * Marks LF and the stops in the word. The lowest mark is exact; higher ones may be false. As no stop is above 127, bytes
 * above 127 are sorted out once for all of them.
 */
static __always_inline __u64 sip__mark_stops(__u64 word, const struct sip_stops *stops)
{
	__u64 marks = (word ^ (SIP_ONES * '\n')) - SIP_ONES;

	marks |= (word ^ stops->words[0]) - SIP_ONES;
	marks |= (word ^ stops->words[1]) - SIP_ONES;
	marks |= (word ^ stops->words[2]) - SIP_ONES;
	return marks & ~word & SIP_HIGHS;
}

/* Marks the bytes of word that are not 0. All marks are exact. */
static __always_inline __u64 sip__mark_filled(__u64 word)
{
	return (((word & ~SIP_HIGHS) + ~SIP_HIGHS) | word) & SIP_HIGHS;
}

/* Marks the bytes of a word that are from `low` to `high`. No byte is above 127. */
#define SIP_MARK_RANGE(word, low, high) \
	(((word) + SIP_ONES * (0x80 - (low))) & ~((word) + SIP_ONES * (0x7f - (high))) & SIP_HIGHS)

/* Marks the bytes of word that are in no token (RFC 3261 25.1). All marks are exact. */
static __always_inline __u64 sip__mark_others_than_token(__u64 word)
{
	__u64 low = word & ~SIP_HIGHS, others, tokens;

	/* In ASCII, only , and / are no token from * to 9, and all are one from _ to z. */
	tokens = SIP_MARK_RANGE(low, '*', '9') | SIP_MARK_RANGE(low, 'A', 'Z') | SIP_MARK_RANGE(low, '_', 'z');
	tokens &= sip__mark_filled(low ^ (SIP_ONES * ',')) & sip__mark_filled(low ^ (SIP_ONES * '/'));
	others = sip__mark_filled(low ^ (SIP_ONES * '!')) & sip__mark_filled(low ^ (SIP_ONES * '%')) &
		 sip__mark_filled(low ^ (SIP_ONES * '\'')) & sip__mark_filled(low ^ (SIP_ONES * '~'));
	return ((others & ~tokens) | word) & SIP_HIGHS;
}

/* Marks the bytes of word that are no digits. The lowest mark is exact; higher ones may be false. */
static __always_inline __u64 sip__mark_others_than_digits(__u64 word)
{
	word ^= SIP_ONES * '0';
	return (word | (word + SIP_ONES * (0x80 - 10))) & SIP_HIGHS;
}

/* The number that the first `count` characters (1 to 8) of the word are digits of: two by two, then four by four. */
static __always_inline __u32 sip__number(__u64 word, __u32 count)
{
	word = (word ^ (SIP_ONES * '0')) << (64 - 8 * count);
	word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ffULL;
	word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffffULL;
	return (__u32)(word * 10000 + (word >> 32));
}

/* The number of bytes behind the one with the lowest mark. marks is not 0. */
static __always_inline __u32 sip__bytes_behind(__u64 marks)
{
#ifdef __bpf__
	/*
	 * BPF cannot count trailing zeros. 0x80 << 8n, times this constant, has 7 - n in bits 60 to 62 and 0 in bit 63.
	 */
	return (__u32)(((marks & -marks) * 0x00e0c0a080604020ULL) >> 60);
#else
	return 7 - (__u32)__builtin_ctzll(marks) / 8;
#endif
}

/* The position, 0 to 7, of the lowest mark. */
static __always_inline __u32 sip__first_mark(__u64 marks)
{
	return 7 - sip__bytes_behind(marks);
}

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
#define SIP_LOW_BYTES(n) ((n) >= 8 ? ~0ULL : ((1ULL << (8 * ((n)&7))) - 1))

/* The last word before the view's limit, fewer than eight bytes from offset `at` on; zeros follow. */
static __always_inline __u64 sip__last_word(const struct sip_view *view, __u32 at)
{
	__u32 left = view->bounds->limit - at, i;
	const __u8 *bytes;
	__u64 word = 0;

	if (at >= view->bounds->limit)
		return 0;
	if (view->copied) { /* there is slack behind the limit */
		bytes = SIP_VIEW_AT(view, at, 8);
		return bytes ? WORDS_LITTLE(words__load8(bytes)) & SIP_LOW_BYTES(left) : 0;
	}
	for (i = 0; i < left; i++)
		word |= (__u64)sip__byte(view, at + i) << (8 * i);
	return word;
}

/* The eight bytes at offset `at`, lowest first; zeros past the view's limit. */
static __always_inline __u64 sip__word(const struct sip_view *view, __u32 at)
{
	const __u8 *bytes;

	if (at + 8 > view->bounds->limit)
		return sip__last_word(view, at);
	bytes = SIP_VIEW_AT(view, at, 8);
	return bytes ? WORDS_LITTLE(words__load8(bytes)) : 0;
}

/* Bytes that a fast search looks at together. */
#define SIP_BLOCK 32

/* A pointer to `size` bytes at offset `at`, or NULL if the view does not hold all of them. */
static __always_inline const __u8 *sip__bytes(const struct sip_view *view, __u64 at, __u32 size)
{
	return !view->is_exact && at + size > view->bounds->limit ? 0 : SIP_VIEW_AT(view, at, size);
}

/* A pointer to the block at offset `at`, or NULL if the view does not hold all of it. */
static __always_inline const __u8 *sip__block(const struct sip_view *view, __u64 at)
{
	return sip__bytes(view, at, SIP_BLOCK);
}

/*
 * A pointer to `size` bytes (up to SIP_BLOCK) at offset `at`, of which the view holds at least one; zeros follow its limit. A
 * view that is exact, or without a pad, must hold all of them. Otherwise NULL.
 */
static __always_inline const __u8 *sip__padded(const struct sip_view *view, __u64 at, __u32 size)
{
	const __u32 limit = view->bounds->limit;

	if (view->copied)
		return at >= limit ? 0 : SIP_VIEW_AT(view, at, size);
	if (view->is_exact || !view->pad || at + size <= limit || at >= limit)
		return sip__bytes(view, at, size);
	__builtin_memset(view->pad, 0, SIP_BLOCK);
	__builtin_memcpy(view->pad, SIP_VIEW_AT(view, at, 1), limit - at);
	return view->pad;
}

/*
 * Moves *at, the offset of the block, behind the first LF in it, or behind the block if it has none. Returns whether it
 * has one. The next block cannot be read until *at is known, so the slow part comes first.
 */
static __always_inline int sip__skip_line(const struct sip_view *view, const __u8 *block, __u64 *at)
{
	__u64 word, marks;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8) {
		/* Like SIP_MARK_BYTE(), but it sorts out bytes above 127 only where there is a mark. */
		word = WORDS_LITTLE(words__load8(block + i)) ^ (SIP_ONES * '\n');
		marks = (word - SIP_ONES) & SIP_HIGHS;
		if (!marks || !(marks & ~word))
			continue;
		*at += i + 8;
		SIP_FORGET(view, *at);
		*at -= sip__bytes_behind(marks & ~word);
		return 1;
	}
	*at += SIP_BLOCK;
	SIP_FORGET(view, *at);
	return 0;
}

/* Blocks that one search passes, so that the verifier sees its end. */
#define SIP_SEARCH_BLOCKS 8

/* Whether there is neither LF nor a stop in the block. */
static __always_inline int sip__has_no_stop(const __u8 *block, const struct sip_stops *stops)
{
	__u64 marks = 0;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8)
		marks |= sip__mark_stops(WORDS_LITTLE(words__load8(block + i)), stops);
	return !marks;
}

/*
 * Passes blocks, from offset `at` on, that have neither LF nor a stop. Returns where the next one begins. Blocks begin
 * `stride` bytes apart, so that they do not depend on where the view ends.
 */
static __always_inline __u64 sip__pass_blocks(const struct sip_view *view, __u64 at, const struct sip_stops *stops,
					      __u32 stride)
{
	const __u8 *block;
	__u32 i;

	for (i = 0; i < SIP_SEARCH_BLOCKS; i++) {
		SIP_FORGET(view, at);
		block = sip__block(view, at);
		if (!block || !sip__has_no_stop(block, stops))
			break;
		at += stride;
	}
	return at;
}

/* Returns the offset behind the blocks, from offset `at` on, that have neither white space nor a control character. */
static __always_inline __u64 sip__pass_words(const struct sip_view *view, __u64 at)
{
	const __u8 *block;
	__u64 word, marks;
	__u32 i, j;

	for (i = 0; i < SIP_SEARCH_BLOCKS; i++) {
		SIP_FORGET(view, at);
		block = sip__block(view, at);
		if (!block)
			break;
		marks = 0;
		SIP_UNROLL
		for (j = 0; j < SIP_BLOCK; j += 8) {
			word = WORDS_LITTLE(words__load8(block + j));
			marks |= SIP_MARK_BELOW(word, 0x21);
		}
		if (marks)
			break;
		at += SIP_BLOCK;
	}
	return at;
}

/* The number of bytes in the block before the first white space or control character; SIP_BLOCK: there is none. */
static __always_inline __u32 sip__word_length(const __u8 *block)
{
	__u64 word, marks;
	__u32 i;

	SIP_UNROLL
	for (i = 0; i < SIP_BLOCK; i += 8) {
		word = WORDS_LITTLE(words__load8(block + i));
		marks = SIP_MARK_BELOW(word, 0x21);
		if (marks)
			return i + sip__first_mark(marks);
	}
	return SIP_BLOCK;
}

/* A string of up to eight characters, as sip__word() would read it. */
#define SIP_CHAR(s, i) ((__u64)(__u8)((i) < sizeof(s) - 1 ? (s)[(i) < sizeof(s) ? (i) : 0] : 0) << (8 * ((i)&7)))
#define SIP_WORD_FROM(s, i)                                                                                           \
	(SIP_CHAR(s, i) | SIP_CHAR(s, (i) + 1) | SIP_CHAR(s, (i) + 2) | SIP_CHAR(s, (i) + 3) | SIP_CHAR(s, (i) + 4) | \
	 SIP_CHAR(s, (i) + 5) | SIP_CHAR(s, (i) + 6) | SIP_CHAR(s, (i) + 7))
#define SIP_WORD(s) SIP_WORD_FROM(s, 0)

/* Upper case to lower case in all eight bytes. Only for comparisons with letters, '/' and digits. */
#define SIP_LOWER(word) ((word) | (SIP_ONES * 0x20))

#endif
