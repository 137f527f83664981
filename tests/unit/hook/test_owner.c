// SPDX-License-Identifier: BSD-2-Clause
/* Owners: a number is held as long as its socket, and by nobody without CAP_NET_ADMIN. In a network namespace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook/owner.h"
#include "base/privileges.h"

#define NUMBER 0x51b01234u

static int namespace_error;

static int make_namespace(void **state)
{
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		namespace_error = errno;
	return 0;
}

static int open_owner(void)
{
	int owner;

	if (namespace_error) {
		print_message("no network namespace: %s\n", strerror(namespace_error));
		skip();
	}
	owner = owner__open();
	assert_true(owner >= 0);
	return owner;
}

static void a_number_is_held_until_the_socket_closes(void **state)
{
	int owner = open_owner();

	assert_int_equal(owner__count(NUMBER), 0);
	assert_int_equal(owner__claim(owner, NUMBER), 0);
	assert_int_equal(owner__count(NUMBER), 1);
	assert_int_equal(owner__count(NUMBER + 1), 0);
	close(owner);
	assert_int_equal(owner__count(NUMBER), 0);
}

/* Claims in a child, and says so by its exit status. */
static int claim_in_child(int owner)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(owner__claim(owner, NUMBER) ? 1 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static void a_number_is_held_by_all_that_share_the_socket(void **state)
{
	int owner = open_owner();

	assert_int_equal(claim_in_child(owner), 0);
	assert_int_equal(owner__count(NUMBER), 1);
	close(owner);
	assert_int_equal(owner__count(NUMBER), 0);
}

static int claim_without_capabilities(void)
{
	int owner = owner__open();

	if (owner < 0 || privileges__drop())
		return 1;
	if (owner__claim(owner, NUMBER) != -EPERM)
		return 2;
	return owner__count(NUMBER) ? 3 : 0;
}

static void nobody_pretends_without_the_capability(void **state)
{
	pid_t pid;
	int status;

	close(open_owner());
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(claim_without_capabilities());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_held_until_the_socket_closes),
		cmocka_unit_test(a_number_is_held_by_all_that_share_the_socket),
		cmocka_unit_test(nobody_pretends_without_the_capability),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
