// SPDX-License-Identifier: BSD-2-Clause
/* See tunnel.h. Tested by tests/unit/hook/test_tunnel.c and tests/net/test_routes.sh. */
#include "hook/tunnel.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <netinet/in.h>
#include <string.h>

#include "packet/datagram.h"

#define PORTS_MAX 2

/* The types of the attributes that tell of a kind; 0: none does. */
struct tunnel_form {
	const char *kind;
	__u16 link, remote, remote6;
	__u16 port; /* of UDP */
	__u16 encapsulation;
	__u16 known_ports[PORTS_MAX]; /* at which the programs read on */
};

#define IN_IP(name)                                                                                                 \
	{                                                                                                           \
		.kind = (name), .link = IFLA_IPTUN_LINK, .remote = IFLA_IPTUN_REMOTE, .remote6 = IFLA_IPTUN_REMOTE, \
		.encapsulation = IFLA_IPTUN_ENCAP_TYPE                                                              \
	}
#define IN_GRE(name)                                                                                          \
	{                                                                                                     \
		.kind = (name), .link = IFLA_GRE_LINK, .remote = IFLA_GRE_REMOTE, .remote6 = IFLA_GRE_REMOTE, \
		.encapsulation = IFLA_GRE_ENCAP_TYPE                                                          \
	}

static const struct tunnel_form forms[] = {
	IN_IP("ipip"),
	IN_IP("sit"),
	IN_IP("ip6tnl"),
	IN_GRE("gre"),
	IN_GRE("gretap"),
	IN_GRE("erspan"),
	IN_GRE("ip6gre"),
	IN_GRE("ip6gretap"),
	IN_GRE("ip6erspan"),
	{ .kind = "vxlan",
	  .link = IFLA_VXLAN_LINK,
	  .remote = IFLA_VXLAN_GROUP,
	  .remote6 = IFLA_VXLAN_GROUP6,
	  .port = IFLA_VXLAN_PORT,
	  .known_ports = { PACKET_PORT_VXLAN, PACKET_PORT_VXLAN_LINUX } },
	{ .kind = "geneve",
	  .remote = IFLA_GENEVE_REMOTE,
	  .remote6 = IFLA_GENEVE_REMOTE6,
	  .port = IFLA_GENEVE_PORT,
	  .known_ports = { PACKET_PORT_GENEVE } },
};

static const struct tunnel_form *find_form(const char *kind)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strcmp(forms[i].kind, kind) == 0)
			return &forms[i];
	return NULL;
}

static bool is_known_port(const struct tunnel_form *form, const struct nlattr *attribute)
{
	__u16 port = mnl_attr_validate(attribute, MNL_TYPE_U16) == 0 ? ntohs(mnl_attr_get_u16(attribute)) : 0;

	for (size_t i = 0; port && i < PORTS_MAX; i++)
		if (form->known_ports[i] == port)
			return true;
	return false;
}

/* The programs do not read on at other ports, nor within FOU and GUE, whose port may be any. */
static bool hides_packets(const struct tunnel_form *form, const struct nlattr *attribute)
{
	__u16 type = mnl_attr_get_type(attribute);

	if (type == form->port)
		return !is_known_port(form, attribute);
	return type == form->encapsulation && mnl_attr_validate(attribute, MNL_TYPE_U16) == 0 &&
	       mnl_attr_get_u16(attribute) != TUNNEL_ENCAP_NONE;
}

/* The address is unspecified where the packets say where they go, as in a tunnel with several other ends. */
static void read_remote(const struct nlattr *attribute, struct tunnel *tunnel)
{
	static const struct in6_addr unspecified;
	size_t size = mnl_attr_get_payload_len(attribute);
	__u8 *address = tunnel->remote.address;

	if ((size != sizeof(struct in_addr) && size != sizeof(struct in6_addr)) ||
	    memcmp(mnl_attr_get_payload(attribute), &unspecified, size) == 0)
		return;
	memset(address, 0, sizeof(tunnel->remote.address));
	if (size == sizeof(struct in_addr))
		address[10] = address[11] = 0xff;
	memcpy(address + sizeof(tunnel->remote.address) - size, mnl_attr_get_payload(attribute), size);
	tunnel->has_remote = true;
}

bool tunnel__parse(const char *kind, const struct nlattr *data, struct tunnel *ret_tunnel)
{
	const struct tunnel_form *form = find_form(kind);
	const struct nlattr *attribute;
	struct tunnel tunnel = {};

	if (!form)
		return false;
	mnl_attr_for_each_nested(attribute, data) {
		__u16 type = mnl_attr_get_type(attribute);

		if (type == form->link && mnl_attr_validate(attribute, MNL_TYPE_U32) == 0)
			tunnel.link = mnl_attr_get_u32(attribute);
		else if (type == form->remote || type == form->remote6)
			read_remote(attribute, &tunnel);
		else if (hides_packets(form, attribute))
			return false;
	}
	*ret_tunnel = tunnel;
	return true;
}
