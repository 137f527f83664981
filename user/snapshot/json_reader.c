// SPDX-License-Identifier: BSD-2-Clause
/*
 * The JSON library reads values whole, and a snapshot of a million links would take gigabytes. So the outermost object
 * and the array of links are taken apart here, and each value within is given to the library by itself.
 */
#include "snapshot/json_reader.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "counts/packet_names.h"
#include "snapshot/json.h"
#include "snapshot/json_quick.h"
#include "snapshot/json_stream.h"

#define MEMBER_SIZE 33
#define PLACE_SIZE (MEMBER_SIZE + JSON_PATH_SIZE + 32)
#define NO_INDEX SIZE_MAX
#define OVERFLOW_SIZE 96
#define SNAPSHOT_START "{\"schema\"" /* as sipbpf writes it, on a line of its own */

/* The members of a snapshot that are known. */
enum member {
	MEMBER_SCHEMA,
	MEMBER_NAME,
	MEMBER_START,
	MEMBER_END,
	MEMBER_LINKS,
	MEMBER_PACKETS,
	MEMBER_UNREAD,
	MEMBERS
};

static const char *const member_names[MEMBERS] = {
	[MEMBER_SCHEMA] = "schema", [MEMBER_NAME] = "name",       [MEMBER_START] = "start",   [MEMBER_END] = "end",
	[MEMBER_LINKS] = "links",   [MEMBER_PACKETS] = "packets", [MEMBER_UNREAD] = "unread",
};

/* Where within the value that is being read the fields belong that refuse_field() refuses. */
struct place {
	const char *member; /* NULL: to the value itself */
	size_t index;       /* in the member, if it is an array; else NO_INDEX */
};

struct json_reader {
	struct json_stream stream;
	const char *name;
	bool has_begun; /* a first snapshot, which tells that the file is of this kind */

	/* The snapshot that is being read, and where in it. Its counts are added to others when it is whole. */
	struct counters *counters;
	struct json_snapshot snapshot;
	bool seen[MEMBERS];
	char member[MEMBER_SIZE]; /* of the outermost object; "": none */
	size_t link_index;        /* in "links"; NO_INDEX: outside */
	struct place place;
	struct json_quick_link quick;
};

/* Notes what is wrong with a field at reader->place, or with the place itself if the field is NULL. Returns -EINVAL. */
static int refuse_field(struct json_reader *reader, const char *field, const char *what)
{
	char path[JSON_PATH_SIZE] = "";
	size_t length = 0;

	if (reader->place.member)
		length = (size_t)snprintf(path, sizeof(path), "%s", reader->place.member);
	if (reader->place.member && reader->place.index != NO_INDEX)
		length += (size_t)snprintf(path + length, sizeof(path) - length, "[%zu]", reader->place.index);
	if (field)
		snprintf(path + length, sizeof(path) - length, "%s%s", length ? "." : "", field);
	return json_stream__refuse_part(&reader->stream, path, what);
}

/* Reads the next value by a function. */
static int read_value(struct json_reader *reader, int (*read)(struct json_reader *reader, const json_t *value))
{
	json_t *value;
	int error = json_stream__value(&reader->stream, &value);

	if (error)
		return error;
	reader->place.member = NULL;
	error = read(reader, value);
	json_decref(value);
	if (!error)
		json_stream__consume(&reader->stream);
	return error;
}

/* ---- fields ---- */

/* A member that is a string which is not empty; owned by the object. NULL after an error message. */
static const char *get_string(struct json_reader *reader, const json_t *object, const char *field)
{
	const char *string = json_string_value(json_object_get(object, field));

	if (!string || !*string) {
		refuse_field(reader, field, "must be a string that is not empty");
		return NULL;
	}
	return string;
}

static int get_number(struct json_reader *reader, const json_t *object, const char *field, json_int_t maximum,
		      __u64 *ret_number)
{
	const json_t *number = json_object_get(object, field);
	char what[64];

	if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > maximum) {
		snprintf(what, sizeof(what), "must be a whole number from 0 to %lld", (long long)maximum);
		return refuse_field(reader, field, what);
	}
	*ret_number = (__u64)json_integer_value(number);
	return 0;
}

/* A number that may be missing, and is 0 then. */
static int get_optional(struct json_reader *reader, const json_t *object, const char *field, __u64 *ret_number)
{
	if (json_object_get(object, field))
		return get_number(reader, object, field, INT64_MAX, ret_number);
	*ret_number = 0;
	return 0;
}

static int get_port(struct json_reader *reader, const json_t *object, const char *field, __u16 *ret_port)
{
	__u64 number = 0;
	int error = get_number(reader, object, field, UINT16_MAX, &number);

	if (!error)
		*ret_port = (__u16)number;
	return error;
}

static int get_server(struct json_reader *reader, const json_t *object, struct link *link)
{
	const char *text = get_string(reader, object, "server_ip");

	if (!text)
		return -EINVAL;
	if (!strcmp(text, "local"))
		link->server_end = LINK_END_UNNAMED;
	else if (link__parse_address(text, &link->server) < 0)
		return refuse_field(reader, "server_ip", "must be an IPv4 or IPv6 address, or \"local\"");
	return 0;
}

static int get_client(struct json_reader *reader, const json_t *object, struct link *link)
{
	const char *text = json_string_value(json_object_get(object, "client_ip"));

	if (text && !*text)
		link->client_end = LINK_END_NONE;
	else if (text && !strcmp(text, "remote"))
		link->client_end = LINK_END_UNNAMED;
	else if (!text || link__parse_address(text, &link->client) < 0)
		return refuse_field(reader, "client_ip", "must be an IPv4 or IPv6 address, \"remote\" or empty");
	return 0;
}

static int get_transport(struct json_reader *reader, const json_t *object, struct link *link)
{
	const char *text = json_string_value(json_object_get(object, "transport"));
	enum sip_transport transport;

	if (!text || link__parse_transport(text, &transport) < 0)
		return refuse_field(reader, "transport", "must be UDP, TCP, TLS, SCTP, WS, WSS or empty");
	link->transport = (__u8)transport;
	return 0;
}

static int get_link(struct json_reader *reader, const json_t *object, struct link *ret_link)
{
	const json_t *other = json_object_get(object, "other");
	int error = 0;

	*ret_link = (struct link){ 0 };
	if (other && !json_is_boolean(other))
		return refuse_field(reader, "other", "must be true or false");
	ret_link->is_other = json_is_true(other);
	if (ret_link->is_other)
		return 0;
	error = get_server(reader, object, ret_link);
	if (!error)
		error = get_client(reader, object, ret_link);
	if (!error)
		error = get_transport(reader, object, ret_link);
	if (!error)
		error = get_port(reader, object, "server_port", &ret_link->server_port);
	if (!error)
		error = get_port(reader, object, "client_port", &ret_link->client_port);
	return error;
}

static int get_direction(struct json_reader *reader, const json_t *object, enum link_direction *ret_direction)
{
	static const char *const names[LINK_DIRECTIONS] = {
		[LINK_IN] = "in", [LINK_OUT] = "out", [LINK_BOTH] = "both"
	};
	const char *text = json_string_value(json_object_get(object, "direction"));
	int direction = 0;

	while (text && direction < LINK_DIRECTIONS && strcmp(names[direction], text) != 0)
		direction++;
	if (!text || direction == LINK_DIRECTIONS)
		return refuse_field(reader, "direction", "must be in, out or both");
	*ret_direction = direction;
	return 0;
}

/* ---- links ---- */

/* Says so when a field is too much for the counters. Returns the error. */
static const char *describe_overflow(char text[OVERFLOW_SIZE])
{
	snprintf(text, OVERFLOW_SIZE, "together with what was counted before, this is more than %lld",
		 (long long)COUNTERS_MAX);
	return text;
}

static int refuse_overflow(struct json_reader *reader, const char *field, int error)
{
	char what[OVERFLOW_SIZE];

	if (error == -EOVERFLOW)
		refuse_field(reader, field, describe_overflow(what));
	return error;
}

static int read_message(struct json_reader *reader, const struct link *link, const json_t *message)
{
	enum link_direction direction = LINK_BOTH;
	const char *type, *method;
	__u64 count = 0;
	int error;

	if (!json_is_object(message))
		return refuse_field(reader, NULL, "must be an object");
	error = get_direction(reader, message, &direction);
	if (error)
		return error;
	type = get_string(reader, message, "type");
	method = type ? get_string(reader, message, "method") : NULL;
	if (!method)
		return -EINVAL;
	error = get_number(reader, message, "count", INT64_MAX, &count);
	if (error)
		return error;
	return refuse_overflow(reader, "count", counters__add(reader->counters, link, direction, type, method, count));
}

static int read_link(struct json_reader *reader, const json_t *object)
{
	const json_t *messages = json_object_get(object, "messages");
	struct link link;
	size_t i;
	int error;

	if (!json_is_object(object))
		return refuse_field(reader, NULL, "must be an object");
	error = get_link(reader, object, &link);
	if (error)
		return error;
	if (!json_is_array(messages))
		return refuse_field(reader, "messages", "must be an array");
	reader->place.member = "messages";
	if (!json_array_size(messages))
		return counters__mark_visible(reader->counters, &link);
	for (i = 0; !error && i < json_array_size(messages); i++) {
		reader->place.index = i;
		error = read_message(reader, &link, json_array_get(messages, i));
	}
	return error;
}

/* Reads the next link the short way. Returns 1, 0 if it must be read the long way, or a negative errno. */
static int read_link_quickly(struct json_reader *reader)
{
	struct json_quick_link *quick = &reader->quick;
	const struct json_quick_message *message;
	const char *text = NULL;
	size_t length = 0, i;
	int error = json_stream__text(&reader->stream, &text, &length);

	if (error || !json_quick__read_link(text, length, quick))
		return error;
	reader->place.member = "messages";
	if (!quick->messages_count)
		error = counters__mark_visible(reader->counters, &quick->link);
	for (i = 0; !error && i < quick->messages_count; i++) {
		message = &quick->messages[i];
		reader->place.index = i;
		error = refuse_overflow(reader, "count",
					counters__add(reader->counters, &quick->link, message->direction, message->type,
						      message->method, message->count));
	}
	if (error)
		return error;
	json_stream__consume(&reader->stream);
	return 1;
}

static int read_next_link(void *context)
{
	struct json_reader *reader = context;
	int error;

	reader->link_index++;
	error = read_link_quickly(reader);
	if (error)
		return error < 0 ? error : 0;
	return read_value(reader, read_link);
}

static int read_links(struct json_reader *reader)
{
	int error = json_stream__expect(&reader->stream, '[');

	if (error)
		return error;
	reader->link_index = NO_INDEX; /* one before 0 */
	error = json_stream__list(&reader->stream, ']', read_next_link, reader);
	if (!error)
		reader->link_index = NO_INDEX;
	return error;
}

/* ---- the rest of a snapshot ---- */

static int add_packets(struct json_reader *reader, const char *field, const struct sipbpf_packets *packets)
{
	return refuse_overflow(reader, field, counters__add_packets(reader->counters, packets));
}

/* An object of counts by name, which stand together at this offset of struct sipbpf_packets; any may be missing. */
static int read_counts(struct json_reader *reader, const json_t *object, const char *part, const char *const *names,
		       size_t count, size_t offset)
{
	struct sipbpf_packets packets;
	__u64 *counts = (__u64 *)((char *)&packets + offset);
	size_t i;
	int error;

	if (!json_is_object(object))
		return refuse_field(reader, part, "must be an object");
	reader->place.member = part;
	reader->place.index = NO_INDEX;
	for (i = 0; i < count; i++) {
		packets = (struct sipbpf_packets){ 0 };
		error = get_optional(reader, object, names[i], &counts[i]);
		if (!error)
			error = add_packets(reader, names[i], &packets);
		if (error)
			return error;
	}
	reader->place.member = NULL;
	return 0;
}

/* Likewise; the object itself may be missing. */
static int read_optional_counts(struct json_reader *reader, const json_t *packets, const char *part,
				const char *const *names, size_t count, size_t offset)
{
	const json_t *object = json_object_get(packets, part);

	return object ? read_counts(reader, object, part, names, count, offset) : 0;
}

/* What was lost of flows and datagrams. Snapshots of earlier versions lack some of it. */
static int read_losses(struct json_reader *reader, const json_t *object)
{
	static const struct {
		const char *name;
		size_t offset;
	} losses[] = {
		{ "gaps", offsetof(struct sipbpf_packets, gaps) },
		{ "evicted", offsetof(struct sipbpf_packets, evicted) },
		{ "truncated_headers", offsetof(struct sipbpf_packets, truncated_headers) },
	};
	int error = 0;
	size_t i;

	for (i = 0; !error && i < sizeof(losses) / sizeof(losses[0]); i++) {
		struct sipbpf_packets packets = { 0 };

		error = get_optional(reader, object, losses[i].name, (__u64 *)((char *)&packets + losses[i].offset));
		if (!error)
			error = add_packets(reader, losses[i].name, &packets);
	}
	return error;
}

static int read_packets(struct json_reader *reader, const json_t *object)
{
	struct sipbpf_packets packets = { 0 };
	__u64 seen = 0;
	int error;

	if (!json_is_object(object))
		return refuse_field(reader, NULL, "must be an object");
	error = get_number(reader, object, "seen", INT64_MAX, &seen);
	if (!error)
		error = get_number(reader, object, "sip", INT64_MAX, &packets.sip);
	if (!error)
		error = add_packets(reader, "sip", &packets);
	if (!error)
		error = read_losses(reader, object);
	if (!error)
		error = read_counts(reader, json_object_get(object, "reasons"), "reasons", reason_names,
				    SIPBPF_REASON_COUNT, offsetof(struct sipbpf_packets, reasons));
	if (!error)
		error = read_optional_counts(reader, object, "tls_records", tls_record_names, SIPBPF_TLS_RECORD_COUNT,
					     offsetof(struct sipbpf_packets, tls_records));
	if (!error)
		error = read_optional_counts(reader, object, "encapsulations", encapsulation_names,
					     SIPBPF_ENCAPSULATION_COUNT,
					     offsetof(struct sipbpf_packets, encapsulations));
	return error;
}

static int read_unread_link(struct json_reader *reader, const json_t *object, struct unread *unread)
{
	struct link link = {};
	__u64 packets = 0;
	int error;

	if (!json_is_object(object))
		return refuse_field(reader, NULL, "must be an object");
	error = get_server(reader, object, &link);
	if (!error)
		error = get_client(reader, object, &link);
	if (!error)
		error = get_transport(reader, object, &link);
	if (!error)
		error = get_port(reader, object, "server_port", &link.server_port);
	for (int cause = 0; !error && cause < UNREAD_CAUSES; cause++) {
		error = get_number(reader, object, unread__cause_name(cause), INT64_MAX, &packets);
		if (!error)
			unread__add_link(unread, &link, cause, packets);
	}
	return error;
}

static int read_tls_port(struct json_reader *reader, const json_t *object, struct unread *unread)
{
	__u64 handshakes = 0;
	__u16 port = 0;
	int error;

	if (!json_is_object(object))
		return refuse_field(reader, NULL, "must be an object");
	error = get_port(reader, object, "port", &port);
	if (!error)
		error = get_number(reader, object, "handshakes", INT64_MAX, &handshakes);
	if (!error)
		unread__add_port(unread, port, handshakes);
	return error;
}

/* Reads each element of an array that is a member of the object. */
static int read_elements(struct json_reader *reader, const json_t *object, const char *member, struct unread *unread,
			 int (*read)(struct json_reader *, const json_t *, struct unread *))
{
	const json_t *array = json_object_get(object, member);
	int error = 0;

	if (!json_is_array(array))
		return refuse_field(reader, member, "must be an array");
	reader->place.member = member;
	for (reader->place.index = 0; !error && reader->place.index < json_array_size(array); reader->place.index++)
		error = read(reader, json_array_get(array, reader->place.index), unread);
	reader->place.member = NULL;
	return error;
}

static int read_unread(struct json_reader *reader, const json_t *object)
{
	struct unread unread = {};
	int error;

	if (!json_is_object(object))
		return refuse_field(reader, NULL, "must be an object");
	unread.has_more_links = json_is_true(json_object_get(object, "more_links"));
	unread.has_more_ports = json_is_true(json_object_get(object, "more_tls_ports"));
	error = read_elements(reader, object, "links", &unread, read_unread_link);
	if (!error)
		error = read_elements(reader, object, "tls_ports", &unread, read_tls_port);
	if (!error)
		counters__merge_unread(reader->counters, &unread);
	return error;
}

static int read_schema(struct json_reader *reader, const json_t *value)
{
	const char *text = json_string_value(value);

	return text && !strcmp(text, JSON_SCHEMA) ? 0 : refuse_field(reader, NULL, "must be \"" JSON_SCHEMA "\"");
}

static int read_name(struct json_reader *reader, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!text)
		return refuse_field(reader, NULL, "must be a string");
	reader->snapshot.name = strdup(text);
	return reader->snapshot.name ? 0 : -ENOMEM;
}

static int read_time(struct json_reader *reader, const json_t *value, struct timespec *ret_time)
{
	const char *text = json_string_value(value);

	return text && !timestamp__parse(text, ret_time)
		       ? 0
		       : refuse_field(reader, NULL, "must be a time such as 2026-01-31T12:34:56Z");
}

static int read_start(struct json_reader *reader, const json_t *value)
{
	return read_time(reader, value, &reader->snapshot.start);
}

static int read_end(struct json_reader *reader, const json_t *value)
{
	return read_time(reader, value, &reader->snapshot.end);
}

static int read_unknown(struct json_reader *reader, const json_t *value)
{
	return 0;
}

static enum member find_member(const char *name)
{
	int member = 0;

	while (member < MEMBERS && strcmp(member_names[member], name) != 0)
		member++;
	return member;
}

static int read_member_value(struct json_reader *reader, enum member member)
{
	static int (*const functions[MEMBERS + 1])(struct json_reader *, const json_t *) = {
		[MEMBER_SCHEMA] = read_schema, [MEMBER_NAME] = read_name,       [MEMBER_START] = read_start,
		[MEMBER_END] = read_end,       [MEMBER_PACKETS] = read_packets, [MEMBER_UNREAD] = read_unread,
		[MEMBERS] = read_unknown,
	};

	return member == MEMBER_LINKS ? read_links(reader) : read_value(reader, functions[member]);
}

/* The name of a member, in quotes. */
static int read_member_name(struct json_reader *reader, const json_t *value)
{
	const char *name = json_string_value(value);

	if (!name)
		return refuse_field(reader, NULL, "expected the name of a member in quotes");
	snprintf(reader->member, sizeof(reader->member), "%s", name);
	return 0;
}

static int read_member(void *context)
{
	struct json_reader *reader = context;
	enum member member;
	int error = read_value(reader, read_member_name);

	if (error)
		return error;
	member = find_member(reader->member);
	error = json_stream__expect(&reader->stream, ':');
	if (error)
		return error;
	if (member < MEMBERS && reader->seen[member])
		return json_stream__refuse(&reader->stream, "appears twice");
	error = read_member_value(reader, member);
	if (error)
		return error;
	if (member < MEMBERS)
		reader->seen[member] = true;
	reader->member[0] = '\0';
	return 0;
}

static int require_member(struct json_reader *reader, enum member member, const char *what)
{
	if (reader->seen[member])
		return 0;
	snprintf(reader->member, sizeof(reader->member), "%s", member_names[member]);
	return json_stream__refuse(&reader->stream, "%s", what);
}

static int read_snapshot(struct json_reader *reader)
{
	int error = json_stream__expect(&reader->stream, '{');

	if (!error) {
		reader->has_begun = true;
		json_stream__enter(&reader->stream, SNAPSHOT_START);
		error = json_stream__list(&reader->stream, '}', read_member, reader);
		json_stream__leave(&reader->stream);
	}
	if (!error)
		error = require_member(reader, MEMBER_SCHEMA, "is missing; is this a snapshot of sipbpf?");
	if (!error)
		error = require_member(reader, MEMBER_LINKS, "is missing");
	if (!error && !reader->snapshot.name) {
		reader->snapshot.name = strdup("");
		error = reader->snapshot.name ? 0 : -ENOMEM;
	}
	return error;
}

/* Where the error is: "links[3].messages[0].count: " or the like; "" if there is nothing to say. */
static void describe_place(const struct json_reader *reader, char text[PLACE_SIZE])
{
	const char *path = reader->stream.error_path;
	int length = snprintf(text, PLACE_SIZE, "%s", reader->member);

	if (reader->link_index != NO_INDEX)
		length += snprintf(text + length, PLACE_SIZE - (size_t)length, "[%zu]", reader->link_index);
	if (*path)
		length += snprintf(text + length, PLACE_SIZE - (size_t)length, "%s%s",
				   length && *path != '[' ? "." : "", path);
	if (length)
		snprintf(text + length, PLACE_SIZE - (size_t)length, ": ");
}

static void describe_error(const struct json_reader *reader, int error, char *ret_error)
{
	char place[PLACE_SIZE];

	if (error != -EINVAL && error != -EOVERFLOW && error != -EBADMSG) {
		snprintf(ret_error, JSON_READER_ERROR_SIZE, "%.200s: %s", reader->name, strerror(-error));
		return;
	}
	if (!reader->has_begun) {
		snprintf(ret_error, JSON_READER_ERROR_SIZE,
			 "%.200s:%llu: not a JSON snapshot: %s; --format json writes one", reader->name,
			 (unsigned long long)reader->stream.error_line, reader->stream.error);
		return;
	}
	describe_place(reader, place);
	snprintf(ret_error, JSON_READER_ERROR_SIZE, "%.200s:%llu: %s%s", reader->name,
		 (unsigned long long)reader->stream.error_line, place, reader->stream.error);
}

struct json_reader *json_reader__new(FILE *in, const char *name)
{
	struct json_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->stream = json_stream__start(in);
	reader->name = name;
	reader->counters = counters__new();
	if (reader->counters)
		return reader;
	json_reader__free(reader);
	return NULL;
}

void json_reader__free(struct json_reader *reader)
{
	if (!reader)
		return;
	json_stream__end(&reader->stream);
	counters__free(reader->counters);
	free(reader);
}

static void begin_snapshot(struct json_reader *reader, const struct counters *counters)
{
	counters__clear(reader->counters);
	counters__set_like(reader->counters, counters);
	reader->snapshot = (struct json_snapshot){ 0 };
	memset(reader->seen, 0, sizeof(reader->seen));
	reader->member[0] = '\0';
	reader->link_index = NO_INDEX;
}

/* Adds what was read to the counters. */
static int end_snapshot(struct json_reader *reader, struct counters *counters)
{
	int error = counters__take_over(counters, reader->counters);
	char what[OVERFLOW_SIZE];

	if (error == -EOVERFLOW)
		json_stream__refuse(&reader->stream, "%s", describe_overflow(what));
	return error;
}

int json_reader__next(struct json_reader *reader, struct counters *counters, struct json_snapshot *ret_snapshot,
		      char *ret_error)
{
	int result = json_stream__peek(&reader->stream);

	if (result == 0)
		return 0;
	begin_snapshot(reader, counters);
	if (result > 0)
		result = read_snapshot(reader);
	if (result == 0)
		result = end_snapshot(reader, counters);
	if (result < 0) {
		free(reader->snapshot.name);
		describe_error(reader, result, ret_error);
		if (result == -EBADMSG)
			json_stream__skip_cut(&reader->stream);
		return result;
	}
	*ret_snapshot = reader->snapshot;
	return 1;
}
