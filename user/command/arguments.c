// SPDX-License-Identifier: BSD-2-Clause
/* See arguments.h. Tested by tests/cli/test_arguments.py. */
#include "command/arguments.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "command/filter_warning.h"
#include "command/output.h"
#include "hook/attach.h"
#include "hook/interface.h"

static int check_to_attach(const char *interface)
{
	char text[ATTACH_TEXT_SIZE];
	int error = attach__check(interface, text);

	if (error)
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

static int check_input(const struct options *options, const char *input)
{
	switch (options->command) {
	case COMMAND_ATTACH:
		return check_to_attach(input);
	case COMMAND_STATUS:
		return check_exists(input);
	default:
		return 0;
	}
}

static int check_output(const struct options *options)
{
	const char *path = options->log_path ? options->log_path : options->output_path;
	int error = output__check(path);

	if (error)
		log__error("%s: %s", path, strerror(-error));
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
