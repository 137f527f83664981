// SPDX-License-Identifier: BSD-2-Clause
/* The public library over the modules that the program is made of: see sipcounter.h. */
#include "sipcounter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counter.h"
#include "csv.h"
#include "json.h"
#include "json_reader.h"
#include "message.h"
#include "sheet.h"
#include "table.h"

#define PORT_MAX 65535

_Static_assert(SIPCOUNTER_ERROR_SIZE >= JSON_READER_ERROR_SIZE, "an error fits");

struct sipcounter {
	struct counters *counters;
	struct filter filter;
	struct link_rules rules;
	char *name;
	struct timespec start, end;
};

struct sipcounter *sipcounter__new(void)
{
	struct sipcounter *counter = calloc(1, sizeof(*counter));

	if (!counter)
		return NULL;
	counter->counters = counters__new();
	counter->name = strdup("");
	if (!counter->counters || !counter->name) {
		sipcounter__free(counter);
		return NULL;
	}
	counters__set_filter(counter->counters, &counter->filter);
	return counter;
}

void sipcounter__free(struct sipcounter *counter)
{
	if (!counter)
		return;
	counters__free(counter->counters);
	free(counter->name);
	free((void *)counter->filter.types);
	free((void *)counter->filter.hosts);
	free((void *)counter->filter.excluded_hosts);
	free((void *)counter->rules.servers);
	free((void *)counter->rules.server_ports);
	free(counter);
}

/* ---- settings ---- */

/* Elements of a list: how one is parsed, and its size. */
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

/* Parses a list by commas into an array that takes the place of *list. */
static int set_list(const struct list_kind *kind, const char *text, const void **list, size_t *count)
{
	size_t wanted = text ? count_elements(text) : 0, parsed = 0;
	char *elements = calloc(wanted + 1, kind->size), *copy = strdup(text ? text : ""), *rest = copy;
	int err = elements && copy ? 0 : -ENOMEM;

	for (; !err && parsed < wanted; parsed++)
		err = kind->parse(strsep(&rest, ","), elements + parsed * kind->size);
	free(copy);
	if (err) {
		free(elements);
		return err;
	}
	free((void *)*list);
	*list = elements;
	*count = wanted;
	return 0;
}

static int set_name(struct sipcounter *counter, const char *text)
{
	char *name = strdup(text ? text : "");

	if (!name)
		return -ENOMEM;
	free(counter->name);
	counter->name = name;
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
		return set_name(counter, text);
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

const char *sipcounter__name(const struct sipcounter *counter)
{
	return counter->name;
}

/* ---- adding ---- */

static int parse_end(const char *text, struct in6_addr *ret_address, bool *ret_known)
{
	*ret_known = text && *text;
	return *ret_known ? link__parse_address(text, ret_address) : 0;
}

static int parse_path(const struct sipcounter_path *path, struct message_path *ret_path)
{
	static const struct sipcounter_path unknown = { 0 };
	struct message_path parsed = { 0 };

	if (!path)
		path = &unknown;
	if (path->direction < SIPCOUNTER_UNKNOWN || path->direction > SIPCOUNTER_OUT ||
	    link__parse_transport(path->transport ? path->transport : "", &parsed.transport) < 0 ||
	    parse_end(path->source, &parsed.ends.source, &parsed.ends.has_source) < 0 ||
	    parse_end(path->target, &parsed.ends.target, &parsed.ends.has_target) < 0)
		return -EINVAL;
	parsed.ends.source_port = path->source_port;
	parsed.ends.target_port = path->target_port;
	parsed.has_direction = path->direction != SIPCOUNTER_UNKNOWN;
	parsed.direction = path->direction == SIPCOUNTER_OUT ? LINK_OUT : LINK_IN;
	*ret_path = parsed;
	return 0;
}

/* Returns 1, 0 when the filter leaves it out, or -ENOMEM. */
static int add_message(struct sipcounter *counter, const struct message *message, const struct message_path *path,
		       uint64_t count)
{
	enum link_direction direction;
	struct link link;
	int err;

	message__find_link(&counter->rules, path, message->via, &link, &direction);
	if (!filter__wants(&counter->filter, &link, message->type, message->method))
		return 0;
	err = counters__add(counter->counters, &link, direction, message->type, message->method, count);
	return err ? err : 1;
}

int sipcounter__add_text(struct sipcounter *counter, const char *text, size_t length,
			 const struct sipcounter_path *path)
{
	struct message_path parsed;
	struct message message;
	int err;

	if (parse_path(path, &parsed) < 0)
		return -EINVAL;
	err = message__parse(text, length, &message);
	if (err)
		return err == -ENOMEM ? err : -EBADMSG;
	return add_message(counter, &message, &parsed, 1);
}

/* A name as the message has it; those that are too long are UNKNOWN, as in packets. */
static void copy_name(const char *name, char ret_text[SIPBPF_NAME_SIZE])
{
	if (!name || !*name || strlen(name) >= SIPBPF_NAME_SIZE)
		name = "UNKNOWN";
	memcpy(ret_text, name, strlen(name) + 1);
}

int sipcounter__add(struct sipcounter *counter, const char *type, const char *method,
		    const struct sipcounter_path *path, uint64_t count)
{
	struct message_path parsed;
	struct message message = { .via = SIP_TRANSPORT_NONE };

	if (!type || !*type || parse_path(path, &parsed) < 0)
		return -EINVAL;
	copy_name(type, message.type);
	copy_name(method, message.method);
	return add_message(counter, &message, &parsed, count);
}

/* ---- counters as a whole ---- */

static bool is_known(const struct timespec *time)
{
	return time->tv_sec || time->tv_nsec;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

static void widen_times(struct sipcounter *counter, const struct timespec *start, const struct timespec *end)
{
	if (is_known(start) && (!is_known(&counter->start) || is_before(start, &counter->start)))
		counter->start = *start;
	if (is_before(&counter->end, end))
		counter->end = *end;
}

int sipcounter__update(struct sipcounter *counter, const struct sipcounter *other)
{
	int err = counters__merge(counter->counters, other->counters);

	if (!err)
		widen_times(counter, &other->start, &other->end);
	return err;
}

int sipcounter__subtract(struct sipcounter *counter, const struct sipcounter *other)
{
	return counters__subtract(counter->counters, other->counters);
}

int sipcounter__compact(struct sipcounter *counter)
{
	return counters__compact(counter->counters);
}

void sipcounter__clear(struct sipcounter *counter)
{
	counters__clear(counter->counters);
	sipcounter__set_times(counter, &(struct timespec){ 0 }, &(struct timespec){ 0 });
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

/* Gives target, a new counter, the settings of source. On failure it is fit to be freed. */
static int copy_settings(struct sipcounter *target, const struct sipcounter *source)
{
	int err;

	target->filter = source->filter;
	target->rules = source->rules;
	target->start = source->start;
	target->end = source->end;
	err = copy_list(&type_list, (const void **)&target->filter.types, target->filter.types_count);
	err |= copy_list(&network_list, (const void **)&target->filter.hosts, target->filter.hosts_count);
	err |= copy_list(&network_list, (const void **)&target->filter.excluded_hosts,
			 target->filter.excluded_hosts_count);
	err |= copy_list(&network_list, (const void **)&target->rules.servers, target->rules.servers_count);
	err |= copy_list(&port_list, (const void **)&target->rules.server_ports, target->rules.server_ports_count);
	return err ? -ENOMEM : set_name(target, source->name);
}

int sipcounter__group(const struct sipcounter *counter, int depth, struct sipcounter **ret_counter)
{
	struct sipcounter *grouped;
	struct counters *counters;
	int err = counters__group(counter->counters, depth, &counters);

	if (err)
		return err;
	grouped = sipcounter__new();
	if (!grouped || copy_settings(grouped, counter) < 0) {
		counters__free(counters);
		sipcounter__free(grouped);
		return -ENOMEM;
	}
	counters__free(grouped->counters);
	grouped->counters = counters;
	counters__set_filter(counters, &grouped->filter);
	*ret_counter = grouped;
	return 0;
}

int sipcounter__compare(const struct sipcounter *a, const struct sipcounter *b)
{
	uint64_t total_a = sipcounter__total(a), total_b = sipcounter__total(b);

	return (total_a > total_b) - (total_a < total_b);
}

/* ---- asking ---- */

uint64_t sipcounter__total(const struct sipcounter *counter)
{
	return counters__total(counter->counters);
}

size_t sipcounter__links_count(const struct sipcounter *counter)
{
	size_t count = 0, i;

	for (i = 0; i < counters__links_count(counter->counters); i++)
		count += !counter_link__is_empty(counters__link(counter->counters, i));
	return count;
}

static uint64_t add_up(uint64_t a, uint64_t b)
{
	return a + b;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Folds the numbers of a sheet along an axis, into an array of zeros. */
static void fold(struct sheet *sheet, enum sipcounter_axis axis, uint64_t (*combine)(uint64_t, uint64_t),
		 uint64_t *numbers)
{
	const struct link *link;
	size_t row, i, j;
	uint64_t *number;

	for (row = 0; sheet__next(sheet, &link); row++) {
		for (i = 0; i < sheet->columns.count; i++) {
			for (j = 0; j < sheet->directions_count; j++) {
				number = numbers;
				if (axis == SIPCOUNTER_BY_LINK)
					number += row;
				else if (axis == SIPCOUNTER_BY_COLUMN)
					number += i * sheet->directions_count + j;
				*number = combine(*number, sheet__count(sheet, sheet->row, i, j));
			}
		}
	}
}

static int fold_counter(const struct sipcounter *counter, enum sipcounter_axis axis,
			uint64_t (*combine)(uint64_t, uint64_t), uint64_t **ret_numbers, size_t *ret_count)
{
	const struct sheet_options options = { .depth = GROUP_DEPTH_MAX };
	size_t counts[] = { [SIPCOUNTER_ALL] = 1, [SIPCOUNTER_BY_LINK] = 0, [SIPCOUNTER_BY_COLUMN] = 0 };
	struct sheet sheet;
	uint64_t *numbers;
	int err;

	if (axis < SIPCOUNTER_ALL || axis > SIPCOUNTER_BY_COLUMN)
		return -EINVAL;
	err = sheet__make(counter->counters, &options, &sheet);
	if (err)
		return err;
	counts[SIPCOUNTER_BY_LINK] = sheet.groups.rows_count; /* at this depth a group is a link */
	counts[SIPCOUNTER_BY_COLUMN] = sheet.columns.count * sheet.directions_count;
	numbers = calloc(counts[axis] + 1, sizeof(*numbers));
	if (numbers) {
		fold(&sheet, axis, combine, numbers);
		*ret_numbers = numbers;
		*ret_count = counts[axis];
	}
	sheet__free(&sheet);
	return numbers ? 0 : -ENOMEM;
}

int sipcounter__sum(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
		    size_t *ret_count)
{
	return fold_counter(counter, axis, add_up, ret_numbers, ret_count);
}

int sipcounter__max(const struct sipcounter *counter, enum sipcounter_axis axis, uint64_t **ret_numbers,
		    size_t *ret_count)
{
	return fold_counter(counter, axis, greater, ret_numbers, ret_count);
}

int sipcounter__types(const struct sipcounter *counter, const char ***ret_types, size_t *ret_count)
{
	struct columns columns;
	struct groups groups;
	const char **types;
	size_t i;
	int err = groups__sort(counter->counters, GROUP_DEPTH_MAX, &groups);

	if (err)
		return err;
	err = columns__collect(counter->counters, &groups, &columns);
	groups__free(&groups);
	if (err)
		return err;
	types = calloc(columns.count + 1, sizeof(*types));
	if (types) {
		for (i = 0; i < columns.count; i++)
			types[i] = columns.items[i].name;
		*ret_types = types;
		*ret_count = columns.count;
	}
	columns__free(&columns);
	return types ? 0 : -ENOMEM;
}

/* ---- visits ---- */

static enum sipcounter_direction public_direction(__u8 direction)
{
	return direction == LINK_IN ? SIPCOUNTER_IN : direction == LINK_OUT ? SIPCOUNTER_OUT : SIPCOUNTER_UNKNOWN;
}

/* Fills in the counts of a link, which has room for all of its cells. Returns their number. */
static size_t fill_counts(const struct counters *counters, const struct counter_link *link,
			  struct sipcounter_count *counts, uint64_t *ret_total)
{
	size_t count = 0;
	__u32 i;

	*ret_total = 0;
	for (i = 0; i < link->messages_count; i++) {
		if (!link->messages[i].count)
			continue;
		counts[count++] = (struct sipcounter_count){
			.direction = public_direction(link->messages[i].direction),
			.type = counters__type_name(counters, link->messages[i].type),
			.method = counters__type_name(counters, link->messages[i].method),
			.count = link->messages[i].count,
		};
		*ret_total += link->messages[i].count;
	}
	return count;
}

static int visit_link(const struct counters *counters, const struct counter_link *link, sipcounter_visitor visit,
		      void *context)
{
	struct sipcounter_count *counts = calloc(link->messages_count + 1, sizeof(*counts));
	char server[INET6_ADDRSTRLEN], client[INET6_ADDRSTRLEN];
	struct sipcounter_link shown = {
		.server = link->link.is_other ? "other" : link__server_text(&link->link, server),
		.client = link->link.is_other ? "" : link__client_text(&link->link, client),
		.transport = link__transport_name(link->link.transport),
		.server_port = link->link.server_port,
		.client_port = link->link.client_port,
	};
	size_t count;
	int result;

	if (!counts)
		return -ENOMEM;
	count = fill_counts(counters, link, counts, &shown.total);
	result = visit(context, &shown, counts, count);
	free(counts);
	return result;
}

/* Shows the links of counters, each of which is a group of its own. */
static int visit_links(const struct counters *counters, enum group_order order, size_t top, sipcounter_visitor visit,
		       void *context)
{
	struct groups groups;
	size_t i;
	int result = groups__sort(counters, GROUP_DEPTH_MAX, &groups);

	if (result)
		return result;
	result = groups__select(&groups, order, top);
	for (i = 0; !result && i < groups.rows_count; i++)
		result = visit_link(counters, groups__link(&groups, i), visit, context);
	groups__free(&groups);
	return result;
}

int sipcounter__each_link(const struct sipcounter *counter, sipcounter_visitor visit, void *context)
{
	return visit_links(counter->counters, GROUP_BY_LINK, 0, visit, context);
}

int sipcounter__most_common(const struct sipcounter *counter, int depth, size_t n, sipcounter_visitor visit,
			    void *context)
{
	struct counters *grouped;
	int result = counters__group(counter->counters, depth, &grouped);

	if (result)
		return result;
	result = visit_links(grouped, GROUP_BY_TOTAL, n, visit, context);
	counters__free(grouped);
	return result;
}

/* ---- writing and reading ---- */

int sipcounter__write_table(const struct sipcounter *counter, FILE *out, const struct sipcounter_table *options)
{
	static const struct sipcounter_table plain = { 0 };
	const struct sipcounter_table *o = options ? options : &plain;
	const struct table_options table = {
		.title = o->title ? o->title : "",
		.name = counter->name,
		.separator = o->separator ? o->separator : TABLE_SEPARATOR_DEFAULT,
		.sheet = { .depth = o->depth ? o->depth : TABLE_DEPTH_DEFAULT,
			   .order = o->by_total ? GROUP_BY_TOTAL : GROUP_BY_LINK,
			   .top = o->top },
		.link_margin = o->link_margin < 0 ? 0
			       : o->link_margin   ? (size_t)o->link_margin
						  : TABLE_LINK_MARGIN_DEFAULT,
		.is_name_first = o->name_first,
		.has_no_header = o->no_header,
		.has_no_links = o->no_links,
		.has_no_summary = o->no_summary,
		.has_no_zeros = o->no_zeros,
	};

	return table__write(out, counter->counters, &table);
}

int sipcounter__write_csv(const struct sipcounter *counter, FILE *out, int depth, bool has_header)
{
	const struct csv_options csv = {
		.sheet = { .depth = depth ? depth : CSV_DEPTH_DEFAULT },
		.has_no_header = !has_header,
	};

	return csv__write(out, counter->counters, &csv);
}

int sipcounter__write_snapshot(const struct sipcounter *counter, FILE *out)
{
	const struct json_options json = { .name = counter->name, .start = counter->start, .end = counter->end };

	return json__write_snapshot(out, counter->counters, &json);
}

void sipcounter__set_times(struct sipcounter *counter, const struct timespec *start, const struct timespec *end)
{
	counter->start = *start;
	counter->end = *end;
}

/* Reads all snapshots into `read`, an empty counter. Returns their number or a negative errno. */
static int read_all(struct sipcounter *read, struct json_reader *reader, char *error)
{
	struct json_snapshot snapshot;
	int count = 0, result;

	while ((result = json_reader__next(reader, read->counters, &snapshot, error)) > 0) {
		widen_times(read, &snapshot.start, &snapshot.end);
		free(snapshot.name);
		count++;
	}
	return result < 0 ? result : count;
}

int sipcounter__read_snapshots(struct sipcounter *counter, FILE *in, const char *name, char *ret_error)
{
	struct json_reader *reader = json_reader__new(in, name);
	struct sipcounter *read = sipcounter__new();
	char error[JSON_READER_ERROR_SIZE];
	int result = -ENOMEM, err;

	snprintf(error, sizeof(error), "%.200s: %s", name, strerror(ENOMEM));
	if (reader && read) {
		counters__set_filter(read->counters, &counter->filter);
		result = read_all(read, reader, error);
	}
	if (result > 0) {
		err = sipcounter__update(counter, read);
		result = err ? err : result;
	}
	if (result < 0 && ret_error)
		memcpy(ret_error, error, sizeof(error));
	json_reader__free(reader);
	sipcounter__free(read);
	return result;
}
