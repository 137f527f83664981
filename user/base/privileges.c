// SPDX-License-Identifier: BSD-2-Clause
/* See privileges.h. */
#include "base/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* PROC_USER_INIT_INO in the kernel, the same since 3.8. */
#define INITIAL_USER_NAMESPACE 0xEFFFFFFDU

struct needed_capability {
	const char *name;
	unsigned int capability;
	bool is_in_sys_admin;
};

static const struct needed_capability needed[] = {
	{ "CAP_BPF", CAP_BPF, true },
	{ "CAP_NET_ADMIN", CAP_NET_ADMIN, false },
	{ "CAP_PERFMON", CAP_PERFMON, true },
};

#define NEEDED (sizeof(needed) / sizeof(*needed))

static bool has(const struct needed_capability *entry)
{
	return capng_have_capability(CAPNG_EFFECTIVE, entry->capability) ||
	       (entry->is_in_sys_admin && capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN));
}

int privileges__missing(char *text, size_t size)
{
	size_t length = 0;
	int missing = 0;

	if (capng_get_caps_process())
		return -EIO;
	if (size)
		text[0] = '\0';
	for (size_t i = 0; i < NEEDED; i++) {
		if (has(&needed[i]))
			continue;
		if (length < size)
			length += (size_t)snprintf(text + length, size - length, "%s%s", missing ? ", " : "",
						   needed[i].name);
		missing++;
	}
	return missing;
}

bool privileges__are_namespaced(void)
{
	struct stat status;

	return stat("/proc/self/ns/user", &status) == 0 && status.st_ino != INITIAL_USER_NAMESPACE;
}

/* Emptying the bounding set takes CAP_SETPCAP. A process that has only the capabilities it needs lacks that one. */
static void drop_bounding(void)
{
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return;
	capng_clear(CAPNG_SELECT_BOUNDS);
	(void)capng_apply(CAPNG_SELECT_BOUNDS);
}

/* Keeps only the capability `kept`, if the process has it; -1: keeps none. */
static int drop_all_but(int kept)
{
	bool keeps;

	if (capng_get_caps_process())
		return -EIO;
	keeps = kept >= 0 && capng_have_capability(CAPNG_PERMITTED, (unsigned int)kept);
	drop_bounding();
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -errno;
	capng_clear(CAPNG_SELECT_CAPS);
	if (keeps && capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, (unsigned int)kept))
		return -EIO;
	if (capng_apply(CAPNG_SELECT_CAPS))
		return -EPERM;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

int privileges__drop(void)
{
	return drop_all_but(-1);
}

int privileges__drop_to_net_admin(void)
{
	return drop_all_but(CAP_NET_ADMIN);
}
