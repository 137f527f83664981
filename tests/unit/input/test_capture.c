// SPDX-License-Identifier: BSD-2-Clause
/* Captures of every kind, whole, cut and corrupt, built byte by byte. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include "captures.h"
#include "input/link_layer.h"

static void put_pcap_header(struct capture_image *image, uint32_t link_type)
{
	captures__put32(image, image->is_nano ? 0xa1b23c4d : 0xa1b2c3d4);
	captures__put16(image, 2);
	captures__put16(image, 4);
	captures__put32(image, 0);
	captures__put32(image, 0);
	captures__put32(image, 65535);
	captures__put32(image, link_type);
	image->header_end = image->length;
}

static void put_pcap_frame(struct capture_image *image, uint32_t number, const void *bytes, uint32_t length)
{
	captures__put32(image, CAPTURES_FIRST_SECOND + number);
	captures__put32(image, 123456 + number);
	captures__put32(image, length);
	captures__put32(image, length);
	captures__put(image, bytes, length);
	image->frame_ends[image->ends_count++] = image->length;
}

static void put_interface_block(struct capture_image *image, uint16_t link_type, uint32_t snapshot_length)
{
	captures__put32(image, 1);
	captures__put32(image, 32);
	captures__put16(image, link_type);
	captures__put16(image, 0);
	captures__put32(image, snapshot_length);
	captures__put16(image, 9); /* if_tsresol: 10^-9 */
	captures__put16(image, 1);
	captures__put32(image, image->is_swapped ? 0x09000000 : 9);
	captures__put32(image, 0); /* opt_endofopt */
	captures__put32(image, 32);
	image->header_end = image->length;
}

static void put_pcapng_header(struct capture_image *image, uint16_t link_type)
{
	captures__put32(image, 0x0a0d0d0a);
	captures__put32(image, 28);
	captures__put32(image, 0x1a2b3c4d);
	captures__put16(image, 1);
	captures__put16(image, 0);
	captures__put32(image, 0xffffffff);
	captures__put32(image, 0xffffffff);
	captures__put32(image, 28);
	put_interface_block(image, link_type, 65535);
}

static void put_pcapng_frame(struct capture_image *image, uint32_t number, const void *bytes, uint32_t length)
{
	uint64_t time = (CAPTURES_FIRST_SECOND + number) * 1000000000ull + 123456 + number;
	uint32_t padding = -length & 3, block_length = 32 + length + padding;

	captures__put32(image, 6);
	captures__put32(image, block_length);
	captures__put32(image, 0);
	captures__put32(image, (uint32_t)(time >> 32));
	captures__put32(image, (uint32_t)time);
	captures__put32(image, length);
	captures__put32(image, length);
	captures__put(image, bytes, length);
	captures__put(image, "\0\0\0", padding);
	captures__put32(image, block_length);
	image->frame_ends[image->ends_count++] = image->length;
}

static void make_pcap(struct capture_image *image, bool is_swapped, bool is_nano)
{
	*image = (struct capture_image){ .is_swapped = is_swapped, .is_nano = is_nano };
	put_pcap_header(image, LINK_ETHERNET);
	for (uint32_t i = 0; i < CAPTURES_FRAMES; i++)
		put_pcap_frame(image, i, captures__frame(i), CAPTURES_FRAME_LENGTH(i));
}

static void make_pcapng(struct capture_image *image, bool is_swapped)
{
	*image = (struct capture_image){ .is_swapped = is_swapped, .is_nano = true };
	put_pcapng_header(image, LINK_ETHERNET);
	for (uint32_t i = 0; i < CAPTURES_FRAMES; i++)
		put_pcapng_frame(image, i, captures__frame(i), CAPTURES_FRAME_LENGTH(i));
}

static void assert_frame(const struct frame *frame, const struct timespec *time, uint32_t number, bool is_nano)
{
	assert_int_equal(frame->length, CAPTURES_FRAME_LENGTH(number));
	assert_memory_equal(frame->bytes, captures__frame(number), frame->length);
	assert_int_equal(frame->start, FRAME_ETHERNET);
	assert_int_equal(frame->hook, SIPBPF_RECEIVED);
	assert_int_equal(time->tv_sec, CAPTURES_FIRST_SECOND + number);
	assert_int_equal(time->tv_nsec, (123456 + number) * (is_nano ? 1 : 1000));
}

/* Reads to the end or error: returns the last result, and how many frames came. */
static int read_all(struct capture *capture, bool is_nano, unsigned int *ret_frames, char *error)
{
	unsigned int frames = 0;
	struct frame frame;
	struct timespec time;
	int result;

	while ((result = capture__next(capture, &frame, &time, error)) == 1)
		assert_frame(&frame, &time, frames++, is_nano);
	*ret_frames = frames;
	return result;
}

static void assert_whole(const struct capture_image *image)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = captures__open(image);
	unsigned int frames;

	assert_int_equal(capture__size(capture), image->length);
	assert_int_equal(read_all(capture, image->is_nano, &frames, error), 0);
	assert_int_equal(frames, CAPTURES_FRAMES);
	assert_int_equal(capture__offset(capture), image->length);
	capture__close(capture);
}

static void reads_pcap_of_both_byte_orders_and_precisions(void **state)
{
	struct capture_image image;

	for (int i = 0; i < 4; i++) {
		make_pcap(&image, i & 1, i & 2);
		assert_whole(&image);
	}
}

static void reads_pcapng_of_both_byte_orders(void **state)
{
	struct capture_image image;

	make_pcapng(&image, false);
	assert_whole(&image);
	make_pcapng(&image, true);
	assert_whole(&image);
}

static bool is_boundary(const struct capture_image *image, size_t length)
{
	for (size_t i = 0; i < image->ends_count; i++)
		if (image->frame_ends[i] == length)
			return true;
	return length == image->header_end;
}

static unsigned int whole_frames(const struct capture_image *image, size_t length)
{
	unsigned int frames = 0;

	while (frames < image->ends_count && image->frame_ends[frames] <= length)
		frames++;
	return frames;
}

/* An error names the file and the byte at which reading ended. */
static void assert_error_at(const char *error, const char *name, size_t offset)
{
	char text[32];

	snprintf(text, sizeof(text), "at byte %zu:", offset);
	captures__assert_says(error, text);
	captures__assert_says(error, name);
}

#define MAGIC_SIZE 8 /* fewer bytes do not tell both formats */

static void assert_cut(const struct capture_image *image, size_t length, const char *source, const char *name)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;
	unsigned int frames;
	int result = capture__open(source, &capture, error);

	if (length < image->header_end) {
		assert_true(result < 0);
		assert_null(capture);
		if (length >= MAGIC_SIZE || !length)
			captures__assert_says(error, length ? ": the file ends " : ": the file is empty");
		captures__assert_says(error, name);
		return;
	}
	assert_int_equal(result, 0);
	result = read_all(capture, image->is_nano, &frames, error);
	assert_int_equal(frames, whole_frames(image, length));
	if (is_boundary(image, length)) {
		assert_int_equal(result, 0);
	} else {
		assert_true(result < 0);
		assert_error_at(error, name, length);
	}
	capture__close(capture);
}

static void cut_everywhere(const struct capture_image *image)
{
	for (size_t length = 0; length <= image->length; length++) {
		captures__write(image->bytes, length);
		assert_cut(image, length, captures_path, captures_path);
	}
}

static void a_cut_pcap_gives_all_frames_before(void **state)
{
	struct capture_image image;

	make_pcap(&image, false, false);
	cut_everywhere(&image);
}

static void a_cut_pcapng_gives_all_frames_before(void **state)
{
	struct capture_image image;

	make_pcapng(&image, false);
	cut_everywhere(&image);
}

/* A child writes the bytes in small pieces to a pipe that is our stdin. */
static void assert_cut_on_stdin(const struct capture_image *image, size_t length, size_t piece)
{
	int ends[2], saved = dup(STDIN_FILENO), status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		for (size_t at = 0; at < length; at += piece)
			if (write(ends[1], image->bytes + at, piece < length - at ? piece : length - at) < 0)
				break;
		_exit(0);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	assert_cut(image, length, "-", "standard input");
	waitpid(child, &status, 0);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* closing the capture has left stdin open */
	dup2(saved, STDIN_FILENO);
	close(saved);
}

static void reads_pipes_in_pieces(void **state)
{
	struct capture_image image;

	make_pcap(&image, false, true);
	assert_cut_on_stdin(&image, image.length, 1);
	assert_cut_on_stdin(&image, image.length - 1, 5);
	make_pcapng(&image, false);
	assert_cut_on_stdin(&image, image.length, 3);
	assert_cut_on_stdin(&image, image.frame_ends[2] + 9, 1);
}

static void a_corrupt_length_is_an_error_after_the_frames_before(void **state)
{
	static const uint32_t too_long = 0x7fffffff;
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture;
	struct capture_image image;
	unsigned int frames;

	make_pcap(&image, false, true);
	memcpy(image.bytes + image.frame_ends[2] + 8, &too_long, sizeof(too_long));
	capture = captures__open(&image);
	assert_true(read_all(capture, true, &frames, error) < 0);
	assert_int_equal(frames, 3);
	assert_error_at(error, captures_path, image.frame_ends[2] + 16);
	capture__close(capture);
}

/* Every byte of the file changed once: whatever comes, nothing crashes and the reading ends. */
static void no_corrupt_byte_crashes(void **state)
{
	char error[CAPTURE_ERROR_SIZE];
	struct capture *capture;
	struct capture_image image;
	struct frame frame;
	struct timespec time;

	make_pcapng(&image, false);
	for (size_t i = 0; i < 2 * image.length; i++) {
		size_t at = i / 2;
		uint8_t before = image.bytes[at];

		image.bytes[at] = i & 1 ? 0xff : before ^ 1;
		captures__write(image.bytes, image.length);
		image.bytes[at] = before;
		if (capture__open(captures_path, &capture, error))
			continue;
		while (capture__next(capture, &frame, &time, error) == 1)
			assert_true(time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
		capture__close(capture);
	}
}

struct link_case {
	const char *name;
	uint32_t link_type;
	const char *bytes;
	uint32_t length;
	enum frame_start start;
	uint16_t ethertype;
	uint32_t header; /* bytes taken off */
	enum sipbpf_hook hook;
};

#define SLL(packet_type) SLL_OF("\0" packet_type, "\0\1", "\x08\0") "payload"
#define SLL_OF(packet_type, hardware, protocol) packet_type hardware "\0\6\1\2\3\4\5\6\0\0" protocol
#define SLL2_OF(hardware, protocol) protocol "\0\0\0\0\0\2" hardware "\0\6\1\2\3\4\5\6\0\0"
#define SLL2(packet_type) "\x86\xdd\0\0\0\0\0\2\0\1" packet_type "\6\1\2\3\4\5\6\0\0payload"

#define NFLOG_FIELDS(hook) \
	"\2\0\0\0"         \
	"\10\0\1\0\x08\0" hook "\0\7\0\12\0ab\0\0\13\0\11\0" /* a prefix of 3 bytes and padding */
#define PKTAP(type, flags)                                                                    \
	"\x6c\0\0\0\1\0\0\0" type "\0\0\0en0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" flags \
	"\0\0\0" ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 "\0\0\0\0"
#define ZEROS_16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define ERF(type) "\0\0\0\0\0\0\0\0" type "\4\0\x27\0\0\0\x17"
#define WIFI(control) control "\0\0\1\1\1\1\1\1\2\2\2\2\2\2\3\3\3\3\3\3\0\0"
#define WIFI_PART(control, number) control "\0\0\1\1\1\1\1\1\2\2\2\2\2\2\3\3\3\3\3\3" number "\0"
#define SNAP "\xaa\xaa\3\0\0\0\x08\0"
#define RADIOTAP "\0\0\x0c\0\4\x80\0\0\2\0\x18\0"
#define RADIOTAP_FLAGS(flags) "\0\0\x09\0\2\0\0\0" flags
#define PFLOG(direction) "\x3d\2\0\0" ZEROS_16 ZEROS_16 ZEROS_16 "\0\0\0\0\0\0\0\0" direction "\0\0\0"
#define AVS "\x80\x21\x10\1\0\0\0\x40" ZEROS_16 ZEROS_16 ZEROS_16 "\0\0\0\0\0\0\0\0"

struct obstacle_case {
	const char *name;
	uint32_t link_type;
	const char *bytes;
	uint32_t length;
	enum frame_obstacle obstacle;
};

static const struct obstacle_case obstacle_cases[] = {
	{ "PKTAP, of what is not supported", 258, PKTAP("\xbd", "\1") "payload", 115, FRAME_INNER_LINK_TYPE },
	{ "ERF, ATM", 197, ERF("\3") "payload", 23, FRAME_ERF_TYPE },
	{ "802.11, encrypted", LINK_WIFI, WIFI("\x08\x41") SNAP "payload", 39, FRAME_WIFI_ENCRYPTED },
	{ "802.11, a fragment in between", LINK_WIFI, WIFI_PART("\x08\5", "\x11") "payload", 31, FRAME_WIFI_FRAGMENT },
	{ "802.11, a last fragment", LINK_WIFI, WIFI_PART("\x08\1", "\x1f") "payload", 31, FRAME_WIFI_FRAGMENT },
};

static const struct link_case link_cases[] = {
	{ "NFLOG, received", 239, NFLOG_FIELDS("\1") "payload", 31, FRAME_IP, 0, 24, SIPBPF_RECEIVED },
	{ "NFLOG, sent", 239, NFLOG_FIELDS("\3") "payload", 31, FRAME_IP, 0, 24, SIPBPF_SENT },
	{ "NFLOG, big-endian", 239, "\2\0\0\0\0\x08\0\1\x08\0\4\0\0\x0b\0\x09payload", 23, FRAME_IP, 0, 16,
	  SIPBPF_SENT },
	{ "NFLOG, no packet", 239, "\2\0\0\0\4\0\2\0", 8, FRAME_ETHERTYPE, 0, 8, SIPBPF_RECEIVED },
	{ "NFLOG, a field beyond the end", 239, "\2\0\0\0\xff\xff\x09\0", 8, FRAME_ETHERTYPE, 0, 4, SIPBPF_RECEIVED },
	{ "PKTAP, Ethernet", 258, PKTAP("\1", "\1") "0123456789abcdef", 124, FRAME_ETHERNET, 0, 108, SIPBPF_RECEIVED },
	{ "PKTAP, raw and sent", 258, PKTAP("\x0c", "\2") "\x45payload", 116, FRAME_IP, 0, 108, SIPBPF_SENT },
	{ "PKTAP, PFLOG", 258, PKTAP("\x75", "\1") PFLOG("\1") "\x45payload", 180, FRAME_IP, 0, 172, 0 },
	{ "PKTAP, too short", 258, PKTAP("\1", "\1"), 107, FRAME_ETHERTYPE, 0, 107, 0 },
	{ "PFLOG, received", 117, PFLOG("\1") "\x45payload", 72, FRAME_IP, 0, 64, SIPBPF_RECEIVED },
	{ "PFLOG, sent", 117, PFLOG("\2") "\x45payload", 72, FRAME_IP, 0, 64, SIPBPF_SENT },
	{ "PFLOG, the oldest form", 117, "\x30\2\0\0" ZEROS_16 ZEROS_16 ZEROS_16 "\2\2\2\2\2\2\2\2\2\2\2\2\2", 61,
	  FRAME_IP, 0, 48, SIPBPF_RECEIVED },
	{ "PFLOG, an impossible length", 117, "\x2f\2\0\0" ZEROS_16 ZEROS_16 ZEROS_16, 52, FRAME_ETHERTYPE, 0, 0, 0 },
	{ "PFLOG, too short", 117, PFLOG("\1"), 63, FRAME_ETHERTYPE, 0, 63, 0 },
	{ "ERF, Ethernet", 197,
	  ERF("\2") "\0\0"
		    "0123456789abcdef",
	  34, FRAME_ETHERNET, 0, 18, 0 },
	{ "ERF, extensions, IPv6", 197,
	  ERF("\x97") "\x81\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"
		      "\x65payload",
	  40, FRAME_IPV6, 0, 32, 0 },
	{ "ERF, Cisco HDLC", 197, ERF("\1") "\x0f\0\x08\0payload", 27, FRAME_ETHERTYPE, 0x0800, 20, 0 },
	{ "ERF, PPP", 197, ERF("\x0a") "\xff\3\0\x21IP", 22, FRAME_ETHERTYPE, 0x880b, 16, 0 },
	{ "ERF, PPP without address", 197, ERF("\x0f") "\0\x21\x45\0", 20, FRAME_ETHERTYPE, 0x880b, 16, 0 },
	{ "ERF, Frame Relay", 197, ERF("\x13") "\x18\x41\3\xccpayload", 27, FRAME_ETHERTYPE, 0x0800, 20, 0 },
	{ "ERF, Frame Relay, Cisco", 197, ERF("\1") "\x18\x41\x86\xddpayload", 27, FRAME_ETHERTYPE, 0x86dd, 20, 0 },
	{ "ERF, HDLC, empty", 197, ERF("\1"), 16, FRAME_ETHERTYPE, 0x880b, 16, 0 },
	{ "ERF, a channel of HDLC", 197, ERF("\5") "\0\0\0\1\xff\3\0\x21IP", 26, FRAME_ETHERTYPE, 0x880b, 20, 0 },
	{ "ERF, a channel, extension", 197,
	  ERF("\x91") "\1\0\0\0\0\0\0\0"
		      "\0\0\0\1\x8f\0\x08\0IP",
	  34, FRAME_ETHERTYPE, 0x0800, 32, 0 },
	{ "ERF, a channel, too short", 197, ERF("\5") "\0\0", 18, FRAME_ETHERTYPE, 0, 18, 0 },
	{ "ERF, no packet", 197, ERF("\x1b") "payload", 23, FRAME_ETHERTYPE, 0, 16, 0 },
	{ "ERF, too short", 197, ERF("\2") "\0", 17, FRAME_ETHERTYPE, 0, 17, 0 },
	{ "802.11", LINK_WIFI, WIFI("\x08\1") SNAP "payload", 39, FRAME_LLC, 0, 24, 0 },
	{ "802.11, quality of service", LINK_WIFI, WIFI("\x88\2") "\6\0" SNAP "payload", 41, FRAME_LLC, 0, 26, 0 },
	{ "802.11, four addresses, HT", LINK_WIFI, WIFI("\x88\x83") "\4\4\4\4\4\4\6\0\0\0\0\0" SNAP "payload", 51,
	  FRAME_LLC, 0, 36, 0 },
	{ "802.11, a first fragment", LINK_WIFI, WIFI_PART("\x08\5", "\x10") SNAP "payload", 39, FRAME_LLC, 0, 24, 0 },
	{ "802.11, encrypted, no data", LINK_WIFI, WIFI("\xb0\x40") "payload", 31, FRAME_ETHERTYPE, 0, 26, 0 },
	{ "802.11, several packets, empty", LINK_WIFI, WIFI("\x88\2") "\x80\0", 26, FRAME_ETHERTYPE, 0, 26, 0 },
	{ "802.11, beacon", LINK_WIFI, WIFI("\x80\0") "payload", 31, FRAME_ETHERTYPE, 0, 26, 0 },
	{ "802.11, no data", LINK_WIFI, WIFI("\x48\1"), 24, FRAME_ETHERTYPE, 0, 24, 0 },
	{ "802.11, too short", LINK_WIFI, WIFI("\x08\1"), 23, FRAME_ETHERTYPE, 0, 23, 0 },
	{ "radiotap", 127, RADIOTAP WIFI("\x08\1") SNAP "payload", 51, FRAME_LLC, 0, 36, 0 },
	{ "radiotap, padding", 127, RADIOTAP_FLAGS("\x20") WIFI("\x88\2") "\6\0\0\0" SNAP "payload", 52, FRAME_LLC, 0,
	  37, 0 },
	{ "radiotap, padding, nothing to pad", 127, RADIOTAP_FLAGS("\x20") WIFI("\x08\2") SNAP "payload", 48, FRAME_LLC,
	  0, 33, 0 },
	{ "radiotap, padding, time, more words", 127,
	  "\0\0\x19\0\3\0\0\xa0\0\0\0\x20\0\0\0\0\1\2\3\4\5\6\7\x08\x20" WIFI("\x88\2") "\6\0\0\0" SNAP "payload", 68,
	  FRAME_LLC, 0, 53, 0 },
	{ "radiotap, no padding", 127, RADIOTAP_FLAGS("\x1f") WIFI("\x88\2") "\6\0" SNAP "payload", 50, FRAME_LLC, 0,
	  35, 0 },
	{ "radiotap, flags beyond its end", 127, "\0\0\x08\0\2\0\0\0\x20", 9, FRAME_ETHERTYPE, 0, 9, 0 },
	{ "radiotap, an impossible length", 127, "\0\0\x07\0\2\0\0\0\x20", 9, FRAME_ETHERTYPE, 0, 0, 0 },
	{ "radiotap, too short", 127, "\0\0\xff\0\4\x80\0\0", 8, FRAME_ETHERTYPE, 0, 8, 0 },
	{ "AVS", 163, AVS WIFI("\x08\1") SNAP "payload", 103, FRAME_LLC, 0, 88, 0 },
	{ "AVS, as Prism", 119, AVS WIFI("\x08\1") SNAP "payload", 103, FRAME_LLC, 0, 88, 0 },
	{ "Prism", 119,
	  ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 WIFI("\x08\1") SNAP
	  "payload",
	  183, FRAME_LLC, 0, 168, 0 },
	{ "Frame Relay, IPv4", 107, "\x18\x41\3\xccpayload", 11, FRAME_ETHERTYPE, 0x0800, 4, 0 },
	{ "Frame Relay, padding, SNAP", 107, "\x18\x41\3\0\x80\0\0\0\x86\xddpayload", 17, FRAME_ETHERTYPE, 0x86dd, 10,
	  0 },
	{ "Frame Relay, Ethernet", 107, "\x18\x41\3\0\x80\0\x80\xc2\0\7payload", 17, FRAME_ETHERTYPE, 0x6558, 10, 0 },
	{ "Frame Relay, Ethernet and checksum", 107, "\x18\x41\3\0\x80\0\x80\xc2\0\1payload", 17, FRAME_ETHERTYPE,
	  0x6558, 10, 0 },
	{ "Frame Relay, a bridged ring", 107, "\x18\x41\3\0\x80\0\x80\xc2\0\3payload", 17, FRAME_ETHERTYPE, 0, 10, 0 },
	{ "Frame Relay, PPP", 107, "\x18\x40\x41\3\xcf\0\x21IP", 9, FRAME_ETHERTYPE, 0x880b, 5, 0 },
	{ "Frame Relay, Cisco", 107, "\x18\x41\x08\0payload", 11, FRAME_ETHERTYPE, 0x0800, 4, 0 },
	{ "Frame Relay, another protocol", 107, "\x18\x41\3\x81payload", 11, FRAME_ETHERTYPE, 0, 4, 0 },
	{ "Frame Relay, an address without end", 107, "\x18\x40\x40", 3, FRAME_ETHERTYPE, 0, 3, 0 },
	{ "Frame Relay, sent", 206, "\1\x18\x41\3\xccpayload", 12, FRAME_ETHERTYPE, 0x0800, 5, SIPBPF_SENT },
	{ "PPP, sent", 204, "\1\xff\3\0\x21IP", 7, FRAME_ETHERTYPE, 0x880b, 1, SIPBPF_SENT },
	{ "HDLC, received", 205, "\0\x0f\0\x08\0IP", 7, FRAME_ETHERTYPE, 0x0800, 5, SIPBPF_RECEIVED },
	{ "pppd, sent", 166, "\1\3\0\x21IP", 6, FRAME_ETHERTYPE, 0x880b, 2, SIPBPF_SENT },
	{ "pppd, empty", 166, "", 0, FRAME_ETHERTYPE, 0x880b, 0, SIPBPF_RECEIVED },
	{ "Ethernet", LINK_ETHERNET, "0123456789abcdef", 16, FRAME_ETHERNET, 0, 0, 0 },
	{ "raw", LINK_RAW, "\x45payload", 8, FRAME_IP, 0, 0, 0 },
	{ "raw, number 12", 12, "\x45payload", 8, FRAME_IP, 0, 0, 0 },
	{ "raw, number 14", 14, "\x65payload", 8, FRAME_IP, 0, 0, 0 },
	{ "IPv4", LINK_IPV4, "\x45payload", 8, FRAME_IPV4, 0, 0, 0 },
	{ "IPv6", LINK_IPV6, "\x65payload", 8, FRAME_IPV6, 0, 0, 0 },
	{ "NULL, little-endian IPv4", LINK_NULL, "\2\0\0\0payload", 11, FRAME_ETHERTYPE, 0x0800, 4, 0 },
	{ "NULL, big-endian IPv4", LINK_NULL, "\0\0\0\2payload", 11, FRAME_ETHERTYPE, 0x0800, 4, 0 },
	{ "NULL, Linux IPv6", LINK_NULL, "\12\0\0\0payload", 11, FRAME_ETHERTYPE, 0x86dd, 4, 0 },
	{ "NULL, NetBSD IPv6", LINK_NULL, "\30\0\0\0payload", 11, FRAME_ETHERTYPE, 0x86dd, 4, 0 },
	{ "NULL, FreeBSD IPv6", LINK_NULL, "\34\0\0\0payload", 11, FRAME_ETHERTYPE, 0x86dd, 4, 0 },
	{ "NULL, Darwin IPv6", LINK_NULL, "\0\0\0\36payload", 11, FRAME_ETHERTYPE, 0x86dd, 4, 0 },
	{ "NULL, other family", LINK_NULL, "\7\0\0\0payload", 11, FRAME_ETHERTYPE, 0, 4, 0 },
	{ "NULL, too short", LINK_NULL, "\2\0\0", 3, FRAME_ETHERTYPE, 0, 3, 0 },
	{ "LOOP", LINK_LOOP, "\0\0\0\2payload", 11, FRAME_ETHERTYPE, 0x0800, 4, 0 },
	{ "SLL, received", LINK_SLL, SLL("\0"), 23, FRAME_ETHERTYPE, 0x0800, 16, SIPBPF_RECEIVED },
	{ "SLL, sent", LINK_SLL, SLL("\4"), 23, FRAME_ETHERTYPE, 0x0800, 16, SIPBPF_SENT },
	{ "SLL, header alone", LINK_SLL, SLL("\4"), 16, FRAME_ETHERTYPE, 0x0800, 16, SIPBPF_SENT },
	{ "SLL, too short", LINK_SLL, SLL("\4"), 15, FRAME_ETHERTYPE, 0, 15, SIPBPF_RECEIVED },
	{ "SLL, empty", LINK_SLL, "", 0, FRAME_ETHERTYPE, 0, 0, SIPBPF_RECEIVED },
	{ "SLL, LLC", LINK_SLL, SLL_OF("\0\0", "\0\1", "\0\4") SNAP "payload", 31, FRAME_LLC, 0, 16, 0 },
	{ "SLL, LLC, sent", LINK_SLL, SLL_OF("\0\4", "\0\1", "\0\4") SNAP "IP", 26, FRAME_LLC, 0, 16, SIPBPF_SENT },
	{ "SLL, LLC, header alone", LINK_SLL, SLL_OF("\0\0", "\0\1", "\0\4"), 16, FRAME_LLC, 0, 16, 0 },
	{ "SLL, IPX without LLC", LINK_SLL, SLL_OF("\0\0", "\0\1", "\0\1") "\xff\xff", 18, FRAME_ETHERTYPE, 1, 16, 0 },
	{ "SLL, Ethernet", LINK_SLL, SLL_OF("\0\0", "\0\1", "\0\3") "payload", 23, FRAME_ETHERNET, 0, 16, 0 },
	{ "SLL, PPP", LINK_SLL, SLL_OF("\0\0", "\2\1", "\0\7") "\xff\3\0\x21", 20, FRAME_ETHERTYPE, 0x880b, 16, 0 },
	{ "SLL, HDLC", LINK_SLL, SLL_OF("\0\0", "\2\1", "\0\7") "\x0f\0\x08\0", 20, FRAME_ETHERTYPE, 0x0800, 20, 0 },
	{ "SLL, Frame Relay", LINK_SLL, SLL_OF("\0\0", "\3\2", "\0\0") "\x18\x41\3\xcc", 20, FRAME_ETHERTYPE, 0x0800,
	  20, 0 },
	{ "SLL, 802.11", LINK_SLL, SLL_OF("\0\0", "\3\x21", "\0\4") WIFI("\x08\1") SNAP, 48, FRAME_LLC, 0, 40, 0 },
	{ "SLL, radiotap", LINK_SLL, SLL_OF("\0\0", "\3\x23", "\0\4") RADIOTAP WIFI("\x08\1") SNAP, 60, FRAME_LLC, 0,
	  52, 0 },
	{ "PPP", LINK_PPP, "\0\x21IP", 4, FRAME_ETHERTYPE, 0x880b, 0, SIPBPF_RECEIVED },
	{ "PPP over a serial line", LINK_PPP_SERIAL, "\xff\3\0\x21IP", 6, FRAME_ETHERTYPE, 0x880b, 0, SIPBPF_RECEIVED },
	{ "HDLC over a serial line", LINK_PPP_SERIAL, "\x0f\0\x08\0IP", 6, FRAME_ETHERTYPE, 0x0800, 4,
	  SIPBPF_RECEIVED },
	{ "PPP over a serial line, empty", LINK_PPP_SERIAL, "", 0, FRAME_ETHERTYPE, 0x880b, 0, SIPBPF_RECEIVED },
	{ "HDLC", LINK_HDLC, "\x8f\0\x86\xddIP", 6, FRAME_ETHERTYPE, 0x86dd, 4, SIPBPF_RECEIVED },
	{ "HDLC, too short", LINK_HDLC, "\x8f\0\x86", 3, FRAME_ETHERTYPE, 0, 3, SIPBPF_RECEIVED },
	{ "PPPoE", LINK_PPP_ETHER, "\x11\0\0\1\0\4\0\x21IP", 10, FRAME_ETHERTYPE, 0x8864, 0, SIPBPF_RECEIVED },
	{ "MPLS", LINK_MPLS, "\0\1\1\x40IP", 6, FRAME_ETHERTYPE, 0x8847, 0, SIPBPF_RECEIVED },
	{ "SLL2, received", LINK_SLL2, SLL2("\0"), 27, FRAME_ETHERTYPE, 0x86dd, 20, SIPBPF_RECEIVED },
	{ "SLL2, sent", LINK_SLL2, SLL2("\4"), 27, FRAME_ETHERTYPE, 0x86dd, 20, SIPBPF_SENT },
	{ "SLL2, too short", LINK_SLL2, SLL2("\4"), 19, FRAME_ETHERTYPE, 0, 19, SIPBPF_RECEIVED },
	{ "SLL2, LLC", LINK_SLL2, SLL2_OF("\0\1", "\0\4") SNAP "payload", 35, FRAME_LLC, 0, 20, 0 },
	{ "SLL2, Ethernet", LINK_SLL2, SLL2_OF("\0\1", "\0\3") "payload", 27, FRAME_ETHERNET, 0, 20, 0 },
	{ "SLL2, radiotap", LINK_SLL2, SLL2_OF("\3\x23", "\0\4") RADIOTAP WIFI("\x08\1") SNAP, 64, FRAME_LLC, 0, 56,
	  0 },
};

static void assert_link_case(const struct link_case *c, struct capture *capture)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct frame frame;
	struct timespec time;

	if (capture__next(capture, &frame, &time, error) != 1)
		fail_msg("%s: %s", c->name, error);
	if (frame.obstacle)
		fail_msg("%s: obstacle %d", c->name, frame.obstacle);
	if (frame.start != c->start || frame.ethertype != c->ethertype || frame.hook != c->hook ||
	    frame.length != c->length - c->header || memcmp(frame.bytes, c->bytes + c->header, frame.length) != 0)
		fail_msg("%s: start %d, ethertype %04x, hook %d, length %u", c->name, frame.start, frame.ethertype,
			 frame.hook, frame.length);
	assert_int_equal(capture__next(capture, &frame, &time, error), 0);
	capture__close(capture);
}

static void strips_the_headers_of_all_link_types(void **state)
{
	struct capture_image image;

	for (size_t i = 0; i < sizeof(link_cases) / sizeof(*link_cases); i++) {
		const struct link_case *c = &link_cases[i];

		image = (struct capture_image){};
		put_pcap_header(&image, c->link_type);
		put_pcap_frame(&image, 0, c->bytes, c->length);
		assert_link_case(c, captures__open(&image));

		image = (struct capture_image){};
		put_pcapng_header(&image, (uint16_t)c->link_type);
		put_pcapng_frame(&image, 0, c->bytes, c->length);
		assert_link_case(c, captures__open(&image));
	}
}

static void finds_what_keeps_frames_from_being_read(void **state)
{
	for (size_t i = 0; i < sizeof(obstacle_cases) / sizeof(*obstacle_cases); i++) {
		const struct obstacle_case *c = &obstacle_cases[i];
		struct frame frame = { .bytes = (const uint8_t *)c->bytes, .length = c->length };

		link_layer__strip((int)c->link_type, &frame);
		if (frame.start != FRAME_ETHERTYPE || frame.ethertype || frame.obstacle != c->obstacle)
			fail_msg("%s: start %d, ethertype %04x, obstacle %d", c->name, frame.start, frame.ethertype,
				 frame.obstacle);
	}
}

#define WIFI_SUBFRAME(length, payload) "\1\1\1\1\1\1\2\2\2\2\2\2\0" length payload

struct aggregate_case {
	const char *name;
	const char *bytes; /* behind the header of 802.11 */
	uint32_t length;
	uint32_t lengths[4]; /* of the packets in it */
	uint32_t offsets[4];
	uint32_t count;
};

static const struct aggregate_case aggregate_cases[] = {
	{ "one", WIFI_SUBFRAME("\x0f", SNAP "payload"), 29, { 15 }, { 14 }, 1 },
	{ "one, padding and checksum", WIFI_SUBFRAME("\x0f", SNAP "payload\0\0\0\1\2\3\4"), 36, { 15 }, { 14 }, 1 },
	{ "three, the second one without padding",
	  WIFI_SUBFRAME("\x0f", SNAP "payload\0\0\0") WIFI_SUBFRAME("\x0a", SNAP "IP")
		  WIFI_SUBFRAME("\x0f", SNAP "another"),
	  85,
	  { 15, 10, 15 },
	  { 14, 46, 70 },
	  3 },
	{ "cut within the second one",
	  WIFI_SUBFRAME("\x0a", SNAP "IP") WIFI_SUBFRAME("\x0f", SNAP "pay"),
	  49,
	  { 10, 11 },
	  { 14, 38 },
	  2 },
	{ "cut within the second one's header",
	  WIFI_SUBFRAME("\x0a", SNAP "IP") "\1\1\1\1\1\1\2\2",
	  32,
	  { 10, 0 },
	  { 14, 32 },
	  2 },
	{ "nothing in between",
	  WIFI_SUBFRAME("\0", "\0\0") WIFI_SUBFRAME("\x0a", SNAP "IP"),
	  40,
	  { 0, 10 },
	  { 14, 30 },
	  2 },
};

static void assert_aggregate(const struct aggregate_case *c, const uint8_t *bytes, uint32_t header,
			     struct capture *capture)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct timespec time;
	struct frame frame;

	for (uint32_t i = 0; i < c->count; i++) {
		if (capture__next(capture, &frame, &time, error) != 1)
			fail_msg("%s: packet %u: %s", c->name, i, error);
		if (frame.length != c->lengths[i] || time.tv_sec != CAPTURES_FIRST_SECOND ||
		    memcmp(frame.bytes, bytes + header + c->offsets[i], frame.length) != 0)
			fail_msg("%s: packet %u has %u bytes", c->name, i, frame.length);
		assert_int_equal(frame.start, c->lengths[i] || c->offsets[i] == 14 ? FRAME_LLC : FRAME_ETHERTYPE);
	}
	assert_int_equal(capture__next(capture, &frame, &time, error), 0);
	assert_false(capture__has_obstacles(capture, error));
	capture__close(capture);
}

static void delivers_each_packet_of_a_frame(void **state)
{
	static const char header[] = RADIOTAP_FLAGS("\x20") WIFI("\x88\2") "\x80\0\0\0";
	uint8_t bytes[256];

	for (size_t i = 0; i < sizeof(aggregate_cases) / sizeof(*aggregate_cases); i++) {
		const struct aggregate_case *c = &aggregate_cases[i];
		struct capture_image image = {};

		memcpy(bytes, header, sizeof(header) - 1);
		memcpy(bytes + sizeof(header) - 1, c->bytes, c->length);
		put_pcap_header(&image, 127);
		put_pcap_frame(&image, 0, bytes, sizeof(header) - 1 + c->length);
		assert_aggregate(c, bytes, sizeof(header) - 1, captures__open(&image));

		image = (struct capture_image){};
		put_pcapng_header(&image, 127);
		put_pcapng_frame(&image, 0, bytes, sizeof(header) - 1 + c->length);
		assert_aggregate(c, bytes, sizeof(header) - 1, captures__open(&image));
	}
}

static void tells_which_frames_cannot_be_read(void **state)
{
	static const char frames[][40] = {
		WIFI("\x08\x41") SNAP "payload",
		WIFI("\x08\1") SNAP "payload",
		WIFI_PART("\x08\1", "\x12") SNAP "payload",
		WIFI("\x08\x41") SNAP "payload",
	};
	char text[CAPTURE_ERROR_SIZE] = "", expected[CAPTURE_ERROR_SIZE];
	struct capture_image image = {};
	struct capture *capture;
	struct timespec time;
	struct frame frame;

	put_pcap_header(&image, LINK_WIFI);
	for (uint32_t i = 0; i < 4; i++)
		put_pcap_frame(&image, i, frames[i], 39);
	capture = captures__open(&image);
	assert_false(capture__has_obstacles(capture, text));
	while (capture__next(capture, &frame, &time, text) == 1)
		;
	snprintf(expected, sizeof(expected),
		 "%s: frames that cannot be read count as not_ip: 2 of encrypted 802.11, 1 of 802.11 fragments after "
		 "the first",
		 captures_path);
	assert_true(capture__has_obstacles(capture, text));
	assert_string_equal(text, expected);
	capture__close(capture);
}

/* Strips a copy that has no byte to spare, which a sanitizer guards. */
static void strip_copy(uint32_t link_type, const uint8_t *bytes, uint32_t length)
{
	uint8_t *copy = malloc(length ? length : 1);
	struct frame frame = { .bytes = copy, .length = length };

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	link_layer__strip((int)link_type, &frame);
	do
		assert_true(frame.bytes >= copy && frame.bytes + frame.length <= copy + length);
	while (link_layer__next_packet(&frame));
	free(copy);
}

static void cut_and_changed_headers_stay_within_the_frame(void **state)
{
	static const uint8_t changes[] = { 0, 1, 4, 0x7f, 0x80, 0xff };
	uint8_t bytes[256];

	for (size_t i = 0; i < sizeof(link_cases) / sizeof(*link_cases); i++) {
		const struct link_case *c = &link_cases[i];

		for (uint32_t length = 0; length <= c->length; length++)
			strip_copy(c->link_type, (const uint8_t *)c->bytes, length);
		for (size_t j = 0; j < c->length * sizeof(changes); j++) {
			memcpy(bytes, c->bytes, c->length);
			bytes[j / sizeof(changes)] = changes[j % sizeof(changes)];
			strip_copy(c->link_type, bytes, c->length);
		}
	}
}

static void assert_open_error(const char *name, int expected, const char *part)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;

	assert_int_equal(capture__open(name, &capture, error), expected);
	assert_null(capture);
	captures__assert_says(error, name);
	captures__assert_says(error, part);
}

/* What is no text is no log. */
static void assert_no_advice_for_logs(const char *name)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;

	assert_int_equal(capture__open(name, &capture, error), -EINVAL);
	assert_null(strstr(error, "--input"));
}

static void refuses_what_is_no_capture(void **state)
{
	struct capture_image image = {};

	assert_open_error("/nonexistent/a.pcap", -ENOENT, "No such file");
	assert_open_error("/", -EISDIR, "directory");
	captures__write("", 0);
	assert_open_error(captures_path, -EINVAL, "the file is empty; give a pcap or pcapng capture");
	captures__write("INVITE sip:a@b SIP/2.0\r\n\r\n", 26);
	assert_open_error(captures_path, -EINVAL, "not a pcap or pcapng capture; for a log, use --input text");
	captures__write("\xef\xbb\xbf\x1b[1mK\xc3\xb6ln\n", 13);
	assert_open_error(captures_path, -EINVAL, "--input text");
	captures__write("\x1f\x8b\x08\0\0\0\0\0", 8);
	assert_no_advice_for_logs(captures_path);
	put_pcap_header(&image, LINK_USB);
	captures__write(image.bytes, image.length);
	assert_open_error(captures_path, -EPROTONOSUPPORT, "link type USB_LINUX (189)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pcap_of_both_byte_orders_and_precisions),
		cmocka_unit_test(reads_pcapng_of_both_byte_orders),
		cmocka_unit_test(a_cut_pcap_gives_all_frames_before),
		cmocka_unit_test(a_cut_pcapng_gives_all_frames_before),
		cmocka_unit_test(reads_pipes_in_pieces),
		cmocka_unit_test(a_corrupt_length_is_an_error_after_the_frames_before),
		cmocka_unit_test(no_corrupt_byte_crashes),
		cmocka_unit_test(strips_the_headers_of_all_link_types),
		cmocka_unit_test(finds_what_keeps_frames_from_being_read),
		cmocka_unit_test(delivers_each_packet_of_a_frame),
		cmocka_unit_test(tells_which_frames_cannot_be_read),
		cmocka_unit_test(cut_and_changed_headers_stay_within_the_frame),
		cmocka_unit_test(refuses_what_is_no_capture),
	};

	return cmocka_run_group_tests(tests, captures__make_file, captures__remove_file);
}
