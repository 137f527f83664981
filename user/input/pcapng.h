/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads captures of the pcapng format (draft-ietf-opsawg-pcapng): several sections, each in its own byte order, with several
 * interfaces, each of its own link type, snapshot length and time. libpcap wants all interfaces of a file to be alike.
 */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/* What pcapng files begin with, in either byte order, and nothing else that is a capture. */
#define PCAPNG_FIRST_BYTE 0x0a

struct pcapng;

struct pcapng_packet {
	const __u8 *bytes;
	__u32 length;         /* bytes present */
	__u32 interface;      /* as the section numbers them, from 0 on */
	__u32 link_type;      /* LINKTYPE_ */
	bool is_sent;         /* by the host that captured it; false: received, or it is not told */
	struct timespec time; /* zero: not told */
};

/*
 * Begins to read, up to the first interface. The stream is the caller's and must outlive the reader. Returns 0 and a reader that
 * the caller frees, -EINVAL when this is no pcapng file, or -ENOMEM; in *ret_reason, then, words of static storage.
 */
int pcapng__new(FILE *stream, struct pcapng **ret_reader, const char **ret_reason);
void pcapng__free(struct pcapng *reader); /* NULL is fine */

/*
 * The next packet: returns 1 and a packet valid until the next call, 0 at the end, -EBADMSG when the file is cut or corrupt, or
 * -ENOMEM; in *ret_reason, then, words of static storage. Packets before were all delivered.
 */
int pcapng__next(struct pcapng *reader, struct pcapng_packet *ret_packet, const char **ret_reason);

/* Bytes read so far. */
__u64 pcapng__offset(const struct pcapng *reader);

#endif
