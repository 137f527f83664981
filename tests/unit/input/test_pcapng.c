// SPDX-License-Identifier: BSD-2-Clause
/* pcapng: sections, interfaces and blocks of every kind, built byte by byte. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "captures.h"

/* A block with this body, which is filled up to a multiple of four. */
static void put_block(struct capture_image *image, uint32_t type, const struct capture_image *body)
{
	uint32_t padding = -(uint32_t)body->length & 3, length = 12 + (uint32_t)body->length + padding;

	captures__put32(image, type);
	captures__put32(image, length);
	captures__put(image, body->bytes, body->length);
	captures__put(image, "\0\0\0", padding);
	captures__put32(image, length);
}

static void put_section(struct capture_image *image)
{
	struct capture_image body = { .is_swapped = image->is_swapped };

	captures__put32(&body, 0x1a2b3c4d);
	captures__put16(&body, 1);
	captures__put16(&body, 0);
	captures__put32(&body, 0xffffffff);
	captures__put32(&body, 0xffffffff);
	put_block(image, 0x0a0d0d0a, &body);
}

static void put_option(struct capture_image *image, uint16_t code, const void *bytes, uint16_t length)
{
	captures__put16(image, code);
	captures__put16(image, length);
	captures__put(image, bytes, length);
	captures__put(image, "\0\0\0", -length & 3);
}

/* An interface whose times have this resolution (if_tsresol) and begin at this second; 0: as if nothing were said. */
static void put_interface(struct capture_image *image, uint16_t link_type, uint32_t snapshot_length, uint8_t resolution,
			  int64_t seconds)
{
	struct capture_image body = { .is_swapped = image->is_swapped };

	captures__put16(&body, link_type);
	captures__put16(&body, 0);
	captures__put32(&body, snapshot_length);
	seconds = image->is_swapped ? (int64_t)bswap_64((uint64_t)seconds) : seconds;
	put_option(&body, 2, "eth0", 4);
	if (resolution)
		put_option(&body, 9, &resolution, 1);
	if (seconds)
		put_option(&body, 14, &seconds, 8);
	captures__put32(&body, 0);
	put_block(image, 1, &body);
}

/* An enhanced packet, with these flags of its own. */
static void put_packet(struct capture_image *image, uint32_t interface, uint64_t time, uint32_t flags, uint32_t number)
{
	struct capture_image body = { .is_swapped = image->is_swapped };
	uint32_t swapped = image->is_swapped ? bswap_32(flags) : flags, length = CAPTURES_FRAME_LENGTH(number);

	captures__put32(&body, interface);
	captures__put32(&body, (uint32_t)(time >> 32));
	captures__put32(&body, (uint32_t)time);
	captures__put32(&body, length);
	captures__put32(&body, length + 100);
	captures__put(&body, captures__frame(number), length);
	captures__put(&body, "\0\0\0", -length & 3);
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
	assert_int_equal(frame.length, CAPTURES_FRAME_LENGTH(number));
	assert_memory_equal(frame.bytes, captures__frame(number), frame.length);
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
	struct capture_image image = { .is_swapped = true };
	struct capture *capture;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_interface(&image, LINK_RAW, 1000, 9, 0);
	put_packet(&image, 0, CAPTURES_FIRST_SECOND * 1000000ull + 7, 1, 0);
	put_packet(&image, 1, CAPTURES_FIRST_SECOND * 1000000000ull + 7, 2, 1);
	put_interface(&image, LINK_IPV6, 0, 3, CAPTURES_FIRST_SECOND);
	put_packet(&image, 2, 5007, 0, 2);
	put_packet(&image, 0, CAPTURES_FIRST_SECOND * 1000000ull + 999999, 0, 3);
	capture = captures__open(&image);
	assert_next(capture, FRAME_ETHERNET, CAPTURES_FIRST_SECOND, 7000, SIPBPF_RECEIVED, 0);
	assert_next(capture, FRAME_IP, CAPTURES_FIRST_SECOND, 7, SIPBPF_SENT, 1);
	assert_next(capture, FRAME_IPV6, CAPTURES_FIRST_SECOND + 5, 7000000, SIPBPF_RECEIVED, 2);
	assert_next(capture, FRAME_ETHERNET, CAPTURES_FIRST_SECOND, 999999000, SIPBPF_RECEIVED, 3);
	assert_end(capture);
}

/* Times may be in powers of two, or finer than can be told, or such as no calendar has. */
static void resolutions_differ(void **state)
{
	struct capture_image image = { .is_nano = true };
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
	capture = captures__open(&image);
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
	struct capture_image image = {};
	struct capture *capture;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_packet(&image, 0, 1000000, 0, 0);
	image.is_swapped = true;
	put_section(&image);
	put_interface(&image, LINK_IPV4, 65535, 0, 0);
	put_packet(&image, 0, 2000000, 0, 1);
	capture = captures__open(&image);
	assert_next(capture, FRAME_ETHERNET, 1, 0, SIPBPF_RECEIVED, 0);
	assert_next(capture, FRAME_IPV4, 2, 0, SIPBPF_RECEIVED, 1);
	assert_end(capture);
}

/* Simple packets, the packets of old, and blocks that say nothing of packets. */
static void blocks_differ(void **state)
{
	struct capture_image image = {}, body;
	struct capture *capture;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, CAPTURES_FRAME_LENGTH(1), 0, 0);
	body = (struct capture_image){};
	captures__put(&body, "no packet", 9);
	put_block(&image, 0x0bad, &body); /* a custom block */
	body = (struct capture_image){};
	captures__put32(&body, CAPTURES_FRAME_LENGTH(0));
	captures__put(&body, captures__frame(0), CAPTURES_FRAME_LENGTH(0));
	put_block(&image, 3, &body);
	body = (struct capture_image){};
	captures__put32(&body, 1500); /* on the wire; the snapshot length is less */
	captures__put(&body, captures__frame(1), CAPTURES_FRAME_LENGTH(1));
	put_block(&image, 3, &body);
	body = (struct capture_image){};
	captures__put16(&body, 0);
	captures__put16(&body, 0);
	captures__put32(&body, 0);
	captures__put32(&body, 3000000);
	captures__put32(&body, CAPTURES_FRAME_LENGTH(2));
	captures__put32(&body, CAPTURES_FRAME_LENGTH(2));
	captures__put(&body, captures__frame(2), CAPTURES_FRAME_LENGTH(2));
	put_block(&image, 2, &body);
	put_block(&image, 5, &body); /* statistics */
	capture = captures__open(&image);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 0);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 1);
	assert_next(capture, FRAME_ETHERNET, 3, 0, SIPBPF_RECEIVED, 2);
	assert_end(capture);
}

/* Frames of an interface that cannot be read are told of, and those of the others are read. */
static void an_unreadable_interface_is_told_of(void **state)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture_image image = {};
	struct capture *capture;
	struct timespec time;
	struct frame frame;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_interface(&image, LINK_USB, 65535, 0, 0);
	put_packet(&image, 1, 0, 0, 0);
	put_packet(&image, 0, 0, 0, 1);
	put_packet(&image, 1, 0, 0, 2);
	capture = captures__open(&image);
	assert_int_equal(capture__next(capture, &frame, &time, error), 1);
	assert_int_equal(frame.start, FRAME_ETHERTYPE);
	assert_int_equal(frame.ethertype, 0);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 1);
	assert_int_equal(capture__next(capture, &frame, &time, error), 1);
	assert_int_equal(capture__next(capture, &frame, &time, error), 0);
	assert_true(capture__is_unreadable(capture, error));
	captures__assert_says(error, captures_path);
	captures__assert_says(error, "USB_LINUX (189) of interface 1 is not supported: 2 frames count as not_ip");
	capture__close(capture);
}

/* What is wrong with a block is an error after the frames before. */
static void assert_corrupt(uint32_t type, const struct capture_image *body, const char *what)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture_image image = {};
	struct capture *capture;
	struct timespec time;
	struct frame frame;

	put_section(&image);
	put_interface(&image, LINK_ETHERNET, 65535, 0, 0);
	put_packet(&image, 0, 0, 0, 0);
	put_block(&image, type, body);
	capture = captures__open(&image);
	assert_next(capture, FRAME_ETHERNET, 0, 0, SIPBPF_RECEIVED, 0);
	assert_int_equal(capture__next(capture, &frame, &time, error), -EBADMSG);
	captures__assert_says(error, captures_path);
	captures__assert_says(error, what);
	capture__close(capture);
}

static void corrupt_blocks_are_errors(void **state)
{
	struct capture_image body = {};

	assert_corrupt(1, &body, "a block has an impossible length");
	assert_corrupt(6, &body, "a block has an impossible length");
	assert_corrupt(2, &body, "a block has an impossible length");
	captures__put(&body, "\x02\0\0\0", 4); /* an interface that is not there, or a section's magic */
	assert_corrupt(0x0a0d0d0a, &body, "byte-order magic");
	captures__put(&body, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_corrupt(6, &body, "no block before a packet describes its interface");
	assert_corrupt(2, &body, "no block before a packet describes its interface");
	body.bytes[0] = 0;
	memset(body.bytes + 12, 0xff, 4);
	assert_corrupt(6, &body, "longer than its block");
	assert_corrupt(2, &body, "longer than its block");
	body.bytes[0] = 200;
	assert_corrupt(3, &body, "longer than its block");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interfaces_differ),
		cmocka_unit_test(resolutions_differ),
		cmocka_unit_test(sections_differ),
		cmocka_unit_test(blocks_differ),
		cmocka_unit_test(an_unreadable_interface_is_told_of),
		cmocka_unit_test(corrupt_blocks_are_errors),
	};

	return cmocka_run_group_tests(tests, captures__make_file, captures__remove_file);
}
