// SPDX-License-Identifier: BSD-2-Clause
/* See attach.h. Tested by tests/bpf/test_attach.c. */
#include "hook/attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hook/clsact.h"
#include "hook/descriptors.h"
#include "hook/driver.h"
#include "hook/foreign.h"
#include "hook/guardian.h"
#include "hook/interface.h"
#include "hook/receive_offload.h"
#include "hook/tcx.h"

#define TCX_FIRST (1U << 3) /* BPF_F_BEFORE: a program ahead of ours may end the chain */

#define REASON_SIZE 256
#define DESCRIPTION_SIZE 64

struct attach {
	unsigned int ifindex;
	char interface[IF_NAMESIZE];
	bool is_loopback;
	bool is_bare;      /* its frames begin with IP, not with Ethernet */
	int received_link; /* -1: none */
	int sent_link;     /* -1: none */
	struct guardian *guardian;
	struct unseen_place places[ATTACH_PLACES_MAX];
	size_t places_count;
};

/* How to see received frames, and why so. */
struct plan {
	bool is_xdp;
	__u32 xdp_flags;     /* XDP_FLAGS_DRV_MODE or XDP_FLAGS_SKB_MODE */
	__u32 lost_offloads; /* see struct unseen_place */
	char reason[REASON_SIZE];
};

static void set_reason(struct plan *plan, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void set_reason(struct plan *plan, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(plan->reason, REASON_SIZE, format, arguments);
	va_end(arguments);
}

/* Writes "interface: ..." to text and returns error. */
static int explain(const struct attach *attach, char *text, int error, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int explain(const struct attach *attach, char *text, int error, const char *format, ...)
{
	int length = snprintf(text, ATTACH_TEXT_SIZE, "%s: ", attach->interface);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, ATTACH_TEXT_SIZE - (size_t)length, format, arguments);
	va_end(arguments);
	return error;
}

/* ---- the interface ---- */

static int interface_ioctl(const char *interface, unsigned long request, struct ifreq *ifreq)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	memcpy(ifreq->ifr_name, interface, IF_NAMESIZE);
	error = ioctl(fd, request, ifreq) ? -errno : 0;
	close(fd);
	return error;
}

/* Whether frames of this link type begin with IP. */
static bool is_bare_type(unsigned short link_type)
{
	static const unsigned short types[] = { ARPHRD_NONE,    ARPHRD_PPP, ARPHRD_SLIP,  ARPHRD_CSLIP,  ARPHRD_TUNNEL,
						ARPHRD_TUNNEL6, ARPHRD_SIT, ARPHRD_IPGRE, ARPHRD_IP6GRE, ARPHRD_RAWIP };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i] == link_type)
			return true;
	return false;
}

/* Resolves a name, which may be an alternative one, to the interface's number and its own name. */
static int find_interface(const char *interface, struct attach *attach, char *text)
{
	struct ifreq ifreq = {};
	int error;

	snprintf(attach->interface, IF_NAMESIZE, "%s", interface);
	attach->ifindex = interface__find(interface);
	if (!attach->ifindex || !if_indextoname(attach->ifindex, attach->interface)) {
		interface__describe_missing(interface, text);
		return -ENODEV;
	}
	error = interface_ioctl(attach->interface, SIOCGIFHWADDR, &ifreq);
	if (error)
		return explain(attach, text, error, "cannot be examined: %s", strerror(-error));
	attach->is_loopback = ifreq.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	attach->is_bare = is_bare_type(ifreq.ifr_hwaddr.sa_family);
	if (ifreq.ifr_hwaddr.sa_family == ARPHRD_ETHER || attach->is_loopback || attach->is_bare)
		return 0;
	return explain(attach, text, -EOPNOTSUPP,
		       "its frames (link type %u) begin with neither Ethernet nor IP; attach to an interface whose "
		       "frames do",
		       ifreq.ifr_hwaddr.sa_family);
}

/* ---- the choice ---- */

static void choose_by_driver(const struct attach *attach, struct plan *plan)
{
	char driver[DRIVER_NAME_SIZE];

	if (attach->is_bare) {
		set_reason(plan, "no native XDP without Ethernet");
		return;
	}
	driver__read(attach->interface, driver);
	plan->is_xdp = driver__does_native_xdp_well(driver);
	if (plan->is_xdp)
		set_reason(plan, "driver %s does it well", driver);
	else if (driver__pays_for_native_xdp(driver))
		set_reason(plan, "native XDP would disable %s's offloads", driver);
	else if (*driver)
		set_reason(plan, "driver %s is not known to do native XDP well", driver);
	else
		set_reason(plan, "no native XDP on loopback");
}

static const char *xdp_name(enum attach_mode mode)
{
	return mode == ATTACH_SKB ? "generic XDP" : "native XDP";
}

static int explain_xdp(const struct attach *attach, enum attach_mode mode, int error, char *text)
{
	return explain(attach, text, error, "%s failed: %s; use --mode tc", xdp_name(mode), strerror(-error));
}

static int refuse_xdp(const struct attach *attach, const struct foreign *foreign, char *text)
{
	char description[DESCRIPTION_SIZE], advice[REASON_SIZE];

	foreign__describe(foreign, description, sizeof(description));
	foreign__advise(foreign, attach->ifindex, attach->interface, advice, sizeof(advice));
	return explain(attach, text, -EBUSY,
		       "there is an XDP program already (%s), and an interface takes only one; %s, or use --mode tc",
		       description, advice);
}

/*
 * Refuses XDP, if it is asked for, where what can be read tells that it is not possible. Whether a driver can do it is
 * only known when it is tried.
 */
static int check_mode(const struct attach *attach, enum attach_mode mode, char *text)
{
	struct foreign foreign;

	if (mode != ATTACH_NATIVE && mode != ATTACH_SKB)
		return 0;
	foreign = foreign__find(attach->ifindex);
	if (foreign.program)
		return refuse_xdp(attach, &foreign, text);
	if (mode == ATTACH_NATIVE && (attach->is_loopback || attach->is_bare))
		return explain_xdp(attach, mode, -EOPNOTSUPP, text);
	return 0;
}

static void make_plan(const struct attach *attach, enum attach_mode mode, struct plan *plan)
{
	struct foreign foreign = mode == ATTACH_AUTO ? foreign__find(attach->ifindex) : (struct foreign){};
	char description[DESCRIPTION_SIZE];

	plan->is_xdp = mode == ATTACH_NATIVE || mode == ATTACH_SKB;
	plan->xdp_flags = mode == ATTACH_SKB ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
	plan->lost_offloads = mode == ATTACH_SKB ? receive_offload__read(attach->interface) : 0;
	if (mode != ATTACH_AUTO) {
		set_reason(plan, "as asked for");
	} else if (foreign.program) {
		foreign__describe(&foreign, description, sizeof(description));
		set_reason(plan, "there is an XDP program already: %s", description);
	} else {
		choose_by_driver(attach, plan);
	}
}

/* ---- the hooks ---- */

/* Attaches by XDP. With ATTACH_AUTO a failure is no error, but changes the plan to tc. */
static int attach_xdp(struct attach *attach, const struct probe_hooks *hooks, enum attach_mode mode, struct plan *plan,
		      char *text)
{
	DECLARE_LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = plan->xdp_flags);
	int link = bpf_link_create(hooks->programs[PROBE_XDP], (int)attach->ifindex, BPF_XDP, &opts);

	if (link >= 0) {
		attach->received_link = link;
		return 0;
	}
	if (mode != ATTACH_AUTO)
		return explain_xdp(attach, mode, link, text);
	plan->is_xdp = false;
	set_reason(plan, "native XDP failed: %s", strerror(-link));
	return 0;
}

/* Returns -EOPNOTSUPP when the kernel has no tcx. */
static int attach_tcx(const struct attach *attach, const struct probe_hooks *hooks, enum probe_program program,
		      int *ret_link)
{
	DECLARE_LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = TCX_FIRST);
	int link = bpf_link_create(hooks->programs[program], (int)attach->ifindex,
				   tcx__attach_type(program == PROBE_TC_SENT), &opts);

	if (link < 0)
		return link == -EINVAL ? -EOPNOTSUPP : link;
	*ret_link = link;
	return 0;
}

/* Attaches by tc. Loopback receives all that it sends, so its packets are counted on receipt alone. */
static int attach_tc(struct attach *attach, const struct probe_hooks *hooks, enum attach_mode mode, bool received)
{
	bool sent = !attach->is_loopback;
	int fds[CLSACT_DIRECTIONS] = {
		[CLSACT_RECEIVED] = received ? hooks->programs[PROBE_TC_RECEIVED] : -1,
		[CLSACT_SENT] = sent ? hooks->programs[PROBE_TC_SENT] : -1,
	};
	int error = mode == ATTACH_CLSACT ? -EOPNOTSUPP : 0;

	if (!sent && !received)
		return 0;
	if (!error && sent)
		error = attach_tcx(attach, hooks, PROBE_TC_SENT, &attach->sent_link);
	if (!error && received)
		error = attach_tcx(attach, hooks, PROBE_TC_RECEIVED, &attach->received_link);
	if (error == -EOPNOTSUPP && attach->sent_link < 0)
		error = guardian__new(attach->ifindex, fds, &attach->guardian);
	return error;
}

static int explain_tc(const struct attach *attach, int error, char *text)
{
	if (error == -EPERM)
		return explain(attach, text, error, "no permission to attach; it needs CAP_NET_ADMIN");
	if (error == -EBUSY)
		return explain(
			attach, text, error,
			"sent packets need a clsact qdisc in every mode, but an ingress qdisc is in its place; replace "
			"it: `tc qdisc del dev %s ingress; tc qdisc add dev %s clsact`, then add "
			"its filters again",
			attach->interface, attach->interface);
	return explain(attach, text, error, "attaching to tc failed: %s", strerror(-error));
}

/* Notes where the programs are, or would be: without hooks. */
static void note_places(struct attach *attach, const struct probe_hooks *hooks, const struct plan *plan, bool is_clsact)
{
	enum unseen_hook tc = is_clsact ? UNSEEN_BY_CLSACT : UNSEEN_BY_TCX;
	enum unseen_hook xdp = plan->xdp_flags == XDP_FLAGS_SKB_MODE ? UNSEEN_BY_GENERIC : UNSEEN_BY_NATIVE;
	enum probe_program received = plan->is_xdp ? PROBE_XDP : PROBE_TC_RECEIVED;

	attach->places[0] = (struct unseen_place){ .ifindex = attach->ifindex,
						   .hook = plan->is_xdp ? xdp : tc,
						   .program = hooks ? hooks->program_ids[received] : 0,
						   .lost_offloads = plan->lost_offloads };
	attach->places[1] = (struct unseen_place){ .ifindex = attach->ifindex,
						   .is_sent = true,
						   .hook = tc,
						   .program = hooks ? hooks->program_ids[PROBE_TC_SENT] : 0 };
	attach->places_count = attach->is_loopback ? 1 : 2;
}

/* Writes what is chosen, and why. */
static int explain_choice(const struct attach *attach, enum attach_mode mode, const struct plan *plan, bool is_clsact,
			  char *text)
{
	const char *tc = is_clsact ? "clsact" : "tcx";

	return explain(attach, text, 0, "received by %s (%s)%s%s", plan->is_xdp ? xdp_name(mode) : tc, plan->reason,
		       attach->is_loopback ? "; sent packets are counted when received" : ", sent by ",
		       attach->is_loopback ? "" : tc);
}

static int attach_hooks(struct attach *attach, const struct probe_hooks *hooks, enum attach_mode mode, char *text)
{
	struct plan plan;
	int error = probe_hooks__set_bare(hooks, attach->ifindex, attach->is_bare);

	if (error)
		return explain(attach, text, error, "too many interfaces (%s); run several sipbpf", strerror(-error));
	make_plan(attach, mode, &plan);
	if (mode == ATTACH_AUTO && plan.is_xdp && hooks->programs[PROBE_XDP] < 0) {
		plan.is_xdp = false;
		set_reason(&plan, "the programs of XDP are not loaded, as no interface took them at the start");
	}
	if (plan.is_xdp)
		error = attach_xdp(attach, hooks, mode, &plan, text);
	if (error)
		return error;
	error = attach_tc(attach, hooks, mode, !plan.is_xdp);
	if (error)
		return explain_tc(attach, error, text);
	note_places(attach, hooks, &plan, attach->guardian);
	return explain_choice(attach, mode, &plan, attach->guardian, text);
}

/* Finds out how the hooks would be attached. */
static int foresee_hooks(struct attach *attach, enum attach_mode mode, char *text)
{
	__u32 programs[TCX_PROGRAMS_MAX];
	struct plan plan;
	bool is_clsact = mode == ATTACH_CLSACT;
	int error = 0;

	make_plan(attach, mode, &plan);
	if (!is_clsact)
		is_clsact = tcx__programs(attach->ifindex, true, programs) == -EOPNOTSUPP;
	if (is_clsact && !attach->is_loopback)
		error = clsact__check(attach->ifindex);
	if (error)
		return explain_tc(attach, error, text);
	note_places(attach, NULL, &plan, is_clsact);
	return explain_choice(attach, mode, &plan, is_clsact, text);
}

/* ---- the module ---- */

/* Whether ATTACH_AUTO attaches to one of the interfaces by XDP. Of those that do not exist, nothing is known. */
static bool plans_xdp(char *const *interfaces, size_t interfaces_count)
{
	char text[ATTACH_TEXT_SIZE];
	size_t i;

	for (i = 0; i < interfaces_count; i++) {
		struct attach attach = {};
		struct plan plan;

		if (find_interface(interfaces[i], &attach, text))
			continue;
		make_plan(&attach, ATTACH_AUTO, &plan);
		if (plan.is_xdp)
			return true;
	}
	return false;
}

__u32 attach__programs(enum attach_mode mode, char *const *interfaces, size_t interfaces_count)
{
	__u32 received = PROBE_BIT(PROBE_TC_RECEIVED);

	if (mode == ATTACH_NATIVE || mode == ATTACH_SKB)
		received = PROBE_BIT(PROBE_XDP);
	else if (mode == ATTACH_AUTO && plans_xdp(interfaces, interfaces_count))
		received |= PROBE_BIT(PROBE_XDP);
	return received | PROBE_BIT(PROBE_TC_SENT);
}

int attach__check(const char *interface, enum attach_mode mode, char *ret_text)
{
	struct attach attach = {};
	int error = find_interface(interface, &attach, ret_text);

	return error ? error : check_mode(&attach, mode, ret_text);
}

int attach__foresee(const char *interface, enum attach_mode mode, struct unseen_place *ret_places, size_t *ret_count,
		    char *ret_text)
{
	struct attach attach = {};
	int error = find_interface(interface, &attach, ret_text);

	if (!error)
		error = check_mode(&attach, mode, ret_text);
	if (!error)
		error = foresee_hooks(&attach, mode, ret_text);
	if (error)
		return error;
	memcpy(ret_places, attach.places, sizeof(attach.places));
	*ret_count = attach.places_count;
	return 0;
}

int attach__new(const struct probe_hooks *hooks, const char *interface, enum attach_mode mode,
		struct attach **ret_attach, char *ret_text)
{
	struct attach *attach = calloc(1, sizeof(*attach));
	int error;

	if (!attach) {
		snprintf(ret_text, ATTACH_TEXT_SIZE, "%.64s: out of memory", interface);
		return -ENOMEM;
	}
	attach->received_link = attach->sent_link = -1;
	error = find_interface(interface, attach, ret_text);
	if (!error)
		error = check_mode(attach, mode, ret_text);
	if (!error)
		error = attach_hooks(attach, hooks, mode, ret_text);
	if (error) {
		attach__free(attach);
		return error;
	}
	*ret_attach = attach;
	return 0;
}

void attach__pack(const struct attach *attach, struct attach_parcel *ret_parcel, int ret_fds[ATTACH_FDS])
{
	*ret_parcel = (struct attach_parcel){ .ifindex = attach->ifindex,
					      .is_loopback = attach->is_loopback,
					      .is_bare = attach->is_bare,
					      .places_count = attach->places_count };
	memcpy(ret_parcel->interface, attach->interface, IF_NAMESIZE);
	memcpy(ret_parcel->places, attach->places, sizeof(attach->places));
	ret_fds[ATTACH_FD_RECEIVED] = attach->received_link;
	ret_fds[ATTACH_FD_SENT] = attach->sent_link;
	ret_fds[ATTACH_FD_GUARDIAN] = attach->guardian ? guardian__fd(attach->guardian) : -1;
	ret_fds[ATTACH_FD_OWNER] = attach->guardian ? guardian__owner(attach->guardian) : -1;
	if (attach->guardian)
		ret_parcel->clsact = *guardian__clsact(attach->guardian);
}

static int unpack_guardian(const struct attach_parcel *parcel, const int fds[ATTACH_FDS],
			   struct guardian **ret_guardian)
{
	if (fds[ATTACH_FD_GUARDIAN] < 0)
		return 0;
	return guardian__adopt(fds[ATTACH_FD_GUARDIAN], fds[ATTACH_FD_OWNER], &parcel->clsact, ret_guardian);
}

int attach__unpack(const struct attach_parcel *parcel, const int fds[ATTACH_FDS], struct attach **ret_attach)
{
	struct attach *attach = calloc(1, sizeof(*attach));
	int error = attach ? unpack_guardian(parcel, fds, &attach->guardian) : -ENOMEM;

	if (error) {
		free(attach);
		descriptors__close(fds, ATTACH_FDS);
		return error;
	}
	attach->ifindex = parcel->ifindex;
	memcpy(attach->interface, parcel->interface, IF_NAMESIZE);
	attach->is_loopback = parcel->is_loopback;
	attach->is_bare = parcel->is_bare;
	attach->received_link = fds[ATTACH_FD_RECEIVED];
	attach->sent_link = fds[ATTACH_FD_SENT];
	memcpy(attach->places, parcel->places, sizeof(attach->places));
	attach->places_count = parcel->places_count;
	*ret_attach = attach;
	return 0;
}

static void close_links(const struct attach *attach)
{
	if (attach->received_link >= 0)
		close(attach->received_link);
	if (attach->sent_link >= 0)
		close(attach->sent_link);
}

void attach__leave(struct attach *attach)
{
	close_links(attach);
	guardian__leave(attach->guardian);
	free(attach);
}

void attach__free(struct attach *attach)
{
	if (!attach)
		return;
	close_links(attach);
	guardian__free(attach->guardian);
	free(attach);
}

unsigned int attach__ifindex(const struct attach *attach)
{
	return attach->ifindex;
}

size_t attach__places(const struct attach *attach, struct unseen_place *ret_places)
{
	memcpy(ret_places, attach->places, sizeof(attach->places));
	return attach->places_count;
}

const char *attach__interface(const struct attach *attach)
{
	return attach->interface;
}

int attach__guardian_fd(const struct attach *attach)
{
	return attach->guardian ? guardian__fd(attach->guardian) : -1;
}

/* Writes the command that removes the filter, behind a space, or nothing if there is no filter. Returns the length. */
static int write_removal(const struct attach *attach, enum clsact_direction direction, const char *interface,
			 char *text, size_t size)
{
	const struct clsact_filter *filter = &guardian__clsact(attach->guardian)->filters[direction];

	if (!filter->handle)
		return 0;
	return snprintf(text, size, " `tc filter del dev %s %s pref %u handle %#x bpf`", interface,
			direction == CLSACT_RECEIVED ? "ingress" : "egress", filter->priority, filter->handle);
}

bool attach__has_leftovers(struct attach *attach, char *ret_text)
{
	char commands[REASON_SIZE] = "", interface[IF_NAMESIZE];
	int length;

	if (!attach->guardian || !guardian__is_lost(attach->guardian))
		return false;
	/* The filters have gone with the interface. */
	if (!if_indextoname(attach->ifindex, interface))
		return false;
	length = write_removal(attach, CLSACT_RECEIVED, interface, commands, sizeof(commands));
	write_removal(attach, CLSACT_SENT, interface, commands + length, sizeof(commands) - (size_t)length);
	snprintf(ret_text, ATTACH_TEXT_SIZE,
		 "%s: the process sipbpf-guardian has been killed, so the tc filters stay when sipbpf ends; the next "
		 "`sipbpf attach %s` removes them, or remove them by hand:%s",
		 interface, interface, commands);
	return true;
}
