/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters: which messages are wanted, by type and CSeq method and by the addresses of their link. Knows no BPF and no
 * output format.
 *
 * Types are names of methods and beginnings of status codes. Without any, all messages are wanted. Else:
 *
 * - A request is wanted when the method in its CSeq header is among the methods; INVITE stands for ReINVITE too. When
 *   only status codes are given, no request is wanted.
 * - A response is wanted when the method in its CSeq header is among the methods, if there are any, and its status code
 *   begins with one of those given, if there are any. A strict filter wants no response unless status codes are given.
 *
 * Of hosts, one end of the link must be among them; of excluded hosts, neither end may be.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "counts/link.h"

/* A method's name, or one to three digits. */
struct filter_type {
	char text[SIPBPF_NAME_SIZE];
};

/* All zero wants everything. The arrays belong to the caller and must outlive their use. */
struct filter {
	const struct filter_type *types;
	size_t types_count;
	bool is_strict; /* not greedy, in sipcounter's words */
	const struct link_network *hosts;
	size_t hosts_count;
	const struct link_network *excluded_hosts;
	size_t excluded_hosts_count;
};

/*
 * Parses a method ("INVITE": a token of RFC 3261 25.1 of up to 23 characters that begins with no digit) or the beginning
 * of a status code ("4", "50", "503"). Returns 0, or -EINVAL and *ret_type untouched.
 */
int filter_type__parse(const char *text, struct filter_type *ret_type);

/* Whether it is a method, not the beginning of a status code. */
bool filter_type__is_method(const struct filter_type *type);

/* Whether anything at all is left out. */
bool filter__is_active(const struct filter *filter);

/* Whether the hosts of a filter want what passes between these two addresses; IPv4 as v4-mapped. */
bool filter__wants_hosts(const struct filter *filter, const struct in6_addr *one, const struct in6_addr *other);

/*
 * Whether a message of this type and CSeq method on this link is wanted. What cannot be told of the row `other` (its
 * messages have neither addresses nor a method) counts in favour of it, so that none is lost.
 */
bool filter__wants(const struct filter *filter, const struct link *link, const char *type, const char *method);

#endif
