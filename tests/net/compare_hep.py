#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares what was counted of HEP with what the capture of the reported traffic holds: message by message from each
address to each other one, by transport, type and CSeq method. Of ports, HEP does not tell those of connections.

usage: compare_hep.py HEP_SNAPSHOTS WIRE_SNAPSHOT [ADDRESS_PREFIX]     (only links of addresses that begin so)
"""

import collections
import json
import sys


def read(path, prefix):
    """The messages of snapshots, by who sent them to whom; and how many packets came through HEP or were not read in full."""
    messages, through, unread = collections.Counter(), 0, 0
    with open(path, encoding="utf-8") as file:
        for snapshot in map(json.loads, file):
            through += snapshot["packets"]["encapsulations"]["hep"]
            unread += snapshot["packets"]["reasons"]["hep"] + snapshot["packets"]["truncated_headers"]
            for link in snapshot["links"]:
                for message in link["messages"]:
                    ends = (link["client_ip"], link["server_ip"])
                    source, target = ends if message["direction"] == "in" else reversed(ends)
                    if source.startswith(prefix):
                        messages[source, target, link["transport"], message["type"], message["method"]] += message["count"]
    return messages, through, unread


def main():
    prefix = sys.argv[3] if len(sys.argv) > 3 else ""
    reported, through, unread = read(sys.argv[1], prefix)
    wire, _, _ = read(sys.argv[2], prefix)
    problems = [f"{' '.join(key)}: {reported[key]} reported, {wire[key]} on the wire"
                for key in sorted(reported | wire) if reported[key] != wire[key]]
    if not wire:
        problems.append("nothing on the wire")
    if through < reported.total() or unread:
        problems.append(f"{through} packets through HEP, {unread} not read in full")
    for problem in problems[:20]:
        print(problem)
    if not problems:
        print(f"{wire.total()} messages of {len(wire)} kinds")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
