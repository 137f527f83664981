/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extension methods in the programs: which names have a number, and what each number in a row means. A program gives a
 * new name a number if one is free. Here numbers are taken back from names that are not in use, so that invented names
 * cannot keep them, and names in use get one that is free. A number is free again only when both banks have been emptied
 * since, because until then rows with its old meaning may come.
 */
#ifndef EXTENSIONS_H
#define EXTENSIONS_H

#include "kernel/probe.h"

struct extensions;

/*
 * Returns the extension methods of these maps, which must outlive them, or NULL if memory is short. The caller frees
 * them. extensions__free(NULL) is fine.
 */
struct extensions *extensions__new(const struct probe_maps *maps);
void extensions__free(struct extensions *extensions);

/* Reads the names to which programs have given numbers. Call it before rows are looked at. */
void extensions__read(struct extensions *extensions);

/* Whether the type is the number of an extension method. */
bool extensions__is_one(__u32 type);

/* Returns the name of the extension method with this number, "" if it has none. Valid until the next call of another. */
const char *extensions__name(const struct extensions *extensions, __u32 type);

/* Notes that messages of this type and CSeq method (enum sip_type) have been counted. */
void extensions__note(struct extensions *extensions, __u32 type, __u32 method);

/*
 * Says that a collection has ended: banks were swapped, one was emptied, and the other row has been read. Takes back and
 * gives out numbers.
 */
void extensions__end_collection(struct extensions *extensions);

#endif
