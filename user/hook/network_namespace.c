// SPDX-License-Identifier: BSD-2-Clause
/* See network_namespace.h. Tested by tests/net/test_netns.sh. */
#include "hook/network_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAMES "/run/netns"

static int open_path(const char *format, const char *name)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), format, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_namespace(const char *name)
{
	int fd;

	if (strchr(name, '/'))
		return open_path("%s", name);
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -ENOENT;
	fd = open_path(NAMES "/%s", name);
	if (fd == -ENOENT && strspn(name, "0123456789") == strlen(name))
		fd = open_path("/proc/%s/ns/net", name);
	return fd;
}

static void explain(const char *name, int error, char *text)
{
	if (error == -ENOENT)
		snprintf(text, NETWORK_NAMESPACE_TEXT_SIZE,
			 "--netns: %.200s: no such network namespace; give a name that `ip netns` lists, the pid of a "
			 "process in it, or the path of its file",
			 name);
	else if (error == -EPERM || error == -EACCES)
		snprintf(text, NETWORK_NAMESPACE_TEXT_SIZE,
			 "--netns: %.200s: no permission to enter it; that needs CAP_SYS_ADMIN, and CAP_SYS_PTRACE for "
			 "the "
			 "pid of a process with other capabilities; root has both, unless a container or sandbox takes "
			 "them away",
			 name);
	else if (error == -EINVAL)
		snprintf(text, NETWORK_NAMESPACE_TEXT_SIZE, "--netns: %.200s: is no network namespace", name);
	else
		snprintf(text, NETWORK_NAMESPACE_TEXT_SIZE, "--netns: %.200s: %s", name, strerror(-error));
}

int network_namespace__enter(const char *name, char *ret_text)
{
	int fd = open_namespace(name), error = fd < 0 ? fd : 0;

	if (!error && setns(fd, CLONE_NEWNET))
		error = -errno;
	if (fd >= 0)
		close(fd);
	if (error)
		explain(name, error, ret_text);
	return error;
}
