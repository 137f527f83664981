// SPDX-License-Identifier: BSD-2-Clause
/*
 * A snapshot may hold a million links, so it is never built whole: the small values are made and written one after the
 * other, and only the brackets around links are written here.
 */
#include "json.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "text.h"

#define SCHEMA "sipbpf.snapshot.v1"
#define TIME_SIZE sizeof("2026-01-01T00:00:00.000Z")
#define DELETE 0x7f /* a control character that JSON allows as it is */

static const char *direction_name(__u8 direction)
{
	switch (direction) {
	case LINK_IN:
		return "in";
	case LINK_OUT:
		return "out";
	default:
		return "both";
	}
}

static const char *reason_name(enum sipbpf_reason reason)
{
	static const char *const names[SIPBPF_REASON_COUNT] = {
#define X(id, name) [SIPBPF_REASON_##id] = name,
		SIPBPF_REASON_LIST(X)
#undef X
	};

	return names[reason];
}

/* The text, or its printable form where JSON has no way to say it. */
static json_t *make_string(const char *text)
{
	json_t *string = json_string(text);
	char *printable;
	size_t width;

	if (string)
		return string;
	printable = text__printable(text, &width);
	if (!printable)
		return NULL;
	string = json_string(printable);
	free(printable);
	return string;
}

/* RFC 3339, UTC. */
static int format_time(const struct timespec *time, char ret_text[TIME_SIZE])
{
	long milliseconds = time->tv_nsec / 1000000;
	char text[TIME_SIZE];
	size_t length;
	struct tm tm;

	if (!gmtime_r(&time->tv_sec, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
		return -ERANGE;
	length = strftime(text, sizeof(text), "%FT%T", &tm);
	if (milliseconds)
		snprintf(text + length, sizeof(text) - length, ".%03ldZ", milliseconds);
	else
		snprintf(text + length, sizeof(text) - length, "Z");
	memcpy(ret_text, text, sizeof(text));
	return 0;
}

static int write_bytes(const char *bytes, size_t size, void *data)
{
	FILE *out = data;
	const char *deleted;
	size_t plain;

	while (size) {
		deleted = memchr(bytes, DELETE, size);
		plain = deleted ? (size_t)(deleted - bytes) : size;
		fwrite_unlocked(bytes, 1, plain, out);
		if (!deleted)
			break;
		fputs("\\u007f", out);
		bytes += plain + 1;
		size -= plain + 1;
	}
	return ferror(out) ? -1 : 0;
}

/* Writes the value and drops it; NULL, a value that could not be made, is -ENOMEM. */
static int write_value(FILE *out, json_t *value)
{
	int err = -ENOMEM;

	if (value)
		err = json_dump_callback(value, write_bytes, out, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) < 0 ? -EIO : 0;
	json_decref(value);
	return err;
}

static int write_member(FILE *out, const char *name, json_t *value)
{
	fprintf(out, ", \"%s\": ", name);
	return write_value(out, value);
}

static json_t *make_message(const struct counters *counters, const struct counter_message *message)
{
	return json_pack("{s:s, s:o, s:o, s:I}", "direction", direction_name(message->direction), "type",
			 make_string(counters__type_name(counters, message->type)), "method",
			 make_string(counters__type_name(counters, message->method)), "count",
			 (json_int_t)message->count);
}

static json_t *make_messages(const struct counters *counters, const struct counter_link *link)
{
	json_t *messages = json_array();
	__u32 i;

	for (i = 0; messages && i < link->messages_count; i++) {
		if (!link->messages[i].count)
			continue;
		if (json_array_append_new(messages, make_message(counters, &link->messages[i])) < 0) {
			json_decref(messages);
			return NULL;
		}
	}
	return messages;
}

static json_t *make_link(const struct counters *counters, const struct counter_link *counter)
{
	const struct link *link = &counter->link;
	char server[INET6_ADDRSTRLEN] = "", client[INET6_ADDRSTRLEN] = "";

	if (!link->is_other) {
		link__address_text(&link->server, server);
		link__address_text(&link->client, client);
	}
	return json_pack("{s:o*, s:s, s:s, s:s, s:i, s:i, s:o}", "other", link->is_other ? json_true() : NULL,
			 "server_ip", server, "client_ip", client, "transport", link__transport_name(link->transport),
			 "server_port", link->server_port, "client_port", link->client_port, "messages",
			 make_messages(counters, counter));
}

static int write_links(FILE *out, const struct counters *counters)
{
	struct groups groups;
	size_t i;
	int err = groups__sort(counters, GROUP_DEPTH_MAX, &groups);

	if (err)
		return err;
	fputs(", \"links\": [", out);
	for (i = 0; !err && i < groups.rows_count; i++) {
		if (i)
			fputs(", ", out);
		err = write_value(out, make_link(counters, groups__link(&groups, i)));
	}
	fputs("]", out);
	groups__free(&groups);
	return err;
}

static json_t *make_packets(const struct counters *counters)
{
	const struct sipbpf_packets *packets = counters__packets_const(counters);
	json_t *reasons = json_object();
	int i, failed = 0;

	for (i = 0; i < SIPBPF_REASON_COUNT; i++)
		failed |= json_object_set_new(reasons, reason_name(i), json_integer((json_int_t)packets->reasons[i]));
	if (failed) {
		json_decref(reasons);
		return NULL;
	}
	return json_pack("{s:I, s:I, s:o}", "seen", (json_int_t)counters__packets_seen(counters), "sip",
			 (json_int_t)packets->sip, "reasons", reasons);
}

int json__write_snapshot(FILE *out, const struct counters *counters, const struct json_options *options)
{
	char start[TIME_SIZE], end[TIME_SIZE];
	int err;

	if (format_time(&options->start, start) < 0 || format_time(&options->end, end) < 0)
		return -ERANGE;
	fputs("{\"schema\": \"" SCHEMA "\"", out);
	err = write_member(out, "name", make_string(options->name));
	if (!err)
		err = write_member(out, "start", json_string(start));
	if (!err)
		err = write_member(out, "end", json_string(end));
	if (!err)
		err = write_links(out, counters);
	if (!err)
		err = write_member(out, "packets", make_packets(counters));
	if (err)
		return err;
	fputs("}\n", out);
	return fflush(out) || ferror(out) ? -EIO : 0;
}
