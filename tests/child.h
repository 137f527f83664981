/* SPDX-License-Identifier: BSD-2-Clause */
/* A child process that gets ready, says so, and waits to be killed. The includer has included cmocka.h. */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts the child, in which prepare(context) returns whether it is ready. Returns when it is; the test fails if not. */
static inline pid_t child__start(bool (*prepare)(void *context), void *context)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		close(ready[0]);
		if (!prepare(context) || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static inline void child__end(pid_t pid, int signal)
{
	assert_int_equal(kill(pid, signal), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

#endif
