// SPDX-License-Identifier: BSD-2-Clause
/* See helper_process.h. Tested by tests/bpf/test_attach.c. */
#include "hook/helper_process.h"

#include <bpf/libbpf.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/privileges.h"

/* The lowest of these descriptors that is not below next, or -1. */
static int lowest_from(const int *fds, size_t count, unsigned int next)
{
	int lowest = -1;

	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0 && (unsigned int)fds[i] >= next && (lowest < 0 || fds[i] < lowest))
			lowest = fds[i];
	return lowest;
}

/* Closes stderr too: whoever reads the other end of it waits for the parent to end, not for its helper. */
static void close_all_but(const int *fds, size_t count)
{
	unsigned int next = 0;
	int kept;

	while ((kept = lowest_from(fds, count, next)) >= 0) {
		if ((unsigned int)kept > next)
			(void)close_range(next, (unsigned int)kept - 1, 0);
		next = (unsigned int)kept + 1;
	}
	(void)close_range(next, ~0U, 0);
}

/* A Ctrl-C or a stop of the service is meant for the parent, which then ends its helper. */
int helper_process__isolate(const char *name, const int *kept_fds, size_t count)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	(void)prctl(PR_SET_NAME, name);
	close_all_but(kept_fds, count);
	libbpf_set_print(NULL);
	return privileges__drop_to_net_admin();
}
