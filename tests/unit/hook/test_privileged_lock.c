// SPDX-License-Identifier: BSD-2-Clause
/* The lock: one holder at a time, freed by the kernel, and nobody without CAP_NET_ADMIN can take it. In a namespace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/privileges.h"
#include "child.h"
#include "hook/owner.h"
#include "hook/privileged_lock.h"

#define NUMBER 0x51b12345u
#define CHILDREN 4
#define ROUNDS 20

static int namespace_error;

static int make_namespace(void **state)
{
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		namespace_error = errno;
	return 0;
}

static void require_namespace(void)
{
	if (namespace_error) {
		print_message("no network namespace: %s\n", strerror(namespace_error));
		skip();
	}
}

/* What the children share. */
struct shared {
	atomic_int inside, together, rounds;
};

/* Takes the lock and gives it back. Returns whether it got it each time. */
static int work(struct shared *shared)
{
	for (int i = 0; i < ROUNDS; i++) {
		int fd = privileged_lock__take(NUMBER);

		if (fd < 0)
			return 1;
		if (atomic_fetch_add(&shared->inside, 1))
			atomic_fetch_add(&shared->together, 1);
		usleep(200);
		atomic_fetch_sub(&shared->inside, 1);
		atomic_fetch_add(&shared->rounds, 1);
		privileged_lock__release(fd);
	}
	return 0;
}

static void one_holder_at_a_time(void **state)
{
	struct shared *shared;
	int status, failed = 0;

	require_namespace();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(work(shared));
	}
	for (int i = 0; i < CHILDREN; i++) {
		assert_true(wait(&status) > 0);
		failed += !WIFEXITED(status) || WEXITSTATUS(status);
	}
	assert_int_equal(failed, 0);
	assert_int_equal(shared->rounds, CHILDREN * ROUNDS);
	assert_int_equal(shared->together, 0);
	munmap(shared, sizeof(*shared));
}

static bool take(void *context)
{
	return privileged_lock__take(NUMBER) >= 0;
}

static void a_kill_frees_it(void **state)
{
	pid_t pid;
	int fd;

	require_namespace();
	pid = child__start(take, NULL);
	assert_int_equal(owner__count(NUMBER), 1);
	child__end(pid, SIGKILL);
	fd = privileged_lock__take(NUMBER);
	assert_true(fd >= 0);
	privileged_lock__release(fd);
	assert_int_equal(owner__count(NUMBER), 0);
	privileged_lock__release(-1);
}

static bool fail_to_take(void *context)
{
	return privileges__drop() == 0 && privileged_lock__take(NUMBER) < 0;
}

/* Whoever may not take it does not keep it from others either. */
static void nobody_takes_it_without_the_capability(void **state)
{
	pid_t pid;
	int fd;

	require_namespace();
	pid = child__start(fail_to_take, NULL);
	fd = privileged_lock__take(NUMBER);
	assert_true(fd >= 0);
	privileged_lock__release(fd);
	child__end(pid, SIGKILL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_holder_at_a_time),
		cmocka_unit_test(a_kill_frees_it),
		cmocka_unit_test(nobody_takes_it_without_the_capability),
	};

	return cmocka_run_group_tests(tests, make_namespace, NULL);
}
