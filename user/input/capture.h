/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads captures (pcap, pcapng; a file or stdin, compressed by gzip or not) as frames. Knows no SIP and no BPF. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <linux/types.h>
#include <stdbool.h>
#include <time.h>

#include "classify/frame.h"
#include "input/input_file.h"

#define CAPTURE_ERROR_SIZE INPUT_FILE_ERROR_SIZE

struct capture;

/*
 * Opens a capture; "-" is stdin. Returns 0 and a capture that the caller closes, or a negative errno and in
 * ret_error[CAPTURE_ERROR_SIZE] a sentence that names the file, what is wrong and what to do.
 */
int capture__open(const char *path, struct capture **ret_capture, char *ret_error);
void capture__close(struct capture *capture); /* NULL is fine */

/*
 * The next frame: returns 1 and a frame valid until the next call, 0 at the end, or a negative errno when the capture is
 * cut or corrupt. A frame that holds several packets (A-MSDU of 802.11) comes once for each. If there was an error, ret_error names the file and the byte offset. Frames before the error were all delivered.
 */
int capture__next(struct capture *capture, struct frame *ret_frame, struct timespec *ret_time, char *ret_error);

/*
 * Whether there were frames of an interface whose link type is not supported, as a pcapng file may have: they are of no protocol.
 * Then ret_error says which.
 */
bool capture__is_unreadable(const struct capture *capture, char *ret_error);

/* Whether there were frames with obstacles. Then ret_text[CAPTURE_ERROR_SIZE] says which, in one line. */
bool capture__has_obstacles(const struct capture *capture, char *ret_text);

/* Whether all frames so far were of such interfaces, and there was one. */
bool capture__is_useless(const struct capture *capture);

/* Bytes read (ahead of the frames by up to a buffer), and the size of the file or 0 when unknown: for a progress bar. */
__u64 capture__offset(const struct capture *capture);
__u64 capture__size(const struct capture *capture);

#endif
