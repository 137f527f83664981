/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds what HEP puts before a message: the header of version 1 or 2, or version 3 and its chunks in any order. */
#ifndef HEP_H
#define HEP_H

#include "packets.h"

/* Who sent the message that HEP tells of. */
struct hep_ends {
	bool is_ipv6;
	unsigned char source[16]; /* IPv4: the first four bytes */
	unsigned char target[16];
	unsigned int source_port;
	unsigned int target_port;
	unsigned int protocol;
};

/* Puts the header of version 1 or 2; its length is that without the time, as Kamailio says it. */
static inline void hep__put_fixed(struct packet_builder *packet, unsigned int version, const struct hep_ends *ends)
{
	const unsigned char size = ends->is_ipv6 ? 16 : 4;
	const unsigned char header[4] = { (unsigned char)version, (unsigned char)(8 + 2 * size), ends->is_ipv6 ? 10 : 2,
					  (unsigned char)ends->protocol };

	packets__put(packet, header, sizeof(header));
	packets__put16(packet, ends->source_port);
	packets__put16(packet, ends->target_port);
	packets__put(packet, ends->source, size);
	packets__put(packet, ends->target, size);
	if (version == 2)
		packets__put(packet, "\x6b\x0b\x1a\x48\0\x09\xb2\x4e\xd1\x07\0\0", 12);
}

/* Begins version 3. Returns where, for hep__end(). */
static inline size_t hep__begin(struct packet_builder *packet)
{
	packets__put(packet, "HEP3\0\0", 6);
	return packet->length - 6;
}

static inline void hep__end(struct packet_builder *packet, size_t begin)
{
	packets__set16(packet, begin + 4, (unsigned int)(packet->length - begin));
}

static inline void hep__put_chunk(struct packet_builder *packet, unsigned int vendor, unsigned int type,
				  const void *value, size_t size)
{
	packets__put16(packet, vendor);
	packets__put16(packet, type);
	packets__put16(packet, (unsigned int)size + 6);
	packets__put(packet, value, size);
}

static inline void hep__put_number(struct packet_builder *packet, unsigned int type, unsigned int value, size_t size)
{
	const unsigned char bytes[2] = { (unsigned char)(value >> 8), (unsigned char)value };

	hep__put_chunk(packet, 0, type, bytes + 2 - size, size);
}

/* What a sender puts before the message, a chunk each. */
#define HEP_CHUNKS 10

static inline void hep__put_numbered_chunk(struct packet_builder *packet, unsigned int number,
					   const struct hep_ends *ends)
{
	const size_t size = ends->is_ipv6 ? 16 : 4;

	switch (number) {
	case 0:
		hep__put_number(packet, 1, ends->is_ipv6 ? 10 : 2, 1);
		break;
	case 1:
		hep__put_number(packet, 2, ends->protocol, 1);
		break;
	case 2:
		hep__put_chunk(packet, 0, ends->is_ipv6 ? 5 : 3, ends->source, size);
		break;
	case 3:
		hep__put_chunk(packet, 0, ends->is_ipv6 ? 6 : 4, ends->target, size);
		break;
	case 4:
		hep__put_number(packet, 7, ends->source_port, 2);
		break;
	case 5:
		hep__put_number(packet, 8, ends->target_port, 2);
		break;
	case 6:
		hep__put_chunk(packet, 0, 9, "\x6b\x0b\x1a\x48", 4);
		break;
	case 7:
		hep__put_chunk(packet, 0, 10, "\0\x09\xb2\x4e", 4);
		break;
	case 8:
		hep__put_number(packet, 11, 1, 1);
		break;
	default:
		hep__put_chunk(packet, 0, 12, "\0\0\x07\xd1", 4);
		break;
	}
}

/* Puts version 1, 2 or 3 with a message, as Kamailio does. */
static inline void hep__put(struct packet_builder *packet, unsigned int version, const struct hep_ends *ends,
			    const void *message, size_t size)
{
	size_t begin;
	unsigned int i;

	if (version < 3) {
		hep__put_fixed(packet, version, ends);
		packets__put(packet, message, size);
		return;
	}
	begin = hep__begin(packet);
	for (i = 0; i < HEP_CHUNKS; i++)
		hep__put_numbered_chunk(packet, i, ends);
	hep__put_chunk(packet, 0, 15, message, size);
	hep__end(packet, begin);
}

#endif
