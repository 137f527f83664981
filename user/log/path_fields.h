/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups of a pattern that tell of a message's path: they become its ends, its direction and its transport. */
#ifndef PATH_FIELDS_H
#define PATH_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "classify/message.h"
#include "log/pattern.h"

#define PATH_FIELDS_KNOWN 128 /* a power of two */
#define PATH_FIELDS_ADDRESSES_BITS 10
#define PATH_FIELDS_ADDRESSES (1 << PATH_FIELDS_ADDRESSES_BITS)
#define PATH_FIELDS_TEXT_SIZE 46

enum path_field_kind { PATH_FIELD_NONE, PATH_FIELD_ADDRESS, PATH_FIELD_DIRECTION, PATH_FIELD_TRANSPORT };

union path_field_value {
	struct in6_addr address;
	enum link_direction direction;
	enum sip_transport transport;
};

/* What texts were found to mean, because a log repeats them. All zero: nothing is known. */
struct path_fields {
	struct path_field {
		enum path_field_kind kind;
		unsigned char length;
		char text[PATH_FIELDS_TEXT_SIZE];
		union path_field_value value;
	} known[PATH_FIELDS_KNOWN];
	/* addresses of usual length, by the first and the last eight bytes of their texts */
	struct path_address {
		uint64_t first, last;
		size_t length;
		struct in6_addr address;
	} addresses[PATH_FIELDS_ADDRESSES];
};

/*
 * Enters the value of a group, which is not empty, into a path. The direction comes first, because it says which end the
 * far one is. Returns 0, or -EINVAL if it is none. A group that tells of something else changes nothing.
 */
int path_fields__enter(struct path_fields *fields, enum pattern_group group, const char *text, size_t length,
		       struct message_path *path);

#endif
