// SPDX-License-Identifier: BSD-2-Clause
/* See option_table.h. Tested by tests/unit/options/test_options.c. */
#include "options/option_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/suggestion.h"
#include "log/forms.h"
#include "options/help.h"

#define NANOSECONDS_PER_SECOND 1000000000ULL
#define INTERVAL_MIN 100000000ULL
#define INTERVAL_MAX (86400 * NANOSECONDS_PER_SECOND)
#define MAX_LINKS_MAX 10000000
#define TOP_MAX 1000000000
#define LINK_MARGIN_MAX 1000
#define COST_SECONDS_MAX 3600

#define ON_ATTACH (1u << COMMAND_ATTACH)
#define ON_COUNT (1u << COMMAND_COUNT)
#define ON_SNAPSHOTS (1u << COMMAND_SHOW | 1u << COMMAND_DIFF)
#define ON_TRAFFIC (ON_ATTACH | ON_COUNT)
#define ON_ALL (ON_TRAFFIC | ON_SNAPSHOTS) /* that write counters */
#define ON_STATUS (1u << COMMAND_STATUS)

#define FOR_TABLE (1u << OUTPUT_TABLE)
#define FOR_CSV (1u << OUTPUT_CSV)
#define FOR_ROWS (FOR_TABLE | FOR_CSV)

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

static int store_verbose(struct options *options, const struct option_entry *entry, const char *value)
{
	options->verbosity++;
	return 0;
}

static int store_utc(struct options *options, const struct option_entry *entry, const char *value)
{
	options->zone = TIMESTAMP_UTC;
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

static int reject_choice(const struct option_entry *entry, const char *value, const char *allowed)
{
	struct suggestion suggestion = suggestion__start(value);

	for (const struct option_choice *choice = entry->choices; choice->name; choice++)
		suggestion__consider(&suggestion, choice->name);
	if (!suggestion.best)
		return reject(entry, value, allowed);
	log__error("--%s: '%s' is not allowed; did you mean '%s'? Give %s", entry->name, value, suggestion.best,
		   allowed);
	return -EINVAL;
}

static int store_log_form(struct options *options, const struct option_entry *entry, const char *value)
{
	const char *nearest;

	if (strcmp(value, "list") == 0) {
		help__write_log_forms(stdout);
		return OPTION_ANSWERED;
	}
	options->log_form = forms__find(value, &nearest);
	if (options->log_form)
		return 0;
	if (nearest)
		log__error("--%s: '%s' is not known; did you mean '%s'? --%s list shows all", entry->name, value,
			   nearest, entry->name);
	else
		log__error("--%s: '%s' is not known; --%s list shows all", entry->name, value, entry->name);
	return -EINVAL;
}

static int store_choice(struct options *options, const struct option_entry *entry, const char *value)
{
	char allowed[128];
	size_t length = 0;

	for (const struct option_choice *choice = entry->choices; choice->name; choice++) {
		if (strcmp(choice->name, value) == 0) {
			*(int *)((char *)options + entry->offset) = choice->value;
			return 0;
		}
		length += (size_t)snprintf(allowed + length, sizeof(allowed) - length, "%s%s",
					   choice == entry->choices ? "one of " : ", ", choice->name);
	}
	return reject_choice(entry, value, allowed);
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

/* As chmod takes them, in octal digits. The owner needs to write what he asked for. */
static int store_file_mode(struct options *options, const struct option_entry *entry, const char *value)
{
	size_t digits = strspn(value, "01234567");
	unsigned long mode = digits == 3 || digits == 4 ? strtoul(value, NULL, 8) : 0;

	if (value[digits] || mode > 0777 || !(mode & 0200))
		return reject(entry, value, "permissions in octal that let the owner write, such as 0644");
	options->file_mode = (unsigned int)mode;
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
	*(__u64 *)((char *)options + entry->offset) = interval;
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

static int add_type(struct options *options, const struct option_entry *entry, const char *text)
{
	struct filter_type parsed, *type;

	if (filter_type__parse(text, &parsed))
		return reject(entry, text,
			      "methods (INVITE) and status codes from 100 to 699 or their first digits (4, 50, 503), "
			      "separated by commas");
	type = list_append(options, entry, sizeof(*type));
	if (!type)
		return -ENOMEM;
	*type = parsed;
	return 0;
}

static int reject_empty(const struct option_entry *entry, const char *value)
{
	log__error("--%s: '%s' has an empty element", entry->name, value);
	return -EINVAL;
}

static int store_list(struct options *options, const struct option_entry *entry, const char *value,
		      int (*add)(struct options *, const struct option_entry *, const char *))
{
	char *copy = strdup(value), *rest = copy, *element;
	int error = copy ? 0 : -ENOMEM;

	while (!error && (element = strsep(&rest, ","))) {
		if (*element || !*value)
			error = add(options, entry, element);
		else
			error = reject_empty(entry, value);
	}
	free(copy);
	return error;
}

static int store_ports(struct options *options, const struct option_entry *entry, const char *value)
{
	return store_list(options, entry, value, add_port);
}

/* Without ports, all of them. */
static int store_hep(struct options *options, const struct option_entry *entry, const char *value)
{
	options->reads_hep = true;
	return value ? store_list(options, entry, value, add_port) : 0;
}

static int store_networks(struct options *options, const struct option_entry *entry, const char *value)
{
	return store_list(options, entry, value, add_network);
}

static int store_types(struct options *options, const struct option_entry *entry, const char *value)
{
	return store_list(options, entry, value, add_type);
}

/* ---- the table ---- */

static const struct option_choice transport_choices[] = {
	{ "auto", LINK_TRANSPORT_AUTO }, { "wire", LINK_TRANSPORT_WIRE }, { "via", LINK_TRANSPORT_VIA }, {}
};
static const struct option_choice direction_choices[] = { { "server", LINK_DIRECTION_SERVER },
							  { "host", LINK_DIRECTION_HOST },
							  {} };
static const struct option_choice format_choices[] = {
	{ "table", OUTPUT_TABLE }, { "csv", OUTPUT_CSV }, { "json", OUTPUT_JSON }, {}
};
static const struct option_choice status_format_choices[] = { { "text", OUTPUT_TABLE }, { "json", OUTPUT_JSON }, {} };
static const struct option_choice order_choices[] = { { "link", OUTPUT_BY_LINK }, { "total", OUTPUT_BY_TOTAL }, {} };
static const struct option_choice mode_choices[] = {
	{ "auto", ATTACH_AUTO }, { "native", ATTACH_NATIVE }, { "skb", ATTACH_SKB }, { "tc", ATTACH_TC }, {}
};
static const struct option_choice engine_choices[] = {
	{ "user", COUNT_USER }, { "bpf", COUNT_XDP }, { "xdp", COUNT_XDP }, { "tc", COUNT_TC }, {}
};

static const struct option_choice input_choices[] = { { "capture", COUNT_CAPTURE }, { "text", COUNT_TEXT }, {} };

/* How an option is stored: the function and the member. */
#define STORE(function, member) .store = store_##function, .offset = offsetof(struct options, member)
#define STORE_LIST(function, member) STORE(function, member), .count_offset = offsetof(struct options, member##_count)

const struct option_entry option_table[] = {
	{ "interval", 'i', ON_ATTACH, "TIME", "time between tables: 60s (default), 1m, 500ms",
	  STORE(interval, interval) },
	{ "cumulative", 0, ON_ATTACH, NULL, "count from the start, not from the previous table",
	  STORE(flag, cumulative) },
	{ "log", 0, ON_ATTACH, "FILE", "append tables to FILE; SIGHUP reopens it", STORE(path, log_path) },
	{ "mode", 0, ON_ATTACH, "MODE", "where to count received packets: auto (default), native, skb, tc",
	  STORE(choice, mode), .choices = mode_choices },
	{ "netns", 0, ON_ATTACH, "NAME|PID", "count in the network namespace of this name, or of this process",
	  STORE(text, netns) },
	{ "check", 0, ON_ATTACH, NULL, "say what would be attached and what would not be seen, and end",
	  STORE(flag, checks) },
	{ "quiet-after", 0, ON_ATTACH, "TIME", "tell an interface that shows no packet, or no SIP, for so long: 10m",
	  STORE(interval, quiet_after) },
	{ "max-links", 0, ON_ATTACH, "N",
	  "keep at most N links (default 1000000); messages of further links count as 'other'",
	  STORE(number, max_links), .minimum = 1, .maximum = MAX_LINKS_MAX },
	{ "engine", 0, ON_COUNT, "ENGINE", "what reads the frames: user (default), bpf (same as xdp) or tc",
	  STORE(choice, engine), .choices = engine_choices },
	{ "input", 0, ON_COUNT, "KIND", "kind of the files: capture (default), or text for logs that hold SIP messages",
	  STORE(choice, input), .choices = input_choices },
	{ "regex", 0, ON_COUNT, "PATTERN",
	  "pattern of the line before each message; its named groups time, src, sport, dst, dport, peer, peerport, "
	  "direction and transport give the details of the message",
	  STORE(text, regex) },
	{ "log-format", 0, ON_COUNT, "NAME",
	  "form of the logs, such as sipp or tcpdump (default: recognised by what they hold); list shows all",
	  .store = store_log_form },
	{ "port", 0, ON_TRAFFIC, "PORT,...", "count only packets from or to these ports", STORE_LIST(ports, ports) },
	{ "hep", 0, ON_TRAFFIC, "PORT,...",
	  "count the messages in HEP (versions 1 to 3), to these UDP ports or, without them, to any; by the ends that "
	  "HEP "
	  "tells",
	  STORE_LIST(hep, hep_ports), .needs_no_argument = true },
	{ "filter", 0, ON_ALL, "TYPE,...",
	  "count only these methods and status codes (or their first digits): INVITE,4,503",
	  STORE_LIST(types, filter.types) },
	{ "no-greedy", 0, ON_ALL, NULL, "with --filter, leave out responses unless it names status codes",
	  STORE(flag, filter.is_strict) },
	{ "host", 0, ON_ALL, "CIDR,...", "count only messages from or to these addresses or networks",
	  STORE_LIST(networks, filter.hosts) },
	{ "exclude-host", 0, ON_ALL, "CIDR,...", "leave out messages from or to these addresses or networks",
	  STORE_LIST(networks, filter.excluded_hosts) },
	{ "server", 0, ON_TRAFFIC, "CIDR,...", "addresses or networks of servers",
	  STORE_LIST(networks, rules.servers) },
	{ "server-port", 0, ON_TRAFFIC, "PORT,...", "ports of servers, in addition to 5060 and 5061",
	  STORE_LIST(ports, rules.server_ports) },
	{ "transport", 0, ON_TRAFFIC, "RULE", "how to determine the transport: auto (default), wire, via",
	  STORE(choice, rules.transport), .choices = transport_choices },
	{ "direction", 0, ON_TRAFFIC, "RULE", "whether in and out are relative to the server (default) or to the host",
	  STORE(choice, rules.direction), .choices = direction_choices },
	{ "format", 0, ON_ALL, "FORMAT", "table (default), csv, json", STORE(choice, format),
	  .choices = format_choices },
	{ "format", 0, ON_STATUS, "FORMAT", "text (default), json", STORE(choice, format),
	  .choices = status_format_choices },
	{ "cost", 0, ON_STATUS, "SECONDS", "measure for SECONDS how long the programs take per packet",
	  STORE(number, cost_seconds), .minimum = 1, .maximum = COST_SECONDS_MAX },
	{ "depth", 0, ON_ALL, "N",
	  "group by the first N of server, client, transport, server port, client port (default: 4; for CSV 5)",
	  STORE(number, depth), .minimum = 1, .maximum = 5 },
	{ "sort", 0, ON_ALL, "ORDER", "order of the rows: link (default), or total, the busiest first",
	  STORE(choice, order), .choices = order_choices, .formats = FOR_ROWS },
	{ "top", 0, ON_ALL, "N", "show only the N busiest rows, the busiest first unless --sort says otherwise",
	  STORE(number, top), .minimum = 1, .maximum = TOP_MAX, .formats = FOR_ROWS },
	{ "name", 0, ON_ALL, "TEXT", "name of the table or snapshot", STORE(text, name) },
	{ "title", 0, ON_ALL, "TEXT", "title of the table (default: the time)", STORE(text, title),
	  .formats = FOR_TABLE },
	{ "name-first", 0, ON_ALL, NULL, "put the name above the title, not below it", STORE(flag, is_name_first),
	  .formats = FOR_TABLE },
	{ "separator", 0, ON_ALL, "TEXT", "text between the parts of a link (default: -)", STORE(text, separator),
	  .formats = FOR_TABLE },
	{ "link-margin", 0, ON_ALL, "N", "spaces after the longest link (default: 1)", STORE(number, link_margin),
	  .minimum = 0, .maximum = LINK_MARGIN_MAX, .formats = FOR_TABLE },
	{ "no-zeros", 0, ON_ALL, NULL, "write blanks instead of zeros", STORE(flag, has_no_zeros),
	  .formats = FOR_TABLE },
	{ "no-name", 0, ON_ALL, NULL, "write blanks instead of the name", STORE(flag, has_no_name),
	  .formats = FOR_TABLE },
	{ "no-header", 0, ON_ALL, NULL, "leave out the header", STORE(flag, has_no_header), .formats = FOR_ROWS },
	{ "no-links", 0, ON_ALL, NULL, "leave out the rows of the links", STORE(flag, has_no_links),
	  .formats = FOR_TABLE },
	{ "no-summary", 0, ON_ALL, NULL, "leave out the row SUMMARY and the column TOTAL", STORE(flag, has_no_summary),
	  .formats = FOR_TABLE },
	{ "timestamps", 0, ON_ALL, NULL, "begin each row with the columns start, end and name",
	  STORE(flag, has_timestamps), .formats = FOR_CSV },
	{ "utc", 0, ON_ALL | ON_STATUS, NULL, "write times in UTC, not in local time", .store = store_utc },
	{ "output", 'o', ON_ALL | ON_STATUS, "FILE", "write to FILE, not to stdout", STORE(path, output_path) },
	{ "file-mode", 0, ON_ALL | ON_STATUS, "MODE",
	  "permissions of the files that --output and --log create (default: 0640)", .store = store_file_mode },
	{ "verbose", 'v', ON_ALL | ON_STATUS, NULL, "print more on stderr; twice: also what libbpf says",
	  .store = store_verbose },
	{ "help", 'h', ON_ALL | ON_STATUS, NULL, "show this help", .request = REQUEST_HELP },
	{ "version", 'V', ON_ALL | ON_STATUS, NULL, "show the version", .request = REQUEST_VERSION },
};

_Static_assert(sizeof(option_table) / sizeof(*option_table) <= OPTION_TABLE_SIZE_MAX,
	       "OPTION_TABLE_SIZE_MAX is too small");
const size_t option_table_size = sizeof(option_table) / sizeof(*option_table);
