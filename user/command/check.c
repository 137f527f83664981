// SPDX-License-Identifier: BSD-2-Clause
/* See check.h. Tested by tests/net/test_unseen.sh. */
#include "command/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "command/counted_interfaces.h"
#include "command/loading.h"
#include "command/requirements.h"
#include "hook/attach.h"

static void write_line(const char *text)
{
	size_t width;
	char *printable = text__printable(text, &width);

	puts(printable ? printable : "?");
	free(printable);
}

static void write_unseen(const struct unseen_place *place)
{
	char interface[IF_NAMESIZE] = "?", text[UNSEEN_TEXT_SIZE], line[IF_NAMESIZE + UNSEEN_TEXT_SIZE];
	struct unseen list[UNSEEN_MAX];
	size_t count = unseen__look(place, list);

	for (size_t i = 0; i < count; i++) {
		(void)if_indextoname(place->ifindex, interface);
		unseen__describe(&list[i], text);
		snprintf(line, sizeof(line), "%s: %s", interface, text);
		write_line(line);
	}
}

static int check_interface(const struct options *options, const char *interface)
{
	struct unseen_place places[ATTACH_PLACES_MAX];
	char text[ATTACH_TEXT_SIZE];
	size_t count = 0;
	int error = attach__foresee(interface, options->mode, places, &count, text);

	if (error) {
		log__error("%s", text);
		return error;
	}
	write_line(text);
	for (size_t i = 0; i < count; i++)
		write_unseen(&places[i]);
	return 0;
}

static int check_loading(const struct options *options)
{
	struct probe *probe = NULL;
	int error = loading__check_privileges(), other = requirements__check(options);

	if (!error)
		error = other;
	if (!error)
		error = loading__load(options, &probe);
	probe__free(probe);
	return error;
}

int check__run(const struct options *options)
{
	int result = EXIT_DONE;

	if (counted_interfaces__check(options))
		result = EXIT_FAILED;
	for (size_t i = 0; i < options->inputs_count; i++)
		if (check_interface(options, options->inputs[i]))
			result = EXIT_FAILED;
	(void)fflush(stdout); /* loading takes its time */
	if (check_loading(options))
		result = EXIT_FAILED;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return result;
	log__error("standard output: %s", strerror(errno));
	return EXIT_FAILED;
}
