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

/* libpcap reads only interfaces that are alike: after the frames before, the error says what to do. */
static void assert_interface_error(uint16_t link_type, uint32_t snapshot_length, const char *what_to_do)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct image image = { .is_nano = true };
	struct capture *capture;
	unsigned int frames;

	put_pcapng_header(&image, LINK_ETHERNET);
	put_pcapng_frame(&image, 0, frame_bytes(0), FRAME_LENGTH(0));
	put_interface_block(&image, link_type, snapshot_length);
	capture = open_image(&image);
	assert_int_equal(read_all(capture, true, &frames, error), -EPROTONOSUPPORT);
	assert_int_equal(frames, 1);
	assert_text(error, path);
	assert_text(error, what_to_do);
	capture__close(capture);
}

static void an_interface_of_another_kind_is_an_error_after_the_frames_before(void **state)
{
	assert_interface_error(LINK_RAW, 65535, "files of their own");
	assert_interface_error(LINK_ETHERNET, 1000, "editcap -F pcap");
}

static void several_interfaces_of_one_kind_are_read(void **state)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct image image = { .is_nano = true };
	struct capture *capture;
	unsigned int frames;

	put_pcapng_header(&image, LINK_ETHERNET);
	put_interface_block(&image, LINK_ETHERNET, 65535);
	put_pcapng_frame(&image, 0, frame_bytes(0), FRAME_LENGTH(0));
	capture = open_image(&image);
	assert_int_equal(read_all(capture, true, &frames, error), 0);
	assert_int_equal(frames, 1);
	capture__close(capture);
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
		cmocka_unit_test(an_interface_of_another_kind_is_an_error_after_the_frames_before),
		cmocka_unit_test(several_interfaces_of_one_kind_are_read),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
