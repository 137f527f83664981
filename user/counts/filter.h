/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters: which messages are wanted, by their type, their CSeq method and the addresses of their link. Knows no BPF
 * and no output format.
 *
 * A filter's types are names of methods and beginnings of status codes. Without any, all messages are wanted.
 * Otherwise:
 *
 * - A request is wanted if the method in its CSeq header is among the methods. INVITE stands for ReINVITE too. If
 *   there are only status codes, no request is wanted.
 * - A response is wanted if the method in its CSeq header is among the methods, if there are any, and if its status
 *   code begins with one of those given, if there are any. A strict filter wants responses only if status codes are
 *   given.
 *
 * If there are hosts, one end of the link must be among them. Neither end may be among the excluded hosts.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "counts/link.h"

/* The name of a method, or one to three digits. */
struct filter_type {
	char text[SIPBPF_NAME_SIZE];
};

/* All zero wants all messages. The arrays belong to the caller and must outlive their use. */
struct filter {
	const struct filter_type *types;
	size_t types_count;
	bool is_strict; /* the opposite of sipcounter's "greedy" */
	const struct link_network *hosts;
	size_t hosts_count;
	const struct link_network *excluded_hosts;
	size_t excluded_hosts_count;
};

/*
 * Parses a method ("INVITE": a token of RFC 3261 25.1 of up to 23 characters that does not begin with a digit) or the
 * beginning of a status code ("4", "50", "503"). Returns 0, or -EINVAL with *ret_type untouched.
 */
int filter_type__parse(const char *text, struct filter_type *ret_type);

/* Returns whether it is a method and not the beginning of a status code. */
bool filter_type__is_method(const struct filter_type *type);

/* Returns whether the filter leaves anything out. */
bool filter__is_active(const struct filter *filter);

/* Returns whether the hosts of a filter allow what passes between these two addresses; IPv4 as v4-mapped. */
bool filter__wants_hosts(const struct filter *filter, const struct in6_addr *one, const struct in6_addr *other);

/*
 * Returns whether a message of this type and CSeq method on this link is wanted. The messages of the link `other` have
 * neither addresses nor a CSeq method. Where those would decide, the message is wanted, so that none is lost.
 */
bool filter__wants(const struct filter *filter, const struct link *link, const char *type, const char *method);

#endif
