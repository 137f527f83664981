// SPDX-License-Identifier: BSD-2-Clause
/* See output_file.h. */
#include "base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Only opening must not wait: what is written later may. */
static int clear_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) ? -errno : 0;
}

int output_file__open(const char *path, unsigned int flags, unsigned int mode, FILE **ret_out)
{
	int appends = flags & OUTPUT_FILE_APPENDS, never_waits = flags & OUTPUT_FILE_NEVER_WAITS;
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC) | (never_waits ? O_NONBLOCK : 0),
		      mode);
	int error = fd < 0 ? -errno : 0;

	if (!error && never_waits)
		error = clear_nonblocking(fd);
	if (!error) {
		*ret_out = fdopen(fd, appends ? "a" : "w");
		error = *ret_out ? 0 : -errno;
	}
	if (error && fd >= 0)
		close(fd);
	return error;
}

const char *output_file__error(int error)
{
	switch (error) {
	case -EINTR:
		return "nobody reads what is written to it";
	case -ENXIO:
		return "nobody reads this FIFO; start its reader first";
	default:
		return strerror(-error);
	}
}
