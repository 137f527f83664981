// SPDX-License-Identifier: BSD-2-Clause
/* See status_json.h. */
#include "inspect/status_json.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "inspect/status_number.h"

/*
 * The makers return NULL when memory is short. jansson's functions that take a value over return NULL or an error if
 * the value is NULL, so no maker has to check it.
 */

static json_t *make_list(size_t count, json_t *(*make)(const void *context, size_t i), const void *context)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++) {
		if (!json_array_append_new(list, make(context, i)))
			continue;
		json_decref(list);
		list = NULL;
	}
	return list;
}

static json_t *make_word(const char *word)
{
	size_t width;
	char *printable = text__printable(word, &width);
	json_t *string = printable ? json_string(printable) : NULL;

	free(printable);
	return string;
}

static json_t *make_time(const struct timespec *time)
{
	char text[TIMESTAMP_SIZE];

	return timestamp__format(time, text) ? json_null() : json_string(text);
}

static json_t *make_process(const void *context, size_t i)
{
	const struct status_process *process = &((const struct status_instance *)context)->processes[i];

	return json_pack("{s:i, s:o}", "pid", (int)process->pid, "command", make_word(process->command));
}

static const char *kind_name(enum attachment_kind kind)
{
	static const char *const names[] = {
		[ATTACHMENT_XDP] = "xdp",           [ATTACHMENT_NATIVE] = "native", [ATTACHMENT_SKB] = "skb",
		[ATTACHMENT_OFFLOADED] = "offload", [ATTACHMENT_TCX] = "tcx",       [ATTACHMENT_CLSACT] = "clsact",
	};

	return names[kind];
}

static json_t *make_attachment(const void *context, size_t i)
{
	const struct attachment *attachment = &((const struct status_instance *)context)->attachments[i];

	return json_pack("{s:o, s:I, s:I, s:s, s:s, s:I}", "interface", make_word(attachment->interface), "ifindex",
			 (json_int_t)attachment->ifindex, "namespace", (json_int_t)attachment->namespace, "direction",
			 attachment->is_sent ? "sent" : "received", "mode", kind_name(attachment->kind), "program",
			 (json_int_t)attachment->program);
}

static json_t *make_packets(const struct reading_packets *packets)
{
	return json_pack("{s:I, s:I}", "seen", (json_int_t)packets->seen, "sip", (json_int_t)packets->sip);
}

static json_t *make_interface(const void *context, size_t i)
{
	const struct status_instance *instance = context;
	const struct reading_interface *interface = &instance->reading.interfaces[i];

	return json_pack("{s:o, s:I, s:o, s:o}", "interface",
			 make_word(status_instance__interface(instance, &interface->interface)), "ifindex",
			 (json_int_t)interface->interface.ifindex, "received",
			 make_packets(&interface->hooks[SIPBPF_RECEIVED]), "sent",
			 make_packets(&interface->hooks[SIPBPF_SENT]));
}

static json_t *make_unseen(const void *context, size_t i)
{
	const struct attachment_unseen *found = &((const struct status_instance *)context)->unseen[i];
	const struct unseen *unseen = &found->unseen;
	char text[UNSEEN_TEXT_SIZE];

	unseen__describe(unseen, text);
	return json_pack("{s:o, s:I, s:I, s:s, s:s, s:o, s:o, s:o}", "interface", make_word(found->interface),
			 "ifindex", (json_int_t)unseen->ifindex, "namespace", (json_int_t)found->namespace, "direction",
			 unseen->is_sent ? "sent" : "received", "kind", unseen__kind_name(unseen->kind), "program",
			 unseen->program ? json_integer(unseen->program) : json_null(), "name", make_word(unseen->name),
			 "text", make_word(text));
}

static json_t *make_notice(const void *context, size_t i)
{
	return make_word(((const struct status_instance *)context)->reading.notices.list[i]);
}

/* NULL where there is nothing. */
static json_t *make_unread(const struct status_instance *instance)
{
	return instance->reading.unread ? json_loads(instance->reading.unread, 0, NULL) : NULL;
}

static json_t *make_program(const struct status_program *program)
{
	const struct instance_cost *cost = &program->cost;

	return json_pack("{s:s, s:I, s:I, s:I, s:o}", "name", program->name, "id", (json_int_t)program->id, "runs",
			 (json_int_t)cost->runs, "nanoseconds", (json_int_t)cost->nanoseconds, "nanoseconds_per_run",
			 cost->runs ? json_real((double)cost->nanoseconds / (double)cost->runs) : json_null());
}

static json_t *make_programs(const struct status_instance *instance)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < PROBE_PROGRAMS; i++) {
		if (!instance->programs[i].name || !json_array_append_new(list, make_program(&instance->programs[i])))
			continue;
		json_decref(list);
		list = NULL;
	}
	return list;
}

static json_t *make_group(const struct status_group *group, const struct reading *reading)
{
	json_t *object = json_object();

	for (const struct status_number *number = group->numbers; object && number->name; number++) {
		json_int_t value = (json_int_t)status_number__value(number, reading);

		if (!json_object_set_new(object, number->name, json_integer(value)))
			continue;
		json_decref(object);
		object = NULL;
	}
	return object;
}

/* Makes null if the counters cannot be read. */
static json_t *make_counters(const struct status_instance *instance)
{
	json_t *object = instance->has_reading ? json_object() : json_null();

	for (const struct status_group *group = status_groups; instance->has_reading && object && group->name;
	     group++) {
		if (!json_object_set_new(object, group->name, make_group(group, &instance->reading)))
			continue;
		json_decref(object);
		object = NULL;
	}
	return object;
}

static json_t *make_instance(const void *context, size_t i)
{
	const struct status_instance *instance = &((const struct status_report *)context)->instances[i];

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o*, s:o, s:o, s:o}", "start", make_time(&instance->start),
			 "processes", make_list(instance->processes_count, make_process, instance), "attachments",
			 make_list(instance->attachments_count, make_attachment, instance), "unseen",
			 make_list(instance->unseen_count, make_unseen, instance), "notices",
			 make_list(instance->reading.notices.count, make_notice, instance), "unread",
			 make_unread(instance), "interfaces",
			 make_list(instance->reading.interfaces_count, make_interface, instance), "programs",
			 make_programs(instance), "counters", make_counters(instance));
}

static json_t *make_report(const struct status_report *report)
{
	return json_pack("{s:s, s:o, s:b, s:o, s:I, s:o}", "schema", STATUS_JSON_SCHEMA, "time",
			 make_time(&report->time), "statistics", (int)report->has_statistics, "cost_seconds",
			 report->cost_seconds ? json_integer(report->cost_seconds) : json_null(), "namespace",
			 (json_int_t)report->own_namespace, "instances",
			 make_list(report->instances_count, make_instance, report));
}

int status_json__write(FILE *out, const struct status_report *report)
{
	json_t *json = make_report(report);
	int error;

	if (!json)
		return -ENOMEM;
	error = json_dumpf(json, out, JSON_ENSURE_ASCII) ? -EIO : 0;
	json_decref(json);
	return putc('\n', out) == EOF ? -EIO : error;
}
