// SPDX-License-Identifier: BSD-2-Clause
/* See filter.h. */
#include "counts/filter.h"

#include <errno.h>
#include <string.h>

#define STATUS_DIGITS 3
#define DIGITS "0123456789"
#define TOKEN_CHARACTERS DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.!%*_+`'~"

static bool is_status_prefix(const char *text)
{
	size_t digits = strspn(text, DIGITS);

	return digits >= 1 && digits <= STATUS_DIGITS && !text[digits] && text[0] >= '1' && text[0] <= '6';
}

static bool is_status(const char *text)
{
	return is_status_prefix(text) && strlen(text) == STATUS_DIGITS;
}

static bool is_method(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length < SIPBPF_NAME_SIZE && strspn(text, TOKEN_CHARACTERS) == length &&
	       !strspn(text, DIGITS); /* "4xx" is no method: an error is better than a filter that finds none */
}

int filter_type__parse(const char *text, struct filter_type *ret_type)
{
	if (!is_status_prefix(text) && !is_method(text))
		return -EINVAL;
	*ret_type = (struct filter_type){ 0 };
	memcpy(ret_type->text, text, strlen(text));
	return 0;
}

bool filter_type__is_method(const struct filter_type *type)
{
	return !is_status_prefix(type->text);
}

bool filter__is_active(const struct filter *filter)
{
	return filter->types_count || filter->hosts_count || filter->excluded_hosts_count;
}

static bool is_among(const struct link_network *networks, size_t count, const struct link *link)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (link->server_end == LINK_END_ADDRESS && link_network__contains(&networks[i], &link->server))
			return true;
		if (link->client_end == LINK_END_ADDRESS && link_network__contains(&networks[i], &link->client))
			return true;
	}
	return false;
}

static bool wants_link(const struct filter *filter, const struct link *link)
{
	if (link->is_other)
		return true;
	if (filter->hosts_count && !is_among(filter->hosts, filter->hosts_count, link))
		return false;
	return !is_among(filter->excluded_hosts, filter->excluded_hosts_count, link);
}

bool filter__wants_hosts(const struct filter *filter, const struct in6_addr *one, const struct in6_addr *other)
{
	const struct link link = { .server = *one, .client = *other };

	return wants_link(filter, &link);
}

static bool is_same_method(const char *wanted, const char *method)
{
	return !strcmp(wanted, method) || (!strcmp(wanted, "INVITE") && !strcmp(method, "ReINVITE"));
}

/* The method of a message: the one in its CSeq; if that is not known, a request is one itself. */
static const char *method_of(const char *type, const char *cseq_method)
{
	if (strcmp(cseq_method, "UNKNOWN") != 0 || is_status(type))
		return cseq_method;
	return !strcmp(type, "ReINVITE") ? "INVITE" : type;
}

/* How a message compares with the types of a filter. */
struct verdict {
	bool has_methods, has_statuses; /* the filter has any */
	bool fits_method, fits_status;  /* the message's is among them */
};

static struct verdict compare_with_filter(const struct filter *filter, const char *type, const char *method)
{
	struct verdict verdict = { 0 };
	const char *text;
	size_t i;

	for (i = 0; i < filter->types_count; i++) {
		text = filter->types[i].text;
		if (is_status_prefix(text)) {
			verdict.has_statuses = true;
			verdict.fits_status |= !strncmp(type, text, strlen(text));
		} else {
			verdict.has_methods = true;
			verdict.fits_method |= is_same_method(text, method);
		}
	}
	return verdict;
}

static bool wants_message(const struct filter *filter, const struct link *link, const char *type, const char *method)
{
	bool is_response = is_status(type);
	struct verdict verdict = compare_with_filter(filter, type, link->is_other ? type : method_of(type, method));

	if (!filter->types_count)
		return true;
	if (!is_response)
		return verdict.fits_method;
	if (filter->is_strict && !verdict.has_statuses)
		return false;
	return (verdict.fits_method || !verdict.has_methods || link->is_other) &&
	       (verdict.fits_status || !verdict.has_statuses);
}

bool filter__wants(const struct filter *filter, const struct link *link, const char *type, const char *method)
{
	return !filter__is_active(filter) || (wants_link(filter, link) && wants_message(filter, link, type, method));
}
