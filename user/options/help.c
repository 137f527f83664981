// SPDX-License-Identifier: BSD-2-Clause
/* See help.h. Tested by tests/cli/test_help.py. */
#include "options/help.h"

#include <string.h>

#include "log/forms.h"
#include "options/command_table.h"
#include "options/option_table.h"

#define WIDTH_MAX 80
#define OPTION_INDENT 30 /* where the words about an option begin */

/* Writes words from column `indent` on, where the first line stands already, and ends the last line. */
static void write_wrapped(FILE *out, const char *words, size_t indent)
{
	size_t column = indent, length;
	const char *space = "";

	while (*words) {
		length = strcspn(words, " ");
		if (column + strlen(space) + length > WIDTH_MAX) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			space = "";
		}
		fprintf(out, "%s%.*s", space, (int)length, words);
		column += strlen(space) + length;
		space = " ";
		words += length;
		words += strspn(words, " ");
	}
	putc('\n', out);
}

static void write_option(FILE *out, const struct option_entry *entry)
{
	char short_name[] = { '-', (char)entry->short_name, ',', '\0' };
	char name[32];

	snprintf(name, sizeof(name), entry->needs_no_argument ? "--%s[=%s]" : "--%s %s", entry->name,
		 entry->argument ? entry->argument : "");
	fprintf(out, "  %-3s %-23s ", entry->short_name ? short_name : "", name);
	write_wrapped(out, entry->help, OPTION_INDENT);
}

static void write_examples(FILE *out, const char *const *examples)
{
	fprintf(out, "\nExample%s:\n", examples[1] ? "s" : "");
	for (size_t i = 0; i < COMMAND_EXAMPLES_MAX && examples[i]; i++)
		fprintf(out, "  %s\n", examples[i]);
}

void help__write_program(FILE *out)
{
	static const char *const examples[COMMAND_EXAMPLES_MAX] = { "sudo sipbpf attach eth0",
								    "sipbpf count calls.pcap", "sipbpf help count" };

	fputs("Usage: sipbpf COMMAND [OPTIONS] ARGUMENTS\n\nCounts SIP messages.\n\nCommands:\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-7s %-10s  %s\n", command_table[i].name, command_table[i].arguments,
			command_table[i].summary);
	fputs("  help    [COMMAND]   show the options of a command\n\nOptions:\n"
	      "  -h, --help          show this help\n"
	      "  -V, --version       show the version\n",
	      out);
	write_examples(out, examples);
}

void help__write_command(FILE *out, enum options_command command)
{
	const struct command_entry *entry = &command_table[command];

	fprintf(out, "Usage: sipbpf %s [OPTIONS] %s\n\n", entry->name, entry->arguments);
	write_wrapped(out, entry->description, 0);
	fputs("\nOptions (separate the values of a list by commas, or repeat the option):\n", out);
	for (size_t i = 0; i < option_table_size; i++)
		if (option_table[i].commands & (1u << command))
			write_option(out, &option_table[i]);
	write_examples(out, entry->examples);
}

void help__write_log_forms(FILE *out)
{
	for (size_t i = 0; i < forms_count; i++)
		fprintf(out, "%-16s%s\n%-16s    %s\n", forms[i].name, forms[i].what, "", forms[i].example);
}
