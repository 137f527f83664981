// SPDX-License-Identifier: BSD-2-Clause
/* See status.h. Tested by tests/cli/test_status.py. */
#include "command/status.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "command/output.h"
#include "hook/interface.h"
#include "inspect/status_json.h"
#include "inspect/status_report.h"
#include "inspect/status_text.h"

static int fail(const char *what, int error)
{
	log__error("%s: %s", what, strerror(-error));
	return error;
}

/* The numbers of the interfaces that are named; has room for all. */
static int find_interfaces(const struct options *options, unsigned int *interfaces)
{
	char text[INTERFACE_MISSING_SIZE];

	for (size_t i = 0; i < options->inputs_count; i++) {
		interfaces[i] = interface__find(options->inputs[i]);
		if (interfaces[i])
			continue;
		interface__describe_missing(options->inputs[i], text);
		log__error("%s", text);
		return -ENODEV;
	}
	return 0;
}

static int make_report(const struct options *options, const unsigned int *interfaces, struct status_report *report)
{
	int error = status_report__make(interfaces, options->inputs_count, options->cost_seconds, report);

	if (error == -EPERM)
		log__error("status: no permission to look at the kernel's BPF programs; that needs CAP_SYS_ADMIN in "
			   "the initial user namespace, which root has, unless a container or sandbox takes it away");
	else if (error)
		return fail("status: cannot look at the kernel's BPF programs", error);
	return error;
}

static bool is_repeated(const unsigned int *interfaces, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (interfaces[j] == interfaces[i])
			return true;
	return false;
}

/* Returns 0, or -ENOENT after saying what nothing is attached to. */
static int check_attached(const struct options *options, const unsigned int *interfaces,
			  const struct status_report *report)
{
	int error = 0;

	for (size_t i = 0; i < options->inputs_count; i++) {
		if (is_repeated(interfaces, i) || status_report__has_interface(report, interfaces[i]))
			continue;
		log__error("%s: no sipbpf is attached to it", options->inputs[i]);
		error = -ENOENT;
	}
	if (options->inputs_count)
		return error;
	for (size_t i = 0; i < report->instances_count; i++)
		if (report->instances[i].attachments_count)
			return 0;
	log__error("status: no sipbpf is attached to any visible interface");
	return -ENOENT;
}

static void suggest_cost(const struct options *options, const struct status_report *report)
{
	if (options->format == OUTPUT_JSON || !report->instances_count)
		return;
	if (!report->has_statistics && !report->cost_seconds)
		log__info("status: --cost SECONDS measures what a packet costs; sysctl kernel.bpf_stats_enabled=1 "
			  "measures it all the time");
}

static int write_report(const struct options *options, const struct status_report *report)
{
	const char *path = options->output_path;
	FILE *out;
	int error = output__open(options, &out), close_error;

	if (error)
		return fail(path, error);
	if (options->format == OUTPUT_JSON)
		error = status_json__write(out, report);
	else
		status_text__write(out, report, options->zone);
	close_error = output__close(out);
	if (!error)
		error = close_error;
	return error ? fail(path ? path : "standard output", error) : 0;
}

static int write_status(const struct options *options, const unsigned int *interfaces)
{
	struct status_report report;
	int error = make_report(options, interfaces, &report), nothing;

	if (error)
		return error;
	error = write_report(options, &report);
	if (!error)
		suggest_cost(options, &report);
	nothing = check_attached(options, interfaces, &report);
	status_report__free(&report);
	return error ? error : nothing;
}

int status__run(const struct options *options)
{
	unsigned int *interfaces = calloc(options->inputs_count + 1, sizeof(*interfaces));
	int error = interfaces ? find_interfaces(options, interfaces) : fail("status", -ENOMEM);

	if (!error)
		error = write_status(options, interfaces);
	free(interfaces);
	return error ? EXIT_FAILED : EXIT_DONE;
}
