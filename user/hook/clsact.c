// SPDX-License-Identifier: BSD-2-Clause
/*
 * See clsact.h. A qdisc does not say who made it, and the sipbpf that made it may leave before others do. So each
 * filter says it in its handle: a mark shows that the filter is sipbpf's, and a bit that a sipbpf made the qdisc. A new
 * filter repeats the bit that it finds. The rest of the handle is the number of the owner. If no process holds that
 * number, the filter was left behind.
 *
 * Tested by tests/bpf/test_attach.c.
 */
#include "hook/clsact.h"

#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "hook/netlink.h"
#include "hook/owner.h"
#include "hook/privileged_lock.h"

#define HANDLE_MARK 0x51b00000u
#define HANDLE_MARK_MASK 0xfff00000u
#define HANDLE_QDISC_OURS 0x00010000u
#define HANDLE_NUMBER_MASK 0x0000ffffu /* the owner's, unique in the network namespace; not 0 */
#define NUMBER_TRIES 1000

/* Without a lock, one sipbpf could remove a qdisc that it saw empty while another adds a filter. */
#define LOCK_NUMBER (HANDLE_MARK + (1u << 16))

#define PRIORITIES_MAX 64

#define OURS_MAX 64

/* The filters of one direction. */
struct filters {
	unsigned int count;
	bool has_qdisc_ours;
	unsigned int ours_count; /* those beyond OURS_MAX are not listed */
	struct clsact_filter ours[OURS_MAX];
	bool is_taken[PRIORITIES_MAX + 1]; /* by priority: a filter of another kind is there, so ours cannot be */
};

/* libbpf refuses a hook whose padding is not zero. Only memset() guarantees that; an initializer or a copy does not. */
static void set_hook(struct bpf_tc_hook *hook, unsigned int ifindex, enum bpf_tc_attach_point point)
{
	memset(hook, 0, sizeof(*hook));
	hook->sz = sizeof(*hook);
	hook->ifindex = (int)ifindex;
	hook->attach_point = point;
}

static enum bpf_tc_attach_point point_of(enum clsact_direction direction)
{
	return direction == CLSACT_RECEIVED ? BPF_TC_INGRESS : BPF_TC_EGRESS;
}

/* ---- reading filters and qdiscs ---- */

static int find_kind(const struct nlattr *attribute, void *context)
{
	const char **kind = context;

	if (mnl_attr_get_type(attribute) == TCA_KIND && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
		*kind = mnl_attr_get_str(attribute);
	return MNL_CB_OK;
}

static void add_ours(struct filters *filters, const struct tcmsg *info)
{
	filters->has_qdisc_ours |= !!(info->tcm_handle & HANDLE_QDISC_OURS);
	if (filters->ours_count < OURS_MAX)
		filters->ours[filters->ours_count++] =
			(struct clsact_filter){ .handle = info->tcm_handle, .priority = info->tcm_info >> 16 };
}

static int read_filter(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = mnl_nlmsg_get_payload(message);
	struct filters *filters = context;
	__u32 priority = info->tcm_info >> 16;
	const char *kind = "";
	bool is_bpf;

	mnl_attr_parse(message, sizeof(*info), find_kind, &kind);
	is_bpf = strcmp(kind, "bpf") == 0 && (info->tcm_info & 0xffff) == htons(ETH_P_ALL);
	if (!is_bpf && priority <= PRIORITIES_MAX)
		filters->is_taken[priority] = true;
	if (is_bpf && (info->tcm_handle & HANDLE_MARK_MASK) == HANDLE_MARK)
		add_ours(filters, info);
	if (!is_bpf || info->tcm_handle)
		filters->count++;
	return MNL_CB_OK;
}

/* The qdisc in the place of clsact. */
struct ingress {
	int ifindex;
	bool has_qdisc;
	bool is_clsact;
};

/* Skips the qdiscs of other interfaces: the kernel lists them all. */
static int read_qdisc(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = mnl_nlmsg_get_payload(message);
	struct ingress *ingress = context;
	const char *kind = "";

	if (info->tcm_ifindex != ingress->ifindex || info->tcm_parent != TC_H_CLSACT)
		return MNL_CB_OK;
	mnl_attr_parse(message, sizeof(*info), find_kind, &kind);
	ingress->has_qdisc = true;
	ingress->is_clsact = strcmp(kind, "clsact") == 0;
	return MNL_CB_OK;
}

/* Lists what this parent holds: filters (RTM_GETTFILTER) or qdiscs (RTM_GETQDISC). */
static int dump(int ifindex, __u16 type, __u32 parent, mnl_cb_t read, void *context)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct tcmsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	info->tcm_family = AF_UNSPEC;
	info->tcm_ifindex = ifindex;
	info->tcm_parent = parent;
	return netlink__ask(NETLINK_ROUTE, request, read, context);
}

/* Lists no filter, and succeeds, if there is no qdisc. */
static int dump_filters(unsigned int ifindex, enum clsact_direction direction, mnl_cb_t read, void *context)
{
	__u32 minor = direction == CLSACT_RECEIVED ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS;

	return dump((int)ifindex, RTM_GETTFILTER, TC_H_MAKE(TC_H_CLSACT, minor), read, context);
}

static int read_filters(unsigned int ifindex, enum clsact_direction direction, struct filters *ret_filters)
{
	struct filters filters = {};
	int error = dump_filters(ifindex, direction, read_filter, &filters);

	if (!error)
		*ret_filters = filters;
	return error;
}

/*
 * Creating clsact or adding a filter for sent packets does not tell the qdiscs apart: an ingress qdisc answers as clsact
 * does, but keeps the filter among those for received packets.
 */
int clsact__check(unsigned int ifindex)
{
	struct ingress ingress = { .ifindex = (int)ifindex };
	int error = dump((int)ifindex, RTM_GETQDISC, 0, read_qdisc, &ingress);

	if (error)
		return error;
	if (!ingress.has_qdisc)
		return 0;
	return ingress.is_clsact ? 0 : -EBUSY;
}

/* ---- visiting ---- */

struct listing {
	int (*visit)(void *context, __u32 program);
	void *context;
	int error;
};

static int find_options(const struct nlattr *attribute, void *context)
{
	if (mnl_attr_get_type(attribute) == TCA_OPTIONS)
		*(const struct nlattr **)context = attribute;
	return MNL_CB_OK;
}

static int find_program_id(const struct nlattr *attribute, void *context)
{
	if (mnl_attr_get_type(attribute) == TCA_BPF_ID && mnl_attr_validate(attribute, MNL_TYPE_U32) == 0)
		*(__u32 *)context = mnl_attr_get_u32(attribute);
	return MNL_CB_OK;
}

static int visit_filter(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *options = NULL;
	struct listing *listing = context;
	__u32 program = 0;

	if ((info->tcm_handle & HANDLE_MARK_MASK) != HANDLE_MARK)
		return MNL_CB_OK;
	mnl_attr_parse(message, sizeof(*info), find_options, &options);
	if (options)
		mnl_attr_parse_nested(options, find_program_id, &program);
	if (program && !listing->error)
		listing->error = listing->visit(listing->context, program);
	return MNL_CB_OK;
}

int clsact__visit(unsigned int ifindex, enum clsact_direction direction, int (*visit)(void *context, __u32 program),
		  void *context)
{
	struct listing listing = { .visit = visit, .context = context };
	int error = dump_filters(ifindex, direction, visit_filter, &listing);

	return error ? error : listing.error;
}

/* ---- what runs before ---- */

struct search_before {
	__u32 program;  /* ours; 0: it is not there */
	__u32 priority; /* if it is not there, the one that it would have */
	bool has_passed_ours;
	__u32 last_priority; /* of the filter that was visited last */
	int (*visit)(void *context, const struct clsact_other *other);
	void *context;
	int error;
};

static int find_bpf_name(const struct nlattr *attribute, void *context)
{
	if (mnl_attr_get_type(attribute) == TCA_BPF_NAME && mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) == 0)
		*(const char **)context = mnl_attr_get_str(attribute);
	return MNL_CB_OK;
}

/* Reads what a filter is. A filter of BPF is called as its program, any other one as its kind. */
static void read_other(const struct nlmsghdr *message, struct clsact_other *ret_other)
{
	const struct tcmsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *options = NULL;
	const char *name = "";

	*ret_other = (struct clsact_other){ .priority = info->tcm_info >> 16 };
	mnl_attr_parse(message, sizeof(*info), find_kind, &name);
	mnl_attr_parse(message, sizeof(*info), find_options, &options);
	if (strcmp(name, "bpf") == 0 && options) {
		mnl_attr_parse_nested(options, find_program_id, &ret_other->program);
		mnl_attr_parse_nested(options, find_bpf_name, &name);
	}
	snprintf(ret_other->name, sizeof(ret_other->name), "%s", name);
}

/*
 * The kernel lists filters in the order in which they run. A chain of filters of one priority begins with an entry that
 * has no handle, and counts once.
 */
static int visit_before(const struct nlmsghdr *message, void *context)
{
	const struct tcmsg *info = mnl_nlmsg_get_payload(message);
	bool is_sipbpf = (info->tcm_handle & HANDLE_MARK_MASK) == HANDLE_MARK;
	struct search_before *search = context;
	struct clsact_other other;

	if (!info->tcm_handle || search->has_passed_ours)
		return MNL_CB_OK;
	read_other(message, &other);
	search->has_passed_ours =
		search->program ? is_sipbpf && other.program == search->program : other.priority >= search->priority;
	if (search->has_passed_ours || is_sipbpf || (!other.program && other.priority == search->last_priority))
		return MNL_CB_OK;
	search->last_priority = other.priority;
	if (!search->error)
		search->error = search->visit(search->context, &other);
	return MNL_CB_OK;
}

static __u32 free_priority(const struct filters *filters)
{
	__u32 priority = 1;

	while (priority <= PRIORITIES_MAX && filters->is_taken[priority])
		priority++;
	return priority;
}

int clsact__visit_before(unsigned int ifindex, enum clsact_direction direction, __u32 program,
			 int (*visit)(void *context, const struct clsact_other *other), void *context)
{
	struct search_before search = { .program = program, .visit = visit, .context = context };
	struct filters filters = {};
	int error = program ? 0 : read_filters(ifindex, direction, &filters);

	search.priority = free_priority(&filters);
	if (!error)
		error = dump_filters(ifindex, direction, visit_before, &search);
	return error ? error : search.error;
}

/* ---- changing ---- */

/* If the owner's state cannot be read, the filter stays: it may be counting. */
static bool is_left_behind(const struct clsact_filter *filter)
{
	return owner__count(HANDLE_MARK | (filter->handle & HANDLE_NUMBER_MASK)) == 0;
}

/* Removes the filters of one direction that were left behind. Returns their number. */
static unsigned int sweep(unsigned int ifindex, enum clsact_direction direction, const struct filters *filters)
{
	struct bpf_tc_hook hook;
	unsigned int count = 0;

	set_hook(&hook, ifindex, point_of(direction));
	for (unsigned int i = 0; i < filters->ours_count; i++) {
		DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = filters->ours[i].handle,
				    .priority = filters->ours[i].priority);

		if (is_left_behind(&filters->ours[i]))
			count += bpf_tc_detach(&hook, &opts) == 0;
	}
	return count;
}

/*
 * Removes the filters that were left behind and reads those that remain. ret_filters->has_qdisc_ours also holds what
 * the removed ones said.
 */
static int read_swept(unsigned int ifindex, enum clsact_direction direction, struct filters *ret_filters)
{
	bool has_qdisc_ours = false;
	int error;

	do {
		error = read_filters(ifindex, direction, ret_filters);
		if (error)
			return error;
		has_qdisc_ours |= ret_filters->has_qdisc_ours;
	} while (sweep(ifindex, direction, ret_filters));
	ret_filters->has_qdisc_ours = has_qdisc_ours;
	return 0;
}

static bool is_listed(const struct filters *filters, __u32 number)
{
	for (unsigned int i = 0; i < filters->ours_count; i++)
		if ((filters->ours[i].handle & HANDLE_NUMBER_MASK) == number)
			return true;
	return false;
}

/* Picks a random number, so that a filter left behind on another interface does not seem to have an owner again. */
static int claim_number(int owner, const struct filters filters[CLSACT_DIRECTIONS], __u32 *ret_number)
{
	__u32 number;
	int error;

	for (int i = 0; i < NUMBER_TRIES; i++) {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return -errno;
		number &= HANDLE_NUMBER_MASK;
		if (!number || is_listed(&filters[CLSACT_RECEIVED], number) ||
		    is_listed(&filters[CLSACT_SENT], number) || owner__count(HANDLE_MARK | number) > 0)
			continue;
		error = owner__claim(owner, HANDLE_MARK | number);
		if (!error)
			*ret_number = number;
		return error;
	}
	return -EADDRNOTAVAIL;
}

static int attach_filter(struct clsact *clsact, enum clsact_direction direction, int program_fd, __u32 handle,
			 const struct filters *filters)
{
	__u32 priority = free_priority(filters);
	struct bpf_tc_hook hook;
	int error;

	set_hook(&hook, clsact->ifindex, point_of(direction));
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle, .priority = priority, .prog_fd = program_fd);
	error = bpf_tc_attach(&hook, &opts);
	if (!error)
		clsact->filters[direction] =
			(struct clsact_filter){ .handle = handle, .priority = priority, .program_id = opts.prog_id };
	return error;
}

/* Returns whether our filter was there and has been removed. */
static bool detach_filter(const struct clsact *clsact, enum clsact_direction direction)
{
	const struct clsact_filter *filter = &clsact->filters[direction];
	struct bpf_tc_hook hook;
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = filter->handle, .priority = filter->priority);

	set_hook(&hook, clsact->ifindex, point_of(direction));
	if (!filter->handle || bpf_tc_query(&hook, &opts) || opts.prog_id != filter->program_id)
		return false;
	opts.prog_id = opts.prog_fd = opts.flags = 0;
	return bpf_tc_detach(&hook, &opts) == 0;
}

static void remove_qdisc_if_empty(unsigned int ifindex)
{
	struct bpf_tc_hook hook;
	struct filters received = {}, sent = {};

	if (read_filters(ifindex, CLSACT_RECEIVED, &received) || read_filters(ifindex, CLSACT_SENT, &sent))
		return;
	if (received.count || sent.count)
		return;
	set_hook(&hook, ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	(void)bpf_tc_hook_destroy(&hook);
}

static void detach_locked(const struct clsact *clsact, bool may_be_empty)
{
	for (int i = 0; i < CLSACT_DIRECTIONS; i++)
		may_be_empty |= detach_filter(clsact, i);
	if (may_be_empty && clsact->is_qdisc_ours)
		remove_qdisc_if_empty(clsact->ifindex);
}

static int attach_filters(struct clsact *clsact, const int program_fds[CLSACT_DIRECTIONS], int owner,
			  struct filters filters[CLSACT_DIRECTIONS])
{
	__u32 number = 0, handle;
	int error = claim_number(owner, filters, &number);

	if (error)
		return error;
	handle = HANDLE_MARK | (clsact->is_qdisc_ours ? HANDLE_QDISC_OURS : 0) | number;
	for (int i = 0; !error && i < CLSACT_DIRECTIONS; i++)
		if (program_fds[i] >= 0)
			error = attach_filter(clsact, i, program_fds[i], handle, &filters[i]);
	return error;
}

static int attach_locked(const int program_fds[CLSACT_DIRECTIONS], int owner, struct clsact *clsact)
{
	struct bpf_tc_hook hook;
	struct filters filters[CLSACT_DIRECTIONS] = {};
	int error;

	set_hook(&hook, clsact->ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	error = bpf_tc_hook_create(&hook);
	if (error && error != -EEXIST)
		return error;
	clsact->is_qdisc_ours = !error;
	/* Filters for received packets alone, as on loopback, work in an ingress qdisc too. */
	error = error && program_fds[CLSACT_SENT] >= 0 ? clsact__check(clsact->ifindex) : 0;
	for (int i = 0; !error && i < CLSACT_DIRECTIONS; i++) {
		error = read_swept(clsact->ifindex, i, &filters[i]);
		clsact->is_qdisc_ours |= filters[i].has_qdisc_ours;
	}
	if (!error)
		error = attach_filters(clsact, program_fds, owner, filters);
	if (error)
		detach_locked(clsact, true);
	return error;
}

int clsact__attach(unsigned int ifindex, const int program_fds[CLSACT_DIRECTIONS], int owner, struct clsact *ret_clsact)
{
	struct clsact clsact = { .ifindex = ifindex };
	int lock_fd = privileged_lock__take(LOCK_NUMBER);
	int error = attach_locked(program_fds, owner, &clsact);

	privileged_lock__release(lock_fd);
	if (!error)
		*ret_clsact = clsact;
	return error;
}

void clsact__detach(const struct clsact *clsact)
{
	int lock_fd = privileged_lock__take(LOCK_NUMBER);

	detach_locked(clsact, false);
	privileged_lock__release(lock_fd);
}
