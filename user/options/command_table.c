// SPDX-License-Identifier: BSD-2-Clause
/* See command_table.h. Tested by tests/cli/test_help.py. */
#include "options/command_table.h"

#include <string.h>

const struct command_entry command_table[COMMANDS] = {
	[COMMAND_ATTACH] = {
		.name = "attach",
		.arguments = "IFACE...",
		.summary = "count SIP messages on network interfaces",
		.description = "Counts the SIP messages that pass network interfaces, and writes a table at every "
			       "interval until Ctrl-C (SIGINT) or SIGTERM.",
		.arguments_min = 1,
		.examples = { "sudo sipbpf attach --interval 10s --name sbc1 eth0",
			      "sudo sipbpf attach --log /var/log/sip-messages eth0 eth1" },
	},
	[COMMAND_COUNT] = {
		.name = "count",
		.arguments = "FILE...",
		.summary = "count SIP messages in captures or logs",
		.description = "Counts the SIP messages in captures (pcap, pcapng) or, with --input text, in logs. "
			       "The files may be compressed by gzip. The file - is standard input.",
		.arguments_min = 1,
		.examples = { "sipbpf count --filter INVITE,4,5,6 --depth 1 calls.pcap",
			      "sipbpf count --input text proxy.log",
			      "sudo tcpdump -i eth0 -c 1000 -w - | sipbpf count -" },
	},
	[COMMAND_SHOW] = {
		.name = "show",
		.arguments = "FILE...",
		.summary = "show the sum of JSON snapshots",
		.description = "Adds up JSON snapshots, which --format json writes, and shows the sum. "
			       "The file - is standard input.",
		.arguments_min = 1,
		.examples = { "sipbpf show --top 10 --title both sbc1.json sbc2.json" },
	},
	[COMMAND_DIFF] = {
		.name = "diff",
		.arguments = "A B",
		.summary = "show what was counted between snapshots A and B",
		.description = "Subtracts snapshot A from snapshot B; negative differences count as 0. "
			       "One of them may be -, standard input.",
		.arguments_min = 2,
		.arguments_max = 2,
		.examples = { "sipbpf diff --format csv monday.json tuesday.json" },
	},
	[COMMAND_STATUS] = {
		.name = "status",
		.arguments = "[IFACE...]",
		.summary = "show what is attached on this host",
		.description = "Shows each running sipbpf on this host, its packet counts and its cost per packet. "
			       "Name interfaces to list only the instances that are attached to them.",
		.examples = { "sudo sipbpf status --cost 10 eth0" },
	},
};

enum options_command command_table__find(const char *name)
{
	size_t i = 0;

	while (i < COMMANDS && strcmp(command_table[i].name, name) != 0)
		i++;
	return (enum options_command)i;
}
