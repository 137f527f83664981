#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares what sipbpf counted over WebSocket with what the callers say they sent and received.

usage: compare_websocket.py SNAPSHOTS CONNECTIONS CALLERS...

Towards the server is what callers sent. Prints what differs, then one line with the totals; exit status 1 when there is
any difference.
"""

import collections
import json
import sys

import compare

# What a packet without a message may hold; any other reason is an error.
EXPECTED = {"not_ip", "not_transport", "no_payload", "continuation", "early", "duplicate", "websocket", "not_sip"}


def read_callers(paths):
    cells = collections.Counter()
    for path in paths:
        with open(path, encoding="utf-8") as source:
            said = json.load(source)
        cells.update({("in", kind): count for kind, count in said["sent"].items()})
        cells.update({("out", kind): count for kind, count in said["received"].items()})
    return cells


def main(arguments):
    cells, packets, _ = compare.read_snapshots(arguments[0])
    links = {key[:5] for key in cells}
    counted = collections.Counter()
    for key, count in cells.items():
        counted[key[5:7]] += count
    said = read_callers(arguments[2:])
    found = [f"{key}: {counted[key]}, the callers say {said[key]}" for key in sorted(counted | said)
             if counted[key] != said[key]]
    found += compare.packet_faults(packets, EXPECTED)
    # The first part of an HTTP head that is cut is not_sip, and no more than that.
    if packets["reason not_sip"] > 2 * int(arguments[1]):
        found.append(f"{packets['reason not_sip']} packets not_sip")
    if len(links) != int(arguments[1]):
        found.append(f"{len(links)} links, {arguments[1]} connections")
    found += [f"link {link}" for link in links if link[4] != "WS"]
    for text in found[:20]:
        print(text)
    print(f"{sum(cells.values())} messages in {packets['sip']} packets, {packets['reason continuation']} that only go on, "
          f"{packets['reason websocket']} for the WebSocket alone, {len(links)} links, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
