/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Payloads that Wireshark, tshark and others have exported from their packets (LINKTYPE_WIRESHARK_UPPER_PDU): behind tags
 * that tell of the packet.
 */
#ifndef EXPORTED_PDU_H
#define EXPORTED_PDU_H

#include <stdbool.h>

#include "classify/frame.h"

/*
 * Removes the tags from *frame, whose bytes and length are set, and fills in its start and origin. Returns false if the tags
 * are broken, or do not say both addresses and ports; then *frame is undefined but for its bytes and length.
 */
bool exported_pdu__strip_tags(struct frame *frame);

#endif
