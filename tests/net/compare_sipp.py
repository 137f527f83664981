#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares what sipbpf counted with what the callers (sipp) say they sent and received, by direction and type.

usage: compare_sipp.py SNAPSHOTS LINKS TRANSPORTS SIPP_COUNTS...

SNAPSHOTS is a file of `sipbpf attach`, LINKS the number of links that were made, over TRANSPORTS (TCP or TCP,UDP),
SIPP_COUNTS are the -trace_counts files of the callers. No byte may be missing, no packet may hold what is no SIP. Prints
what differs, then one line with the totals; exit status 1 when there is any difference.
"""

import collections
import sys

import compare

# What a packet without a message may hold; any other reason is an error.
EXPECTED = {"not_ip", "not_transport", "no_payload", "continuation", "early", "duplicate"}


def main(arguments):
    cells, packets, _ = compare.read_snapshots(arguments[0])
    sipp = sum((compare.read_sipp(path) for path in arguments[3:]), collections.Counter())
    links = {key[:5] for key in cells}
    found = list(compare.differences("sum", sipp, compare.by_type(cells), "sipp"))
    found += compare.packet_faults(packets, EXPECTED)
    if len(links) != int(arguments[1]):
        found.append(f"{len(links)} links, {arguments[1]} were made")
    found += [f"link {link}" for link in links if link[4] not in arguments[2].split(",")]
    for text in found[:20]:
        print(text)
    print(f"{sum(cells.values())} messages in {packets['sip']} packets, {packets['reason continuation']} that only go on, "
          f"{packets['reason early']} early, {packets['reason duplicate']} duplicate, {len(links)} links, "
          f"{len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
