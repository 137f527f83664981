// SPDX-License-Identifier: BSD-2-Clause
/* Dispatches to the command that the command line names. Tested by tests/unit/options/test_options.c. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "command/arguments.h"
#include "command/collector.h"
#include "command/count.h"
#include "command/show.h"
#include "command/status.h"
#include "hook/network_namespace.h"
#include "options/options.h"

static int (*const commands[COMMANDS])(const struct options *) = {
	[COMMAND_ATTACH] = collector__run, [COMMAND_COUNT] = count__run,   [COMMAND_SHOW] = show__run,
	[COMMAND_DIFF] = show__run_diff,   [COMMAND_STATUS] = status__run,
};

/*
 * A closed standard descriptor would be given to the next file or map that is opened, and then written to. What stands in
 * for it fails when it is used. Returns whether standard output was open.
 */
static bool open_standard(void)
{
	bool has_output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	return has_output;
}

static bool needs_output(const struct options *options)
{
	if (options->log_path)
		return false;
	return !options->output_path || strcmp(options->output_path, "-") == 0;
}

static int refuse_output(void)
{
	log__error("standard output is closed; open it, or name a file with --output");
	return EXIT_FAILED;
}

/* Before any interface is looked for. */
static int enter_namespace(const struct options *options)
{
	char text[NETWORK_NAMESPACE_TEXT_SIZE];
	int error = options->netns ? network_namespace__enter(options->netns, text) : 0;

	if (error)
		log__error("%s", text);
	return error;
}

static int run(const struct options *options, bool has_output)
{
	if (!has_output && needs_output(options))
		return refuse_output();
	if (enter_namespace(options) || arguments__check(options) < 0)
		return EXIT_FAILED;
	return commands[options->command](options);
}

static int finish_help(void)
{
	if (fflush(stdout) == 0)
		return EXIT_DONE;
	log__error("standard output: %s", strerror(errno));
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	bool has_output = open_standard();
	struct options options;
	int result = options__parse(argc, argv, &options);

	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow (RLIMIT_FSIZE) is an error of writing */
	if (result == -EINVAL)
		return EXIT_USAGE;
	if (result < 0) {
		log__error("command line: %s", strerror(-result));
		return EXIT_FAILED;
	}
	if (result == 0)
		return finish_help();
	log__set_verbosity(options.verbosity);
	log__install_libbpf();
	result = run(&options, has_output);
	options__free(&options);
	return result;
}
