// SPDX-License-Identifier: BSD-2-Clause
/*
 * libpcap reads the capture through a stream that counts its bytes, so that ftello() tells libpcap's position in a pipe
 * too. The stream has a buffer: glibc reads unbuffered streams with a cookie byte by byte.
 */
#include "capture.h"

#include <byteswap.h>
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)
#define NANOSECONDS_PER_SECOND 1000000000L
#define TEXT_LOOKED_AT 512 /* bytes that tell whether a file is text */
#define ESCAPE '\x1b'      /* of colours in a log */

/* LINKTYPE_RAW as some systems wrote it before it had a number of its own. */
#define DLT_RAW_LINUX 12
#define DLT_RAW_OPENBSD 14

/* The families that BSD and Windows captures give IPv6 besides Linux's AF_INET6. */
#define AF_INET6_WINDOWS 23
#define AF_INET6_NETBSD 24
#define AF_INET6_FREEBSD 28
#define AF_INET6_DARWIN 30

struct capture {
	pcap_t *pcap;
	int fd;
	int link_type;
	const char *name;         /* for messages: the path, or what "-" stands for */
	__u64 size;               /* of the file; 0: unknown */
	__u64 offset;             /* bytes read into the stream */
	char buffer[BUFFER_SIZE]; /* of the stream */
};

static ssize_t stream_read(void *cookie, char *target, size_t size)
{
	struct capture *capture = cookie;
	ssize_t length;

	do
		length = read(capture->fd, target, size);
	while (length < 0 && errno == EINTR);
	if (length > 0)
		capture->offset += (__u64)length;
	return length;
}

/* Tells the position and goes nowhere: all that ftello() asks for. */
static int stream_tell(void *cookie, off64_t *offset, int whence)
{
	const struct capture *capture = cookie;

	if (whence != SEEK_CUR || *offset != 0) {
		errno = ESPIPE;
		return -1;
	}
	*offset = (off64_t)capture->offset;
	return 0;
}

static bool is_supported(int link_type)
{
	switch (link_type) {
	case DLT_EN10MB:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_RAW_LINUX:
	case DLT_RAW_OPENBSD:
	case DLT_IPV4:
	case DLT_IPV6:
		return true;
	default:
		return false;
	}
}

static int open_file(struct capture *capture, const char *path, char *ret_error)
{
	struct stat status;
	bool is_stdin = strcmp(path, "-") == 0;

	capture->name = is_stdin ? "standard input" : path;
	/* A descriptor of our own also for stdin, so that closing is the same for all. */
	capture->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	if (capture->fd < 0 || fstat(capture->fd, &status)) {
		int error = -errno;

		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: cannot open: %s", capture->name, strerror(-error));
		return error;
	}
	if (S_ISDIR(status.st_mode)) {
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: is a directory, not a capture file", capture->name);
		return -EISDIR;
	}
	capture->size = S_ISREG(status.st_mode) ? (__u64)status.st_size : 0;
	return 0;
}

static bool is_text(const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (iscntrl((unsigned char)bytes[i]) && !isspace((unsigned char)bytes[i]) && bytes[i] != ESCAPE)
			return false;
	return length > 0;
}

/* What is no capture at all: its first bytes are still in the buffer, libpcap has looked at no more of them. */
static void describe_format(const struct capture *capture, long long position, const char *reason, char *ret_error)
{
	size_t length = capture->offset < TEXT_LOOKED_AT ? capture->offset : TEXT_LOOKED_AT;
	bool is_log = strstr(reason, "unknown file format") && is_text(capture->buffer, length);

	snprintf(ret_error, CAPTURE_ERROR_SIZE,
		 "%s: no capture, or cut or corrupt, at byte %lld: %s; give a pcap or pcapng file, uncompressed%s",
		 capture->name, position, reason, is_log ? ", or --input text for a log" : "");
}

static int open_pcap(struct capture *capture, char *ret_error)
{
	static const cookie_io_functions_t functions = { .read = stream_read, .seek = stream_tell };
	char reason[PCAP_ERRBUF_SIZE] = "";
	FILE *stream = fopencookie(capture, "r", functions);

	if (!stream || setvbuf(stream, capture->buffer, _IOFBF, sizeof(capture->buffer))) {
		if (stream)
			fclose(stream);
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: cannot open: out of memory", capture->name);
		return -ENOMEM;
	}
	__fsetlocking(stream, FSETLOCKING_BYCALLER); /* one thread: no lock for every record */
	capture->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!capture->pcap) {
		describe_format(capture, (long long)ftello(stream), reason, ret_error);
		fclose(stream);
		return -EINVAL;
	}
	return 0;
}

static int check_link_type(const struct capture *capture, char *ret_error)
{
	const char *name = pcap_datalink_val_to_name(capture->link_type);

	if (is_supported(capture->link_type))
		return 0;
	snprintf(ret_error, CAPTURE_ERROR_SIZE,
		 "%s: link type %s (%d) is not supported; Ethernet, LINUX_SLL, LINUX_SLL2, NULL, LOOP and raw IP are",
		 capture->name, name ? name : "unknown", capture->link_type);
	return -EPROTONOSUPPORT;
}

int capture__open(const char *path, struct capture **ret_capture, char *ret_error)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	int error;

	if (!capture) {
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: cannot open: out of memory", path);
		return -ENOMEM;
	}
	error = open_file(capture, path, ret_error);
	if (!error)
		error = open_pcap(capture, ret_error);
	if (!error) {
		capture->link_type = pcap_datalink(capture->pcap);
		error = check_link_type(capture, ret_error);
	}
	if (error) {
		capture__close(capture);
		return error;
	}
	*ret_capture = capture;
	return 0;
}

void capture__close(struct capture *capture)
{
	if (!capture)
		return;
	if (capture->pcap)
		pcap_close(capture->pcap);
	if (capture->fd >= 0)
		close(capture->fd);
	free(capture);
}

/* Takes the link layer's header off; a frame that is too short for it is left empty and without a protocol. */
static bool strip_header(struct frame *frame, __u32 length)
{
	bool fits = frame->length >= length;

	frame->start = FRAME_ETHERTYPE;
	frame->ethertype = 0;
	if (!fits)
		length = frame->length;
	frame->bytes += length;
	frame->length -= length;
	return fits;
}

static __u16 family_ethertype(__u32 family)
{
	switch (family) {
	case AF_INET:
		return ETH_P_IP;
	case AF_INET6:
	case AF_INET6_WINDOWS:
	case AF_INET6_NETBSD:
	case AF_INET6_FREEBSD:
	case AF_INET6_DARWIN:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

/* Four bytes: the address family, by DLT_NULL in the byte order of whoever captured, by DLT_LOOP in network order. */
static void strip_family(struct frame *frame)
{
	const __u8 *header = frame->bytes;
	__u32 family;

	if (!strip_header(frame, sizeof(family)))
		return;
	memcpy(&family, header, sizeof(family));
	family = le32toh(family);
	if (family > 0xffff) /* families are small, so this was big-endian */
		family = bswap_32(family);
	frame->ethertype = family_ethertype(family);
}

static void strip_sll(struct frame *frame)
{
	struct sll_header header;
	const __u8 *bytes = frame->bytes;

	if (!strip_header(frame, sizeof(header)))
		return;
	memcpy(&header, bytes, sizeof(header));
	frame->ethertype = be16toh(header.sll_protocol);
	if (be16toh(header.sll_pkttype) == LINUX_SLL_OUTGOING)
		frame->hook = SIPBPF_SENT;
}

static void strip_sll2(struct frame *frame)
{
	struct sll2_header header;
	const __u8 *bytes = frame->bytes;

	if (!strip_header(frame, sizeof(header)))
		return;
	memcpy(&header, bytes, sizeof(header));
	frame->ethertype = be16toh(header.sll2_protocol);
	if (header.sll2_pkttype == LINUX_SLL_OUTGOING)
		frame->hook = SIPBPF_SENT;
}

static void set_start(struct frame *frame, int link_type)
{
	switch (link_type) {
	case DLT_LINUX_SLL:
		strip_sll(frame);
		break;
	case DLT_LINUX_SLL2:
		strip_sll2(frame);
		break;
	case DLT_NULL:
	case DLT_LOOP:
		strip_family(frame);
		break;
	case DLT_IPV4:
		frame->start = FRAME_IPV4;
		break;
	case DLT_IPV6:
		frame->start = FRAME_IPV6;
		break;
	case DLT_RAW_LINUX:
	case DLT_RAW_OPENBSD:
		frame->start = FRAME_IP;
		break;
	default:
		frame->start = FRAME_ETHERNET;
	}
}

/* With nanosecond precision libpcap keeps nanoseconds in tv_usec; a corrupt record may hold more than a second's. */
static struct timespec record_time(const struct pcap_pkthdr *header)
{
	struct timespec time = { .tv_sec = header->ts.tv_sec, .tv_nsec = header->ts.tv_usec };

	if (time.tv_nsec < 0)
		time.tv_nsec = 0;
	time.tv_sec += time.tv_nsec / NANOSECONDS_PER_SECOND;
	time.tv_nsec %= NANOSECONDS_PER_SECOND;
	return time;
}

/* What to do where libpcap gives up though the file is sound; NULL: it is not. */
static const char *advice(const char *reason)
{
	if (strstr(reason, "different from the type"))
		return "capture such interfaces into files of their own";
	if (strstr(reason, "different from the snapshot length"))
		return "`editcap -F pcap` makes a file of it that can be read";
	return NULL;
}

static int describe_error(const struct capture *capture, char *ret_error)
{
	const char *reason = pcap_geterr(capture->pcap), *hint = advice(reason);
	long long position = ftello(pcap_file(capture->pcap));

	if (hint) {
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: cannot read on at byte %lld: %s; %s", capture->name,
			 position, reason, hint);
		return -EPROTONOSUPPORT;
	}
	snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: cut or corrupt at byte %lld: %s; all frames before were read",
		 capture->name, position, reason);
	return -EBADMSG;
}

int capture__next(struct capture *capture, struct frame *ret_frame, struct timespec *ret_time, char *ret_error)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int result = pcap_next_ex(capture->pcap, &header, &bytes);

	if (result == PCAP_ERROR_BREAK)
		return 0; /* the end of a savefile */
	if (result < 0)
		return describe_error(capture, ret_error);
	*ret_frame = (struct frame){ .bytes = bytes, .length = header->caplen, .hook = SIPBPF_RECEIVED };
	set_start(ret_frame, capture->link_type);
	*ret_time = record_time(header);
	ret_frame->milliseconds = (__u32)ret_time->tv_sec * 1000 + (__u32)(ret_time->tv_nsec / 1000000);
	return 1;
}

__u64 capture__offset(const struct capture *capture)
{
	return capture->offset;
}

__u64 capture__size(const struct capture *capture)
{
	return capture->size;
}
