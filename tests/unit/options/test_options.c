// SPDX-License-Identifier: BSD-2-Clause
/* Command lines: what they set, and how wrong ones are refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/options.h"

#define ARGUMENTS_MAX 32

static char said[8192]; /* what the last parse printed */

/* Runs one parse with stdout or stderr, as stream says, collected in `said`. */
static int parse_collected(int argc, char **argv, struct options *ret_options, FILE *stream)
{
	FILE *collected = tmpfile();
	int descriptor = fileno(stream), saved = dup(descriptor), result;
	size_t length;

	fflush(stream);
	dup2(fileno(collected), descriptor);
	result = options__parse(argc, argv, ret_options);
	fflush(stream);
	dup2(saved, descriptor);
	close(saved);
	rewind(collected);
	length = fread(said, 1, sizeof(said) - 1, collected);
	said[length] = '\0';
	fclose(collected);
	return result;
}

/* A command line as one string, cut at the spaces; the words live until the next call. */
static int parse_line(const char *line, struct options *ret_options, FILE *stream)
{
	static char copy[512];
	static char *argv[ARGUMENTS_MAX];
	int argc = 0;
	char *rest = copy;

	snprintf(copy, sizeof(copy), "sipbpf %s", line);
	for (char *word; (word = strsep(&rest, " "));)
		if (*word)
			argv[argc++] = word;
	argv[argc] = NULL;
	return parse_collected(argc, argv, ret_options, stream);
}

static struct options parse(const char *line)
{
	struct options options = {};

	if (parse_line(line, &options, stderr) != 1)
		fail_msg("%s: %s", line, said);
	assert_string_equal(said, "");
	return options;
}

static void defaults(void **state)
{
	struct options options = parse("attach eth0");

	assert_int_equal(options.command, COMMAND_ATTACH);
	assert_int_equal(options.inputs_count, 1);
	assert_string_equal(options.inputs[0], "eth0");
	assert_int_equal(options.rules.servers_count, 0);
	assert_int_equal(options.rules.transport, LINK_TRANSPORT_AUTO);
	assert_int_equal(options.rules.direction, LINK_DIRECTION_SERVER);
	assert_int_equal(options.format, OUTPUT_TABLE);
	assert_false(options.reads_hep);
	assert_null(options.output_path);
	assert_null(options.title);
	assert_null(options.log_path);
	assert_null(options.name);
	assert_int_equal(options.depth, 0);
	assert_int_equal(options.order, OUTPUT_ORDER_DEFAULT);
	assert_int_equal(options.top, 0);
	assert_string_equal(options.separator, "-");
	assert_int_equal(options.link_margin, 1);
	assert_false(options.is_name_first || options.has_no_header || options.has_no_links || options.has_no_summary ||
		     options.has_no_zeros || options.has_no_name);
	assert_int_equal(options.interval, 60000000000);
	assert_false(options.cumulative);
	assert_int_equal(options.mode, ATTACH_AUTO);
	assert_int_equal(options.max_links, OPTIONS_MAX_LINKS_DEFAULT);
	options__free(&options);
}

static void every_option_of_attach(void **state)
{
	struct options options = parse("attach -v -i 5 --cumulative --log L --mode skb --max-links 100 --name N "
				       "--title=T --depth 5 lo");

	assert_int_equal(options.verbosity, 1);
	assert_true(options.cumulative);
	assert_int_equal(options.interval, 5000000000);
	assert_string_equal(options.log_path, "L");
	assert_int_equal(options.mode, ATTACH_SKB);
	assert_int_equal(options.max_links, 100);
	assert_string_equal(options.name, "N");
	assert_string_equal(options.title, "T");
	assert_int_equal(options.depth, 5);
	options__free(&options);
}

static void verbosity(void **state)
{
	struct options options = parse("count calls.pcap");

	assert_int_equal(options.verbosity, 0);
	options__free(&options);
	options = parse("count -vv calls.pcap");
	assert_int_equal(options.verbosity, 2);
	options__free(&options);
	options = parse("count -v --verbose calls.pcap");
	assert_int_equal(options.verbosity, 2);
	options__free(&options);
}

static void logs(void **state)
{
	struct options options = parse("count --input text --regex ^-+$ -");

	assert_int_equal(options.input, COUNT_TEXT);
	assert_string_equal(options.regex, "^-+$");
	options__free(&options);
}

static void filters(void **state)
{
	struct options options = parse("count --filter INVITE,4 --filter 503 --no-greedy --host 10.0.0.0/8,::1 "
				       "--exclude-host 10.0.0.1 f");

	assert_int_equal(options.filter.types_count, 3);
	assert_string_equal(options.filter.types[0].text, "INVITE");
	assert_string_equal(options.filter.types[1].text, "4");
	assert_string_equal(options.filter.types[2].text, "503");
	assert_true(options.filter.is_strict);
	assert_int_equal(options.filter.hosts_count, 2);
	assert_int_equal(options.filter.hosts[0].prefix_length, 104);
	assert_int_equal(options.filter.excluded_hosts_count, 1);
	options__free(&options);
}

/* It selects nothing, which sipcounter does not say. */
static void a_filter_of_reinvite_alone_is_remarked(void **state)
{
	struct options options;

	assert_int_equal(parse_line("count --filter ReINVITE,200 f", &options, stderr), 1);
	assert_non_null(strstr(said, "add INVITE"));
	options__free(&options);
	options = parse("count --filter ReINVITE,INVITE f");
	options__free(&options);
}

static void layout_of_a_table(void **state)
{
	struct options options =
		parse("count --sort link --top 3 --separator :: --link-margin 0 --name-first --no-zeros "
		      "--no-header --no-links --no-summary --no-name f");

	assert_int_equal(options.order, OUTPUT_BY_LINK);
	assert_int_equal(options.top, 3);
	assert_string_equal(options.separator, "::");
	assert_int_equal(options.link_margin, 0);
	assert_true(options.is_name_first && options.has_no_header && options.has_no_links && options.has_no_summary &&
		    options.has_no_zeros && options.has_no_name);
	options__free(&options);
	options = parse("count --format csv --depth 2 --no-header --sort total f");
	assert_int_equal(options.format, OUTPUT_CSV);
	assert_int_equal(options.depth, 2);
	assert_true(options.has_no_header);
	options__free(&options);
}

static void commands_over_snapshots(void **state)
{
	struct options options = parse("show --format json --depth 2 --filter BYE a -");

	assert_int_equal(options.command, COMMAND_SHOW);
	assert_int_equal(options.inputs_count, 2);
	assert_int_equal(options.depth, 2);
	options__free(&options);
	options = parse("diff --host ::1 a b");
	assert_int_equal(options.command, COMMAND_DIFF);
	options__free(&options);
}

static void status(void **state)
{
	struct options options = parse("status");

	assert_int_equal(options.command, COMMAND_STATUS);
	assert_int_equal(options.inputs_count, 0);
	assert_int_equal(options.format, OUTPUT_TABLE);
	assert_int_equal(options.cost_seconds, 0);
	assert_int_equal(options.zone, TIMESTAMP_LOCAL);
	options__free(&options);
	options = parse("status --format json --cost 3600 --utc -o out eth0 eth1");
	assert_int_equal(options.inputs_count, 2);
	assert_int_equal(options.format, OUTPUT_JSON);
	assert_int_equal(options.cost_seconds, 3600);
	assert_int_equal(options.zone, TIMESTAMP_UTC);
	assert_string_equal(options.output_path, "out");
	options__free(&options);
	options = parse("status --format text");
	assert_int_equal(options.format, OUTPUT_TABLE);
	options__free(&options);
}

static void options_and_files_mix(void **state)
{
	struct options options = parse("count a.pcap --format json - -o out --engine=bpf -- -b.pcap");

	assert_int_equal(options.command, COMMAND_COUNT);
	assert_int_equal(options.inputs_count, 3);
	assert_string_equal(options.inputs[0], "a.pcap");
	assert_string_equal(options.inputs[1], "-");
	assert_string_equal(options.inputs[2], "-b.pcap");
	assert_int_equal(options.format, OUTPUT_JSON);
	assert_string_equal(options.output_path, "out");
	assert_int_equal(options.engine, COUNT_XDP);
	options__free(&options);
}

static void lists_take_commas_and_repetition(void **state)
{
	struct options options =
		parse("count --server 10.0.0.1,10.1.0.0/16 --server 2001:db8::/32 --server-port 6000,1 "
		      "--port 65535 --port 5060,5061 --transport via --direction host f");

	assert_int_equal(options.rules.servers_count, 3);
	assert_int_equal(options.rules.servers[0].prefix_length, 128);
	assert_int_equal(options.rules.servers[1].prefix_length, 112);
	assert_int_equal(options.rules.servers[2].prefix_length, 32);
	assert_int_equal(options.rules.server_ports_count, 2);
	assert_int_equal(options.rules.server_ports[0], 6000);
	assert_int_equal(options.rules.server_ports[1], 1);
	assert_int_equal(options.ports_count, 3);
	assert_int_equal(options.ports[0], 65535);
	assert_int_equal(options.ports[2], 5061);
	assert_int_equal(options.rules.transport, LINK_TRANSPORT_VIA);
	assert_int_equal(options.rules.direction, LINK_DIRECTION_HOST);
	options__free(&options);
}

static void hep_takes_ports_or_none(void **state)
{
	struct options options = parse("attach --hep eth0");

	assert_true(options.reads_hep);
	assert_int_equal(options.hep_ports_count, 0);
	assert_string_equal(options.inputs[0], "eth0");
	options__free(&options);
	options = parse("count f --hep=9060,9063 --hep=9061 --hep");
	assert_true(options.reads_hep);
	assert_int_equal(options.hep_ports_count, 3);
	assert_int_equal(options.hep_ports[0], 9060);
	assert_int_equal(options.hep_ports[2], 9061);
	assert_int_equal(options.inputs_count, 1);
	options__free(&options);
	options = parse("count f --hep ./9060");
	assert_int_equal(options.inputs_count, 2);
	options__free(&options);
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t nanoseconds;
	} cases[] = {
		{ "60s", 60000000000 },      { "1m", 60000000000 },    { "500ms", 500000000 },
		{ "60", 60000000000 },       { "0.1", 100000000 },     { "100ms", 100000000 },
		{ "1.5s", 1500000000 },      { "1d", 86400000000000 }, { "24h", 86400000000000 },
		{ "86400", 86400000000000 }, { "0.1s", 100000000 },
	};
	char line[64];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct options options;

		snprintf(line, sizeof(line), "attach -i %s eth0", cases[i].text);
		options = parse(line);
		assert_int_equal(options.interval, cases[i].nanoseconds);
		options__free(&options);
	}
}

/* A wrong command line: refused, the option named, and what is allowed. */
static void wrong_lines_are_refused(void **state)
{
	static const struct {
		const char *line, *names, *allowed;
	} cases[] = {
		{ "bogus", "unknown command 'bogus'", "; see 'sipbpf help'" },
		{ "cuont f", "unknown command 'cuont'", "did you mean 'count'? See 'sipbpf help'" },
		{ "Status", "unknown command 'Status'", "did you mean 'status'?" },
		{ "hlep", "unknown command 'hlep'", "did you mean 'help'?" },
		{ "stat", "unknown command 'stat'", "did you mean 'status'?" },
		{ "att", "unknown command 'att'", "did you mean 'attach'?" },
		{ "s", "unknown command 's'", "; see 'sipbpf help'" },
		{ "--verison", "unknown option --verison;", "did you mean --version? See 'sipbpf help'" },
		{ "-help", "unknown option -help;", "did you mean --help?" },
		{ "-x", "unknown option -x;", "give a command first, or --help or --version" },
		{ "help --hlep", "help: unknown option --hlep;", "did you mean --help? See 'sipbpf help'" },
		{ "help --bogus", "help: unknown option --bogus;", "; see 'sipbpf help'" },
		{ "help attahc", "unknown command 'attahc'", "did you mean 'attach'?" },
		{ "--bogus", "--bogus", "--help" },
		{ "/dev/null", "unknown command '/dev/null'", "; to count in a capture, use: sipbpf count /dev/null" },
		{ "help count extra", "help: takes one command;", "'extra' is too many" },
		{ "count --filter INVITE, f", "--filter: 'INVITE,'", " has an empty element" },
		{ "count --filter 7 f", "--filter: '7'", "status codes from 100 to 699 or their first digits" },
		{ "help bogus", "unknown command 'bogus'", "see 'sipbpf help'" },
		{ "count", "count", "FILE..." },
		{ "attach -v", "attach", "IFACE..." },
		{ "show", "show", "FILE..." },
		{ "diff a", "diff: needs two arguments", "usage: sipbpf diff [OPTIONS] A B" },
		{ "diff a b c", "diff: needs two arguments", "usage: sipbpf diff [OPTIONS] A B" },
		{ "diff - -", "diff: only one argument may be -", "(standard input)" },
		{ "count - a -", "count: only one argument may be -", "(standard input)" },
		{ "show --port 5060 f", "show: has no option --port",
		  "which is for attach, count; see 'sipbpf help show'" },
		{ "count --bogus f", "count: unknown option --bogus", "; see 'sipbpf help count'" },
		{ "count --fliter=BYE f", "count: unknown option --fliter;", "did you mean --filter?" },
		{ "count --no-haeder f", "--no-haeder", "did you mean --no-header? See 'sipbpf help count'" },
		{ "show --prot f", "show: unknown option --prot", "; see 'sipbpf help show'" },
		{ "count -filter INVITE f", "count: unknown option -filter;",
		  "did you mean --filter? See 'sipbpf help count'" },
		{ "count f -v -format=csv", "count: unknown option -format;", "did you mean --format?" },
		{ "count -verbsoe f", "count: unknown option -verbsoe;", "did you mean --verbose?" },
		{ "count -vx f", "count: unknown option -x", "see 'sipbpf help count'" },
		{ "count -xv f", "count: unknown option -x", "see 'sipbpf help count'" },
		{ "count -x -filter f", "count: unknown option -x", "see 'sipbpf help count'" },
		{ "count -x f", "count: unknown option -x", "see 'sipbpf help count'" },
		{ "count -vx f", "count: unknown option -x", "see 'sipbpf help count'" },
		{ "count --log L f", "count: has no option --log", "which is for attach; see 'sipbpf help count'" },
		{ "count --ser 1 f", "--ser is ambiguous", "--server, --server-port" },
		{ "attach --engine user f", "attach: has no option --engine", "which is for count;" },
		{ "attach eth0 --interval", "--interval", "TIME" },
		{ "attach eth0 -i", "--interval", "TIME" },
		{ "attach --cumulative=1 f", "--cumulative", "no value" },
		{ "attach -i 0 f", "--interval", "100ms to 1d" },
		{ "attach -i 99ms f", "--interval", "100ms to 1d" },
		{ "attach -i 0.09 f", "--interval", "100ms to 1d" },
		{ "attach -i 86401 f", "--interval", "100ms to 1d" },
		{ "attach -i 1.0001d f", "--interval", "100ms to 1d" },
		{ "attach -i -5 f", "--interval", "100ms to 1d" },
		{ "attach -i 1x f", "--interval", "100ms to 1d" },
		{ "attach -i 1.2.3 f", "--interval", "100ms to 1d" },
		{ "attach -i s f", "--interval", "100ms to 1d" },
		{ "attach -i . f", "--interval", "100ms to 1d" },
		{ "attach -i 0x10 f", "--interval", "100ms to 1d" },
		{ "attach -i 1e3 f", "--interval", "100ms to 1d" },
		{ "attach -i inf f", "--interval", "100ms to 1d" },
		{ "attach -i nan f", "--interval", "100ms to 1d" },
		{ "attach -i +5 f", "--interval", "100ms to 1d" },
		{ "attach --interval= f", "--interval", "100ms to 1d" },
		{ "attach --mode xdp f", "--mode", "auto, native, skb, tc" },
		{ "attach --mode nativ f", "--mode: 'nativ'",
		  "did you mean 'native'? Give one of auto, native, skb, tc" },
		{ "attach --mode= f", "--mode", "auto, native, skb, tc" },
		{ "attach --max-links 0 f", "--max-links", "1 to 10000000" },
		{ "attach --max-links 10000001 f", "--max-links", "1 to 10000000" },
		{ "attach --log A -o B f", "give --log or --output", ", not both" },
		{ "count --log= f", "--log", "" },
		{ "count -o= --output= f", "--output", "path" },
		{ "count --depth 0 f", "--depth", "1 to 5" },
		{ "count --depth 6 f", "--depth", "1 to 5" },
		{ "count --depth 4x f", "--depth", "1 to 5" },
		{ "count --depth 99999999999999999999 f", "--depth", "1 to 5" },
		{ "count --format xml f", "--format", "table, csv, json" },
		{ "count --format json --sort total f", "--sort", "table or csv" },
		{ "count --format csv --title T f", "--title", "table" },
		{ "count --timestamps f", "--timestamps", "works only with --format csv" },
		{ "count --format json --timestamps f", "--timestamps", "works only with --format csv" },
		{ "count --no-zeros --format csv f", "--no-zeros", "table" },
		{ "count --no-name --format json f", "--no-name", "table" },
		{ "show --no-name --name N f", "give --name or --no-name", ", not both" },
		{ "count --sort name f", "--sort", "link, total" },
		{ "count --top 0 f", "--top", "1 to 1000000000" },
		{ "count --link-margin -1 f", "--link-margin", "0 to 1000" },
		{ "count --format json --title T f", "--title", "table" },
		{ "status --format csv", "--format", "text, json" },
		{ "status --format table", "--format", "text, json" },
		{ "status --cost 0", "--cost", "1 to 3600" },
		{ "status --cost 3601", "--cost", "1 to 3600" },
		{ "status --cost", "--cost", "SECONDS" },
		{ "status --depth 1", "status: has no option --depth", "see 'sipbpf help status'" },
		{ "count --cost 1 f", "count: has no option --cost", "which is for status;" },
		{ "count --transport tcp f", "--transport", "auto, wire, via" },
		{ "count --direction in f", "--direction", "server, host" },
		{ "count --engine kernel f", "--engine", "user, bpf, xdp, tc" },
		{ "count --input log f", "--input", "capture, text" },
		{ "count --input text --port 5060 f", "--port", "--input capture" },
		{ "count --input text --engine bpf f", "--engine", "--input capture" },
		{ "count --input text --hep f", "--hep", "--input capture" },
		{ "count --hep= f", "--hep", "1 to 65535" },
		{ "count --hep=9060,a f", "--hep", "1 to 65535" },
		{ "attach --hep 9060,9063 eth0", "--hep: '9060,9063'", "--hep=9060,9063" },
		{ "attach eth0 --hep 9060", "--hep: '9060'", "--hep=9060" },
		{ "show --hep f", "show: has no option --hep", "which is for attach, count;" },
		{ "count --regex x f", "--regex", "--input text" },
		{ "count --port 0 f", "--port", "1 to 65535" },
		{ "count --port 65536 f", "--port", "1 to 65535" },
		{ "count --port 1,,2 f", "--port", "empty element" },
		{ "count --port 1, f", "--port", "empty element" },
		{ "count --port= f", "--port", "1 to 65535" },
		{ "count --server-port a f", "--server-port", "1 to 65535" },
		{ "count --filter INVITE,,4 f", "--filter", "empty element" },
		{ "count --filter 4xx f", "'4xx'", "methods" },
		{ "count --filter 5031 f", "'5031'", "methods" },
		{ "count --filter IN(VITE f", "'IN(VITE'", "methods" },
		{ "count --host example.com f", "--host", "addresses" },
		{ "count --exclude-host 1.2.3 f", "--exclude-host", "addresses" },
		{ "count --server 10.0.0.256 f", "'10.0.0.256'", "addresses" },
		{ "count --server 10.0.0.1,x f", "'x'", "addresses" },
		{ "count --server 10.0.0.1/33 f", "--server", "addresses" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct options untouched = { .depth = 77 };

		if (parse_line(cases[i].line, &untouched, stderr) != -EINVAL)
			fail_msg("'%s' was not refused", cases[i].line);
		if (strncmp(said, "sipbpf: ", 8) != 0 || !strstr(said, cases[i].names) ||
		    !strstr(said, cases[i].allowed))
			fail_msg("'%s' says '%s'", cases[i].line, said);
		assert_int_equal(untouched.depth, 77);
	}
}

static void help_comes_from_the_table(void **state)
{
	static const struct {
		const char *line, *with, *without;
	} cases[] = {
		{ "--help", "attach", "--interval" },
		{ "-h", "count", "--interval" },
		{ "help", "COMMAND", "--interval" },
		{ "help attach", "-i, --interval TIME", "--engine" },
		{ "help count", "--hep[=PORT,...] ", "--interval" },
		{ "attach --help", "-o, --output FILE", "--engine" },
		{ "count --help", "--engine ENGINE", "--interval" },
		{ "count f -h --bogus", "FILE...", "--interval" },
		{ "help help", "COMMAND", "--interval" },
		{ "help --help", "COMMAND", "--interval" },
		{ "help -h", "COMMAND", "--interval" },
		{ "help -V", "sipbpf " SIPBPF_VERSION "\n", "Usage" },
		{ "help --version", "sipbpf " SIPBPF_VERSION "\n", "Usage" },
		{ "--version", "sipbpf " SIPBPF_VERSION "\n", "Usage" },
		{ "-V", "sipbpf " SIPBPF_VERSION "\n", "Usage" },
		{ "count -V", "sipbpf " SIPBPF_VERSION "\n", "Usage" },
		{ "status eth0 --version --bogus", "sipbpf " SIPBPF_VERSION "\n", "Usage" },
	};
	struct options options;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse_line(cases[i].line, &options, stdout), 0);
		if (!strstr(said, cases[i].with) || strstr(said, cases[i].without))
			fail_msg("'%s' says '%s'", cases[i].line, said);
	}
}

static void no_command_shows_the_usage(void **state)
{
	struct options options;

	assert_int_equal(parse_line("", &options, stderr), -EINVAL);
	assert_non_null(strstr(said, "Usage: sipbpf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_option_of_attach),
		cmocka_unit_test(verbosity),
		cmocka_unit_test(logs),
		cmocka_unit_test(filters),
		cmocka_unit_test(a_filter_of_reinvite_alone_is_remarked),
		cmocka_unit_test(layout_of_a_table),
		cmocka_unit_test(commands_over_snapshots),
		cmocka_unit_test(status),
		cmocka_unit_test(options_and_files_mix),
		cmocka_unit_test(lists_take_commas_and_repetition),
		cmocka_unit_test(hep_takes_ports_or_none),
		cmocka_unit_test(durations),
		cmocka_unit_test(wrong_lines_are_refused),
		cmocka_unit_test(help_comes_from_the_table),
		cmocka_unit_test(no_command_shows_the_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
