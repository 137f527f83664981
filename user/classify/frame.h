/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classifies frames in user space and counts them, as the probe and the drain do for live traffic. It is made from the
 * same source as the BPF programs.
 */
#ifndef FRAME_H
#define FRAME_H

#include <linux/types.h>
#include <stdbool.h>

#include "common/sipbpf.h"
#include "counts/counter.h"
#include "counts/filter.h"
#include "counts/link.h"

/* The header with which a frame begins. */
enum frame_start {
	FRAME_ETHERNET,
	FRAME_IP,
	FRAME_IPV4,
	FRAME_IPV6,
	FRAME_ETHERTYPE, /* ethertype says which */
	FRAME_LLC,
	FRAME_STARTS,
	FRAME_PAYLOAD = FRAME_STARTS, /* none: origin says what the packet's headers did */
};

/* What is known of a packet of which a capture has the payload alone. */
struct frame_origin {
	struct sipbpf_ends ends;
	__u32 number;       /* of the packet in its own capture; 0: unknown */
	__u8 protocol;      /* an IP protocol; IPPROTO_NONE: unknown */
	__u8 tcp_flags;     /* with has_sequence */
	bool has_sequence;  /* the payload is a segment of TCP; without, it is what such segments have carried */
	__u32 tcp_sequence; /* with has_sequence */
};

/* Why a frame that may hold IP cannot be read. It has no protocol. */
enum frame_obstacle {
	FRAME_READABLE, /* or of what holds no IP */
	FRAME_WIFI_ENCRYPTED,
	FRAME_WIFI_FRAGMENT, /* and not the first one */
	FRAME_ERF_TYPE,
	FRAME_INNER_LINK_TYPE, /* behind a header that names it */
	FRAME_OBSTACLES
};

/* What follows the packet in its frame, if that holds several. */
struct frame_rest {
	const __u8 *bytes;
	__u32 length;
};

struct frame {
	const __u8 *bytes;
	__u32 length; /* bytes present */
	enum frame_start start;
	__u16 ethertype;            /* with FRAME_ETHERTYPE: of the header at bytes[0]; host byte order */
	struct frame_origin origin; /* with FRAME_PAYLOAD */
	enum frame_obstacle obstacle;
	struct frame_rest rest;
	enum sipbpf_hook hook; /* SIPBPF_RECEIVED unless the capture says that the frame was sent */
	__u32 milliseconds;    /* when it passed, by any clock: limits how long segments and fragments wait */
};

struct frame_classifier;
struct flows;

/*
 * Returns a classifier that adds to these counters under these rules, or NULL when memory is short. Both must outlive
 * it. frame_classifier__free(NULL) is fine.
 */
struct frame_classifier *frame_classifier__new(struct counters *counters, const struct link_rules *rules);
void frame_classifier__free(struct frame_classifier *classifier);

/* Restricts it to packets to or from these ports (--port), host byte order. The array must outlive the classifier. */
void frame_classifier__set_ports(struct frame_classifier *classifier, const __u16 *ports, size_t count);

/*
 * Has it count the messages in HEP to these ports, host byte order, or to any port if there are none (--hep). Other HEP
 * counts as `hep`. The array must outlive the classifier.
 */
void frame_classifier__read_hep(struct frame_classifier *classifier, const __u16 *ports, size_t count);

/* Restricts it to what the filter wants; packets left out count as `filtered`. The filter must outlive the classifier. */
void frame_classifier__set_filter(struct frame_classifier *classifier, const struct filter *filter);

/*
 * Counts a frame: its messages, or the one reason why it has none. Returns 0, -ENOMEM, or -EOVERFLOW as
 * counters__add().
 */
int frame_classifier__add(struct frame_classifier *classifier, const struct frame *frame);

/* Returns its flows, to which others may be added. The classifier owns them. */
struct flows *frame_classifier__flows(struct frame_classifier *classifier);

/*
 * Counts the messages of datagrams that still wait for fragments with the rest of their headers, with what is known of
 * them. Returns 0, -ENOMEM, or -EOVERFLOW as counters__add().
 */
int frame_classifier__end_datagrams(struct frame_classifier *classifier);

/*
 * Counts the messages in TCP segments that still wait for earlier ones, and those of frame_classifier__end_datagrams().
 * Call it after the last frame. Returns 0, -ENOMEM, or -EOVERFLOW as counters__add().
 */
int frame_classifier__flush(struct frame_classifier *classifier);

#endif
