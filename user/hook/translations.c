// SPDX-License-Identifier: BSD-2-Clause
/* See translations.h. Tested by tests/unit/hook/test_translations.c and tests/net/test_routes.sh. */
#include "hook/translations.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "hook/passage.h"

/* ---- the choice ---- */

static bool has_port(const __u64 *ports, __u16 port)
{
	return ports[port >> 6] >> (port & 63) & 1;
}

/* On either side of the translation. */
static bool is_on_sip_port(const __u64 *ports, const struct conntrack_translation *translation)
{
	const struct sipbpf_ends *back = &translation->back.ends, *ends = &translation->ends;

	return has_port(ports, back->source_port) || has_port(ports, back->target_port) ||
	       has_port(ports, ends->source_port) || has_port(ports, ends->target_port);
}

void translations_choice__take(struct translations_choice *choice, const struct conntrack_translation *translation)
{
	bool is_sip = is_on_sip_port(choice->sip_ports, translation);
	bool is_full = choice->sip + choice->others == choice->max;

	if (is_full && (!is_sip || !choice->others)) {
		choice->left_out++;
		return;
	}
	if (!choice->matters(choice->context, translation))
		return;
	choice->left_out += is_full;
	choice->others -= is_full;
	if (is_sip)
		choice->list[choice->sip++] = *translation;
	else
		choice->list[choice->max - ++choice->others] = *translation;
}

static int take(void *context, const struct conntrack_translation *translation)
{
	translations_choice__take(context, translation);
	return 0;
}

/* The connection's first packet comes from the end to which answers go. */
static bool leads_from_counted(void *context, const struct conntrack_translation *translation)
{
	return passage__leads_from(context, &translation->ends.target);
}

static int choose(const struct translations_scope *scope, struct translations_choice *choice)
{
	struct passage *passage;
	int error = passage__new(scope->ifindexes, scope->count, &passage);

	if (error)
		return error;
	choice->matters = leads_from_counted;
	choice->context = passage;
	error = conntrack__read(take, choice);
	passage__free(passage);
	return error;
}

/* ---- the programs' map ---- */

/* Of what is in a zone the check below would learn that it is not known. */
static int add(const struct probe_hooks *hooks, const struct conntrack_translation *translation)
{
	const struct sipbpf_original original = { .ends = translation->ends, .is_tracked = !translation->is_in_zone };

	return probe_hooks__add_translation(hooks, &translation->back, &original);
}

/* Those on ports of SIP come last: what has not been used gives way in the order in which it came. */
static int add_chosen(const struct probe_hooks *hooks, const struct translations_choice *choice)
{
	int error = 0;

	for (__u32 i = choice->max; !error && i > choice->max - choice->others; i--)
		error = add(hooks, &choice->list[i - 1]);
	for (__u32 i = 0; !error && i < choice->sip; i++)
		error = add(hooks, &choice->list[i]);
	return error;
}

int translations__add(const struct probe_hooks *hooks, const struct translations_scope *scope,
		      struct translations_found *ret_found)
{
	struct translations_choice choice = { .sip_ports = scope->sip_ports, .max = SIPBPF_TRANSLATIONS_MAX };
	int error;

	choice.list = calloc(choice.max, sizeof(*choice.list));
	if (!choice.list)
		return -ENOMEM;
	error = choose(scope, &choice);
	if (!error)
		error = add_chosen(hooks, &choice);
	free(choice.list);
	if (!error)
		*ret_found =
			(struct translations_found){ .added = choice.sip + choice.others, .left_out = choice.left_out };
	return error;
}

int translations__check(const struct probe_hooks *hooks)
{
	return probe_hooks__check_translations(hooks, conntrack__knows);
}
