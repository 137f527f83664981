/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words at any address. A compiler for BPF must not assume that a machine can load them, and would take them apart into
 * bytes. Then a word that was stored byte by byte could not be loaded, to be hashed or compared, until all of it had
 * reached the cache. Where the machine cannot load them (no HAVE_EFFICIENT_UNALIGNED_ACCESS), the verifier refuses the
 * programs.
 *
 * The includer has defined __u8 to __u64 and __always_inline.
 * Tested by tests/unit/stream/test_stream.c.
 */
#ifndef WORDS_H
#define WORDS_H

#ifdef __bpf__
#define WORDS_LOAD(word, bytes) ((word) = *(const __typeof__(word) *)(bytes))
#define WORDS_STORE(bytes, word) (*(__typeof__(word) *)(bytes) = (word))
#else
#define WORDS_LOAD(word, bytes) __builtin_memcpy(&(word), bytes, sizeof(word))
#define WORDS_STORE(bytes, word) __builtin_memcpy(bytes, &(word), sizeof(word))
#endif

/*
 * WORDS_LITTLE()                 a word of eight bytes in their order in memory, lowest first, on any machine
 * WORDS_BIG2(), WORDS_BIG4()     between network byte order and the machine's
 * WORDS_BYTES(), WORDS_PAIR()    two bytes as half a word and two halves as a word, in their order in memory
 */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORDS_LITTLE(word) __builtin_bswap64(word)
#define WORDS_BIG2(word) (word)
#define WORDS_BIG4(word) (word)
#define WORDS_BYTES(first, second) ((__u32)(first) << 8 | (second))
#define WORDS_PAIR(first, second) ((__u32)(first) << 16 | (second))
#else
#define WORDS_LITTLE(word) (word)
#define WORDS_BIG2(word) __builtin_bswap16(word)
#define WORDS_BIG4(word) __builtin_bswap32(word)
#define WORDS_BYTES(first, second) ((first) | (__u32)(second) << 8)
#define WORDS_PAIR(first, second) ((first) | (__u32)(second) << 16)
#endif

static __always_inline __u64 words__load8(const __u8 *bytes)
{
	__u64 word;

	WORDS_LOAD(word, bytes);
	return word;
}

static __always_inline void words__store4(void *bytes, __u32 word)
{
	WORDS_STORE(bytes, word);
}

static __always_inline void words__store8(void *bytes, __u64 word)
{
	WORDS_STORE(bytes, word);
}

/* A number in network byte order. */
static __always_inline __u32 words__be16(const __u8 *bytes)
{
	__u16 word;

	WORDS_LOAD(word, bytes);
	return WORDS_BIG2(word);
}

/* A number in network byte order. */
static __always_inline __u32 words__be32(const __u8 *bytes)
{
	__u32 word;

	WORDS_LOAD(word, bytes);
	return WORDS_BIG4(word);
}

#endif
