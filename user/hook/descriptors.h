/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors that pass from one process to another, beside a message (SCM_RIGHTS). */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stddef.h>

#define DESCRIPTORS_MAX 8

/*
 * Sends a message and descriptors over a unix socket whose messages are whole (SOCK_SEQPACKET). Descriptors of -1 are none.
 * Does not close them. Returns 0 or a negative errno.
 */
int descriptors__send(int socket, const void *message, size_t size, const int *fds, size_t count);

/*
 * Waits for such a message of exactly this size. ret_fds has as many elements as were sent: the caller closes those that
 * are not -1. Returns 1, 0 if the other end is closed, or a negative errno; then there is nothing to close.
 */
int descriptors__receive(int socket, void *ret_message, size_t size, int *ret_fds, size_t count);

/* Closes those that are not -1. */
void descriptors__close(const int *fds, size_t count);

#endif
