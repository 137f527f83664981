/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A SIP message of some kilobytes as a UDP datagram in fragments of IP: its headers To, CSeq and Via at any place, cut into
 * fragments of any size, in any order, some lost, sent twice or overlapping. What of it may count is known from where its
 * headers lie, and from which of its bytes arrive.
 */
#ifndef FRAGMENTS_TEST_H
#define FRAGMENTS_TEST_H

#include <stdlib.h>

#include "hep.h"
#include "packets.h"

#define DATAGRAM_MAX 6200
#define DATAGRAM_FRAGMENTS_MAX 16 /* as many as may be held */
#define DATAGRAM_FRAGMENT_MAX 1480
#define DATAGRAM_SENDINGS_MAX 64
#define DATAGRAM_UDP_SIZE 8
#define DATAGRAM_ORDERS 4

/* What the fragments come in. */
enum datagram_form {
	DATAGRAM_BARE,
	DATAGRAM_VLAN,
	DATAGRAM_VXLAN,
	DATAGRAM_GRE,                /* of IPv4 only */
	DATAGRAM_IN_VXLAN_FRAGMENTS, /* the tunnel's packet is cut, not the datagram */
	DATAGRAM_FORMS,
};

struct datagram_fragment {
	unsigned int at; /* offset in what is cut */
	unsigned int length;
};

struct datagram {
	unsigned long long seed;
	/* What is cut: the UDP header and the message; or all of a VXLAN packet behind its IP header. */
	unsigned char bytes[DATAGRAM_MAX];
	unsigned int length;
	unsigned int message; /* offset of it */
	/* Of the message: bytes that must have arrived for something to be known. */
	unsigned int started; /* that it is one, and which */
	unsigned int tag_known;
	unsigned int cseq_known;
	unsigned int all_known; /* all that matters of any message; over TCP, of which HEP tells, Via matters too */
	unsigned int via_known;
	unsigned int port;
	unsigned int identification;
	bool is_ipv6;
	bool has_tag;
	bool is_hep; /* the datagram holds HEP, which holds the message and tells its ports */
	enum datagram_form form;
	struct datagram_fragment sendings[DATAGRAM_SENDINGS_MAX];
	unsigned int sendings_count;
	unsigned int arrived; /* bytes of the message without a hole */
};

static inline unsigned int datagram__draw(struct datagram *datagram, unsigned int below)
{
	datagram->seed = datagram->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(datagram->seed >> 33) % below;
}

static inline void datagram__put(struct datagram *datagram, const char *text)
{
	memcpy(datagram->bytes + datagram->length, text, strlen(text));
	datagram->length += (unsigned int)strlen(text);
}

/* Headers that do not matter, some of which look like those that do. */
static inline void datagram__put_filler(struct datagram *datagram, unsigned int size)
{
	static const char *const lines[] = {
		"Record-Route: <sip:198.51.100.7;lr;ftag=1>\r\n",  "Reply-To: <sip:a@example.com>;tag=9\r\n",
		"Subject: To be or not\r\n To: <sip:b>;tag=2\r\n", "X-CSeq: 7 BYE\r\n",
		"Contact: <sip:198.51.100.8;transport=udp>\r\n",
	};
	unsigned int end = datagram->length + size;

	while (datagram->length < end)
		datagram__put(datagram, lines[datagram__draw(datagram, sizeof(lines) / sizeof(lines[0]))]);
}

static inline unsigned int datagram__position(const struct datagram *datagram)
{
	return datagram->length - datagram->message;
}

/* Appends one of the headers that matter, and notes when it is known. */
static inline void datagram__put_header(struct datagram *datagram, unsigned int header)
{
	unsigned int known;

	switch (header) {
	case 0:
		datagram__put(datagram, datagram__draw(datagram, 2) ? "To: \"b\" <sip:b@example.com>" : "t:<sip:b>");
		if (datagram->has_tag) {
			datagram__put(datagram, ";x=1;tag=");
			datagram->tag_known = known = datagram__position(datagram) + 1;
			datagram__put(datagram, "4711\r\n");
		} else {
			datagram__put(datagram, "\r\n");
			known = datagram__position(datagram) + 1; /* the next line is no fold of it */
		}
		break;
	case 1:
		datagram__put(datagram, "CSeq: 42 INVITE\r");
		datagram->cseq_known = known = datagram__position(datagram);
		datagram__put(datagram, "\n");
		break;
	default:
		datagram__put(datagram, "Via: SIP/2.0/UDP ");
		datagram->via_known = datagram__position(datagram);
		datagram__put(datagram, "198.51.100.9;branch=z9hG4bK1\r\n");
		return;
	}
	if (known > datagram->all_known)
		datagram->all_known = known;
}

/* The three headers in any order, with filler before, between and behind them. */
static inline void datagram__put_message(struct datagram *datagram)
{
	static const unsigned char orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
						   { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	unsigned int order = datagram__draw(datagram, 6), i;

	datagram->message = datagram->length;
	datagram__put(datagram, "INVITE sip:b@example.com SIP/2.0\r\n");
	datagram->started = datagram__position(datagram);
	for (i = 0; i < 3; i++) {
		if (datagram__draw(datagram, 3))
			datagram__put_filler(datagram, datagram__draw(datagram, 1300));
		datagram__put_header(datagram, orders[order][i]);
	}
	datagram__put_filler(datagram, 1 + datagram__draw(datagram, 500));
	datagram__put(datagram, "Content-Length: 4\r\n\r\nv=0\n");
}

/* Puts HEP of any version before the message, which goes on to the end of the datagram. */
static inline void datagram__put_hep(struct datagram *datagram)
{
	const struct hep_ends ends = { .is_ipv6 = datagram__draw(datagram, 2),
				       .source_port = datagram->port,
				       .target_port = 5060,
				       .protocol = 6 };
	static struct packet_builder packet;
	unsigned int size = datagram->length - datagram->message;

	packet.length = 0;
	hep__put(&packet, 1 + datagram__draw(datagram, 3), &ends, datagram->bytes + datagram->message, size);
	datagram->length = datagram->message + (unsigned int)packet.length;
	memcpy(datagram->bytes + datagram->message, packet.bytes, packet.length);
	datagram->message = datagram->length - size;
}

/* Puts the datagram of the message into a packet of a tunnel, which will be cut instead. */
static inline void datagram__wrap(struct datagram *datagram)
{
	static struct packet_builder packet;

	packets__ethernet(&packet, 0x0800);
	packets__ipv4(&packet, 17, 0, 0);
	packets__put(&packet, datagram->bytes, datagram->length);
	packets__finish(&packet);
	packets__in_vxlan(&packet);
	datagram->length = (unsigned int)packet.length - 34;
	memcpy(datagram->bytes, packet.bytes + 34, datagram->length);
	datagram->message += PACKETS_OUTER_SIZE - 34 + 14 + 20;
}

/* Makes the datagram of a seed. */
static inline void datagram__make(struct datagram *datagram, unsigned long long seed, unsigned int port)
{
	memset(datagram, 0, sizeof(*datagram));
	datagram->seed = seed;
	(void)datagram__draw(datagram, 1);
	datagram->port = port;
	datagram->identification = datagram__draw(datagram, 0x7fffffff);
	datagram->form = (enum datagram_form)datagram__draw(datagram, DATAGRAM_FORMS);
	datagram->is_ipv6 = datagram->form != DATAGRAM_GRE && datagram__draw(datagram, 2);
	datagram->has_tag = datagram__draw(datagram, 2);
	datagram->length = DATAGRAM_UDP_SIZE;
	datagram__put_message(datagram);
	datagram->is_hep = datagram__draw(datagram, 4) == 0;
	if (datagram->is_hep)
		datagram__put_hep(datagram);
	datagram->bytes[0] = (unsigned char)(port >> 8);
	datagram->bytes[1] = (unsigned char)port;
	memcpy(datagram->bytes + 2, "\x13\xc4", 2);
	datagram->bytes[4] = (unsigned char)(datagram->length >> 8);
	datagram->bytes[5] = (unsigned char)datagram->length;
	datagram->bytes[6] = (unsigned char)(seed >> 8); /* some checksum */
	datagram->bytes[7] = (unsigned char)(seed | 1);
	if (datagram->form == DATAGRAM_IN_VXLAN_FRAGMENTS)
		datagram__wrap(datagram);
}

static inline void datagram__send(struct datagram *datagram, unsigned int at, unsigned int length)
{
	datagram->sendings[datagram->sendings_count++] = (struct datagram_fragment){ at, length };
}

/*
 * The least bytes of the first fragment: the headers of a tunnel and of HEP lie in it. HEP1 and HEP2 are known by the text
 * behind them too.
 */
static inline unsigned int datagram__first_min(const struct datagram *datagram)
{
	if (datagram->is_hep)
		return datagram->message + 16;
	return datagram->form == DATAGRAM_IN_VXLAN_FRAGMENTS ? datagram->message : 0;
}

/* Cuts it; a fragment may begin within the one before. */
static inline void datagram__cut(struct datagram *datagram, bool overlaps)
{
	unsigned int largest = datagram->length / 8 / (2 + datagram__draw(datagram, 6)) * 8 + 8, at = 0, length, back;

	if (largest > DATAGRAM_FRAGMENT_MAX)
		largest = DATAGRAM_FRAGMENT_MAX;
	while (at < datagram->length) {
		length = 8 + datagram__draw(datagram, largest / 8) * 8;
		if (datagram->sendings_count >= DATAGRAM_FRAGMENTS_MAX / 2)
			length = DATAGRAM_FRAGMENT_MAX;
		if (!at)
			length += datagram__first_min(datagram);
		length = length / 8 * 8;
		if (length > datagram->length - at)
			length = datagram->length - at;
		back = overlaps && at ? datagram__draw(datagram, at / 8) * 8 : 0;
		back = back + length > DATAGRAM_FRAGMENT_MAX ? 0 : back;
		datagram__send(datagram, at - back, length + back);
		at += length;
	}
}

/* Loses some of the fragments, and sends some twice. */
static inline void datagram__mishap(struct datagram *datagram, unsigned int lost_of, unsigned int doubled_of)
{
	unsigned int i, kept = 0, count = datagram->sendings_count;

	for (i = 0; i < count; i++)
		if (!lost_of || datagram__draw(datagram, lost_of))
			datagram->sendings[kept++] = datagram->sendings[i];
	datagram->sendings_count = kept;
	for (i = 0; i < kept; i++)
		if (doubled_of && datagram__draw(datagram, doubled_of) == 0)
			datagram__send(datagram, datagram->sendings[i].at, datagram->sendings[i].length);
}

/* Puts the fragments into any order. */
static inline void datagram__shuffle(struct datagram *datagram)
{
	struct datagram_fragment fragment;
	unsigned int i, other;

	for (i = datagram->sendings_count; i > 1; i--) {
		other = datagram__draw(datagram, i);
		fragment = datagram->sendings[other];
		datagram->sendings[other] = datagram->sendings[i - 1];
		datagram->sendings[i - 1] = fragment;
	}
}

/* Makes another datagram with the same identification that holds no SIP, and whose last part comes first. */
static inline void datagram__make_other(const struct datagram *datagram, struct datagram *ret_other)
{
	unsigned int at = (datagram->message + 40) / 8 * 8;

	*ret_other = *datagram;
	memset(ret_other->bytes + ret_other->message, 'x', ret_other->length - ret_other->message);
	ret_other->bytes[ret_other->message] = 0x80;
	ret_other->sendings_count = 0;
	datagram__send(ret_other, at, ret_other->length - at < 1200 ? ret_other->length - at : 1200);
	datagram__send(ret_other, 0, at);
}

/* How many bytes of the message arrive without a hole, from its first one on. */
static inline unsigned int datagram__arriving(const struct datagram *datagram)
{
	unsigned int arrived = 0, before, i;

	do {
		before = arrived;
		for (i = 0; i < datagram->sendings_count; i++)
			if (datagram->sendings[i].at <= arrived &&
			    datagram->sendings[i].at + datagram->sendings[i].length > arrived)
				arrived = datagram->sendings[i].at + datagram->sendings[i].length;
	} while (arrived != before);
	return arrived > datagram->message ? arrived - datagram->message : 0;
}

/* Puts IP with a fragment header behind what has been built. */
static inline void datagram__put_ip(const struct datagram *datagram, const struct datagram_fragment *fragment,
				    bool is_ipv6, struct packet_builder *packet)
{
	unsigned int more = fragment->at + fragment->length < datagram->length, id = datagram->identification;

	if (!is_ipv6) {
		packets__ipv4(packet, 17, more << 13 | fragment->at / 8, 0);
		packets__set16(packet, packet->ip + 4, id & 0xffff);
		return;
	}
	packets__ipv6(packet, 44);
	packets__put(packet, "\x11", 2);
	packets__put16(packet, fragment->at | more);
	packets__put16(packet, id >> 16);
	packets__put16(packet, id & 0xffff);
}

/* Builds the frame of a fragment that is sent. */
static inline void datagram__frame(const struct datagram *datagram, unsigned int sending, struct packet_builder *packet)
{
	const struct datagram_fragment *fragment = &datagram->sendings[sending];

	packet->length = 0;
	packet->udp = 0;
	packets__put(packet, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01", 12);
	packets__put16(packet, datagram->is_ipv6 ? 0x86dd : 0x0800);
	datagram__put_ip(datagram, fragment, datagram->is_ipv6, packet);
	packets__put(packet, datagram->bytes + fragment->at, fragment->length);
	packets__finish(packet);
	if (datagram->form == DATAGRAM_VLAN)
		packets__tag(packet);
	else if (datagram->form == DATAGRAM_VXLAN)
		packets__in_vxlan(packet);
	else if (datagram->form == DATAGRAM_GRE)
		packets__in_gre(packet);
}

/* What counts of a datagram of which so many bytes of the message have arrived; 0: nothing. */
static inline const char *datagram__type(const struct datagram *datagram, unsigned int arrived)
{
	if (arrived < datagram->started)
		return NULL;
	return datagram->has_tag && arrived >= datagram->tag_known ? "ReINVITE" : "INVITE";
}

static inline const char *datagram__method(const struct datagram *datagram, unsigned int arrived)
{
	return arrived >= datagram->cseq_known ? "INVITE" : "UNKNOWN";
}

/* Whether what counts is told to be truncated. */
static inline bool datagram__is_truncated(const struct datagram *datagram, unsigned int arrived)
{
	return arrived >= datagram->started &&
	       (arrived < datagram->all_known || (datagram->is_hep && arrived < datagram->via_known));
}

#endif
