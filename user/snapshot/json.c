// SPDX-License-Identifier: BSD-2-Clause
/*
 * A snapshot may hold a million links, so it is never built whole, and its text is put together here, in one buffer:
 * making values of the JSON library for each message takes twenty times as long. Names are quoted by the library, once
 * for each type.
 */
#include "snapshot/json.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "counts/group.h"
#include "counts/packet_names.h"

#define DELETE 0x7f /* a control character that JSON allows as it is */
#define DELETE_ESCAPE "\\u007f"
#define NUMBER_SIZE sizeof("18446744073709551615")
#define BUFFER_SIZE 65536

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

/* ---- the buffer ---- */

struct writer {
	FILE *out;
	const struct counters *counters;
	char **names; /* quoted, by type number */
	size_t used;
	char buffer[BUFFER_SIZE];
};

static void flush(struct writer *writer)
{
	fwrite_unlocked(writer->buffer, 1, writer->used, writer->out);
	writer->used = 0;
}

static void put(struct writer *writer, const char *text)
{
	size_t length = strlen(text);

	if (length > sizeof(writer->buffer) - writer->used) {
		flush(writer);
		if (length > sizeof(writer->buffer)) {
			fwrite_unlocked(text, 1, length, writer->out);
			return;
		}
	}
	memcpy(writer->buffer + writer->used, text, length);
	writer->used += length;
}

static void put_number(struct writer *writer, __u64 number)
{
	char text[NUMBER_SIZE];

	*text__put_number(text, number, text__digits(number)) = '\0';
	put(writer, text);
}

/* Returns 0, or why the stream could not be written. */
static int finish(struct writer *writer)
{
	flush(writer);
	errno = EIO;
	return fflush(writer->out) || ferror(writer->out) ? -errno : 0;
}

/* A member and what goes before it. */
static void put_count(struct writer *writer, const char *before, const char *name, __u64 count)
{
	put(writer, before);
	put(writer, "\"");
	put(writer, name);
	put(writer, "\": ");
	put_number(writer, count);
}

/* ---- names ---- */

/* The JSON text with DEL escaped; frees the text. NULL when memory is short. */
static char *escape_deleted(char *json)
{
	char *escaped = malloc(strlen(json) * (sizeof(DELETE_ESCAPE) - 1) + 1), *at = escaped;
	const char *from;

	for (from = json; escaped && *from; from++) {
		if (*from == DELETE)
			at = stpcpy(at, DELETE_ESCAPE);
		else
			*at++ = *from;
	}
	if (escaped)
		*at = '\0';
	free(json);
	return escaped;
}

/* The text as a JSON string in quotes, which the caller frees; NULL when memory is short. */
static char *quote(const char *text)
{
	json_t *string = make_string(text);
	char *json = string ? json_dumps(string, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;

	json_decref(string);
	return json ? escape_deleted(json) : NULL;
}

static void free_names(char **names, size_t count)
{
	size_t i;

	for (i = 0; names && i < count; i++)
		free(names[i]);
	free(names);
}

static int quote_names(struct writer *writer)
{
	size_t count = counters__types_count(writer->counters), i;

	writer->names = calloc(count, sizeof(*writer->names));
	for (i = 0; writer->names && i < count; i++) {
		writer->names[i] = quote(counters__type_name(writer->counters, (__u16)i));
		if (!writer->names[i])
			return -ENOMEM;
	}
	return writer->names ? 0 : -ENOMEM;
}

static int put_quoted(struct writer *writer, const char *text)
{
	char *quoted = quote(text);

	if (!quoted)
		return -ENOMEM;
	put(writer, quoted);
	free(quoted);
	return 0;
}

/* ---- links and packets ---- */

static void put_messages(struct writer *writer, const struct counter_link *link)
{
	const struct counter_cell *cell;
	const char *comma = "";
	__u32 i;

	for (i = 0; i < link->cells_count; i++) {
		cell = &link->cells[i];
		if (!cell->count)
			continue;
		put(writer, comma);
		put(writer, "{\"direction\": \"");
		put(writer, direction_name(cell->direction));
		put(writer, "\", \"type\": ");
		put(writer, writer->names[cell->type]);
		put(writer, ", \"method\": ");
		put(writer, writer->names[cell->method]);
		put_count(writer, ", ", "count", cell->count);
		put(writer, "}");
		comma = ", ";
	}
}

static void put_link(struct writer *writer, const struct counter_link *counter)
{
	const struct link *link = &counter->link;
	char server[INET6_ADDRSTRLEN] = "", client[INET6_ADDRSTRLEN] = "";

	if (!link->is_other) {
		link__server_text(link, server);
		link__client_text(link, client);
	}
	put(writer, link->is_other ? "{\"other\": true, \"server_ip\": \"" : "{\"server_ip\": \"");
	put(writer, server);
	put(writer, "\", \"client_ip\": \"");
	put(writer, client);
	put(writer, "\", \"transport\": \"");
	put(writer, link__transport_name(link->transport));
	put_count(writer, "\", ", "server_port", link->server_port);
	put_count(writer, ", ", "client_port", link->client_port);
	put(writer, ", \"messages\": [");
	put_messages(writer, counter);
	put(writer, "]}");
}

static int put_links(struct writer *writer)
{
	struct groups groups;
	size_t i;
	int error = groups__sort(writer->counters, GROUP_DEPTH_MAX, &groups);

	if (error)
		return error;
	put(writer, ", \"links\": [");
	for (i = 0; i < groups.rows_count && !ferror(writer->out); i++) {
		if (i)
			put(writer, ", ");
		put_link(writer, groups__link(&groups, i));
	}
	put(writer, "]");
	groups__free(&groups);
	return 0;
}

static void put_counts(struct writer *writer, const char *name, const char *const *names, const __u64 *counts,
		       size_t count)
{
	size_t i;

	put(writer, ", \"");
	put(writer, name);
	put(writer, "\": {");
	for (i = 0; i < count; i++)
		put_count(writer, i ? ", " : "", names[i], counts[i]);
	put(writer, "}");
}

static void put_packets(struct writer *writer)
{
	const struct sipbpf_packets *packets = counters__packets_const(writer->counters);

	put_count(writer, ", \"packets\": {", "seen", counters__packets_seen(writer->counters));
	put_count(writer, ", ", "sip", packets->sip);
	put_counts(writer, "reasons", reason_names, packets->reasons, SIPBPF_REASON_COUNT);
	put_count(writer, ", ", "gaps", packets->gaps);
	put_count(writer, ", ", "evicted", packets->evicted);
	put_count(writer, ", ", "truncated_headers", packets->truncated_headers);
	put_counts(writer, "tls_records", tls_record_names, packets->tls_records, SIPBPF_TLS_RECORD_COUNT);
	put_counts(writer, "encapsulations", encapsulation_names, packets->encapsulations, SIPBPF_ENCAPSULATION_COUNT);
	put(writer, "}");
}

static void put_unread_link(struct writer *writer, const struct unread_link *unread)
{
	char server[INET6_ADDRSTRLEN], client[INET6_ADDRSTRLEN];

	put(writer, "{\"server_ip\": \"");
	put(writer, link__server_text(&unread->link, server));
	put(writer, "\", \"client_ip\": \"");
	put(writer, link__client_text(&unread->link, client));
	put(writer, "\", \"transport\": \"");
	put(writer, link__transport_name(unread->link.transport));
	put_count(writer, "\", ", "server_port", unread->link.server_port);
	for (int cause = 0; cause < UNREAD_CAUSES; cause++)
		put_count(writer, ", ", unread__cause_name(cause), unread->packets[cause]);
	put(writer, "}");
}

static void put_unread(struct writer *writer, const struct unread *unread)
{
	put(writer, "{\"links\": [");
	for (size_t i = 0; i < unread->links_count; i++) {
		put(writer, i ? ", " : "");
		put_unread_link(writer, &unread->links[i]);
	}
	put(writer, unread->has_more_links ? "], \"more_links\": true" : "], \"more_links\": false");
	put(writer, ", \"tls_ports\": [");
	for (size_t i = 0; i < unread->ports_count; i++) {
		put(writer, i ? ", " : "");
		put_count(writer, "{", "port", unread->ports[i].port);
		put_count(writer, ", ", "handshakes", unread->ports[i].handshakes);
		put(writer, "}");
	}
	put(writer, unread->has_more_ports ? "], \"more_tls_ports\": true}" : "], \"more_tls_ports\": false}");
}

static int put_notices(struct writer *writer, const struct notices *notices)
{
	int error = 0;

	if (!notices || !notices->count)
		return 0;
	put(writer, ", \"notices\": [");
	for (size_t i = 0; !error && i < notices->count; i++) {
		put(writer, i ? ", " : "");
		error = put_quoted(writer, notices->list[i]);
	}
	put(writer, "]");
	return error;
}

/* Formats a time, an unknown one as "". */
static int format_time(const struct timespec *time, char ret_text[TIMESTAMP_SIZE])
{
	*ret_text = '\0';
	return timestamp__is_known(time) ? timestamp__format(time, ret_text) : 0;
}

static void put_time(struct writer *writer, const char *before, const char *time)
{
	if (!*time)
		return;
	put(writer, before);
	put(writer, time);
	put(writer, "\"");
}

static int write_snapshot(struct writer *writer, const struct json_options *options, const char *start, const char *end)
{
	const struct unread *unread = counters__unread(writer->counters);
	int error = quote_names(writer);

	if (error)
		return error;
	put(writer, "{\"schema\": \"" JSON_SCHEMA "\", \"name\": ");
	error = put_quoted(writer, options->name);
	if (error)
		return error;
	put_time(writer, ", \"start\": \"", start);
	put_time(writer, ", \"end\": \"", end);
	error = put_links(writer);
	if (error)
		return error;
	put_packets(writer);
	if (!unread__is_empty(unread)) {
		put(writer, ", \"unread\": ");
		put_unread(writer, unread);
	}
	error = put_notices(writer, options->notices);
	if (error)
		return error;
	put(writer, "}\n");
	return finish(writer);
}

int json__write_snapshot(FILE *out, const struct counters *counters, const struct json_options *options)
{
	char start[TIMESTAMP_SIZE], end[TIMESTAMP_SIZE];
	struct writer *writer;
	int error;

	if (format_time(&options->start, start) < 0 || format_time(&options->end, end) < 0)
		return -ERANGE;
	writer = calloc(1, sizeof(*writer));
	if (!writer)
		return -ENOMEM;
	writer->out = out;
	writer->counters = counters;
	error = write_snapshot(writer, options, start, end);
	free_names(writer->names, counters__types_count(counters));
	free(writer);
	return error;
}

int json__write_unread(FILE *out, const struct unread *unread)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	int error;

	if (!writer)
		return -ENOMEM;
	writer->out = out;
	put_unread(writer, unread);
	error = finish(writer);
	free(writer);
	return error;
}
