// SPDX-License-Identifier: BSD-2-Clause
/* See holder.h. Tested by tests/bpf/test_status_report.c. */
#include "inspect/holder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 128
#define MAP_LINK "anon_inode:bpf-map"

static void read_command(int process, char command[HOLDER_COMMAND_SIZE])
{
	int fd = openat(process, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, command, HOLDER_COMMAND_SIZE - 1);

	command[length > 0 ? length : 0] = '\0';
	command[strcspn(command, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* What a line of fdinfo says under this name: " 02000002" of "flags: 02000002". NULL: it is another line. */
static const char *value_of(const char *line, const char *name)
{
	size_t length = strlen(name);

	return strncmp(line, name, length) == 0 && line[length] == ':' ? line + length + 1 : NULL;
}

/* Returns the id of the map that is open for writing under this name, or 0 if none is any more. */
static __u32 read_map(int process, const char *name)
{
	char path[sizeof("fdinfo/") + NAME_MAX], line[LINE_SIZE];
	unsigned long flags = O_RDONLY, map = 0;
	const char *value;
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "fdinfo/%s", name);
	fd = openat(process, path, O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (!map && fgets(line, sizeof(line), file)) {
		if ((value = value_of(line, "flags")))
			flags = strtoul(value, NULL, 8);
		else if ((value = value_of(line, "map_id")))
			map = strtoul(value, NULL, 10);
	}
	(void)fclose(file);
	return (flags & O_ACCMODE) == O_RDONLY ? 0 : (__u32)map;
}

static bool is_map(int files, const char *name)
{
	char target[sizeof(MAP_LINK)];
	ssize_t length = readlinkat(files, name, target, sizeof(target));

	return length == sizeof(MAP_LINK) - 1 && memcmp(target, MAP_LINK, (size_t)length) == 0;
}

static bool is_known(const struct holders *holders, pid_t pid, __u32 map)
{
	for (size_t i = 0; i < holders->count; i++)
		if (holders->list[i].pid == pid && holders->list[i].map == map)
			return true;
	return false;
}

static int add_holder(struct holders *holders, int process, pid_t pid, __u32 map)
{
	struct holder *grown;

	if (is_known(holders, pid, map))
		return 0;
	grown = reallocarray(holders->list, holders->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	holders->list = grown;
	grown[holders->count] = (struct holder){ .pid = pid, .map = map };
	read_command(process, grown[holders->count++].command);
	return 0;
}

struct wanted {
	const __u32 *maps;
	size_t count;
};

static bool is_wanted(const struct wanted *wanted, __u32 map)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->maps[i] == map)
			return true;
	return false;
}

/* Looks through the open files of a process. */
static int look_at_files(struct holders *holders, const struct wanted *wanted, int process, pid_t pid)
{
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = 0;
	DIR *files = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!files) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (!error && (entry = readdir(files))) {
		__u32 map = is_map(fd, entry->d_name) ? read_map(process, entry->d_name) : 0;

		if (map && is_wanted(wanted, map))
			error = add_holder(holders, process, pid, map);
	}
	(void)closedir(files);
	return error;
}

static int look_at_process(struct holders *holders, const struct wanted *wanted, int processes, const char *name)
{
	pid_t pid = (pid_t)strtol(name, NULL, 10);
	int process, error;

	if (pid <= 0 || pid == getpid())
		return 0;
	process = openat(processes, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (process < 0)
		return 0;
	error = look_at_files(holders, wanted, process, pid);
	close(process);
	return error;
}

int holders__find(const __u32 *maps, size_t count, struct holders *ret_holders)
{
	const struct wanted wanted = { .maps = maps, .count = count };
	struct holders holders = {};
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	int error = 0;

	if (!processes)
		return -errno;
	while (!error && (entry = readdir(processes)))
		error = look_at_process(&holders, &wanted, dirfd(processes), entry->d_name);
	(void)closedir(processes);
	if (error)
		holders__free(&holders);
	else
		*ret_holders = holders;
	return error;
}

void holders__free(struct holders *holders)
{
	free(holders->list);
	*holders = (struct holders){};
}
