// SPDX-License-Identifier: BSD-2-Clause
/* See unread.h. */
#include "counts/unread.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK_DEPTH 4
#define TOLD_LINKS_MAX 4 /* in one line */

static void add_up(__u64 *sum, __u64 count)
{
	*sum = count > INT64_MAX - *sum ? INT64_MAX : *sum + count;
}

/* ---- links ---- */

static struct unread_link *find_link(struct unread *unread, const struct link *link)
{
	for (size_t i = 0; i < unread->links_count; i++)
		if (memcmp(&unread->links[i].link, link, sizeof(*link)) == 0)
			return &unread->links[i];
	return NULL;
}

static struct unread_link *find_or_add_link(struct unread *unread, const struct link *link)
{
	struct unread_link *found = find_link(unread, link);

	if (found || link->is_other)
		return found;
	if (unread->links_count == UNREAD_LINKS_MAX) {
		unread->has_more_links = true;
		return NULL;
	}
	found = &unread->links[unread->links_count++];
	*found = (struct unread_link){ .link = *link };
	return found;
}

void unread__add_link(struct unread *unread, const struct link *link, enum unread_cause cause, __u64 packets)
{
	const struct link key = link__at_depth(link, LINK_DEPTH);
	struct unread_link *found = packets ? find_or_add_link(unread, &key) : NULL;

	if (found)
		add_up(&found->packets[cause], packets);
}

/* ---- ports ---- */

/* Ports of other protocols over TLS, by the registry of service names: HTTPS, SMTP, NNTP, LDAP, DNS, FTP, IMAP, POP3. */
static bool belongs_to_others(__u16 port)
{
	static const __u16 ports[] = { 443, 465, 563, 636, 853, 989, 990, 992, 993, 995 };

	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		if (port == ports[i])
			return true;
	return false;
}

static struct unread_port *find_port(struct unread *unread, __u16 port)
{
	for (size_t i = 0; i < unread->ports_count; i++)
		if (unread->ports[i].port == port)
			return &unread->ports[i];
	return NULL;
}

void unread__add_port(struct unread *unread, __u16 port, __u64 handshakes)
{
	struct unread_port *found = find_port(unread, port);

	if (belongs_to_others(port) || !handshakes)
		return;
	if (!found && unread->ports_count == UNREAD_PORTS_MAX) {
		unread->has_more_ports = true;
		return;
	}
	if (!found) {
		found = &unread->ports[unread->ports_count++];
		*found = (struct unread_port){ .port = port };
	}
	add_up(&found->handshakes, handshakes);
}

/* ---- sums and differences ---- */

void unread__merge(struct unread *target, const struct unread *source)
{
	for (size_t i = 0; i < source->links_count; i++)
		for (int cause = 0; cause < UNREAD_CAUSES; cause++)
			unread__add_link(target, &source->links[i].link, cause, source->links[i].packets[cause]);
	for (size_t i = 0; i < source->ports_count; i++)
		unread__add_port(target, source->ports[i].port, source->ports[i].handshakes);
	target->has_more_links |= source->has_more_links;
	target->has_more_ports |= source->has_more_ports;
}

static __u64 less(__u64 count, __u64 by)
{
	return count > by ? count - by : 0;
}

static bool has_packets(const struct unread_link *link)
{
	__u64 packets = 0;

	for (int cause = 0; cause < UNREAD_CAUSES; cause++)
		packets |= link->packets[cause];
	return packets;
}

static void remove_empty(struct unread *unread)
{
	size_t links = 0, ports = 0;

	for (size_t i = 0; i < unread->links_count; i++)
		if (has_packets(&unread->links[i]))
			unread->links[links++] = unread->links[i];
	for (size_t i = 0; i < unread->ports_count; i++)
		if (unread->ports[i].handshakes)
			unread->ports[ports++] = unread->ports[i];
	unread->links_count = links;
	unread->ports_count = ports;
}

void unread__subtract(struct unread *target, const struct unread *source)
{
	for (size_t i = 0; i < source->links_count; i++) {
		struct unread_link *link = find_link(target, &source->links[i].link);

		for (int cause = 0; link && cause < UNREAD_CAUSES; cause++)
			link->packets[cause] = less(link->packets[cause], source->links[i].packets[cause]);
	}
	for (size_t i = 0; i < source->ports_count; i++) {
		struct unread_port *port = find_port(target, source->ports[i].port);

		if (port)
			port->handshakes = less(port->handshakes, source->ports[i].handshakes);
	}
	remove_empty(target);
}

bool unread__is_empty(const struct unread *unread)
{
	return !unread->links_count && !unread->ports_count;
}

/* ---- what is said of it ---- */

enum unread_cause unread__cause_of(enum sipbpf_reason reason)
{
	switch (reason) {
	case SIPBPF_REASON_COMPRESSED:
		return UNREAD_COMPRESSED;
	case SIPBPF_REASON_ENCRYPTED:
		return UNREAD_ENCRYPTED;
	case SIPBPF_REASON_MALFORMED:
		return UNREAD_MALFORMED;
	default:
		return UNREAD_GAPS;
	}
}

const char *unread__cause_name(enum unread_cause cause)
{
	static const char *const names[UNREAD_CAUSES] = {
		[UNREAD_COMPRESSED] = "compressed",
		[UNREAD_ENCRYPTED] = "encrypted",
		[UNREAD_GAPS] = "gaps",
		[UNREAD_MALFORMED] = "malformed",
	};

	return names[cause];
}

/* "10.0.0.1-TCP-5060-10.0.0.2 (gaps, malformed)" */
static void write_link(FILE *out, const struct unread_link *link, const char *separator)
{
	char server[INET6_ADDRSTRLEN], client[INET6_ADDRSTRLEN];
	const char *comma = "";

	fprintf(out, "%s%s%s%s%u%s%s (", link__server_text(&link->link, server), separator,
		link__transport_name(link->link.transport), separator, link->link.server_port, separator,
		link__client_text(&link->link, client));
	for (int cause = 0; cause < UNREAD_CAUSES; cause++) {
		if (!link->packets[cause])
			continue;
		fprintf(out, "%s%s", comma, unread__cause_name(cause));
		comma = ", ";
	}
	putc(')', out);
}

static void write_links(FILE *out, const struct unread *unread, const char *separator)
{
	size_t told = unread->links_count < TOLD_LINKS_MAX ? unread->links_count : TOLD_LINKS_MAX;
	size_t more = unread->links_count - told;

	fputs("not read in part: ", out);
	for (size_t i = 0; i < told; i++) {
		fputs(i ? ", " : "", out);
		write_link(out, &unread->links[i], separator);
	}
	if (more || unread->has_more_links)
		fprintf(out, " and %s%zu more link%s", unread->has_more_links ? "at least " : "",
			more + unread->has_more_links, more + unread->has_more_links == 1 ? "" : "s");
}

static void write_ports(FILE *out, const struct unread *unread)
{
	fputs("TLS on ", out);
	for (size_t i = 0; i < unread->ports_count; i++)
		fprintf(out, "%s%u", i ? ", " : "", unread->ports[i].port);
	fputs(unread->has_more_ports ? " and more ports: --server-port " : ": --server-port ", out);
	for (size_t i = 0; i < unread->ports_count; i++)
		fprintf(out, "%s%u", i ? "," : "", unread->ports[i].port);
}

static int add_text(struct notices *notices, FILE *out, char **text)
{
	int error = fclose(out) == 0 ? notices__add(notices, "%s", *text) : -ENOMEM;

	free(*text);
	return error;
}

int unread__notice(const struct unread *unread, const char *separator, struct notices *notices)
{
	char *text = NULL;
	size_t size;
	FILE *out;
	int error = 0;

	if (unread->links_count) {
		out = open_memstream(&text, &size);
		if (!out)
			return -ENOMEM;
		write_links(out, unread, separator);
		error = add_text(notices, out, &text);
	}
	if (!error && unread->ports_count) {
		out = open_memstream(&text, &size);
		if (!out)
			return -ENOMEM;
		write_ports(out, unread);
		error = add_text(notices, out, &text);
	}
	return error;
}
