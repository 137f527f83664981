/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of message types. */
#ifndef TYPE_H
#define TYPE_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/sipbpf.h"

#define TYPE_TEXT_SIZE SIPBPF_NAME_SIZE

/*
 * Returns the name of a type that is not an extension method: "INVITE", "200", "UNKNOWN". It is in text or in static
 * storage.
 */
const char *type__text(__u32 type, char text[TYPE_TEXT_SIZE]);

/* Returns whether the name is in the list of methods, to which ReINVITE and UNKNOWN belong; extensions are not. */
bool type__is_known_method(const char *name);

/* Returns the known method that the name may stand for, or NULL if none is close. Static storage. */
const char *type__suggest_method(const char *name);

#endif
