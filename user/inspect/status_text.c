// SPDX-License-Identifier: BSD-2-Clause
/* See status_text.h. */
#include "inspect/status_text.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "inspect/status_number.h"

static void write_label(FILE *out, const char *label)
{
	fprintf(out, "  %-16s", label);
}

/* Writes a word that comes from outside, so that it cannot harm a terminal. */
static void write_word(FILE *out, const char *word)
{
	size_t width;
	char *printable = text__printable(word, &width);

	fputs(printable ? printable : "?", out);
	free(printable);
}

/* ---- who ---- */

static void write_processes(FILE *out, const struct status_instance *instance, enum timestamp_zone zone)
{
	char start[TIMESTAMP_CLOCK_SIZE];

	fputs(instance->processes_count ? "process" : "no visible process", out);
	for (size_t i = 0; i < instance->processes_count; i++) {
		fprintf(out, "%s%d (", i ? ", " : " ", (int)instance->processes[i].pid);
		write_word(out, instance->processes[i].command);
		putc(')', out);
	}
	fprintf(out, ", since %s\n", timestamp__clock(&instance->start, zone, start));
}

/* ---- where ---- */

static const char *kind_words(enum attachment_kind kind)
{
	static const char *const words[] = {
		[ATTACHMENT_XDP] = "XDP",         [ATTACHMENT_NATIVE] = "native XDP",
		[ATTACHMENT_SKB] = "generic XDP", [ATTACHMENT_OFFLOADED] = "offloaded XDP",
		[ATTACHMENT_TCX] = "tcx",         [ATTACHMENT_CLSACT] = "clsact",
	};

	return words[kind];
}

static bool are_beside(const struct attachment *a, const struct attachment *b)
{
	return a->ifindex == b->ifindex && a->namespace == b->namespace;
}

static void write_interface(FILE *out, const struct status_report *report, const struct attachment *attachment)
{
	write_label(out, "attached");
	if (*attachment->interface)
		write_word(out, attachment->interface);
	else
		fprintf(out, "interface %u of an unknown network namespace", attachment->ifindex);
	if (attachment->namespace && attachment->namespace != report->own_namespace)
		fprintf(out, " (network namespace %llu)", (unsigned long long)attachment->namespace);
	putc(':', out);
}

/* Writes a line for each interface: "eth0: received by native XDP, sent by tcx". */
static void write_attachments(FILE *out, const struct status_report *report, const struct status_instance *instance)
{
	const struct attachment *attachments = instance->attachments;

	if (!instance->attachments_count) {
		write_label(out, "attached");
		fputs("to no visible interface\n", out);
	}
	for (size_t i = 0; i < instance->attachments_count; i++) {
		bool is_first = i == 0 || !are_beside(&attachments[i - 1], &attachments[i]);
		bool is_last =
			i + 1 == instance->attachments_count || !are_beside(&attachments[i], &attachments[i + 1]);

		if (is_first)
			write_interface(out, report, &attachments[i]);
		fprintf(out, "%s %s by %s", is_first ? "" : ",", attachments[i].is_sent ? "sent" : "received",
			kind_words(attachments[i].kind));
		if (is_last)
			putc('\n', out);
	}
}

/*
 * Writes a line for each matter: "vb: another tcx program (id 12) runs before sipbpf", and then what the collector tells:
 * "vb: no packet for 10m".
 */
static void write_unseen(FILE *out, const struct status_instance *instance)
{
	char text[UNSEEN_TEXT_SIZE];

	for (size_t i = 0; i < instance->unseen_count; i++) {
		unseen__describe(&instance->unseen[i].unseen, text);
		write_label(out, "notice");
		write_word(out, instance->unseen[i].interface);
		fputs(": ", out);
		write_word(out, text);
		putc('\n', out);
	}
	for (size_t i = 0; i < instance->reading.notices.count; i++) {
		write_label(out, "notice");
		write_word(out, instance->reading.notices.list[i]);
		putc('\n', out);
	}
}

/* ---- what ---- */

static void write_group(FILE *out, const struct status_group *group, const struct reading *reading)
{
	bool is_first = true;

	write_label(out, group->name);
	for (const struct status_number *number = group->numbers; number->name; number++) {
		__u64 value = status_number__value(number, reading);

		if (!value && group->hides_zeros)
			continue;
		fprintf(out, "%s%s %llu", is_first || number->words ? "" : ", ",
			number->words ? number->words : number->name, (unsigned long long)value);
		is_first = false;
	}
	if (is_first)
		fputs("none", out);
	if (group->covers)
		fprintf(out, " (%s)", group->covers);
	putc('\n', out);
}

static void write_interface_name(FILE *out, const struct status_instance *instance,
				 const struct sipbpf_interface *interface)
{
	const char *name = status_instance__interface(instance, interface);

	if (*name)
		write_word(out, name);
	else
		fprintf(out, "number %u", interface->ifindex);
	if (!interface->ifindex)
		fputs(" (gone)", out);
}

/* Writes a line for each interface: "eth0: received 12 (sip 3), sent 5 (sip 0)". */
static void write_interfaces(FILE *out, const struct status_instance *instance)
{
	const struct reading_interface *interfaces = instance->reading.interfaces;

	for (size_t i = 0; i < instance->reading.interfaces_count; i++) {
		const struct reading_packets *hooks = interfaces[i].hooks;

		if (!interfaces[i].interface.ifindex && !*interfaces[i].interface.name)
			continue;
		write_label(out, "interface");
		write_interface_name(out, instance, &interfaces[i].interface);
		fprintf(out, ": received %llu (sip %llu), sent %llu (sip %llu)\n",
			(unsigned long long)hooks[SIPBPF_RECEIVED].seen, (unsigned long long)hooks[SIPBPF_RECEIVED].sip,
			(unsigned long long)hooks[SIPBPF_SENT].seen, (unsigned long long)hooks[SIPBPF_SENT].sip);
	}
}

static void write_reading(FILE *out, const struct status_instance *instance)
{
	if (!instance->has_reading) {
		write_label(out, "counters");
		fputs("cannot be read: another version of sipbpf counts them\n", out);
		return;
	}
	write_interfaces(out, instance);
	for (const struct status_group *group = status_groups; group->name; group++)
		write_group(out, group, &instance->reading);
}

static bool has_cost(const struct status_program *program)
{
	return program->name && program->cost.runs;
}

/*
 * Writes the cost of each program that ran while it was measured, with the number of packets behind it in parentheses.
 * A program runs once for each packet.
 */
static void write_cost(FILE *out, const struct status_report *report, const struct status_instance *instance)
{
	bool is_first = true;

	write_label(out, "cost");
	for (size_t i = 0; i < PROBE_PROGRAMS; i++) {
		const struct status_program *program = &instance->programs[i];

		if (!has_cost(program))
			continue;
		fprintf(out, "%s%s %llu ns a packet (%llu)", is_first ? "" : ", ", program->name,
			(unsigned long long)(program->cost.nanoseconds / program->cost.runs),
			(unsigned long long)program->cost.runs);
		is_first = false;
	}
	if (is_first)
		fputs(report->has_statistics || report->cost_seconds ? "no packets" : "not measured", out);
	if (report->cost_seconds)
		fprintf(out, ", measured for %u s", report->cost_seconds);
	else if (!is_first && !report->has_statistics)
		fputs(", not measured any more", out);
	putc('\n', out);
}

void status_text__write(FILE *out, const struct status_report *report, enum timestamp_zone zone)
{
	for (size_t i = 0; i < report->instances_count; i++) {
		const struct status_instance *instance = &report->instances[i];

		if (i)
			putc('\n', out);
		write_processes(out, instance, zone);
		write_attachments(out, report, instance);
		write_unseen(out, instance);
		write_reading(out, instance);
		write_cost(out, report, instance);
	}
}
