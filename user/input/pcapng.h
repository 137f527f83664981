/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads captures in the pcapng format (draft-ietf-opsawg-pcapng). A file may have several sections, each in its own
 * byte order. A section may have several interfaces, each with its own link type, snapshot length and time resolution.
 * libpcap reads only files whose interfaces are all alike.
 */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/* The first byte of a pcapng file, in either byte order. No other capture begins with it. */
#define PCAPNG_FIRST_BYTE 0x0a

struct pcapng;

struct pcapng_packet {
	const __u8 *bytes;
	__u32 length;         /* bytes present */
	__u32 interface;      /* its number in the section, from 0 */
	__u32 link_type;      /* LINKTYPE_* */
	bool is_sent;         /* the host that made the capture sent it; false: received, or unknown */
	struct timespec time; /* zero: unknown */
};

/*
 * Starts reading, up to the first interface. The stream belongs to the caller and must outlive the reader. Returns 0
 * and a reader that the caller frees, -EINVAL if this is no pcapng file or cannot be read, or -ENOMEM. On failure
 * *ret_reason is a text in static storage. pcapng__free(NULL) is fine.
 */
int pcapng__new(FILE *stream, struct pcapng **ret_reader, const char **ret_reason);
void pcapng__free(struct pcapng *reader);

/*
 * Reads the next packet. Returns 1 and a packet that is valid until the next call, 0 at the end, -EBADMSG if the file
 * is cut, corrupt or cannot be read, or -ENOMEM. All packets before the error have been delivered. On failure
 * *ret_reason is a text in static storage.
 */
int pcapng__next(struct pcapng *reader, struct pcapng_packet *ret_packet, const char **ret_reason);

/* Returns how many bytes have been read. */
__u64 pcapng__offset(const struct pcapng *reader);

#endif
