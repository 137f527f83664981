/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens the files that sipbpf writes. */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include <stdio.h>

/* The permissions of new files: owner and group may know who calls whom. */
#define OUTPUT_FILE_MODE_DEFAULT 0640

enum output_file_flags {
	OUTPUT_FILE_APPENDS = 1,     /* to what the file has; else that goes */
	OUTPUT_FILE_NEVER_WAITS = 2, /* a FIFO that nobody reads is an error; else opening waits for its reader */
};

/*
 * Opens a file for writing; a new one gets these permissions, as far as the umask allows. Returns 0 and a stream that the
 * caller closes, or a negative errno (-ENXIO: a FIFO that nobody reads). Does not log.
 */
int output_file__open(const char *path, unsigned int flags, unsigned int mode, FILE **ret_out);

/* Returns why a file could not be opened or written, for messages: it may be the buffer of strerror(). */
const char *output_file__error(int error);

#endif
