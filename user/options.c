// SPDX-License-Identifier: BSD-2-Clause
/* One table of options, and what is made of it: parsing, help, error messages. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define NANOSECONDS_PER_SECOND 1000000000ULL
#define INTERVAL_DEFAULT (60 * NANOSECONDS_PER_SECOND)
#define INTERVAL_MIN (NANOSECONDS_PER_SECOND / 10)
#define INTERVAL_MAX (86400 * NANOSECONDS_PER_SECOND)
#define MAX_LINKS_MAX 10000000
#define LONG_OPTION_BASE 256 /* above every short option's character */

#define ON_ATTACH (1u << COMMAND_ATTACH)
#define ON_COUNT (1u << COMMAND_COUNT)
#define ON_ALL (ON_ATTACH | ON_COUNT)

struct choice {
	const char *name;
	int value;
};

struct option_entry {
	const char *name;
	char short_name;      /* 0: none */
	const char *argument; /* as help shows it; NULL: takes none */
	const char *help;
	unsigned int commands; /* ON_... */
	/* Returns 0, -EINVAL after an error message, or -ENOMEM. NULL: the option asks for help. */
	int (*store)(struct options *options, const struct option_entry *entry, const char *value);
	size_t offset;                /* of the member of struct options that it sets */
	size_t count_offset;          /* lists: of the member that counts the elements */
	const struct choice *choices; /* up to one without a name */
	long minimum, maximum;        /* numbers */
};

struct command {
	const char *name;
	const char *arguments;
	const char *help;
};

static const struct command commands[COMMANDS] = {
	[COMMAND_ATTACH] = { "attach", "IFACE...", "count the SIP messages that pass network interfaces" },
	[COMMAND_COUNT] = { "count", "FILE...", "count the SIP messages in captures (pcap, pcapng, - for stdin)" },
};

/* ---- values ---- */

static int reject(const struct option_entry *entry, const char *value, const char *allowed)
{
	log__error("--%s: '%s' is not allowed; give %s", entry->name, value, allowed);
	return -EINVAL;
}

static int store_flag(struct options *options, const struct option_entry *entry, const char *value)
{
	*(bool *)((char *)options + entry->offset) = true;
	return 0;
}

static int store_text(struct options *options, const struct option_entry *entry, const char *value)
{
	*(const char **)((char *)options + entry->offset) = value;
	return 0;
}

static int store_path(struct options *options, const struct option_entry *entry, const char *value)
{
	if (!*value)
		return reject(entry, value, "the path of a file");
	return store_text(options, entry, value);
}

static int store_choice(struct options *options, const struct option_entry *entry, const char *value)
{
	char allowed[128];
	size_t length = 0;

	for (const struct choice *choice = entry->choices; choice->name; choice++) {
		if (strcmp(choice->name, value) == 0) {
			*(int *)((char *)options + entry->offset) = choice->value;
			return 0;
		}
		length += (size_t)snprintf(allowed + length, sizeof(allowed) - length, "%s%s",
					   choice == entry->choices ? "one of " : ", ", choice->name);
	}
	return reject(entry, value, allowed);
}

/* Decimal digits alone: no sign, no space, no base, which strtol() would take. */
static int parse_number(const char *text, long minimum, long maximum, long *ret_number)
{
	size_t digits = strspn(text, "0123456789");
	long number;

	if (digits == 0 || text[digits])
		return -EINVAL;
	errno = 0;
	number = strtol(text, NULL, 10);
	if (errno || number < minimum || number > maximum)
		return -EINVAL;
	*ret_number = number;
	return 0;
}

static int store_number(struct options *options, const struct option_entry *entry, const char *value)
{
	char allowed[64];
	long number;

	if (parse_number(value, entry->minimum, entry->maximum, &number)) {
		snprintf(allowed, sizeof(allowed), "a number from %ld to %ld", entry->minimum, entry->maximum);
		return reject(entry, value, allowed);
	}
	*(int *)((char *)options + entry->offset) = (int)number;
	return 0;
}

/* Nanoseconds of "60", "60s", "1.5m", "500ms". Returns 0 when it is none, or out of bounds. */
static __u64 parse_duration(const char *text)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = { { "", 1 }, { "ms", 0.001 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	const char *expected_end = text + strspn(text, "0123456789.");
	char *end;
	double number = strtod(text, &end), nanoseconds;

	if (end != expected_end || end == text)
		return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		nanoseconds = number * units[i].seconds * (double)NANOSECONDS_PER_SECOND + 0.5;
		if (nanoseconds < (double)INTERVAL_MIN || nanoseconds >= (double)INTERVAL_MAX + 1)
			return 0;
		return (__u64)nanoseconds;
	}
	return 0;
}

static int store_interval(struct options *options, const struct option_entry *entry, const char *value)
{
	__u64 interval = parse_duration(value);

	if (!interval)
		return reject(entry, value, "a time from 100ms to 1d, such as 60s, 1m or 500ms");
	options->interval = interval;
	return 0;
}

/* ---- lists: by commas, by repetition, or both ---- */

/* Makes room for one more element and returns it, or NULL when memory is short. */
static void *list_append(struct options *options, const struct option_entry *entry, size_t element_size)
{
	void **list = (void **)((char *)options + entry->offset);
	size_t *count = (size_t *)((char *)options + entry->count_offset);
	char *grown = reallocarray(*list, *count + 1, element_size);

	if (!grown)
		return NULL;
	*list = grown;
	return grown + (*count)++ * element_size;
}

static int add_port(struct options *options, const struct option_entry *entry, const char *text)
{
	long number;
	__u16 *port;

	if (parse_number(text, 1, 65535, &number))
		return reject(entry, text, "ports from 1 to 65535, separated by commas");
	port = list_append(options, entry, sizeof(*port));
	if (!port)
		return -ENOMEM;
	*port = (__u16)number;
	return 0;
}

static int add_network(struct options *options, const struct option_entry *entry, const char *text)
{
	struct link_network parsed, *network;

	if (link_network__parse(text, &parsed))
		return reject(entry, text, "IPv4 or IPv6 addresses, with /prefix for networks, separated by commas");
	network = list_append(options, entry, sizeof(*network));
	if (!network)
		return -ENOMEM;
	*network = parsed;
	return 0;
}

static int store_list(struct options *options, const struct option_entry *entry, const char *value,
		      int (*add)(struct options *, const struct option_entry *, const char *))
{
	char *copy = strdup(value), *rest = copy, *element;
	int error = copy ? 0 : -ENOMEM;

	while (!error && (element = strsep(&rest, ",")))
		error = add(options, entry, element);
	free(copy);
	return error;
}

static int store_ports(struct options *options, const struct option_entry *entry, const char *value)
{
	return store_list(options, entry, value, add_port);
}

static int store_networks(struct options *options, const struct option_entry *entry, const char *value)
{
	return store_list(options, entry, value, add_network);
}

/* ---- the table ---- */

static const struct choice transport_choices[] = {
	{ "auto", LINK_TRANSPORT_AUTO }, { "wire", LINK_TRANSPORT_WIRE }, { "via", LINK_TRANSPORT_VIA }, {}
};
static const struct choice direction_choices[] = { { "server", LINK_DIRECTION_SERVER },
						   { "host", LINK_DIRECTION_HOST },
						   {} };
static const struct choice format_choices[] = { { "table", OUTPUT_TABLE }, { "json", OUTPUT_JSON }, {} };
static const struct choice mode_choices[] = {
	{ "auto", ATTACH_AUTO }, { "native", ATTACH_NATIVE }, { "skb", ATTACH_SKB }, { "tc", ATTACH_TC }, {}
};
static const struct choice engine_choices[] = {
	{ "user", COUNT_USER }, { "bpf", COUNT_XDP }, { "xdp", COUNT_XDP }, { "tc", COUNT_TC }, {}
};

/* How an option is stored: the function and the member. */
#define STORE(function, member) .store = store_##function, .offset = offsetof(struct options, member)
#define STORE_LIST(function, member) STORE(function, member), .count_offset = offsetof(struct options, member##_count)

static const struct option_entry entries[] = {
	{ "interval", 'i', "TIME", "time from table to table: 60s (default), 1m, 500ms", ON_ATTACH,
	  STORE(interval, interval) },
	{ "cumulative", 0, NULL, "tables count since the start, not the interval alone", ON_ATTACH,
	  STORE(flag, cumulative) },
	{ "log", 0, "FILE", "append tables to FILE, reopened on SIGHUP", ON_ATTACH, STORE(path, log_path) },
	{ "mode", 0, "MODE", "how to see received packets: auto (default), native, skb, tc", ON_ATTACH,
	  STORE(choice, mode), .choices = mode_choices },
	{ "max-links", 0, "N", "make room for N links; more are counted as 'other'", ON_ATTACH,
	  STORE(number, max_links), .minimum = 1, .maximum = MAX_LINKS_MAX },
	{ "engine", 0, "ENGINE", "what reads the frames: user (default), bpf or xdp, tc", ON_COUNT,
	  STORE(choice, engine), .choices = engine_choices },
	{ "port", 0, "PORT,...", "count only packets from or to these ports", ON_ALL, STORE_LIST(ports, ports) },
	{ "server", 0, "CIDR,...", "addresses or networks of known servers", ON_ALL,
	  STORE_LIST(networks, rules.servers) },
	{ "server-port", 0, "PORT,...", "ports of servers, besides 5060 and 5061", ON_ALL,
	  STORE_LIST(ports, rules.server_ports) },
	{ "transport", 0, "RULE", "what names the transport: auto (default), wire, via", ON_ALL,
	  STORE(choice, rules.transport), .choices = transport_choices },
	{ "direction", 0, "RULE", "whose view in and out are: server (default), host", ON_ALL,
	  STORE(choice, rules.direction), .choices = direction_choices },
	{ "depth", 0, "N", "group by 1 server, 2 transport, 3 port, 4 client (default), 5 port", ON_ALL,
	  STORE(number, depth), .minimum = 1, .maximum = 5 },
	{ "name", 0, "TEXT", "name of the table or snapshot", ON_ALL, STORE(text, name) },
	{ "title", 0, "TEXT", "title of the table (default: the time)", ON_ALL, STORE(text, title) },
	{ "format", 0, "FORMAT", "table (default), json", ON_ALL, STORE(choice, format), .choices = format_choices },
	{ "output", 'o', "FILE", "write to FILE, not to stdout", ON_ALL, STORE(path, output_path) },
	{ "verbose", 'v', NULL, "say more on stderr", ON_ALL, STORE(flag, verbose) },
	{ "help", 'h', NULL, "show this help", ON_ALL, .store = NULL },
};

#define ENTRIES (sizeof(entries) / sizeof(*entries))

/* ---- help ---- */

static void print_usage(FILE *out)
{
	fputs("Usage: sipbpf COMMAND [OPTIONS] ARGUMENTS\n\nCounts SIP messages.\n\nCommands:\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-7s %-9s  %s\n", commands[i].name, commands[i].arguments, commands[i].help);
	fputs("  help    COMMAND    show the options of a command\n\nOptions:\n"
	      "  -h, --help         show this help\n"
	      "      --version      show the version\n",
	      out);
}

static void print_help(enum options_command command)
{
	printf("Usage: sipbpf %s [OPTIONS] %s\n\n%s\n\nOptions (lists take commas or repetition):\n",
	       commands[command].name, commands[command].arguments, commands[command].help);
	for (const struct option_entry *entry = entries; entry < entries + ENTRIES; entry++) {
		char short_name[] = { '-', entry->short_name, ',', '\0' };
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
		return entries + (value - LONG_OPTION_BASE);
	for (size_t i = 0; i < ENTRIES; i++)
		if (entries[i].short_name == value)
			return entries + i;
	return NULL;
}

/* What getopt_long() has to know; arrays of ENTRIES + 1 and 2 * ENTRIES + 2 elements. */
static void make_getopt_tables(enum options_command command, struct option *long_options, char *short_options)
{
	*short_options++ = ':'; /* report a missing argument as ':' */
	for (size_t i = 0; i < ENTRIES; i++) {
		const struct option_entry *entry = entries + i;

		if (!(entry->commands & (1u << command)))
			continue;
		*long_options++ = (struct option){ .name = entry->name,
						   .has_arg = entry->argument ? required_argument : no_argument,
						   .val = LONG_OPTION_BASE + (int)i };
		if (!entry->short_name)
			continue;
		*short_options++ = entry->short_name;
		if (entry->argument)
			*short_options++ = ':';
	}
	*long_options = (struct option){};
	*short_options = '\0';
}

static void reject_unknown(enum options_command command, const char *option)
{
	char allowed[1024];
	size_t length = 0;

	for (size_t i = 0; i < ENTRIES; i++) {
		const struct option_entry *entry = entries + i;

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

/* Returns 1 when all options are stored, 0 when help was asked for and printed, or a negative errno. */
static int parse_options(int argc, char **argv, struct options *options)
{
	struct option long_options[ENTRIES + 1];
	char short_options[2 * ENTRIES + 2];
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
	}
	options->inputs = argv + optind;
	options->inputs_count = (size_t)(argc - optind);
	return 1;
}

/* What no option can tell by itself. */
static int check_together(struct options *options)
{
	const struct command *command = &commands[options->command];

	if (!options->inputs_count) {
		log__error("%s: give at least one argument: sipbpf %s %s", command->name, command->name,
			   command->arguments);
		return -EINVAL;
	}
	if (options->log_path && options->output_path) {
		log__error("--log, --output: give one of them");
		return -EINVAL;
	}
	if (options->format == OUTPUT_JSON && (options->depth || options->title)) {
		log__error("--%s: only for --format table", options->depth ? "depth" : "title");
		return -EINVAL;
	}
	if (!options->depth)
		options->depth = OPTIONS_DEPTH_DEFAULT;
	return 0;
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
	log__error("%s: no command; the commands are attach, count and help", name);
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
		.name = "",
		.interval = INTERVAL_DEFAULT,
	};
	int result;

	if (options.command == COMMANDS)
		return reject_command(argv[0]);
	result = parse_options(argc, argv, &options);
	if (result == 1) {
		int error = check_together(&options);

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
	options->rules.servers = NULL;
	options->rules.server_ports = NULL;
	options->ports = NULL;
}
