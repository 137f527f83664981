// SPDX-License-Identifier: BSD-2-Clause
/* See descriptors.h. A message begins with a set, which has a bit for each descriptor that there is. */
#include "hook/descriptors.h"

#include <errno.h>
#include <linux/types.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define PARTS 2 /* the set, and the message of the caller */

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
};

static void put_fds(struct msghdr *message, const int *fds, size_t count)
{
	struct cmsghdr *header;

	message->msg_controllen = count ? CMSG_SPACE(count * sizeof(int)) : 0;
	if (!count)
		return;
	header = CMSG_FIRSTHDR(message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
}

int descriptors__send(int socket, const void *message, size_t size, const int *fds, size_t count)
{
	__u32 set = 0;
	struct iovec parts[PARTS] = { { &set, sizeof(set) }, { (void *)message, size } };
	union control control = {};
	struct msghdr header = { .msg_iov = parts, .msg_iovlen = PARTS, .msg_control = &control };
	int present[DESCRIPTORS_MAX] = {};
	size_t present_count = 0;
	ssize_t length;

	if (count > DESCRIPTORS_MAX)
		return -E2BIG;
	for (size_t i = 0; i < count; i++) {
		if (fds[i] < 0)
			continue;
		present[present_count++] = fds[i];
		set |= 1U << i;
	}
	put_fds(&header, present, present_count);
	do
		length = sendmsg(socket, &header, MSG_NOSIGNAL);
	while (length < 0 && errno == EINTR);
	return length < 0 ? -errno : 0;
}

/* Takes those that came. Returns their number. */
static size_t take_fds(struct msghdr *message, int fds[DESCRIPTORS_MAX])
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	size_t count;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return 0;
	count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(header), count * sizeof(int));
	return count;
}

int descriptors__receive(int socket, void *ret_message, size_t size, int *ret_fds, size_t count)
{
	__u32 set = 0;
	struct iovec parts[PARTS] = { { &set, sizeof(set) }, { ret_message, size } };
	union control control = {};
	struct msghdr header = {
		.msg_iov = parts, .msg_iovlen = PARTS, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	int present[DESCRIPTORS_MAX] = {};
	size_t present_count, taken = 0;
	ssize_t length;

	do
		length = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	if (length <= 0)
		return length < 0 ? -errno : 0;
	present_count = take_fds(&header, present);
	if ((size_t)length != sizeof(set) + size || header.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ||
	    present_count != (size_t)__builtin_popcount(set) || set >> count) {
		descriptors__close(present, present_count);
		return -EPROTO;
	}
	for (size_t i = 0; i < count; i++)
		ret_fds[i] = set & 1U << i ? present[taken++] : -1;
	return 1;
}

void descriptors__close(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}
