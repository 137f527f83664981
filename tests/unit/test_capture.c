// SPDX-License-Identifier: BSD-2-Clause
/* Captures of every kind, whole, cut and corrupt, built byte by byte. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture.h"

#define FILE_SIZE_MAX 4096
#define FRAMES 5
#define FRAME_LENGTH(i) (60 + 7 * (i))
#define FIRST_SECOND 1700000000u

enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101, LINK_LOOP = 108, LINK_SLL = 113 };
enum { LINK_PPP = 9, LINK_PPP_SERIAL = 50, LINK_PPP_ETHER = 51, LINK_HDLC = 104, LINK_MPLS = 219 };
enum { LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_SLL2 = 276, LINK_WIFI = 105 };

/* A capture under construction. */
struct image {
	uint8_t bytes[FILE_SIZE_MAX];
	size_t length;
	bool is_swapped; /* written in the other byte order than this machine's */
	bool is_nano;
	size_t frame_ends[FRAMES]; /* where each frame's record or block ends */
	size_t ends_count;
	size_t header_end; /* all that must be there for the capture to open */
};

static char path[64];

static void put(struct image *image, const void *bytes, size_t length)
{
	assert_true(image->length + length <= sizeof(image->bytes));
	memcpy(image->bytes + image->length, bytes, length);
	image->length += length;
}

static void put32(struct image *image, uint32_t value)
{
	value = image->is_swapped ? bswap_32(value) : value;
	put(image, &value, sizeof(value));
}

static void put16(struct image *image, uint16_t value)
{
	value = image->is_swapped ? bswap_16(value) : value;
	put(image, &value, sizeof(value));
}

static void put_pcap_header(struct image *image, uint32_t link_type)
{
	put32(image, image->is_nano ? 0xa1b23c4d : 0xa1b2c3d4);
	put16(image, 2);
	put16(image, 4);
	put32(image, 0);
	put32(image, 0);
	put32(image, 65535);
	put32(image, link_type);
	image->header_end = image->length;
}

static void put_pcap_frame(struct image *image, uint32_t number, const void *bytes, uint32_t length)
{
	put32(image, FIRST_SECOND + number);
	put32(image, 123456 + number);
	put32(image, length);
	put32(image, length);
	put(image, bytes, length);
	image->frame_ends[image->ends_count++] = image->length;
}

static void put_interface_block(struct image *image, uint16_t link_type, uint32_t snapshot_length)
{
	put32(image, 1);
	put32(image, 32);
	put16(image, link_type);
	put16(image, 0);
	put32(image, snapshot_length);
	put16(image, 9); /* if_tsresol: 10^-9 */
	put16(image, 1);
	put32(image, image->is_swapped ? 0x09000000 : 9);
	put32(image, 0); /* opt_endofopt */
	put32(image, 32);
	image->header_end = image->length;
}

static void put_pcapng_header(struct image *image, uint16_t link_type)
{
	put32(image, 0x0a0d0d0a);
	put32(image, 28);
	put32(image, 0x1a2b3c4d);
	put16(image, 1);
	put16(image, 0);
	put32(image, 0xffffffff);
	put32(image, 0xffffffff);
	put32(image, 28);
	put_interface_block(image, link_type, 65535);
}

static void put_pcapng_frame(struct image *image, uint32_t number, const void *bytes, uint32_t length)
{
	uint64_t time = (FIRST_SECOND + number) * 1000000000ull + 123456 + number;
	uint32_t padding = -length & 3, block_length = 32 + length + padding;

	put32(image, 6);
	put32(image, block_length);
	put32(image, 0);
	put32(image, (uint32_t)(time >> 32));
	put32(image, (uint32_t)time);
	put32(image, length);
	put32(image, length);
	put(image, bytes, length);
	put(image, "\0\0\0", padding);
	put32(image, block_length);
	image->frame_ends[image->ends_count++] = image->length;
}

/* The bytes of the i-th frame: Ethernet with a pattern that tells frames apart. */
static const uint8_t *frame_bytes(uint32_t number)
{
	static uint8_t bytes[128];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 3 + number);
	return bytes;
}

static void make_pcap(struct image *image, bool is_swapped, bool is_nano)
{
	*image = (struct image){ .is_swapped = is_swapped, .is_nano = is_nano };
	put_pcap_header(image, LINK_ETHERNET);
	for (uint32_t i = 0; i < FRAMES; i++)
		put_pcap_frame(image, i, frame_bytes(i), FRAME_LENGTH(i));
}

static void make_pcapng(struct image *image, bool is_swapped)
{
	*image = (struct image){ .is_swapped = is_swapped, .is_nano = true };
	put_pcapng_header(image, LINK_ETHERNET);
	for (uint32_t i = 0; i < FRAMES; i++)
		put_pcapng_frame(image, i, frame_bytes(i), FRAME_LENGTH(i));
}

static void write_file(const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static struct capture *open_image(const struct image *image)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;

	write_file(image->bytes, image->length);
	if (capture__open(path, &capture, error))
		fail_msg("%s", error);
	return capture;
}

static void assert_frame(const struct frame *frame, const struct timespec *time, uint32_t number, bool is_nano)
{
	assert_int_equal(frame->length, FRAME_LENGTH(number));
	assert_memory_equal(frame->bytes, frame_bytes(number), frame->length);
	assert_int_equal(frame->start, FRAME_ETHERNET);
	assert_int_equal(frame->hook, SIPBPF_RECEIVED);
	assert_int_equal(time->tv_sec, FIRST_SECOND + number);
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

static void assert_whole(const struct image *image)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = open_image(image);
	unsigned int frames;

	assert_int_equal(capture__size(capture), image->length);
	assert_int_equal(read_all(capture, image->is_nano, &frames, error), 0);
	assert_int_equal(frames, FRAMES);
	assert_int_equal(capture__offset(capture), image->length);
	capture__close(capture);
}

static void reads_pcap_of_both_byte_orders_and_precisions(void **state)
{
	struct image image;

	for (int i = 0; i < 4; i++) {
		make_pcap(&image, i & 1, i & 2);
		assert_whole(&image);
	}
}

static void reads_pcapng_of_both_byte_orders(void **state)
{
	struct image image;

	make_pcapng(&image, false);
	assert_whole(&image);
	make_pcapng(&image, true);
	assert_whole(&image);
}

static void assert_text(const char *error, const char *part)
{
	if (!strstr(error, part))
		fail_msg("'%s' does not say '%s'", error, part);
}

static bool is_boundary(const struct image *image, size_t length)
{
	for (size_t i = 0; i < image->ends_count; i++)
		if (image->frame_ends[i] == length)
			return true;
	return length == image->header_end;
}

static unsigned int whole_frames(const struct image *image, size_t length)
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
	assert_text(error, text);
	assert_text(error, name);
}

static void assert_cut(const struct image *image, size_t length, const char *source, const char *name)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;
	unsigned int frames;
	int result = capture__open(source, &capture, error);

	if (length < image->header_end) {
		assert_true(result < 0);
		assert_null(capture);
		assert_error_at(error, name, length);
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

static void cut_everywhere(const struct image *image)
{
	for (size_t length = 0; length <= image->length; length++) {
		write_file(image->bytes, length);
		assert_cut(image, length, path, path);
	}
}

static void a_cut_pcap_gives_all_frames_before(void **state)
{
	struct image image;

	make_pcap(&image, false, false);
	cut_everywhere(&image);
}

static void a_cut_pcapng_gives_all_frames_before(void **state)
{
	struct image image;

	make_pcapng(&image, false);
	cut_everywhere(&image);
}

/* A child writes the bytes in small pieces to a pipe that is our stdin. */
static void assert_cut_on_stdin(const struct image *image, size_t length, size_t piece)
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
	struct image image;

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
	struct image image;
	unsigned int frames;

	make_pcap(&image, false, true);
	memcpy(image.bytes + image.frame_ends[2] + 8, &too_long, sizeof(too_long));
	capture = open_image(&image);
	assert_true(read_all(capture, true, &frames, error) < 0);
	assert_int_equal(frames, 3);
	assert_error_at(error, path, image.frame_ends[2] + 16);
	capture__close(capture);
}

/* Every byte of the file changed once: whatever comes, nothing crashes and the reading ends. */
static void no_corrupt_byte_crashes(void **state)
{
	char error[CAPTURE_ERROR_SIZE];
	struct capture *capture;
	struct image image;
	struct frame frame;
	struct timespec time;

	make_pcapng(&image, false);
	for (size_t i = 0; i < 2 * image.length; i++) {
		size_t at = i / 2;
		uint8_t before = image.bytes[at];

		image.bytes[at] = i & 1 ? 0xff : before ^ 1;
		write_file(image.bytes, image.length);
		image.bytes[at] = before;
		if (capture__open(path, &capture, error))
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

#define SLL(packet_type) "\0" packet_type "\0\1\0\6\1\2\3\4\5\6\0\0\x08\0payload"
#define SLL2(packet_type) "\x86\xdd\0\0\0\0\0\2\0\1" packet_type "\6\1\2\3\4\5\6\0\0payload"

static const struct link_case link_cases[] = {
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
};

static void assert_link_case(const struct link_case *c, struct capture *capture)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct frame frame;
	struct timespec time;

	if (capture__next(capture, &frame, &time, error) != 1)
		fail_msg("%s: %s", c->name, error);
	if (frame.start != c->start || frame.ethertype != c->ethertype || frame.hook != c->hook ||
	    frame.length != c->length - c->header || memcmp(frame.bytes, c->bytes + c->header, frame.length) != 0)
		fail_msg("%s: start %d, ethertype %04x, hook %d, length %u", c->name, frame.start, frame.ethertype,
			 frame.hook, frame.length);
	assert_int_equal(capture__next(capture, &frame, &time, error), 0);
	capture__close(capture);
}

static void strips_the_headers_of_all_link_types(void **state)
{
	struct image image;

	for (size_t i = 0; i < sizeof(link_cases) / sizeof(*link_cases); i++) {
		const struct link_case *c = &link_cases[i];

		image = (struct image){};
		put_pcap_header(&image, c->link_type);
		put_pcap_frame(&image, 0, c->bytes, c->length);
		assert_link_case(c, open_image(&image));

		image = (struct image){};
		put_pcapng_header(&image, (uint16_t)c->link_type);
		put_pcapng_frame(&image, 0, c->bytes, c->length);
		assert_link_case(c, open_image(&image));
	}
}

static void assert_open_error(const char *name, int expected, const char *part)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;

	assert_int_equal(capture__open(name, &capture, error), expected);
	assert_null(capture);
	assert_text(error, name);
	assert_text(error, part);
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
	struct image image = {};

	assert_open_error("/nonexistent/a.pcap", -ENOENT, "No such file");
	assert_open_error("/", -EISDIR, "directory");
	write_file("", 0);
	assert_open_error(path, -EINVAL, "at byte 0");
	write_file("INVITE sip:a@b SIP/2.0\r\n\r\n", 26);
	assert_open_error(path, -EINVAL, "give a pcap or pcapng file, uncompressed, or --input text for a log");
	write_file("\xef\xbb\xbf\x1b[1mK\xc3\xb6ln\n", 13);
	assert_open_error(path, -EINVAL, "--input text");
	write_file("\x1f\x8b\x08\0\0\0\0\0", 8);
	assert_no_advice_for_logs(path);
	put_pcap_header(&image, LINK_WIFI);
	write_file(image.bytes, image.length);
	assert_open_error(path, -EPROTONOSUPPORT, "link type IEEE802_11 (105)");
}

/* ---- pcapng ---- */

/* A block with this body, which is filled up to a multiple of four. */
static void put_block(struct image *image, uint32_t type, const struct image *body)
{
	uint32_t padding = -(uint32_t)body->length & 3, length = 12 + (uint32_t)body->length + padding;

	put32(image, type);
	put32(image, length);
	put(image, body->bytes, body->length);
	put(image, "\0\0\0", padding);
	put32(image, length);
}

static void put_section(struct image *image)
{
	struct image body = { .is_swapped = image->is_swapped };

	put32(&body, 0x1a2b3c4d);
	put16(&body, 1);
	put16(&body, 0);
	put32(&body, 0xffffffff);
	put32(&body, 0xffffffff);
	put_block(image, 0x0a0d0d0a, &body);
}

static void put_option(struct image *image, uint16_t code, const void *bytes, uint16_t length)
{
	put16(image, code);
	put16(image, length);
	put(image, bytes, length);
	put(image, "\0\0\0", -length & 3);
}

/* An interface whose times have this resolution (if_tsresol) and begin at this second; 0: as if nothing were said. */
static void put_interface(struct image *image, uint16_t link_type, uint32_t snapshot_length, uint8_t resolution,
			  int64_t seconds)
{
	struct image body = { .is_swapped = image->is_swapped };

	put16(&body, link_type);
	put16(&body, 0);
	put32(&body, snapshot_length);
	seconds = image->is_swapped ? (int64_t)bswap_64((uint64_t)seconds) : seconds;
	put_option(&body, 2, "eth0", 4);
	if (resolution)
		put_option(&body, 9, &resolution, 1);
	if (seconds)
		put_option(&body, 14, &seconds, 8);
	put32(&body, 0);
	put_block(image, 1, &body);
}

/* An enhanced packet, with these flags of its own. */
static void put_packet(struct image *image, uint32_t interface, uint64_t time, uint32_t flags, uint32_t number)
{
	struct image body = { .is_swapped = image->is_swapped };
	uint32_t swapped = image->is_swapped ? bswap_32(flags) : flags, length = FRAME_LENGTH(number);

	put32(&body, interface);
	put32(&body, (uint32_t)(time >> 32));
	put32(&body, (uint32_t)time);
	put32(&body, length);
	put32(&body, length + 100);
	put(&body, frame_bytes(number), length);
	put(&body, "\0\0\0", -length & 3);
	if (flags)
		put_option(&body, 2, &swapped, 4);
	put_block(image, 6, &body);
}

/* What the next packet must be: of this link type, time and direction, and with the bytes of frame `number`. */
static void assert_next(struct capture *capture, enum frame_start start, time_t seconds, long nanoseconds,
			enum sipbpf_hook hook, uint32_t number)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct timespec time;
	struct frame frame;

	if (capture__next(capture, &frame, &time, error) != 1)
		fail_msg("frame %u: %s", number, error);
	assert_int_equal(frame.start, start);
	assert_int_equal(frame.hook, hook);
	assert_int_equal(frame.length, FRAME_LENGTH(number));
	assert_memory_equal(frame.bytes, frame_bytes(number), frame.length);
	assert_int_equal(time.tv_sec, seconds);
	assert_int_equal(time.tv_nsec, nanoseconds);
}

static void assert_end(struct capture *capture)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct timespec time;
	struct frame frame;

	assert_int_equal(capture__next(capture, &frame, &time, error), 0);
	assert_false(capture__is_unreadable(capture, error));
	capture__close(capture);
}

static void interfaces_differ(void **state)
{
	struct image image = { .is_swapped = true };
	struct capture *capture;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_interface(&image, LINK_RAW, 1000, 9, 0);
	put_packet(&image, 0, FIRST_SECOND * 1000000ull + 7, 1, 0);
	put_packet(&image, 1, FIRST_SECOND * 1000000000ull + 7, 2, 1);
	put_interface(&image, LINK_IPV6, 0, 3, FIRST_SECOND);
	put_packet(&image, 2, 5007, 0, 2);
	put_packet(&image, 0, FIRST_SECOND * 1000000ull + 999999, 0, 3);
	capture = open_image(&image);
	assert_next(capture, FRAME_ETHERNET, FIRST_SECOND, 7000, SIPBPF_RECEIVED, 0);
	assert_next(capture, FRAME_IP, FIRST_SECOND, 7, SIPBPF_SENT, 1);
	assert_next(capture, FRAME_IPV6, FIRST_SECOND + 5, 7000000, SIPBPF_RECEIVED, 2);
	assert_next(capture, FRAME_ETHERNET, FIRST_SECOND, 999999000, SIPBPF_RECEIVED, 3);
	assert_end(capture);
}

/* Times may be in powers of two, or finer than can be told, or such as no calendar has. */
static void resolutions_differ(void **state)
{
	struct image image = { .is_nano = true };
	struct capture *capture;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0x80 | 10, 0);
	put_interface(&image, LINK_ETHERNET, 65535, 0x80 | 32, 0);
	put_interface(&image, LINK_ETHERNET, 65535, 12, 0);
	put_interface(&image, LINK_ETHERNET, 65535, 0x80 | 64, 0);
	put_interface(&image, LINK_ETHERNET, 65535, 127, 0);
	put_interface(&image, LINK_ETHERNET, 65535, 6, INT64_MAX);
	put_packet(&image, 0, 5 * 1024 + 512, 0, 0);
	put_packet(&image, 1, (5ull << 32) + (3ull << 30), 0, 1);
	put_packet(&image, 2, 5000000001999ull, 0, 2);
	put_packet(&image, 3, 1, 0, 3);
	put_packet(&image, 4, 1, 0, 4);
	put_packet(&image, 5, UINT64_MAX, 0, 0);
	capture = open_image(&image);
	assert_next(capture, FRAME_ETHERNET, 5, 500000000, SIPBPF_RECEIVED, 0);
	assert_next(capture, FRAME_ETHERNET, 5, 750000000, SIPBPF_RECEIVED, 1);
	assert_next(capture, FRAME_ETHERNET, 5, 1, SIPBPF_RECEIVED, 2);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 3);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 4);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 0);
	assert_end(capture);
}

/* A section begins anew: its byte order, and its interfaces. */
static void sections_differ(void **state)
{
	struct image image = {};
	struct capture *capture;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_packet(&image, 0, 1000000, 0, 0);
	image.is_swapped = true;
	put_section(&image);
	put_interface(&image, LINK_IPV4, 65535, 0, 0);
	put_packet(&image, 0, 2000000, 0, 1);
	capture = open_image(&image);
	assert_next(capture, FRAME_ETHERNET, 1, 0, SIPBPF_RECEIVED, 0);
	assert_next(capture, FRAME_IPV4, 2, 0, SIPBPF_RECEIVED, 1);
	assert_end(capture);
}

/* Simple packets, the packets of old, and blocks that say nothing of packets. */
static void blocks_differ(void **state)
{
	struct image image = {}, body;
	struct capture *capture;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, FRAME_LENGTH(1), 0, 0);
	body = (struct image){};
	put(&body, "no packet", 9);
	put_block(&image, 0x0bad, &body); /* a custom block */
	body = (struct image){};
	put32(&body, FRAME_LENGTH(0));
	put(&body, frame_bytes(0), FRAME_LENGTH(0));
	put_block(&image, 3, &body);
	body = (struct image){};
	put32(&body, 1500); /* on the wire; the snapshot length is less */
	put(&body, frame_bytes(1), FRAME_LENGTH(1));
	put_block(&image, 3, &body);
	body = (struct image){};
	put16(&body, 0);
	put16(&body, 0);
	put32(&body, 0);
	put32(&body, 3000000);
	put32(&body, FRAME_LENGTH(2));
	put32(&body, FRAME_LENGTH(2));
	put(&body, frame_bytes(2), FRAME_LENGTH(2));
	put_block(&image, 2, &body);
	put_block(&image, 5, &body); /* statistics */
	capture = open_image(&image);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 0);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 1);
	assert_next(capture, FRAME_ETHERNET, 3, 0, SIPBPF_RECEIVED, 2);
	assert_end(capture);
}

/* Frames of an interface that cannot be read are told of, and those of the others are read. */
static void an_unreadable_interface_is_told_of(void **state)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct image image = {};
	struct capture *capture;
	struct timespec time;
	struct frame frame;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_interface(&image, LINK_WIFI, 65535, 0, 0);
	put_packet(&image, 1, 0, 0, 0);
	put_packet(&image, 0, 0, 0, 1);
	put_packet(&image, 1, 0, 0, 2);
	capture = open_image(&image);
	assert_int_equal(capture__next(capture, &frame, &time, error), 1);
	assert_int_equal(frame.start, FRAME_ETHERTYPE);
	assert_int_equal(frame.ethertype, 0);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 1);
	assert_int_equal(capture__next(capture, &frame, &time, error), 1);
	assert_int_equal(capture__next(capture, &frame, &time, error), 0);
	assert_true(capture__is_unreadable(capture, error));
	assert_text(error, path);
	assert_text(error, "IEEE802_11 (105) of interface 1 is not supported: 2 frames");
	capture__close(capture);
}

/* What is wrong with a block is an error after the frames before. */
static void assert_corrupt(uint32_t type, const struct image *body, const char *what)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct image image = {};
	struct capture *capture;
	struct timespec time;
	struct frame frame;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_packet(&image, 0, 0, 0, 0);
	put_block(&image, type, body);
	capture = open_image(&image);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 0);
	assert_int_equal(capture__next(capture, &frame, &time, error), -EBADMSG);
	assert_text(error, path);
	assert_text(error, what);
	capture__close(capture);
}

static void corrupt_blocks_are_errors(void **state)
{
	struct image body = {};

	assert_corrupt(1, &body, "length of a block");
	assert_corrupt(6, &body, "length of a block");
	assert_corrupt(2, &body, "length of a block");
	put(&body, "\x02\0\0\0", 4); /* an interface that is not there, or a section's magic */
	assert_corrupt(0x0a0d0d0a, &body, "byte-order magic");
	put(&body, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_corrupt(6, &body, "not described");
	assert_corrupt(2, &body, "not described");
	body.bytes[0] = 0;
	memset(body.bytes + 12, 0xff, 4);
	assert_corrupt(6, &body, "longer than its block");
	assert_corrupt(2, &body, "longer than its block");
	body.bytes[0] = 200;
	assert_corrupt(3, &body, "longer than its block");
}

static int make_path(void **state)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/test_capture.XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int remove_path(void **state)
{
	return unlink(path);
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
		cmocka_unit_test(refuses_what_is_no_capture),
		cmocka_unit_test(interfaces_differ),
		cmocka_unit_test(resolutions_differ),
		cmocka_unit_test(sections_differ),
		cmocka_unit_test(blocks_differ),
		cmocka_unit_test(an_unreadable_interface_is_told_of),
		cmocka_unit_test(corrupt_blocks_are_errors),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
