// SPDX-License-Identifier: BSD-2-Clause
/* Parses by the tables of commands and options; getopt_long() does not print, so that all errors look alike. */
#include "options/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/suggestion.h"
#include "options/command_table.h"
#include "options/help.h"
#include "options/option_table.h"
#include "render/table.h"

#define OWNERS_SIZE 64       /* for the names of all commands */
#define LONG_OPTION_BASE 256 /* above every short option's character */

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
						   .has_arg = !entry->argument           ? no_argument
							      : entry->needs_no_argument ? optional_argument
											 : required_argument,
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

/* The option that was meant, if one of the command's is close. */
static const char *suggest_option(enum options_command command, const char *name)
{
	struct suggestion suggestion = suggestion__start(name);

	for (size_t i = 0; i < option_table_size; i++)
		if (option_table[i].commands & (1u << command))
			suggestion__consider(&suggestion, option_table[i].name);
	return suggestion.best;
}

/* The commands that have the option, separated by commas; "": none has. */
static void list_owners(const char *name, char text[OWNERS_SIZE])
{
	unsigned int owners = 0;
	size_t length = 0;

	for (size_t i = 0; i < option_table_size; i++)
		if (strcmp(option_table[i].name, name) == 0)
			owners |= option_table[i].commands;
	text[0] = '\0';
	for (size_t command = 0; command < COMMANDS; command++)
		if (owners & (1u << command))
			length += (size_t)snprintf(text + length, OWNERS_SIZE - length, "%s%s", length ? ", " : "",
						   command_table[command].name);
}

static void reject_unknown(enum options_command command, const char *name)
{
	const char *own_name = command_table[command].name, *meant = suggest_option(command, name);
	char owners[OWNERS_SIZE];

	list_owners(name, owners);
	if (*owners)
		log__error("%s: has no option --%s, which is for %s; see 'sipbpf help %s'", own_name, name, owners,
			   own_name);
	else if (meant)
		log__error("%s: unknown option --%s; did you mean --%s? See 'sipbpf help %s'", own_name, name, meant,
			   own_name);
	else
		log__error("%s: unknown option --%s; see 'sipbpf help %s'", own_name, name, own_name);
}

/* A long option that is none, or the beginning of several: getopt_long() does not say which of both. */
static void reject_long(enum options_command command, const char *argument)
{
	char name[64], candidates[256] = "";
	size_t length = 0, count = 0;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(argument, "="), argument);
	for (size_t i = 0; i < option_table_size; i++) {
		const struct option_entry *entry = option_table + i;

		if (!(entry->commands & (1u << command)) || strncmp(entry->name, name, strlen(name)) != 0)
			continue;
		if (length < sizeof(candidates))
			length += (size_t)snprintf(candidates + length, sizeof(candidates) - length, "%s--%s",
						   count ? ", " : "", entry->name);
		count++;
	}
	if (count > 1)
		log__error("%s: --%s is ambiguous: %s", command_table[command].name, name, candidates);
	else
		reject_unknown(command, name);
}

/*
 * The argument that has the short option which getopt_long() has refused: it goes on to the next argument after the
 * last option of one.
 */
static const char *refused_argument(char **argv)
{
	const char *last = argv[optind - 1];

	if (last[0] == '-' && last[1] != '-' && last[strlen(last) - 1] == optopt)
		return last;
	return argv[optind];
}

/* A short option that is none, or a long one with one dash. */
static void reject_short(enum options_command command, const char *argument)
{
	const char *name = command_table[command].name, *meant = NULL;
	char word[64];

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(argument, "="), argument);
	if (strlen(word) > strlen("-x"))
		meant = suggest_option(command, word + strlen("-"));
	if (meant)
		log__error("%s: unknown option %s; did you mean --%s? See 'sipbpf help %s'", name, word, meant, name);
	else
		log__error("%s: unknown option -%c; see 'sipbpf help %s'", name, optopt, name);
}

/* getopt_long() has refused something: says what. */
static void report_refusal(enum options_command command, int result, char **argv)
{
	const struct option_entry *entry = find_entry(optopt);

	if (result == ':')
		log__error("--%s: needs a value: --%s %s", entry->name, entry->name, entry->argument);
	else if (optopt >= LONG_OPTION_BASE)
		log__error("--%s: takes no value", entry->name);
	else if (optopt)
		reject_short(command, refused_argument(argv));
	else
		reject_long(command, argv[optind - 1] + strlen("--"));
}

/*
 * getopt_long() takes the beginning of a name for the whole, even if it is the whole name of another command's option:
 * --log for --log-format. Returns whether the last option was given so, and says it.
 */
static bool is_of_another_command(enum options_command command, char **argv, const struct option_entry *entry)
{
	const char *argument = argv[optarg && optarg == argv[optind - 1] ? optind - 2 : optind - 1];
	char name[64];

	if (strncmp(argument, "--", strlen("--")) != 0)
		return false;
	argument += strlen("--");
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(argument, "="), argument);
	for (size_t i = 0; i < option_table_size; i++) {
		if (strcmp(option_table[i].name, name) != 0 || strcmp(entry->name, name) == 0)
			continue;
		reject_unknown(command, name);
		return true;
	}
	return false;
}

/*
 * A value that may be left out must be joined to its option. Returns whether numbers that are not joined follow the last
 * option, and says it. Such names of files and interfaces are rare; ./ or another place tells them apart.
 */
static bool has_detached_ports(int argc, char **argv, const struct option_entry *entry)
{
	const char *next = optind < argc ? argv[optind] : "";

	if (!entry->needs_no_argument || optarg || !*next || next[strspn(next, "0123456789,")])
		return false;
	log__error("--%s: '%s' is not joined to it; give --%s=%s", entry->name, next, entry->name, next);
	return true;
}

static void write_version(void)
{
	printf("sipbpf %s\n", SIPBPF_VERSION);
}

static void answer(enum option_request request, enum options_command command)
{
	if (request == REQUEST_VERSION)
		write_version();
	else
		help__write_command(stdout, command);
}

/*
 * Returns 1 when all options are stored, 0 when a request was answered, or a negative errno. *ret_given has a bit
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
			report_refusal(options->command, result, argv);
			return -EINVAL;
		}
		entry = find_entry(result);
		if (is_of_another_command(options->command, argv, entry) || has_detached_ports(argc, argv, entry))
			return -EINVAL;
		if (entry->request != REQUEST_NONE) {
			answer(entry->request, options->command);
			return 0;
		}
		error = entry->store(options, entry, optarg);
		if (error)
			return error == OPTION_ANSWERED ? 0 : error;
		*ret_given |= 1ULL << (entry - option_table);
	}
	options->inputs = argv + optind;
	options->inputs_count = (size_t)(argc - optind);
	return 1;
}

/* ReINVITE is a type and no method, so a filter of it alone, which sipcounter takes too, is a trap. */
static void warn_of_reinvite(const struct filter *filter)
{
	bool has_reinvite = false, has_invite = false;

	for (size_t i = 0; i < filter->types_count; i++) {
		has_reinvite |= strcmp(filter->types[i].text, "ReINVITE") == 0;
		has_invite |= strcmp(filter->types[i].text, "INVITE") == 0;
	}
	if (has_reinvite && !has_invite)
		log__info("--filter: ReINVITE alone selects nothing, since the CSeq of a re-INVITE says INVITE; add "
			  "INVITE, which selects both");
}

/* Of the sets of formats that options work with. */
static const char *format_names(unsigned int formats)
{
	if (!(formats & (1u << OUTPUT_TABLE)))
		return "csv";
	return formats & (1u << OUTPUT_CSV) ? "table or csv" : "table";
}

/* Options that mean nothing for the format. */
static int check_formats(const struct options *options, __u64 given)
{
	for (size_t i = 0; i < option_table_size; i++) {
		const struct option_entry *entry = option_table + i;

		if (!(given >> i & 1) || !entry->formats || entry->formats & (1u << options->format))
			continue;
		log__error("--%s: works only with --format %s", entry->name, format_names(entry->formats));
		return -EINVAL;
	}
	return 0;
}

static int check_inputs(const struct options *options)
{
	const struct command_entry *command = &command_table[options->command];
	size_t streams = 0;

	if (options->inputs_count < command->arguments_min ||
	    (command->arguments_max && options->inputs_count > command->arguments_max)) {
		log__error("%s: needs %s; usage: sipbpf %s [OPTIONS] %s", command->name,
			   command->arguments_max ? "two arguments" : "at least one argument", command->name,
			   command->arguments);
		return -EINVAL;
	}
	for (size_t i = 0; i < options->inputs_count; i++)
		streams += strcmp(options->inputs[i], "-") == 0;
	if (streams > 1) {
		log__error("%s: only one argument may be - (standard input)", command->name);
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
		log__error("give --log or --output, not both");
		return -EINVAL;
	}
	if (options->name && options->has_no_name) {
		log__error("give --name or --no-name, not both");
		return -EINVAL;
	}
	if (options->input == COUNT_TEXT &&
	    (options->ports_count || options->reads_hep || options->engine != COUNT_USER)) {
		log__error("--%s: works only with --input capture", options->ports_count ? "port"
								    : options->reads_hep ? "hep"
											 : "engine");
		return -EINVAL;
	}
	if ((options->regex || options->log_form) && options->input != COUNT_TEXT) {
		log__error("--%s: works only with --input text", options->regex ? "regex" : "log-format");
		return -EINVAL;
	}
	if (options->regex && options->log_form) {
		log__error("give --regex or --log-format, not both");
		return -EINVAL;
	}
	warn_of_reinvite(&options->filter);
	return check_formats(options, given);
}

/* The only command that begins like this, or NULL. */
static const char *complete_command(const char *beginning)
{
	const char *only = NULL;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(command_table[i].name, beginning, strlen(beginning)) != 0)
			continue;
		if (only)
			return NULL;
		only = command_table[i].name;
	}
	return only;
}

static const char *suggest_command(const char *name)
{
	struct suggestion suggestion = suggestion__start(name);

	for (size_t i = 0; i < COMMANDS; i++)
		suggestion__consider(&suggestion, command_table[i].name);
	suggestion__consider(&suggestion, "help");
	return suggestion.best ? suggestion.best : complete_command(name);
}

static int reject_command(const char *name)
{
	const char *meant = suggest_command(name);

	if (access(name, F_OK) == 0)
		log__error("unknown command '%s'; to count in a capture, use: sipbpf count %s", name, name);
	else if (meant)
		log__error("unknown command '%s'; did you mean '%s'? See 'sipbpf help'", name, meant);
	else
		log__error("unknown command '%s'; see 'sipbpf help'", name);
	return -EINVAL;
}

/* ---- without a command, and help ---- */

/* Answers what can be asked without a command. Returns whether it was. */
static bool answer_general(const char *option)
{
	if (strcmp(option, "--version") == 0 || strcmp(option, "-V") == 0)
		write_version();
	else if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0)
		help__write_program(stdout);
	else
		return false;
	return true;
}

/* `where` stands before the message, `advice` in it where nothing is suggested. */
static int reject_general(const char *where, const char *option, const char *advice)
{
	const char *name = option + strspn(option, "-");
	struct suggestion suggestion = suggestion__start(name);

	suggestion__consider(&suggestion, "help");
	suggestion__consider(&suggestion, "version");
	if (suggestion.best)
		log__error("%sunknown option %s; did you mean --%s? See 'sipbpf help'", where, option, suggestion.best);
	else
		log__error("%sunknown option %s%s; see 'sipbpf help'", where, option, advice);
	return -EINVAL;
}

/* `help` and `help COMMAND`. */
static int parse_help(int argc, char **argv)
{
	enum options_command command;

	if (argc < 2 || strcmp(argv[1], "help") == 0) {
		help__write_program(stdout);
		return 0;
	}
	if (argv[1][0] == '-')
		return answer_general(argv[1]) ? 0 : reject_general("help: ", argv[1], "");
	command = command_table__find(argv[1]);
	if (command == COMMANDS)
		return reject_command(argv[1]);
	if (argc > 2) {
		log__error("help: takes one command; '%s' is too many", argv[2]);
		return -EINVAL;
	}
	help__write_command(stdout, command);
	return 0;
}

static int parse_command(int argc, char **argv, struct options *ret_options)
{
	struct options options = {
		.command = command_table__find(argv[0]),
		.separator = TABLE_SEPARATOR_DEFAULT,
		.link_margin = TABLE_LINK_MARGIN_DEFAULT,
		.interval = OPTION_INTERVAL_DEFAULT,
		.file_mode = OUTPUT_FILE_MODE_DEFAULT,
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
		help__write_program(stderr);
		return -EINVAL;
	}
	argc--;
	argv++;
	if (answer_general(argv[0]))
		return 0;
	if (strcmp(argv[0], "help") == 0)
		return parse_help(argc, argv);
	if (argv[0][0] == '-')
		return reject_general("", argv[0], "; give a command first, or --help or --version");
	return parse_command(argc, argv, ret_options);
}

void options__free(struct options *options)
{
	free((void *)options->rules.servers);
	free((void *)options->rules.server_ports);
	free((void *)options->ports);
	free((void *)options->hep_ports);
	free((void *)options->filter.types);
	free((void *)options->filter.hosts);
	free((void *)options->filter.excluded_hosts);
	options->filter = (struct filter){};
	options->rules.servers = NULL;
	options->rules.server_ports = NULL;
	options->ports = NULL;
	options->hep_ports = NULL;
}
