// SPDX-License-Identifier: BSD-2-Clause
/* See pcapng.h. */
#include "input/pcapng.h"

#include <byteswap.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SECTION 0x0a0d0d0a
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET 2 /* obsolete */
#define BLOCK_SIMPLE_PACKET 3
#define BLOCK_ENHANCED_PACKET 6

#define BYTE_ORDER_MAGIC 0x1a2b3c4d

/* The type and length in front of a block's body, and the length again behind it. */
#define BLOCK_HEADER_SIZE 8
#define BLOCK_TRAILER_SIZE 4

/* A longer block must be corrupt: a packet has at most 256 KiB, and an option at most 64 KiB. */
#define BLOCK_MAX (16 << 20)

#define OPTION_END 0
#define OPTION_ENHANCED_FLAGS 2
#define OPTION_TIME_RESOLUTION 9
#define OPTION_TIME_OFFSET 14

#define DIRECTION_MASK 3
#define DIRECTION_OUTBOUND 2

#define NANOSECONDS 1000000000ULL
#define MICROSECONDS 1000000ULL

/* The year 10000. A later time, or one before 1970, cannot be a packet's. */
#define SECONDS_MAX 253402300800ULL

struct interface {
	__u32 link_type;
	__u32 snapshot_length;  /* 0: no limit */
	__u64 units_per_second; /* of its timestamps */
	__s64 time_offset;      /* seconds */
};

struct pcapng {
	FILE *stream;
	__u64 offset;
	bool is_swapped;              /* the section is not in this machine's byte order */
	struct interface *interfaces; /* those of the section */
	size_t interfaces_count;
	__u32 type;   /* the block's */
	__u32 length; /* of the block's body */
	__u8 *body;
	size_t body_size; /* bytes for which body has room */
	const char *reason;
};

static int fail(struct pcapng *reader, int error, const char *reason)
{
	reader->reason = reason;
	return error;
}

static __u16 get16(const struct pcapng *reader, const __u8 *bytes)
{
	__u16 value;

	memcpy(&value, bytes, sizeof(value));
	return reader->is_swapped ? bswap_16(value) : value;
}

static __u32 get32(const struct pcapng *reader, const __u8 *bytes)
{
	__u32 value;

	memcpy(&value, bytes, sizeof(value));
	return reader->is_swapped ? bswap_32(value) : value;
}

static __u64 get64(const struct pcapng *reader, const __u8 *bytes)
{
	__u64 value;

	memcpy(&value, bytes, sizeof(value));
	return reader->is_swapped ? bswap_64(value) : value;
}

/* ---- blocks ---- */

/* Returns 1 if all bytes were read, 0 if the file ends before the first of them, or a negative errno. */
static int read_bytes(struct pcapng *reader, void *target, size_t size)
{
	size_t length = fread(target, 1, size, reader->stream);

	reader->offset += length;
	if (length == size)
		return 1;
	if (ferror(reader->stream))
		return fail(reader, -EBADMSG, strerror(errno));
	return length == 0 ? 0 : fail(reader, -EBADMSG, "the file ends within a block");
}

static int make_room(struct pcapng *reader, size_t size)
{
	__u8 *body;

	if (size <= reader->body_size)
		return 0;
	body = realloc(reader->body, size);
	if (!body)
		return fail(reader, -ENOMEM, "out of memory");
	reader->body = body;
	reader->body_size = size;
	return 0;
}

static int read_rest(struct pcapng *reader, size_t from, size_t size)
{
	int result = read_bytes(reader, reader->body + from, size);

	return result == 0 ? fail(reader, -EBADMSG, "the file ends within a block") : result;
}

/*
 * Reads the byte order of a section. It stands in the section's header, behind the block's length, which is already in
 * that order.
 */
static int read_byte_order(struct pcapng *reader)
{
	__u32 magic;
	int result;

	if (make_room(reader, sizeof(magic)))
		return -ENOMEM;
	result = read_rest(reader, 0, sizeof(magic));
	if (result < 0)
		return result;
	memcpy(&magic, reader->body, sizeof(magic));
	reader->is_swapped = magic == bswap_32(BYTE_ORDER_MAGIC);
	if (!reader->is_swapped && magic != BYTE_ORDER_MAGIC)
		return fail(reader, -EBADMSG, "a section does not begin with the byte-order magic");
	return result;
}

/* Reads a block. Returns 1, 0 at the end of the file, or a negative errno. */
static int read_block(struct pcapng *reader)
{
	__u8 header[BLOCK_HEADER_SIZE];
	__u32 length, there = 0;
	int result = read_bytes(reader, header, sizeof(header));

	if (result <= 0)
		return result;
	memcpy(&reader->type, header, sizeof(reader->type)); /* BLOCK_SECTION is the same in both orders */
	if (reader->type == BLOCK_SECTION) {
		there = sizeof(__u32);
		result = read_byte_order(reader);
		if (result < 0)
			return result;
	}
	reader->type = get32(reader, header);
	length = get32(reader, header + 4);
	if (length < BLOCK_HEADER_SIZE + BLOCK_TRAILER_SIZE + there || length % 4 || length > BLOCK_MAX)
		return fail(reader, -EBADMSG, "a block has an impossible length");
	if (make_room(reader, length))
		return -ENOMEM;
	reader->length = length - BLOCK_HEADER_SIZE - BLOCK_TRAILER_SIZE;
	result = read_rest(reader, there, length - BLOCK_HEADER_SIZE - there);
	if (result > 0 && get32(reader, reader->body + reader->length) != length)
		return fail(reader, -EBADMSG, "a block does not end with its length");
	return result;
}

/*
 * Returns the value of an option of at least `size` bytes, or NULL if there is none. The options begin at `at` in the
 * block.
 */
static const __u8 *find_option(const struct pcapng *reader, size_t at, __u16 wanted, __u16 size)
{
	__u16 code, length;

	while (at + 4 <= reader->length) {
		code = get16(reader, reader->body + at);
		length = get16(reader, reader->body + at + 2);
		at += 4;
		if (code == OPTION_END || length > reader->length - at)
			return NULL;
		if (code == wanted && length >= size)
			return reader->body + at;
		at += (length + 3U) & ~3U;
	}
	return NULL;
}

/* ---- interfaces ---- */

/*
 * Decodes if_tsresol: a negative power of 10 or, if the highest bit is set, of 2. Returns 0 if the result does not fit.
 */
static __u64 units_per_second(__u8 resolution)
{
	__u64 units = 1;
	int i, exponent = resolution & 0x7f;

	if (resolution & 0x80)
		return exponent < 64 ? 1ULL << exponent : 0;
	for (i = 0; i < exponent; i++)
		units = exponent < 20 ? units * 10 : 0;
	return units;
}

static int add_interface(struct pcapng *reader)
{
	struct interface *interfaces, *interface;
	const __u8 *option;

	if (reader->length < 8)
		return fail(reader, -EBADMSG, "a block has an impossible length");
	interfaces = reallocarray(reader->interfaces, reader->interfaces_count + 1, sizeof(*interfaces));
	if (!interfaces)
		return fail(reader, -ENOMEM, "out of memory");
	reader->interfaces = interfaces;
	interface = &interfaces[reader->interfaces_count++];
	interface->link_type = get16(reader, reader->body);
	interface->snapshot_length = get32(reader, reader->body + 4);
	option = find_option(reader, 8, OPTION_TIME_RESOLUTION, 1);
	interface->units_per_second = option ? units_per_second(*option) : MICROSECONDS;
	option = find_option(reader, 8, OPTION_TIME_OFFSET, 8);
	interface->time_offset = option ? (__s64)get64(reader, option) : 0;
	return 1;
}

/* Returns the time for a number of units, or zero if it is impossible. */
static struct timespec time_of(const struct interface *interface, __u64 units)
{
	__u64 per_second = interface->units_per_second, seconds, rest;

	if (!per_second)
		return (struct timespec){ 0 };
	seconds = units / per_second;
	rest = units % per_second;
	while (per_second > NANOSECONDS) { /* or the product below would overflow */
		rest /= 2;
		per_second = per_second / 2 + (per_second & 1);
	}
	rest = rest * NANOSECONDS / per_second;
	seconds += (__u64)interface->time_offset;
	if (seconds >= SECONDS_MAX)
		return (struct timespec){ 0 };
	return (struct timespec){ .tv_sec = (time_t)seconds,
				  .tv_nsec = (long)(rest < NANOSECONDS ? rest : NANOSECONDS - 1) };
}

/* ---- packets ---- */

/* Fills in a packet whose bytes begin at this offset of the block. Returns 1 or a negative errno. */
static int take_packet(struct pcapng *reader, size_t at, __u32 interface, __u32 length,
		       struct pcapng_packet *ret_packet)
{
	if (interface >= reader->interfaces_count)
		return fail(reader, -EBADMSG, "no block before a packet describes its interface");
	if (length > reader->length - at)
		return fail(reader, -EBADMSG, "a packet is longer than its block");
	*ret_packet = (struct pcapng_packet){
		.bytes = reader->body + at,
		.length = length,
		.interface = interface,
		.link_type = reader->interfaces[interface].link_type,
	};
	return 1;
}

static void set_time(const struct pcapng *reader, const __u8 *high_and_low, struct pcapng_packet *packet)
{
	__u64 units = (__u64)get32(reader, high_and_low) << 32 | get32(reader, high_and_low + 4);

	packet->time = time_of(&reader->interfaces[packet->interface], units);
}

static int take_enhanced_packet(struct pcapng *reader, struct pcapng_packet *ret_packet)
{
	const __u8 *body = reader->body, *flags;
	__u32 length;
	int result;

	if (reader->length < 20)
		return fail(reader, -EBADMSG, "a block has an impossible length");
	length = get32(reader, body + 12);
	result = take_packet(reader, 20, get32(reader, body), length, ret_packet);
	if (result < 0)
		return result;
	set_time(reader, body + 4, ret_packet);
	flags = find_option(reader, 20 + ((size_t)length + 3) / 4 * 4, OPTION_ENHANCED_FLAGS, 4);
	ret_packet->is_sent = flags && (get32(reader, flags) & DIRECTION_MASK) == DIRECTION_OUTBOUND;
	return result;
}

/* A simple packet has no time. It is as long as on the wire, unless the first interface's snapshot length cuts it. */
static int take_simple_packet(struct pcapng *reader, struct pcapng_packet *ret_packet)
{
	__u32 length, limit;

	if (reader->length < 4 || !reader->interfaces_count)
		return fail(reader, -EBADMSG, "no block before a packet describes its interface");
	length = get32(reader, reader->body);
	limit = reader->interfaces[0].snapshot_length;
	if (limit && length > limit)
		length = limit;
	return take_packet(reader, 4, 0, length, ret_packet);
}

static int take_old_packet(struct pcapng *reader, struct pcapng_packet *ret_packet)
{
	const __u8 *body = reader->body;
	int result;

	if (reader->length < 20)
		return fail(reader, -EBADMSG, "a block has an impossible length");
	result = take_packet(reader, 20, get16(reader, body), get32(reader, body + 12), ret_packet);
	if (result > 0)
		set_time(reader, body + 4, ret_packet);
	return result;
}

/* Reads what the block holds. Returns 1 for a packet, 0 for anything else, or a negative errno. */
static int take_block(struct pcapng *reader, struct pcapng_packet *ret_packet)
{
	int result;

	switch (reader->type) {
	case BLOCK_SECTION:
		reader->interfaces_count = 0;
		return 0;
	case BLOCK_INTERFACE:
		result = add_interface(reader);
		return result < 0 ? result : 0;
	case BLOCK_ENHANCED_PACKET:
		return take_enhanced_packet(reader, ret_packet);
	case BLOCK_SIMPLE_PACKET:
		return take_simple_packet(reader, ret_packet);
	case BLOCK_PACKET:
		return take_old_packet(reader, ret_packet);
	default:
		return 0;
	}
}

int pcapng__next(struct pcapng *reader, struct pcapng_packet *ret_packet, const char **ret_reason)
{
	int result, taken;

	do {
		result = read_block(reader);
		taken = result > 0 ? take_block(reader, ret_packet) : result;
	} while (result > 0 && taken == 0);
	if (taken < 0)
		*ret_reason = reader->reason;
	return taken;
}

/* Reads up to the first interface. No packet can precede it. */
static int begin(struct pcapng *reader)
{
	struct pcapng_packet packet;
	int result = read_block(reader), taken = 0;

	if (result && reader->type != BLOCK_SECTION)
		return fail(reader, -EINVAL, "unknown file format");
	while (result > 0 && taken == 0 && !reader->interfaces_count) {
		result = read_block(reader);
		if (result > 0)
			taken = take_block(reader, &packet);
	}
	if (taken < 0)
		result = taken;
	return result == 0 ? fail(reader, -EINVAL, "the file ends before the first interface") : result;
}

int pcapng__new(FILE *stream, struct pcapng **ret_reader, const char **ret_reason)
{
	struct pcapng *reader = calloc(1, sizeof(*reader));
	int result;

	*ret_reason = "out of memory";
	if (!reader)
		return -ENOMEM;
	reader->stream = stream;
	result = begin(reader);
	if (result < 0) {
		*ret_reason = reader->reason;
		pcapng__free(reader);
		return result == -ENOMEM ? result : -EINVAL;
	}
	*ret_reader = reader;
	return 0;
}

void pcapng__free(struct pcapng *reader)
{
	if (!reader)
		return;
	free(reader->interfaces);
	free(reader->body);
	free(reader);
}

__u64 pcapng__offset(const struct pcapng *reader)
{
	return reader->offset;
}
