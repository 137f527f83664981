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
#define PROGRAM_LINK "anon_inode:bpf-prog"

static void read_command(int process, char command[HOLDER_COMMAND_SIZE])
{
	int fd = openat(process, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, command, HOLDER_COMMAND_SIZE - 1);

	command[length > 0 ? length : 0] = '\0';
	command[strcspn(command, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* Returns the id of the program that is open under this name, or 0 if it has been closed meanwhile. */
static __u32 read_program(int process, const char *name)
{
	char path[sizeof("fdinfo/") + NAME_MAX], line[LINE_SIZE];
	__u32 program = 0;
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
	while (!program && fgets(line, sizeof(line), file))
		if (strncmp(line, "prog_id:", strlen("prog_id:")) == 0)
			program = (__u32)strtoul(line + strlen("prog_id:"), NULL, 10);
	(void)fclose(file);
	return program;
}

static bool is_program(int files, const char *name)
{
	char target[sizeof(PROGRAM_LINK)];
	ssize_t length = readlinkat(files, name, target, sizeof(target));

	return length == sizeof(PROGRAM_LINK) - 1 && memcmp(target, PROGRAM_LINK, (size_t)length) == 0;
}

static bool is_known(const struct holders *holders, pid_t pid, __u32 program)
{
	for (size_t i = 0; i < holders->count; i++)
		if (holders->list[i].pid == pid && holders->list[i].program == program)
			return true;
	return false;
}

static int add_holder(struct holders *holders, int process, pid_t pid, __u32 program)
{
	struct holder *grown;

	if (is_known(holders, pid, program))
		return 0;
	grown = reallocarray(holders->list, holders->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	holders->list = grown;
	grown[holders->count] = (struct holder){ .pid = pid, .program = program };
	read_command(process, grown[holders->count++].command);
	return 0;
}

struct wanted {
	const __u32 *programs;
	size_t count;
};

static bool is_wanted(const struct wanted *wanted, __u32 program)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->programs[i] == program)
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
		__u32 program = is_program(fd, entry->d_name) ? read_program(process, entry->d_name) : 0;

		if (program && is_wanted(wanted, program))
			error = add_holder(holders, process, pid, program);
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

int holders__find(const __u32 *programs, size_t count, struct holders *ret_holders)
{
	const struct wanted wanted = { .programs = programs, .count = count };
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
