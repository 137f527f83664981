// SPDX-License-Identifier: BSD-2-Clause
/* The settings of a counter. Tested by tests/library/test_library.c. */
#include "library/sipcounter_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535

/* A kind of list: how to parse an element, and its size. */
struct list_kind {
	int (*parse)(const char *text, void *ret_element);
	size_t size;
};

static int parse_type(const char *text, void *ret_element)
{
	return filter_type__parse(text, ret_element);
}

static int parse_network(const char *text, void *ret_element)
{
	return link_network__parse(text, ret_element);
}

static int parse_port(const char *text, void *ret_element)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long port = digits && digits <= 5 && !text[digits] ? strtoul(text, NULL, 10) : 0;

	if (port < 1 || port > PORT_MAX)
		return -EINVAL;
	*(__u16 *)ret_element = (__u16)port;
	return 0;
}

static const struct list_kind type_list = { parse_type, sizeof(struct filter_type) };
static const struct list_kind network_list = { parse_network, sizeof(struct link_network) };
static const struct list_kind port_list = { parse_port, sizeof(__u16) };

static size_t count_elements(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == ',';
	return count;
}

/* Parses a list separated by commas into an array, which replaces *list. On failure *list stays. */
static int set_list(const struct list_kind *kind, const char *text, const void **list, size_t *count)
{
	size_t wanted = text ? count_elements(text) : 0, parsed = 0;
	char *elements = calloc(wanted + 1, kind->size), *copy = strdup(text ? text : ""), *rest = copy;
	int error = elements && copy ? 0 : -ENOMEM;

	for (; !error && parsed < wanted; parsed++)
		error = kind->parse(strsep(&rest, ","), elements + parsed * kind->size);
	free(copy);
	if (error) {
		free(elements);
		return error;
	}
	free((void *)*list);
	*list = elements;
	*count = wanted;
	return 0;
}

/* Replaces *text by a copy of a text, which may be NULL. */
static int set_text(const char *from, char **text)
{
	char *copy = from ? strdup(from) : NULL;

	if (from && !copy)
		return -ENOMEM;
	free(*text);
	*text = copy;
	return 0;
}

static int set_transport(struct sipcounter *counter, const char *text)
{
	static const char *const names[] = {
		[LINK_TRANSPORT_AUTO] = "auto", [LINK_TRANSPORT_WIRE] = "wire", [LINK_TRANSPORT_VIA] = "via"
	};
	int rule;

	for (rule = LINK_TRANSPORT_AUTO; rule <= LINK_TRANSPORT_VIA; rule++) {
		if (!strcmp(text ? text : "auto", names[rule])) {
			counter->rules.transport = rule;
			return 0;
		}
	}
	return -EINVAL;
}

static int set_greedy(struct sipcounter *counter, const char *text)
{
	bool is_strict = text && !strcmp(text, "no");

	if (text && !is_strict && strcmp(text, "yes") != 0)
		return -EINVAL;
	counter->filter.is_strict = is_strict;
	return 0;
}

int sipcounter__set(struct sipcounter *counter, enum sipcounter_setting setting, const char *text)
{
	struct filter *filter = &counter->filter;
	struct link_rules *rules = &counter->rules;

	switch (setting) {
	case SIPCOUNTER_NAME:
		return set_text(text, &counter->name);
	case SIPCOUNTER_TYPES:
		return set_list(&type_list, text, (const void **)&filter->types, &filter->types_count);
	case SIPCOUNTER_HOSTS:
		return set_list(&network_list, text, (const void **)&filter->hosts, &filter->hosts_count);
	case SIPCOUNTER_EXCLUDED_HOSTS:
		return set_list(&network_list, text, (const void **)&filter->excluded_hosts,
				&filter->excluded_hosts_count);
	case SIPCOUNTER_SERVERS:
		return set_list(&network_list, text, (const void **)&rules->servers, &rules->servers_count);
	case SIPCOUNTER_SERVER_PORTS:
		return set_list(&port_list, text, (const void **)&rules->server_ports, &rules->server_ports_count);
	case SIPCOUNTER_TRANSPORT:
		return set_transport(counter, text);
	case SIPCOUNTER_GREEDY:
		return set_greedy(counter, text);
	}
	return -EINVAL;
}

static int copy_list(const struct list_kind *kind, const void **list, size_t count)
{
	void *copy;

	if (!count) {
		*list = NULL;
		return 0;
	}
	copy = malloc(count * kind->size);
	if (copy)
		memcpy(copy, *list, count * kind->size);
	*list = copy;
	return copy ? 0 : -ENOMEM;
}

int sipcounter_settings__copy(struct sipcounter *target, const struct sipcounter *source)
{
	int error;

	target->filter = source->filter;
	target->rules = source->rules;
	error = copy_list(&type_list, (const void **)&target->filter.types, target->filter.types_count);
	error |= copy_list(&network_list, (const void **)&target->filter.hosts, target->filter.hosts_count);
	error |= copy_list(&network_list, (const void **)&target->filter.excluded_hosts,
			   target->filter.excluded_hosts_count);
	error |= copy_list(&network_list, (const void **)&target->rules.servers, target->rules.servers_count);
	error |= copy_list(&port_list, (const void **)&target->rules.server_ports, target->rules.server_ports_count);
	error |= set_text(source->name, &target->name);
	return error ? -ENOMEM : 0;
}

void sipcounter_settings__free(struct sipcounter *counter)
{
	free(counter->name);
	free((void *)counter->filter.types);
	free((void *)counter->filter.hosts);
	free((void *)counter->filter.excluded_hosts);
	free((void *)counter->rules.servers);
	free((void *)counter->rules.server_ports);
}
