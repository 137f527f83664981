/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a file, or standard input, as a stream. The file may be compressed by gzip; its first bytes tell, not its name.
 * Bytes that are not compressed go straight to the stream's buffer.
 */
#ifndef INPUT_FILE_H
#define INPUT_FILE_H

#include <linux/types.h>
#include <stdio.h>

#include "base/byte_source.h"

#define INPUT_FILE_ERROR_SIZE 512

struct input_file;

/*
 * Opens a file; "-" is standard input. The path must outlive the file. Returns 0 and a file that the caller closes, or
 * a negative errno (-EISDIR for a directory) and a sentence that names the file in ret_error[INPUT_FILE_ERROR_SIZE].
 * input_file__close(NULL) is fine.
 */
int input_file__open(const char *path, struct input_file **ret_file, char *ret_error);
void input_file__close(struct input_file *file);

/*
 * Returns the stream, which belongs to the file and serves one thread. ftello() counts uncompressed bytes. If
 * compressed data is cut or corrupt, the stream delivers the bytes before that place; then it fails, and
 * input_file__problem() says why.
 */
FILE *input_file__stream(const struct input_file *file);

/* Returns the same bytes as the stream, for whoever reads many at a time. Only one of both may be read. */
struct byte_source input_file__source(struct input_file *file);

/* Hands the stream over to the caller, who must close it before the file. */
void input_file__disown_stream(struct input_file *file);

/* Returns the name for messages: the path, or "standard input". */
const char *input_file__name(const struct input_file *file);

/* Returns what is wrong with the compressed data and where, or NULL if nothing is. */
const char *input_file__problem(const struct input_file *file);

/* Finds the first bytes of the stream and returns their number. Works only until more than a few bytes were read. */
size_t input_file__beginning(const struct input_file *file, const char **ret_bytes);

/*
 * For a progress bar: how many bytes of the file were read, compressed or not (up to a buffer ahead of the stream), and
 * its size, or 0 if that is unknown.
 */
__u64 input_file__offset(const struct input_file *file);
__u64 input_file__size(const struct input_file *file);

#endif
