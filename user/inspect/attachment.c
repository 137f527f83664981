// SPDX-License-Identifier: BSD-2-Clause
/*
 * See attachment.h. A BPF link knows the number of its interface, but not the network namespace to which the number
 * belongs. So each namespace is asked whether its interface of that number has the program. Filters have no links:
 * those of every interface are listed.
 *
 * Tested by tests/bpf/test_status_report.c.
 */
#include "inspect/attachment.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hook/clsact.h"
#include "hook/tcx.h"
#include "hook/xdp.h"
#include "kernel/kernel_object.h"

/* Since Linux 6.6; the headers may be older. */
#define LINK_TYPE_TCX 11

#define PATH_SIZE 64

/*
 * A link that holds one of the programs. Its interface number is valid in the link's own namespace, whichever that is.
 */
struct held {
	struct attachment attachment;
	bool is_found; /* the namespace has been found */
};

struct finder {
	const __u32 *programs;
	size_t programs_count;
	struct held *links;
	size_t links_count;
	__u64 namespace; /* the one being searched */
	struct attachments *found;
};

static bool is_wanted(const struct finder *finder, __u32 program)
{
	for (size_t i = 0; i < finder->programs_count; i++)
		if (finder->programs[i] == program)
			return true;
	return false;
}

static int add(struct attachments *attachments, const struct attachment *attachment)
{
	struct attachment *grown = reallocarray(attachments->list, attachments->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	attachments->list = grown;
	grown[attachments->count++] = *attachment;
	return 0;
}

/* ---- links ---- */

/* What struct bpf_link_info has for XDP and for tcx. Older headers do not know tcx. */
struct link_place {
	__u32 ifindex;
	__u32 attach_type; /* tcx only */
};

/* Skips links whose interface has gone: they have interface number 0. */
static int take_link(struct finder *finder, const struct bpf_link_info *info)
{
	bool is_tcx = info->type == LINK_TYPE_TCX;
	struct link_place place;
	struct held *grown;

	memcpy(&place, &info->xdp, sizeof(place));
	if ((!is_tcx && info->type != BPF_LINK_TYPE_XDP) || !is_wanted(finder, info->prog_id) || !place.ifindex)
		return 0;
	grown = reallocarray(finder->links, finder->links_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	finder->links = grown;
	grown[finder->links_count++] =
		(struct held){ .attachment = { .program = info->prog_id,
					       .kind = is_tcx ? ATTACHMENT_TCX : ATTACHMENT_XDP,
					       .is_sent = is_tcx && place.attach_type == (__u32)tcx__attach_type(true),
					       .ifindex = place.ifindex } };
	return 0;
}

static int list_links(struct finder *finder)
{
	struct bpf_link_info info;
	__u32 id = 0;
	int result;

	while ((result = kernel_object__next_link(&id, &info)) > 0) {
		int error = take_link(finder, &info);

		if (error)
			return error;
	}
	return result;
}

/* ---- one namespace ---- */

/* Returns whether the program is on its interface. If so, stores its mode. */
static bool has_xdp(struct attachment *attachment)
{
	struct xdp_programs programs;

	if (xdp__read_programs(attachment->ifindex, &programs))
		return false;
	if (programs.native == attachment->program)
		attachment->kind = ATTACHMENT_NATIVE;
	else if (programs.generic == attachment->program)
		attachment->kind = ATTACHMENT_SKB;
	else if (programs.offloaded == attachment->program)
		attachment->kind = ATTACHMENT_OFFLOADED;
	return attachment->kind != ATTACHMENT_XDP;
}

static bool has_tcx(const struct attachment *attachment)
{
	__u32 programs[TCX_PROGRAMS_MAX];
	int count = tcx__programs(attachment->ifindex, attachment->is_sent, programs);

	for (int i = 0; i < count; i++)
		if (programs[i] == attachment->program)
			return true;
	return false;
}

static int find_links(struct finder *finder)
{
	int error = 0;

	for (size_t i = 0; !error && i < finder->links_count; i++) {
		struct held *link = &finder->links[i];
		struct attachment *attachment = &link->attachment;

		if (link->is_found ||
		    !(attachment->kind == ATTACHMENT_TCX ? has_tcx(attachment) : has_xdp(attachment)) ||
		    !if_indextoname(attachment->ifindex, attachment->interface))
			continue;
		attachment->namespace = finder->namespace;
		link->is_found = true;
		error = add(finder->found, attachment);
	}
	return error;
}

struct filter_search {
	struct finder *finder;
	struct attachment attachment; /* all but the program */
};

static int take_filter(void *context, __u32 program)
{
	struct filter_search *search = context;

	search->attachment.program = program;
	return is_wanted(search->finder, program) ? add(search->finder->found, &search->attachment) : 0;
}

static int find_filters_on(struct finder *finder, const struct if_nameindex *interface)
{
	struct filter_search search = { .finder = finder,
					.attachment = { .kind = ATTACHMENT_CLSACT,
							.ifindex = interface->if_index,
							.namespace = finder->namespace } };
	int error = 0;

	snprintf(search.attachment.interface, IF_NAMESIZE, "%s", interface->if_name);
	for (int i = 0; !error && i < CLSACT_DIRECTIONS; i++) {
		search.attachment.is_sent = i == CLSACT_SENT;
		error = clsact__visit(interface->if_index, i, take_filter, &search);
	}
	return error == -ENODEV ? 0 : error; /* it has gone meanwhile */
}

static int find_filters(struct finder *finder)
{
	struct if_nameindex *interfaces = if_nameindex();
	int error = 0;

	if (!interfaces)
		return -ENOMEM;
	for (size_t i = 0; !error && interfaces[i].if_index; i++)
		error = find_filters_on(finder, &interfaces[i]);
	if_freenameindex(interfaces);
	return error;
}

/* ---- what is not seen in one namespace ---- */

/* Returns false for a way that has nothing in front of it. */
static bool find_hook(enum attachment_kind kind, enum unseen_hook *ret_hook)
{
	switch (kind) {
	case ATTACHMENT_NATIVE:
		*ret_hook = UNSEEN_BY_NATIVE;
		return true;
	case ATTACHMENT_SKB:
		*ret_hook = UNSEEN_BY_GENERIC;
		return true;
	case ATTACHMENT_TCX:
		*ret_hook = UNSEEN_BY_TCX;
		return true;
	case ATTACHMENT_CLSACT:
		*ret_hook = UNSEEN_BY_CLSACT;
		return true;
	default:
		return false;
	}
}

static int add_unseen(struct attachments *attachments, const struct attachment *attachment, const struct unseen *unseen)
{
	struct attachment_unseen *grown =
		reallocarray(attachments->unseen, attachments->unseen_count + 1, sizeof(*grown));
	struct attachment_unseen *added;

	if (!grown)
		return -ENOMEM;
	attachments->unseen = grown;
	added = &grown[attachments->unseen_count++];
	*added = (struct attachment_unseen){ .program = attachment->program,
					     .namespace = attachment->namespace,
					     .unseen = *unseen };
	memcpy(added->interface, attachment->interface, IF_NAMESIZE);
	return 0;
}

static int look_at(struct attachments *attachments, const struct attachment *attachment)
{
	struct unseen_place place = { .ifindex = attachment->ifindex,
				      .is_sent = attachment->is_sent,
				      .program = attachment->program };
	struct unseen list[UNSEEN_MAX];
	size_t count = find_hook(attachment->kind, &place.hook) ? unseen__look(&place, list) : 0;
	int error = 0;

	for (size_t i = 0; !error && i < count; i++)
		error = add_unseen(attachments, attachment, &list[i]);
	return error;
}

/* Looks at what has been found from this attachment on, which is all in this namespace. */
static int look_at_found(struct finder *finder, size_t from)
{
	int error = 0;

	for (size_t i = from; !error && i < finder->found->count; i++)
		error = look_at(finder->found, &finder->found->list[i]);
	return error;
}

static int look_here(struct finder *finder)
{
	size_t found = finder->found->count;
	int error = find_links(finder);

	if (!error)
		error = find_filters(finder);
	return error ? error : look_at_found(finder, found);
}

/* ---- namespaces ---- */

static __u64 inode_of(int fd)
{
	struct stat status;

	return fd >= 0 && fstat(fd, &status) == 0 ? status.st_ino : 0;
}

static int open_namespace(pid_t pid)
{
	char path[PATH_SIZE];

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	else
		snprintf(path, sizeof(path), "/proc/self/ns/net");
	return open(path, O_RDONLY | O_CLOEXEC);
}

__u64 attachments__own_namespace(void)
{
	int fd = open_namespace(0);
	__u64 namespace = inode_of(fd);

	if (fd >= 0)
		close(fd);
	return namespace;
}

/* Enters the namespace, searches it and comes back. A namespace that this process may not enter is skipped. */
static int look_into(struct finder *finder, int own, int other)
{
	int error;

	finder->namespace = inode_of(other);
	if (setns(other, CLONE_NEWNET))
		return 0;
	error = look_here(finder);
	if (setns(own, CLONE_NEWNET) && !error)
		error = -errno;
	return error;
}

static bool has_been_seen(const __u64 *seen, size_t count, __u64 namespace)
{
	for (size_t i = 0; i < count; i++)
		if (seen[i] == namespace)
			return true;
	return false;
}

/* Searches each namespace of the processes once. seen has room for all of them and begins with the own one. */
static int look_into_others(struct finder *finder, int own, const pid_t *pids, size_t count, __u64 *seen)
{
	size_t seen_count = 1;
	int error = 0;

	for (size_t i = 0; !error && i < count; i++) {
		int other = open_namespace(pids[i]);
		__u64 namespace = inode_of(other);

		if (namespace && !has_been_seen(seen, seen_count, namespace)) {
			seen[seen_count++] = namespace;
			error = look_into(finder, own, other);
		}
		if (other >= 0)
			close(other);
	}
	return error;
}

static int look_everywhere(struct finder *finder, const pid_t *pids, size_t count)
{
	int own = open_namespace(0), error = own < 0 ? -errno : 0;
	__u64 *seen = calloc(count + 1, sizeof(*seen));

	if (!seen)
		error = -ENOMEM;
	if (!error) {
		finder->namespace = seen[0] = inode_of(own);
		error = look_here(finder);
	}
	if (!error)
		error = look_into_others(finder, own, pids, count, seen);
	free(seen);
	if (own >= 0)
		close(own);
	return error;
}

static int add_unreachable(struct finder *finder)
{
	int error = 0;

	for (size_t i = 0; !error && i < finder->links_count; i++)
		if (!finder->links[i].is_found)
			error = add(finder->found, &finder->links[i].attachment);
	return error;
}

/* Orders by namespace, then by interface, then received before sent. */
static int compare(const void *a, const void *b)
{
	const struct attachment *x = a, *y = b;

	if (x->namespace != y->namespace)
		return x->namespace < y->namespace ? -1 : 1;
	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return (int)x->is_sent - (int)y->is_sent;
}

/* Likewise, then by kind and program. */
static int compare_unseen(const void *a, const void *b)
{
	const struct attachment_unseen *x = a, *y = b;

	if (x->namespace != y->namespace)
		return x->namespace < y->namespace ? -1 : 1;
	if (x->unseen.ifindex != y->unseen.ifindex)
		return x->unseen.ifindex < y->unseen.ifindex ? -1 : 1;
	if (x->unseen.is_sent != y->unseen.is_sent)
		return (int)x->unseen.is_sent - (int)y->unseen.is_sent;
	if (x->unseen.kind != y->unseen.kind)
		return (int)x->unseen.kind - (int)y->unseen.kind;
	return (x->unseen.program > y->unseen.program) - (x->unseen.program < y->unseen.program);
}

int attachments__find(const __u32 *programs, size_t programs_count, const pid_t *pids, size_t pids_count,
		      struct attachments *ret_attachments)
{
	struct attachments found = {};
	struct finder finder = { .programs = programs, .programs_count = programs_count, .found = &found };
	int error = list_links(&finder);

	if (!error)
		error = look_everywhere(&finder, pids, pids_count);
	if (!error)
		error = add_unreachable(&finder);
	free(finder.links);
	if (error) {
		attachments__free(&found);
		return error;
	}
	if (found.count)
		qsort(found.list, found.count, sizeof(*found.list), compare);
	if (found.unseen_count)
		qsort(found.unseen, found.unseen_count, sizeof(*found.unseen), compare_unseen);
	*ret_attachments = found;
	return 0;
}

void attachments__free(struct attachments *attachments)
{
	free(attachments->list);
	free(attachments->unseen);
	*attachments = (struct attachments){};
}
