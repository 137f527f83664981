/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of packets, for the operator. */
#ifndef PACKET_SUMMARY_H
#define PACKET_SUMMARY_H

#include <linux/types.h>

#include "common/sipbpf.h"

/*
 * Tells how many packets were seen, why those without messages had none, what of TCP was
 * missing, the records of TLS, and what they came through: lines of the log.
 */
void packet_summary__log(const struct sipbpf_packets *packets);

#endif
