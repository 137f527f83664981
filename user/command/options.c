// SPDX-License-Identifier: BSD-2-Clause
/* What is made of the table of options: parsing, help, error messages. */
#include "command/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "command/option_table.h"
#include "render/table.h"

#define LONG_OPTION_BASE 256 /* above every short option's character */

struct command {
	const char *name;
	const char *arguments;
	const char *help;
	size_t arguments_min, arguments_max; /* 0: any number */
};

static const struct command commands[COMMANDS] = {
	[COMMAND_ATTACH] = { "attach", "IFACE...", "count the SIP messages that pass network interfaces", 1, 0 },
	[COMMAND_COUNT] = { "count", "FILE...",
			    "count the SIP messages in captures (pcap, pcapng) or logs (- for stdin)", 1, 0 },
	[COMMAND_SHOW] = { "show", "FILE...", "add up JSON snapshots (- for stdin)", 1, 0 },
	[COMMAND_DIFF] = { "diff", "A B", "what snapshot B has more than snapshot A", 2, 2 },
	[COMMAND_STATUS] = { "status", "[IFACE...]", "what is attached on this host, how, and what it costs", 0, 0 },
};

/* ---- help ---- */

static void print_usage(FILE *out)
{
	fputs("Usage: sipbpf COMMAND [OPTIONS] ARGUMENTS\n\nCounts SIP messages.\n\nCommands:\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-7s %-10s  %s\n", commands[i].name, commands[i].arguments, commands[i].help);
	fputs("  help    COMMAND     show the options of a command\n\nOptions:\n"
	      "  -h, --help          show this help\n"
	      "      --version       show the version\n",
	      out);
}

static void print_help(enum options_command command)
{
	printf("Usage: sipbpf %s [OPTIONS] %s\n\n%s\n\nOptions (lists take commas or repetition):\n",
	       commands[command].name, commands[command].arguments, commands[command].help);
	for (const struct option_entry *entry = option_table; entry < option_table + option_table_size; entry++) {
		char short_name[] = { '-', (char)entry->short_name, ',', '\0' };
		char name[32];

		if (!(entry->commands & (1u << command)))
			continue;
		snprintf(name, sizeof(name), "--%s %s", entry->name, entry->argument ? entry->argument : "");
		printf("  %-3s %-22s %s\n", entry->short_name ? short_name : "", name, entry->help);
	}
}

/* ---- parsing ---- */

static const struct option_entry *find_entry(int value)
{
	if (value >= LONG_OPTION_BASE)
		return option_table + (value - LONG_OPTION_BASE);
	for (size_t i = 0; i < option_table_size; i++)
		if (option_table[i].short_name == value)
			return option_table + i;
	return NULL;
}

/* What getopt_long() has to know; arrays with room for OPTION_TABLE_SIZE_MAX options. */
static void make_getopt_tables(enum options_command command, struct option *long_options, char *short_options)
{
	*short_options++ = ':'; /* report a missing argument as ':' */
	for (size_t i = 0; i < option_table_size; i++) {
		const struct option_entry *entry = option_table + i;

		if (!(entry->commands & (1u << command)))
			continue;
		*long_options++ = (struct option){ .name = entry->name,
						   .has_arg = entry->argument ? required_argument : no_argument,
						   .val = LONG_OPTION_BASE + (int)i };
		if (!entry->short_name)
			continue;
		*short_options++ = (char)entry->short_name;
		if (entry->argument)
			*short_options++ = ':';
	}
	*long_options = (struct option){};
	*short_options = '\0';
}

static void reject_unknown(enum options_command command, const char *option)
{
	char allowed[2048];
	size_t length = 0;

	for (size_t i = 0; i < option_table_size; i++) {
		const struct option_entry *entry = option_table + i;

		if (entry->commands & (1u << command))
			length += (size_t)snprintf(allowed + length, sizeof(allowed) - length, "%s--%s",
						   length ? ", " : "", entry->name);
	}
	log__error("%s: no option of `sipbpf %s`, or short for several; its options are %s", option,
		   commands[command].name, allowed);
}

/* getopt_long() has refused something: says what. */
static void report_refusal(enum options_command command, int result, const char *argument)
{
	const struct option_entry *entry = find_entry(optopt);
	char option[] = { '-', (char)optopt, '\0' };

	if (result == ':')
		log__error("--%s: needs a value: --%s %s", entry->name, entry->name, entry->argument);
	else if (optopt >= LONG_OPTION_BASE)
		log__error("--%s: takes no value", entry->name);
	else
		reject_unknown(command, optopt ? option : argument);
}

/*
 * Returns 1 when all options are stored, 0 when help was asked for and printed, or a negative errno. *ret_given has a bit
 * for each entry of the table that was given.
 */
static int parse_options(int argc, char **argv, struct options *options, __u64 *ret_given)
{
	struct option long_options[OPTION_TABLE_SIZE_MAX + 1];
	char short_options[2 * OPTION_TABLE_SIZE_MAX + 2];
	int result;

	make_getopt_tables(options->command, long_options, short_options);
	opterr = 0;
	optind = 0; /* glibc: start anew */
	while ((result = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		const struct option_entry *entry;
		int error;

		if (result == '?' || result == ':') {
			report_refusal(options->command, result, argv[optind - 1]);
			return -EINVAL;
		}
		entry = find_entry(result);
		if (!entry->store) {
			print_help(options->command);
			return 0;
		}
		error = entry->store(options, entry, optarg);
		if (error)
			return error;
		*ret_given |= 1ULL << (entry - option_table);
	}
	options->inputs = argv + optind;
	options->inputs_count = (size_t)(argc - optind);
	return 1;
}

/* ReINVITE is a type and no method, so a filter of it alone, which sipcounter takes too, is a trap. */
static void tell_filter(const struct filter *filter)
{
	bool has_reinvite = false, has_invite = false;

	for (size_t i = 0; i < filter->types_count; i++) {
		has_reinvite |= strcmp(filter->types[i].text, "ReINVITE") == 0;
		has_invite |= strcmp(filter->types[i].text, "INVITE") == 0;
	}
	if (has_reinvite && !has_invite)
		log__info("--filter: ReINVITE selects nothing by itself, since the CSeq of a re-INVITE says INVITE; "
			  "add INVITE, which selects both");
}

/* Options that mean nothing for the format. */
static int check_formats(const struct options *options, __u64 given)
{
	for (size_t i = 0; i < option_table_size; i++) {
		const struct option_entry *entry = option_table + i;

		if (!(given >> i & 1) || !entry->formats || entry->formats & (1u << options->format))
			continue;
		log__error("--%s: only for --format table%s", entry->name,
			   entry->formats & (1u << OUTPUT_CSV) ? " or csv" : "");
		return -EINVAL;
	}
	return 0;
}

static int check_inputs(const struct options *options)
{
	const struct command *command = &commands[options->command];
	size_t streams = 0;

	if (options->inputs_count < command->arguments_min ||
	    (command->arguments_max && options->inputs_count > command->arguments_max)) {
		log__error("%s: give %s: sipbpf %s %s", command->name,
			   command->arguments_max ? "two arguments" : "at least one argument", command->name,
			   command->arguments);
		return -EINVAL;
	}
	for (size_t i = 0; i < options->inputs_count; i++)
		streams += strcmp(options->inputs[i], "-") == 0;
	if (streams > 1) {
		log__error("-: standard input can be read only once");
		return -EINVAL;
	}
	return 0;
}

/* What no option can tell by itself. */
static int check_together(const struct options *options, __u64 given)
{
	if (check_inputs(options) < 0)
		return -EINVAL;
	if (options->log_path && options->output_path) {
		log__error("--log, --output: give one of them");
		return -EINVAL;
	}
	if (options->name && options->has_no_name) {
		log__error("--name, --no-name: give one of them");
		return -EINVAL;
	}
	if (options->input == COUNT_TEXT && (options->ports_count || options->engine != COUNT_USER)) {
		log__error("--%s: only for --input capture", options->ports_count ? "port" : "engine");
		return -EINVAL;
	}
	if (options->regex && options->input != COUNT_TEXT) {
		log__error("--regex: only for --input text");
		return -EINVAL;
	}
	tell_filter(&options->filter);
	return check_formats(options, given);
}

/* Returns COMMANDS when there is none of this name. */
static enum options_command find_command(const char *name)
{
	size_t i = 0;

	while (i < COMMANDS && strcmp(commands[i].name, name) != 0)
		i++;
	return (enum options_command)i;
}

static int reject_command(const char *name)
{
	log__error("%s: no command; the commands are attach, count, show, diff, status and help", name);
	return -EINVAL;
}

/* `help` and `help COMMAND`. */
static int parse_help(int argc, char **argv)
{
	enum options_command command;

	if (argc < 2) {
		print_usage(stdout);
		return 0;
	}
	command = find_command(argv[1]);
	if (command == COMMANDS)
		return reject_command(argv[1]);
	print_help(command);
	return 0;
}

static int parse_command(int argc, char **argv, struct options *ret_options)
{
	struct options options = {
		.command = find_command(argv[0]),
		.separator = TABLE_SEPARATOR_DEFAULT,
		.link_margin = TABLE_LINK_MARGIN_DEFAULT,
		.interval = OPTION_INTERVAL_DEFAULT,
		.max_links = OPTIONS_MAX_LINKS_DEFAULT,
	};
	__u64 given = 0;
	int result;

	if (options.command == COMMANDS)
		return reject_command(argv[0]);
	result = parse_options(argc, argv, &options, &given);
	if (result == 1) {
		int error = check_together(&options, given);

		if (error)
			result = error;
	}
	if (result == 1)
		*ret_options = options;
	else
		options__free(&options);
	return result;
}

int options__parse(int argc, char **argv, struct options *ret_options)
{
	if (argc < 2) {
		print_usage(stderr);
		return -EINVAL;
	}
	argc--;
	argv++;
	if (strcmp(argv[0], "--version") == 0) {
		printf("sipbpf %s\n", SIPBPF_VERSION);
		return 0;
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
		print_usage(stdout);
		return 0;
	}
	if (strcmp(argv[0], "help") == 0)
		return parse_help(argc, argv);
	if (argv[0][0] == '-') {
		log__error("%s: no option; --help and --version are, all others follow a command", argv[0]);
		return -EINVAL;
	}
	return parse_command(argc, argv, ret_options);
}

void options__free(struct options *options)
{
	free((void *)options->rules.servers);
	free((void *)options->rules.server_ports);
	free((void *)options->ports);
	free((void *)options->filter.types);
	free((void *)options->filter.hosts);
	free((void *)options->filter.excluded_hosts);
	options->filter = (struct filter){};
	options->rules.servers = NULL;
	options->rules.server_ports = NULL;
	options->ports = NULL;
}
