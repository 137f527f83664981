/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures under construction, byte by byte, and the file that holds one while a test reads it. */
#ifndef CAPTURES_H
#define CAPTURES_H

#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input/capture.h"

#define CAPTURES_SIZE_MAX 4096
#define CAPTURES_FRAMES 5
#define CAPTURES_FRAME_LENGTH(i) (60 + 7 * (i))
#define CAPTURES_FIRST_SECOND 1700000000u

enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101, LINK_LOOP = 108, LINK_SLL = 113 };
enum { LINK_PPP = 9, LINK_PPP_SERIAL = 50, LINK_PPP_ETHER = 51, LINK_HDLC = 104, LINK_MPLS = 219 };
enum { LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_SLL2 = 276, LINK_WIFI = 105, LINK_USB = 189 };

/* A capture under construction. */
struct capture_image {
	uint8_t bytes[CAPTURES_SIZE_MAX];
	size_t length;
	bool is_swapped; /* written in the other byte order than this machine's */
	bool is_nano;
	size_t frame_ends[CAPTURES_FRAMES]; /* where each frame's record or block ends */
	size_t ends_count;
	size_t header_end; /* all that must be there for the capture to open */
};

static char captures_path[64];

static inline void captures__put(struct capture_image *image, const void *bytes, size_t length)
{
	assert_true(image->length + length <= sizeof(image->bytes));
	memcpy(image->bytes + image->length, bytes, length);
	image->length += length;
}

static inline void captures__put32(struct capture_image *image, uint32_t value)
{
	value = image->is_swapped ? bswap_32(value) : value;
	captures__put(image, &value, sizeof(value));
}

static inline void captures__put16(struct capture_image *image, uint16_t value)
{
	value = image->is_swapped ? bswap_16(value) : value;
	captures__put(image, &value, sizeof(value));
}

/* The bytes of the i-th frame: Ethernet with a pattern that tells frames apart. */
static inline const uint8_t *captures__frame(uint32_t number)
{
	static uint8_t bytes[128];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 3 + number);
	return bytes;
}

static inline void captures__write(const void *bytes, size_t length)
{
	int fd = open(captures_path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static inline struct capture *captures__open(const struct capture_image *image)
{
	char error[CAPTURE_ERROR_SIZE] = "";
	struct capture *capture = NULL;

	captures__write(image->bytes, image->length);
	if (capture__open(captures_path, &capture, error))
		fail_msg("%s", error);
	return capture;
}

static inline void captures__assert_says(const char *error, const char *part)
{
	if (!strstr(error, part))
		fail_msg("'%s' does not say '%s'", error, part);
}

static inline int captures__make_file(void **state)
{
	int fd;

	snprintf(captures_path, sizeof(captures_path), "/tmp/test_capture.XXXXXX");
	fd = mkstemp(captures_path);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static inline int captures__remove_file(void **state)
{
	return unlink(captures_path);
}

#endif
