/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classifies frames in user space with the same source that the BPF programs are made of, and counts them: what the
 * probe and the drain do for live traffic.
 */
#ifndef FRAME_H
#define FRAME_H

#include <linux/types.h>

#include "common/sipbpf.h"
#include "counts/counter.h"
#include "counts/filter.h"
#include "counts/link.h"

/* What the first byte of a frame belongs to. */
enum frame_start { FRAME_ETHERNET, FRAME_IP, FRAME_IPV4, FRAME_IPV6, FRAME_ETHERTYPE /* then ethertype says */ };

struct frame {
	const __u8 *bytes;
	__u32 length; /* bytes present */
	enum frame_start start;
	__u16 ethertype;       /* with FRAME_ETHERTYPE: of what follows at bytes[0]; host byte order */
	enum sipbpf_hook hook; /* SIPBPF_RECEIVED unless the capture says that the frame was sent */
	__u32 milliseconds;    /* when it passed, by any clock: how long TCP segments wait for others before them */
};

struct frame_classifier;
struct flows;

/* A classifier that adds to these counters under these rules; both must outlive it. NULL when memory is short. */
struct frame_classifier *frame_classifier__new(struct counters *counters, const struct link_rules *rules);
void frame_classifier__free(struct frame_classifier *classifier);

/* Restricts it to packets to or from these ports (--port); the array must outlive the classifier. */
void frame_classifier__set_ports(struct frame_classifier *classifier, const __u16 *ports, size_t count);

/*
 * Restricts it to what the filter wants; what it leaves out is counted as filtered. The filter must outlive the
 * classifier. Returns 0 or -ENOMEM.
 */
int frame_classifier__set_filter(struct frame_classifier *classifier, const struct filter *filter);

/* Counts a frame: its messages, or its one reason. Returns 0 or -ENOMEM. */
int frame_classifier__add(struct frame_classifier *classifier, const struct frame *frame);

/* Its TCP flows, to which others may be added; owned by the classifier. */
struct flows *frame_classifier__flows(struct frame_classifier *classifier);

/* No frame follows: counts the messages of TCP segments that still wait for others before them. Returns 0 or -ENOMEM. */
int frame_classifier__flush(struct frame_classifier *classifier);

#endif
