// SPDX-License-Identifier: BSD-2-Clause
/* Capabilities: what is missing is named, and what is dropped does not come back. Children do the dropping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cap-ng.h>
#include <cmocka.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/privileges.h"

#define ALL_NAMES "CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON"

/* Runs the check in a child and wants the exit status 0. */
static void run_child(int (*check)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(check());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int check_drop(void)
{
	char text[64] = "";

	if (privileges__drop())
		return 1;
	if (privileges__missing(text, sizeof(text)) != 3 || strcmp(text, ALL_NAMES) != 0)
		return 2;
	if (capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
		return 3;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 4;
	return privileges__drop() ? 5 : 0;
}

static int check_bounding(void)
{
	bool could = !capng_get_caps_process() && capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	if (privileges__drop())
		return 1;
	return could && prctl(PR_CAPBSET_READ, CAP_NET_ADMIN, 0, 0, 0) != 0 ? 2 : 0;
}

static int check_net_admin(void)
{
	bool had = !capng_get_caps_process() && capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN);
	char text[64] = "";

	if (privileges__drop_to_net_admin())
		return 1;
	privileges__missing(text, sizeof(text));
	return strcmp(text, had ? "CAP_BPF, CAP_PERFMON" : ALL_NAMES) != 0 ? 2 : 0;
}

static int check_short_text(void)
{
	char text[9];

	if (privileges__drop() || privileges__missing(text, sizeof(text)) != 3)
		return 1;
	return strcmp(text, "CAP_BPF,") != 0 ? 2 : 0;
}

/* CAP_SYS_ADMIN does what CAP_BPF and CAP_PERFMON do, but not what CAP_NET_ADMIN does. */
static int check_sys_admin(void)
{
	char text[64];

	if (capng_get_caps_process() || !capng_have_capability(CAPNG_PERMITTED, CAP_SYS_ADMIN))
		return 0;
	capng_clear(CAPNG_SELECT_CAPS);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_SYS_ADMIN);
	if (capng_apply(CAPNG_SELECT_CAPS) || privileges__missing(text, sizeof(text)) != 1)
		return 1;
	return strcmp(text, "CAP_NET_ADMIN") != 0 ? 2 : 0;
}

/* In the initial namespace, and in no other, user ids are what they are outside. */
static bool maps_all_users(void)
{
	unsigned int inside = 1, outside = 1, length = 0;
	FILE *map = fopen("/proc/self/uid_map", "re");
	bool all = map && fscanf(map, "%u %u %u", &inside, &outside, &length) == 3;

	if (map)
		(void)fclose(map);
	return all && inside == 0 && outside == 0 && length == UINT_MAX;
}

static int check_namespace(void)
{
	if (maps_all_users() && privileges__are_namespaced())
		return 1;
	if (unshare(CLONE_NEWUSER))
		return 0; /* not allowed here */
	return privileges__are_namespaced() ? 0 : 2;
}

static void a_namespace_of_its_own_is_found(void **state)
{
	run_child(check_namespace);
}

static void drop_takes_all_capabilities(void **state)
{
	run_child(check_drop);
}

static void drop_empties_the_bounding_set_where_allowed(void **state)
{
	run_child(check_bounding);
}

static void net_admin_can_be_kept(void **state)
{
	run_child(check_net_admin);
}

static void names_are_cut_to_the_text(void **state)
{
	run_child(check_short_text);
}

static void sys_admin_stands_for_bpf_and_perfmon(void **state)
{
	run_child(check_sys_admin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop_takes_all_capabilities),
		cmocka_unit_test(drop_empties_the_bounding_set_where_allowed),
		cmocka_unit_test(net_admin_can_be_kept),
		cmocka_unit_test(names_are_cut_to_the_text),
		cmocka_unit_test(a_namespace_of_its_own_is_found),
		cmocka_unit_test(sys_admin_stands_for_bpf_and_perfmon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
