// SPDX-License-Identifier: BSD-2-Clause
/* See arguments.h. Tested by tests/cli/test_arguments.py. */
#include "command/arguments.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "command/filter_warning.h"
#include "command/output.h"
#include "hook/attach.h"
#include "hook/interface.h"

static int check_to_attach(const struct options *options, const char *interface)
{
	char text[ATTACH_TEXT_SIZE];
	int error = attach__check(interface, options->mode, text);

	if (error == -ENODEV && access(interface, F_OK) == 0)
		log__error("%s: no such interface; to count in a capture, use: sipbpf count %s", interface, interface);
	else if (error)
		log__error("%s", text);
	return error;
}

static int check_exists(const char *interface)
{
	char text[INTERFACE_MISSING_SIZE];

	if (interface__find(interface))
		return 0;
	interface__describe_missing(interface, text);
	log__error("%s", text);
	return -ENODEV;
}

static bool is_same_file(const struct stat *status, const char *input)
{
	struct stat other;
	int error = strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &other) : stat(input, &other);

	return !error && status->st_dev == other.st_dev && status->st_ino == other.st_ino;
}

/* Opening the output empties it. */
static int check_not_output(const struct options *options, const char *input)
{
	struct stat status;

	if (!output__is_file(options->output_path, &status) || !is_same_file(&status, input))
		return 0;
	log__error("--output: %s is also an input; name another file", options->output_path);
	return -EINVAL;
}

/* What is missing is told when it is opened, unless another command was meant. */
static int check_to_count(const struct options *options, const char *file)
{
	if (access(file, F_OK) && errno == ENOENT && interface__find(file)) {
		log__error("%s: %s; to count on an interface, use: sipbpf attach %s", file, strerror(ENOENT), file);
		return -ENOENT;
	}
	return check_not_output(options, file);
}

static int check_input(const struct options *options, const char *input)
{
	switch (options->command) {
	case COMMAND_ATTACH:
		return check_to_attach(options, input);
	case COMMAND_STATUS:
		return check_exists(input);
	case COMMAND_COUNT:
		return check_to_count(options, input);
	default:
		return check_not_output(options, input);
	}
}

static int check_output(const struct options *options)
{
	const char *path = options->log_path ? options->log_path : options->output_path;
	int error = output__check(path);

	if (error)
		log__error("--%s: %s: %s", options->log_path ? "log" : "output", path, strerror(-error));
	return error;
}

int arguments__check(const struct options *options)
{
	int result = 0;

	for (size_t i = 0; i < options->inputs_count; i++) {
		int error = check_input(options, options->inputs[i]);

		if (error)
			result = error;
	}
	if (!result)
		result = check_output(options);
	if (!result && options->command == COMMAND_ATTACH)
		filter_warning__before(&options->filter);
	return result;
}
