// SPDX-License-Identifier: BSD-2-Clause
/* See conntrack.h. Tested by tests/unit/hook/test_conntrack.c and tests/net/test_routes.sh. */
#include "hook/conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hook/netlink.h"

/* It is there where the kernel tracks connections. Whoever asks ctnetlink elsewhere has the kernel load that. */
#define TRACKS_CONNECTIONS "/proc/sys/net/netfilter/nf_conntrack_count"

/* ---- a message ---- */

enum { HAS_SOURCE = 1, HAS_TARGET = 2, HAS_PROTOCOL = 4, HAS_SOURCE_PORT = 8, HAS_TARGET_PORT = 16, HAS_ALL = 31 };

/* The ends of the packets of one direction. */
struct tuple {
	struct sipbpf_ends ends;
	__u8 protocol;
	bool is_in_zone;
	unsigned int has;
};

/* Returns whether the attribute has an address, which it writes. */
static bool read_address(const struct nlattr *attribute, size_t size, struct sipbpf_endpoint *end)
{
	if (mnl_attr_get_payload_len(attribute) != size)
		return false;
	*end = (struct sipbpf_endpoint){};
	if (size == sizeof(struct in_addr))
		end->address[10] = end->address[11] = 0xff;
	memcpy(end->address + sizeof(end->address) - size, mnl_attr_get_payload(attribute), size);
	return true;
}

static void read_addresses(const struct nlattr *addresses, struct tuple *tuple)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, addresses) {
		__u16 type = mnl_attr_get_type(attribute);
		size_t size = type == CTA_IP_V4_SRC || type == CTA_IP_V4_DST ? sizeof(struct in_addr)
									     : sizeof(struct in6_addr);

		if ((type == CTA_IP_V4_SRC || type == CTA_IP_V6_SRC) &&
		    read_address(attribute, size, &tuple->ends.source))
			tuple->has |= HAS_SOURCE;
		if ((type == CTA_IP_V4_DST || type == CTA_IP_V6_DST) &&
		    read_address(attribute, size, &tuple->ends.target))
			tuple->has |= HAS_TARGET;
	}
}

static void read_protocol(const struct nlattr *protocol, struct tuple *tuple)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, protocol) {
		__u16 type = mnl_attr_get_type(attribute);

		if (type == CTA_PROTO_NUM && mnl_attr_validate(attribute, MNL_TYPE_U8) == 0) {
			tuple->protocol = mnl_attr_get_u8(attribute);
			tuple->has |= HAS_PROTOCOL;
		} else if (type == CTA_PROTO_SRC_PORT && mnl_attr_validate(attribute, MNL_TYPE_U16) == 0) {
			tuple->ends.source_port = ntohs(mnl_attr_get_u16(attribute));
			tuple->has |= HAS_SOURCE_PORT;
		} else if (type == CTA_PROTO_DST_PORT && mnl_attr_validate(attribute, MNL_TYPE_U16) == 0) {
			tuple->ends.target_port = ntohs(mnl_attr_get_u16(attribute));
			tuple->has |= HAS_TARGET_PORT;
		}
	}
}

static void read_tuple(const struct nlattr *attribute, struct tuple *tuple)
{
	const struct nlattr *part;

	mnl_attr_for_each_nested(part, attribute) {
		if (mnl_attr_get_type(part) == CTA_TUPLE_IP)
			read_addresses(part, tuple);
		else if (mnl_attr_get_type(part) == CTA_TUPLE_PROTO)
			read_protocol(part, tuple);
		else if (mnl_attr_get_type(part) == CTA_TUPLE_ZONE)
			tuple->is_in_zone = true;
	}
}

static bool is_counted(const struct tuple *tuple)
{
	return tuple->has == HAS_ALL &&
	       (tuple->protocol == IPPROTO_UDP || tuple->protocol == IPPROTO_TCP || tuple->protocol == IPPROTO_SCTP);
}

static struct sipbpf_ends reversed(const struct sipbpf_ends *ends)
{
	return (struct sipbpf_ends){ .source = ends->target,
				     .target = ends->source,
				     .source_port = ends->target_port,
				     .target_port = ends->source_port };
}

bool conntrack__parse(const struct nlmsghdr *message, struct conntrack_translation *ret_translation)
{
	struct tuple original = {}, reply = {};
	const struct nlattr *attribute;
	bool is_in_zone = false;
	struct sipbpf_ends ends;

	if (message->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW) ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(struct nfgenmsg))
		return false;
	mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attribute) == CTA_TUPLE_ORIG)
			read_tuple(attribute, &original);
		else if (mnl_attr_get_type(attribute) == CTA_TUPLE_REPLY)
			read_tuple(attribute, &reply);
		else if (mnl_attr_get_type(attribute) == CTA_ZONE)
			is_in_zone = true;
	}
	if (!is_counted(&original) || !is_counted(&reply) || original.protocol != reply.protocol)
		return false;
	ends = reversed(&original.ends);
	if (memcmp(&ends, &reply.ends, sizeof(ends)) == 0)
		return false;
	*ret_translation =
		(struct conntrack_translation){ .back = { .ends = reply.ends, .protocol = reply.protocol },
						.ends = ends,
						.is_in_zone = is_in_zone || original.is_in_zone || reply.is_in_zone };
	return true;
}

/* ---- one of them ---- */

/* A question for the connection that this answer belongs to. */
static void put_question(struct nlmsghdr *request, const struct sipbpf_translated *back)
{
	static const __u8 ipv4_prefix[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	const __u8 *source = back->ends.source.address, *target = back->ends.target.address;
	bool is_ipv4 = memcmp(source, ipv4_prefix, sizeof(ipv4_prefix)) == 0;
	size_t size = is_ipv4 ? sizeof(struct in_addr) : sizeof(struct in6_addr),
	       skipped = sizeof(struct in6_addr) - size;
	struct nfgenmsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	struct nlattr *tuple = mnl_attr_nest_start(request, CTA_TUPLE_REPLY), *part;

	request->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	request->nlmsg_flags = NLM_F_REQUEST;
	info->nfgen_family = is_ipv4 ? AF_INET : AF_INET6;
	info->version = NFNETLINK_V0;
	part = mnl_attr_nest_start(request, CTA_TUPLE_IP);
	mnl_attr_put(request, is_ipv4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, size, source + skipped);
	mnl_attr_put(request, is_ipv4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, size, target + skipped);
	mnl_attr_nest_end(request, part);
	part = mnl_attr_nest_start(request, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(request, CTA_PROTO_NUM, back->protocol);
	mnl_attr_put_u16(request, CTA_PROTO_SRC_PORT, htons(back->ends.source_port));
	mnl_attr_put_u16(request, CTA_PROTO_DST_PORT, htons(back->ends.target_port));
	mnl_attr_nest_end(request, part);
	mnl_attr_nest_end(request, tuple);
}

struct search {
	const struct sipbpf_translated *back;
	const struct sipbpf_ends *ends;
	bool is_known;
};

static int compare_message(const struct nlmsghdr *message, void *context)
{
	struct search *search = context;
	struct conntrack_translation found;

	search->is_known = conntrack__parse(message, &found) &&
			   memcmp(&found.back, search->back, sizeof(found.back)) == 0 &&
			   memcmp(&found.ends, search->ends, sizeof(found.ends)) == 0;
	return MNL_CB_STOP;
}

int conntrack__knows(const struct sipbpf_translated *back, const struct sipbpf_ends *ends)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct search search = { .back = back, .ends = ends };
	int error;

	if (access(TRACKS_CONNECTIONS, F_OK))
		return -ENOTSUP;
	put_question(request, back);
	error = netlink__ask(NETLINK_NETFILTER, request, compare_message, &search);
	return error && error != -ENOENT ? error : search.is_known;
}

/* ---- all of them ---- */

struct reading {
	conntrack_take take;
	void *context;
};

static int read_message(const struct nlmsghdr *message, void *context)
{
	const struct reading *reading = context;
	struct conntrack_translation translation;
	int error = conntrack__parse(message, &translation) ? reading->take(reading->context, &translation) : 0;

	errno = -error;
	return error ? MNL_CB_ERROR : MNL_CB_OK;
}

/* What a kernel says that has no ctnetlink. */
static bool is_missing(int error)
{
	return error == -EPROTONOSUPPORT || error == -EINVAL || error == -EOPNOTSUPP;
}

int conntrack__read(conntrack_take take, void *context)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *info = mnl_nlmsg_put_extra_header(request, sizeof(*info));
	struct reading reading = { .take = take, .context = context };
	int error;

	if (access(TRACKS_CONNECTIONS, F_OK))
		return 0;
	request->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	info->nfgen_family = AF_UNSPEC;
	info->version = NFNETLINK_V0;
	error = netlink__ask(NETLINK_NETFILTER, request, read_message, &reading);
	return error == -EINTR || is_missing(error) ? 0 : error;
}
