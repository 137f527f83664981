// SPDX-License-Identifier: BSD-2-Clause
/* See requirements.h. Tested by tests/net/test_unseen.sh. */
#include "command/requirements.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory_limit.h"

/*
 * What a link takes in a bank: about as many types of messages, in both directions, as a call or registration has. A bank
 * need not hold all links: when it is half full it is emptied.
 */
#define ROWS_PER_LINK 8
#define ROWS_MAX 131072

/*
 * Open files: programs, maps (each three times while programs are loaded), sockets; and for each interface two links, or a
 * link and a guardian.
 */
#define FILES 96
#define FILES_PER_INTERFACE 4

/* Bytes: of the process, of the maps that have always one size, and of a row, which is in two banks. */
#define PROCESS_SIZE (32ULL << 20)
#define MAPS_SIZE (24ULL << 20)
#define ROW_SIZE (2 * 120ULL)

#define MEGABYTE (1ULL << 20)

/* libbpf reads it to know the size of a value per CPU. */
#define POSSIBLE_CPUS "/sys/devices/system/cpu/possible"

__u32 requirements__rows(const struct options *options)
{
	return options->max_links < ROWS_MAX / ROWS_PER_LINK ? options->max_links * ROWS_PER_LINK : ROWS_MAX;
}

static int check_files(const struct options *options)
{
	rlim_t needed = FILES + FILES_PER_INTERFACE * (rlim_t)options->inputs_count;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= needed)
		return 0;
	log__error(
		"attach: needs up to %llu open files, and the limit is %llu; raise it with `ulimit -Hn %llu`, or with "
		"LimitNOFILE=%llu in a systemd unit",
		(unsigned long long)needed, (unsigned long long)limit.rlim_cur, (unsigned long long)needed,
		(unsigned long long)needed);
	return -EMFILE;
}

static int refuse_memory(__u64 needed, __u64 limit, const char *of, const char *advice)
{
	log__error("attach: needs at least %llu MiB of memory, and the limit of %s is %llu MiB; %s",
		   (unsigned long long)((needed + MEGABYTE - 1) / MEGABYTE), of, (unsigned long long)(limit / MEGABYTE),
		   advice);
	return -ENOMEM;
}

static int check_memory(const struct options *options)
{
	__u64 needed = PROCESS_SIZE + MAPS_SIZE + ROW_SIZE * requirements__rows(options);
	__u64 limit = memory_limit__read(MEMORY_LIMIT_GROUPS, MEMORY_LIMIT_ROOT);
	char root_of_parent[PATH_MAX];
	struct rlimit space;

	snprintf(root_of_parent, sizeof(root_of_parent), MEMORY_LIMIT_ROOT_OF, (int)getppid());
	if (!limit)
		limit = memory_limit__read(MEMORY_LIMIT_GROUPS, root_of_parent);
	if (limit && limit < needed)
		return refuse_memory(needed, limit, "its control group",
				     "raise it (MemoryMax= in a systemd unit), or keep fewer links with --max-links");
	if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur < 2 * PROCESS_SIZE)
		return refuse_memory(2 * PROCESS_SIZE, space.rlim_cur, "its address space",
				     "raise it with `ulimit -v`");
	return 0;
}

static int check_sysfs(void)
{
	if (access(POSSIBLE_CPUS, R_OK) == 0)
		return 0;
	log__error("attach: %s cannot be read: %s; mount sysfs: `mount -t sysfs sysfs /sys`", POSSIBLE_CPUS,
		   strerror(errno));
	return -ENOENT;
}

int requirements__check(const struct options *options)
{
	int error = check_files(options), other = check_memory(options);

	if (!error)
		error = other;
	other = check_sysfs();
	return error ? error : other;
}
