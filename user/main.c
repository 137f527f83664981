// SPDX-License-Identifier: BSD-2-Clause
/* Dispatches to the command that the command line names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collector.h"
#include "count.h"
#include "log.h"
#include "options.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int (*const commands[COMMANDS])(const struct options *) = {
	[COMMAND_ATTACH] = collector__run,
	[COMMAND_COUNT] = count__run,
};

static int finish_help(void)
{
	if (fflush(stdout) == 0)
		return EXIT_DONE;
	log__error("standard output: %s", strerror(errno));
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	struct options options;
	int result = options__parse(argc, argv, &options);

	if (result == -EINVAL)
		return EXIT_USAGE;
	if (result < 0) {
		log__error("command line: %s", strerror(-result));
		return EXIT_FAILED;
	}
	if (result == 0)
		return finish_help();
	log__set_verbose(options.verbose);
	log__install_libbpf();
	result = commands[options.command](&options);
	options__free(&options);
	return result;
}
