/* SPDX-License-Identifier: BSD-2-Clause */
/* Builds frames for tests: layers are appended one by one; lengths are filled in at the end, unless a test lies. */
#ifndef PACKETS_H
#define PACKETS_H

#include <arpa/inet.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PACKETS_MAX 69632

struct packet_builder {
	unsigned char bytes[PACKETS_MAX];
	size_t length;
	size_t ip;  /* where the innermost IP header begins */
	size_t udp; /* where the UDP header begins; 0: none */
};

static inline void packets__put(struct packet_builder *builder, const void *bytes, size_t size)
{
	memcpy(builder->bytes + builder->length, bytes, size);
	builder->length += size;
}

static inline void packets__put16(struct packet_builder *builder, unsigned int value)
{
	const unsigned char bytes[2] = { (unsigned char)(value >> 8), (unsigned char)value };

	packets__put(builder, bytes, sizeof(bytes));
}

static inline void packets__set16(struct packet_builder *builder, size_t at, unsigned int value)
{
	builder->bytes[at] = (unsigned char)(value >> 8);
	builder->bytes[at + 1] = (unsigned char)value;
}

static inline void packets__ethernet(struct packet_builder *builder, unsigned int ethertype)
{
	memset(builder, 0, sizeof(*builder));
	packets__put(builder, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01", 12);
	packets__put16(builder, ethertype);
}

/* One more tag: the EtherType before it must be 0x8100 or 0x88a8. */
static inline void packets__vlan(struct packet_builder *builder, unsigned int id, unsigned int ethertype)
{
	packets__put16(builder, id);
	packets__put16(builder, ethertype);
}

/* 10.0.0.1 to 10.0.0.2; options_size in bytes, a multiple of 4. */
static inline void packets__ipv4(struct packet_builder *builder, unsigned int protocol, unsigned int fragment,
				 size_t options_size)
{
	const unsigned char header[20] = {
		(unsigned char)(0x45 + options_size / 4),
		0,
		0,
		0,
		0,
		1,
		(unsigned char)(fragment >> 8),
		(unsigned char)fragment,
		64,
		(unsigned char)protocol,
		0,
		0,
		10,
		0,
		0,
		1,
		10,
		0,
		0,
		2,
	};
	static const unsigned char nops[40] = { 1, 1, 1, 1, 1, 1, 1, 1 };

	builder->ip = builder->length;
	packets__put(builder, header, sizeof(header));
	packets__put(builder, nops, options_size);
}

/* 2001:db8::1 to 2001:db8::2. */
static inline void packets__ipv6(struct packet_builder *builder, unsigned int next_header)
{
	unsigned char header[40] = { 0x60, 0, 0, 0, 0, 0, (unsigned char)next_header, 64, 0x20, 1, 0xd, 0xb8 };

	memcpy(header + 24, header + 8, 4);
	header[23] = 1;
	header[39] = 2;
	builder->ip = builder->length;
	packets__put(builder, header, sizeof(header));
}

static inline void packets__udp(struct packet_builder *builder, unsigned int source, unsigned int target)
{
	builder->udp = builder->length;
	packets__put16(builder, source);
	packets__put16(builder, target);
	packets__put16(builder, 0);
	packets__put16(builder, 0);
}

static inline void packets__tcp(struct packet_builder *builder, unsigned int source, unsigned int target,
				size_t options_size)
{
	unsigned char rest[16] = { 0, 0, 0, 1, 0, 0, 0, 1, (unsigned char)((5 + options_size / 4) << 4), 0x18 };
	static const unsigned char nops[40] = { 1, 1, 1, 1 };

	packets__put16(builder, source);
	packets__put16(builder, target);
	packets__put(builder, rest, sizeof(rest));
	packets__put(builder, nops, options_size);
}

/* A TCP header with this sequence number and these flags. */
static inline void packets__segment(struct packet_builder *builder, unsigned int source, unsigned int target,
				    size_t options_size, unsigned int sequence, unsigned int flags)
{
	size_t tcp = builder->length;

	packets__tcp(builder, source, target, options_size);
	packets__set16(builder, tcp + 4, sequence >> 16);
	packets__set16(builder, tcp + 6, sequence & 0xffff);
	builder->bytes[tcp + 13] = (unsigned char)flags;
}

static inline void packets__text(struct packet_builder *builder, const char *text)
{
	packets__put(builder, text, strlen(text));
}

/* Fills in the lengths of the IP and the UDP header. */
static inline void packets__finish(struct packet_builder *builder)
{
	size_t length = builder->length - builder->ip;

	if (builder->udp)
		packets__set16(builder, builder->udp + 4, (unsigned int)(builder->length - builder->udp));
	if (builder->bytes[builder->ip] >> 4 == 4)
		packets__set16(builder, builder->ip + 2, (unsigned int)length);
	else
		packets__set16(builder, builder->ip + 4, (unsigned int)(length - 40));
}

/* Fills in the checksum of 20 bytes of an IPv4 header, or of what is to look like one. */
static inline void packets__set_ipv4_checksum(unsigned char *header)
{
	unsigned int sum = 0, i;

	header[10] = header[11] = 0;
	for (i = 0; i < 20; i += 2)
		sum += (unsigned int)(header[i] << 8 | header[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	header[10] = (unsigned char)(sum >> 8);
	header[11] = (unsigned char)sum;
}

/* A whole UDP datagram over IPv4, 5060 to 5060. */
static inline void packets__udp4(struct packet_builder *builder, const char *text)
{
	packets__ethernet(builder, 0x0800);
	packets__ipv4(builder, 17, 0, 0);
	packets__udp(builder, 5060, 5060);
	packets__text(builder, text);
	packets__finish(builder);
}

/* Puts an 802.1Q tag into the frame, which is whole. */
static inline void packets__tag(struct packet_builder *packet)
{
	memmove(packet->bytes + 16, packet->bytes + 12, packet->length - 12);
	memcpy(packet->bytes + 12, "\x81\0\0\x0a", 4);
	packet->length += 4;
}

/* Puts an outer header of Ethernet, IPv4 and so on before the frame, from this offset of it on. */
static inline void packets__wrap(struct packet_builder *packet, const unsigned char *header, size_t size, size_t offset)
{
	memmove(packet->bytes + size, packet->bytes + offset, packet->length - offset);
	memcpy(packet->bytes, header, size);
	packet->length += size - offset;
	packets__set16(packet, 16, (unsigned int)packet->length - 14);
}

#define PACKETS_OUTER(protocol)                                                          \
	"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0\x45\0\0\0\0\x01\0\0\x40" protocol "\0\0" \
	"\xc0\0\x02\x01\xc0\0\x02\x02"
#define PACKETS_OUTER_UDP(port) PACKETS_OUTER("\x11") "\xc0\0" port "\0\0\0\0"
#define PACKETS_OUTER_SIZE 50

static inline void packets__in_vxlan(struct packet_builder *packet)
{
	static const unsigned char header[] = PACKETS_OUTER_UDP("\x12\xb5") "\x08\0\0\0\0\0\x7b\0";

	_Static_assert(sizeof(header) - 1 == PACKETS_OUTER_SIZE, "the headers of VXLAN");
	packets__wrap(packet, header, PACKETS_OUTER_SIZE, 0);
	packets__set16(packet, 38, (unsigned int)packet->length - 34);
}

static inline void packets__in_geneve(struct packet_builder *packet)
{
	static const unsigned char header[] = PACKETS_OUTER_UDP("\x17\xc1") "\0\0\x65\x58\0\0\x7b\0";

	_Static_assert(sizeof(header) - 1 == PACKETS_OUTER_SIZE, "the headers of GENEVE");
	packets__wrap(packet, header, PACKETS_OUTER_SIZE, 0);
	packets__set16(packet, 38, (unsigned int)packet->length - 34);
}

/* Without the inner Ethernet header. */
static inline void packets__in_gre(struct packet_builder *packet)
{
	static const unsigned char header[] = PACKETS_OUTER("\x2f") "\0\0\x08\0";

	packets__wrap(packet, header, sizeof(header) - 1, 14);
}

/* Of type II. */
static inline void packets__in_erspan(struct packet_builder *packet)
{
	static const unsigned char header[] = PACKETS_OUTER("\x2f") "\x10\0\x88\xbe\0\0\0\x01\x10\x0a\0\x01\0\0\0\x02";

	_Static_assert(sizeof(header) - 1 == PACKETS_OUTER_SIZE, "the headers of ERSPAN");
	packets__wrap(packet, header, PACKETS_OUTER_SIZE, 0);
}

static inline void packets__in_gtpu(struct packet_builder *packet)
{
	static const unsigned char header[] = PACKETS_OUTER_UDP("\x08\x68") "\x30\xff\0\0\0\0\0\x01";

	_Static_assert(sizeof(header) - 1 == PACKETS_OUTER_SIZE, "the headers of GTP-U");
	packets__wrap(packet, header, PACKETS_OUTER_SIZE, 14);
	packets__set16(packet, 38, (unsigned int)packet->length - 34);
	packets__set16(packet, 44, (unsigned int)packet->length - PACKETS_OUTER_SIZE);
}

#endif
