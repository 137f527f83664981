// SPDX-License-Identifier: BSD-2-Clause
/* See path_fields.h. */
#include "log/path_fields.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "log/values.h"

#define HASH_FACTOR 0x9e3779b97f4a7c15ULL

/* ---- what is known ---- */

/* Addresses and words differ most at their ends. */
static struct path_field *place_of(struct path_fields *fields, enum path_field_kind kind, const char *text,
				   size_t length)
{
	unsigned int last = (unsigned char)text[length - 1], middle = (unsigned char)text[length / 2];
	unsigned int before = length > 1 ? (unsigned char)text[length - 2] : 0;
	unsigned int place = last + before * 10 + middle * 31 + (unsigned int)length * 7 + (unsigned int)kind * 61;

	return &fields->known[place % PATH_FIELDS_KNOWN];
}

static int parse(enum path_field_kind kind, const char *text, size_t length, union path_field_value *ret_value)
{
	switch (kind) {
	case PATH_FIELD_ADDRESS:
		return values__parse_address(text, length, &ret_value->address);
	case PATH_FIELD_DIRECTION:
		return values__parse_direction(text, length, &ret_value->direction);
	case PATH_FIELD_TRANSPORT:
		return values__parse_transport(text, length, &ret_value->transport);
	case PATH_FIELD_NONE:
		break;
	}
	return -EINVAL;
}

static int read_value(struct path_fields *fields, enum path_field_kind kind, const char *text, size_t length,
		      union path_field_value *ret_value)
{
	struct path_field *field = place_of(fields, kind, text, length);
	int error;

	if (field->kind == kind && field->length == length && !memcmp(field->text, text, length)) {
		*ret_value = field->value;
		return 0;
	}
	error = parse(kind, text, length, ret_value);
	if (error || length > sizeof(field->text))
		return error;
	field->kind = kind;
	field->length = (unsigned char)length;
	memcpy(field->text, text, length);
	field->value = *ret_value;
	return 0;
}

/* ---- the path ---- */

/* The far end is the target of what was sent, and the source of what was received. */
static bool is_peer_target(const struct message_path *path)
{
	return path->has_direction && path->direction == LINK_OUT;
}

static void set_end(struct link_ends *ends, bool is_target, const struct in6_addr *address)
{
	*(is_target ? &ends->target : &ends->source) = *address;
	*(is_target ? &ends->has_target : &ends->has_source) = true;
}

/* Reads an address. Its length is that of eight bytes or two words of them, so that few instructions find it again. */
static int read_address(struct path_fields *fields, const char *text, size_t length, struct in6_addr *ret_address)
{
	struct path_address *known;
	uint64_t first, last;
	int error;

	memcpy(&first, text, sizeof(first));
	memcpy(&last, text + length - sizeof(last), sizeof(last));
	known = &fields->addresses[((first ^ last * HASH_FACTOR ^ length) * HASH_FACTOR) >>
				   (64 - PATH_FIELDS_ADDRESSES_BITS)];
	if (known->first == first && known->last == last && known->length == length) {
		*ret_address = known->address;
		return 0;
	}
	error = values__parse_address(text, length, ret_address);
	if (!error)
		*known = (struct path_address){
			.first = first, .last = last, .length = length, .address = *ret_address
		};
	return error;
}

static int enter_address(struct path_fields *fields, enum pattern_group group, const char *text, size_t length,
			 struct message_path *path)
{
	bool is_usual = length >= sizeof(uint64_t) && length <= 2 * sizeof(uint64_t);
	union path_field_value value;
	int error = is_usual ? read_address(fields, text, length, &value.address)
			     : read_value(fields, PATH_FIELD_ADDRESS, text, length, &value);

	if (error)
		return error;
	if (group == PATTERN_PEER)
		set_end(&path->ends, is_peer_target(path), &value.address);
	else if (!values__is_wildcard(&value.address)) /* a socket's own end, which receives for all addresses */
		set_end(&path->ends, group == PATTERN_DST, &value.address);
	return 0;
}

static int enter_port(enum pattern_group group, const char *text, size_t length, struct message_path *path)
{
	bool is_target = group == PATTERN_PEERPORT ? is_peer_target(path) : group == PATTERN_DPORT;

	return values__parse_port(text, length, is_target ? &path->ends.target_port : &path->ends.source_port);
}

static int enter_direction(struct path_fields *fields, const char *text, size_t length, struct message_path *path)
{
	union path_field_value value;
	int error = read_value(fields, PATH_FIELD_DIRECTION, text, length, &value);

	if (error)
		return error;
	path->direction = value.direction;
	path->has_direction = true;
	return 0;
}

static int enter_transport(struct path_fields *fields, const char *text, size_t length, struct message_path *path)
{
	union path_field_value value;
	int error = read_value(fields, PATH_FIELD_TRANSPORT, text, length, &value);

	if (!error)
		path->transport = value.transport;
	return error;
}

int path_fields__enter(struct path_fields *fields, enum pattern_group group, const char *text, size_t length,
		       struct message_path *path)
{
	switch (group) {
	case PATTERN_SRC:
	case PATTERN_DST:
	case PATTERN_PEER:
		return enter_address(fields, group, text, length, path);
	case PATTERN_SPORT:
	case PATTERN_DPORT:
	case PATTERN_PEERPORT:
		return enter_port(group, text, length, path);
	case PATTERN_DIRECTION:
		return enter_direction(fields, text, length, path);
	case PATTERN_TRANSPORT:
		return enter_transport(fields, text, length, path);
	default:
		return 0;
	}
}
