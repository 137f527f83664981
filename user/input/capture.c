// SPDX-License-Identifier: BSD-2-Clause
/* libpcap, or for pcapng our own reader, reads the capture through the stream of an input file. */
#include "input/capture.h"

#include <ctype.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/input_file.h"
#include "input/link_layer.h"
#include "input/pcapng.h"

#define NANOSECONDS_PER_SECOND 1000000000L
#define NANOSECONDS_PER_MILLISECOND 1000000L
#define TEXT_LOOKED_AT 512 /* bytes that tell whether a file is text */
#define ESCAPE '\x1b'      /* of colours in a log */

/* Frames of an interface whose link type is not supported. */
struct unreadable {
	__u64 frames;
	__u32 interface; /* of the first one */
	int link_type;   /* likewise */
};

struct capture {
	pcap_t *pcap; /* NULL: the file is pcapng, or not open */
	int link_type;
	struct pcapng *pcapng;
	bool has_readable; /* frames */
	struct unreadable unreadable;
	__u64 obstacles[FRAME_OBSTACLES]; /* frames with each of them */
	struct frame frame;               /* the last one that was delivered */
	struct timespec time;             /* of it */
	struct input_file *file;
};

static bool is_text(const char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (iscntrl((unsigned char)bytes[i]) && !isspace((unsigned char)bytes[i]) && bytes[i] != ESCAPE)
			return false;
	return length > 0;
}

/* Returns what is wrong with a file that is not a capture from its first bytes on, or NULL if only the reason tells. */
static const char *find_problem(const struct capture *capture, const char *reason)
{
	const char *problem = input_file__problem(capture->file), *bytes;
	size_t length = input_file__beginning(capture->file, &bytes);

	if (problem)
		return problem;
	if (length == 0)
		return "the file is empty; give a pcap or pcapng capture";
	if (strstr(reason, "truncated dump file"))
		return "the file ends within its header";
	if (!strstr(reason, "unknown file format"))
		return NULL;
	return is_text(bytes, length < TEXT_LOOKED_AT ? length : TEXT_LOOKED_AT)
		       ? "not a pcap or pcapng capture; for a log, use --input text"
		       : "not a pcap or pcapng capture";
}

static void describe_format(const struct capture *capture, const char *reason, char *ret_error)
{
	const char *problem = find_problem(capture, reason), *name = input_file__name(capture->file);

	if (problem)
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: %s", name, problem);
	else
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: cut or corrupt at byte %lld: %s", name,
			 (long long)ftello(input_file__stream(capture->file)), reason);
}

static const char *link_type_name(int link_type)
{
	const char *name = pcap_datalink_val_to_name(link_type);

	return name ? name : "unknown";
}

static int check_link_type(const struct capture *capture, char *ret_error)
{
	if (link_layer__is_supported(capture->link_type))
		return 0;
	snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: link type %s (%d) is not supported; " LINK_LAYER_NAMES " are",
		 input_file__name(capture->file), link_type_name(capture->link_type), capture->link_type);
	return -EPROTONOSUPPORT;
}

static int open_pcap(struct capture *capture, char *ret_error)
{
	char reason[PCAP_ERRBUF_SIZE] = "";

	capture->pcap = pcap_fopen_offline_with_tstamp_precision(input_file__stream(capture->file),
								 PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!capture->pcap) {
		describe_format(capture, reason, ret_error);
		return -EINVAL;
	}
	input_file__disown_stream(capture->file);
	capture->link_type = pcap_datalink(capture->pcap);
	return check_link_type(capture, ret_error);
}

static int open_pcapng(struct capture *capture, char *ret_error)
{
	const char *reason;
	int error = pcapng__new(input_file__stream(capture->file), &capture->pcapng, &reason);

	if (error)
		describe_format(capture, reason, ret_error);
	return error;
}

/* Both formats are told by the first byte. */
static int open_format(struct capture *capture, char *ret_error)
{
	FILE *stream = input_file__stream(capture->file);
	int first = getc(stream);

	if (first != EOF)
		(void)ungetc(first, stream);
	return first == PCAPNG_FIRST_BYTE ? open_pcapng(capture, ret_error) : open_pcap(capture, ret_error);
}

int capture__open(const char *path, struct capture **ret_capture, char *ret_error)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	int error;

	if (!capture) {
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	error = input_file__open(path, &capture->file, ret_error);
	if (!error)
		error = open_format(capture, ret_error);
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
	pcapng__free(capture->pcapng);
	input_file__close(capture->file);
	free(capture);
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

static int describe_error(const struct capture *capture, long long position, const char *reason, char *ret_error)
{
	const char *problem = input_file__problem(capture->file), *name = input_file__name(capture->file);

	if (problem)
		snprintf(ret_error, CAPTURE_ERROR_SIZE, "%s: %s; all frames before were read", name, problem);
	else
		snprintf(ret_error, CAPTURE_ERROR_SIZE,
			 "%s: cut or corrupt at byte %lld: %s; all frames before were read", name, position, reason);
	return -EBADMSG;
}

static int next_of_pcap(struct capture *capture, struct frame *ret_frame, struct timespec *ret_time, char *ret_error)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int result = pcap_next_ex(capture->pcap, &header, &bytes);

	if (result == PCAP_ERROR_BREAK)
		return 0; /* the end of a savefile */
	if (result < 0)
		return describe_error(capture, ftello(pcap_file(capture->pcap)), pcap_geterr(capture->pcap), ret_error);
	*ret_frame = (struct frame){ .bytes = bytes, .length = header->caplen, .hook = SIPBPF_RECEIVED };
	link_layer__strip(capture->link_type, ret_frame);
	*ret_time = record_time(header);
	return 1;
}

static void note_link_type(struct capture *capture, const struct pcapng_packet *packet)
{
	struct unreadable *unreadable = &capture->unreadable;

	if (link_layer__is_supported((int)packet->link_type)) {
		capture->has_readable = true;
		return;
	}
	if (unreadable->frames++)
		return;
	unreadable->interface = packet->interface;
	unreadable->link_type = (int)packet->link_type;
}

static int next_of_pcapng(struct capture *capture, struct frame *ret_frame, struct timespec *ret_time, char *ret_error)
{
	struct pcapng_packet packet;
	const char *reason;
	int result = pcapng__next(capture->pcapng, &packet, &reason);

	if (result < 0)
		return describe_error(capture, (long long)pcapng__offset(capture->pcapng), reason, ret_error);
	if (result == 0)
		return 0;
	*ret_frame = (struct frame){ .bytes = packet.bytes,
				     .length = packet.length,
				     .hook = packet.is_sent ? SIPBPF_SENT : SIPBPF_RECEIVED };
	link_layer__strip((int)packet.link_type, ret_frame);
	note_link_type(capture, &packet);
	*ret_time = packet.time;
	return 1;
}

/* Moves on to the next packet: of the frame, or of the file. */
static int move_on(struct capture *capture, char *ret_error)
{
	if (link_layer__next_packet(&capture->frame))
		return 1;
	return capture->pcapng ? next_of_pcapng(capture, &capture->frame, &capture->time, ret_error)
			       : next_of_pcap(capture, &capture->frame, &capture->time, ret_error);
}

int capture__next(struct capture *capture, struct frame *ret_frame, struct timespec *ret_time, char *ret_error)
{
	const struct timespec *time = &capture->time;
	int result = move_on(capture, ret_error);

	if (result <= 0)
		return result;
	capture->frame.milliseconds = (__u32)time->tv_sec * 1000 + (__u32)(time->tv_nsec / NANOSECONDS_PER_MILLISECOND);
	capture->obstacles[capture->frame.obstacle]++;
	*ret_frame = capture->frame;
	*ret_time = *time;
	return result;
}

bool capture__is_unreadable(const struct capture *capture, char *ret_error)
{
	const struct unreadable *unreadable = &capture->unreadable;

	if (unreadable->frames)
		snprintf(ret_error, CAPTURE_ERROR_SIZE,
			 "%s: link type %s (%d) of interface %u is not supported: %llu frame%s as "
			 "not_ip; " LINK_LAYER_NAMES " are supported",
			 input_file__name(capture->file), link_type_name(unreadable->link_type), unreadable->link_type,
			 unreadable->interface, (unsigned long long)unreadable->frames,
			 unreadable->frames == 1 ? " counts" : "s count");
	return unreadable->frames;
}

bool capture__has_obstacles(const struct capture *capture, char *ret_text)
{
	size_t length = 0;

	for (int i = FRAME_READABLE + 1; i < FRAME_OBSTACLES; i++) {
		if (!capture->obstacles[i] || length >= CAPTURE_ERROR_SIZE)
			continue;
		if (!length)
			length = (size_t)snprintf(
				ret_text, CAPTURE_ERROR_SIZE,
				"%s: frames that cannot be read count as not_ip: ", input_file__name(capture->file));
		else
			length += (size_t)snprintf(ret_text + length, CAPTURE_ERROR_SIZE - length, ", ");
		if (length < CAPTURE_ERROR_SIZE)
			length += (size_t)snprintf(ret_text + length, CAPTURE_ERROR_SIZE - length, "%llu of %s",
						   (unsigned long long)capture->obstacles[i],
						   link_layer__obstacle_name(i));
	}
	return length;
}

bool capture__is_useless(const struct capture *capture)
{
	return capture->unreadable.frames && !capture->has_readable;
}

__u64 capture__offset(const struct capture *capture)
{
	return input_file__offset(capture->file);
}

__u64 capture__size(const struct capture *capture)
{
	return input_file__size(capture->file);
}
