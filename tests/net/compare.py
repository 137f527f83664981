#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares what sipbpf counted with what tshark sees in a capture of the same interface, cell by cell.

usage: compare.py SNAPSHOTS CAPTURE [SIPP_COUNTS...]

SNAPSHOTS holds one JSON snapshot a line, added up here. SIPP_COUNTS are the -trace_counts files of the callers.
Prints each difference (at most 20), then one line with the totals; exit status 1 when there is any difference.
"""

import collections
import csv
import json
import re
import subprocess
import sys

FIELDS = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport", "tcp.srcport", "tcp.dstport",
          "tcp.len", "sip.Method", "sip.Status-Code", "sip.To", "sip.CSeq.method"]
SEPARATOR = "|"  # between the values that a field has in a frame
SERVER_PORT = 5060


def read_snapshots(path):
    """The cells, packets by fate and number of the snapshots in a file, added up."""
    cells, packets, lines = collections.Counter(), collections.Counter(), 0
    with open(path, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            lines += 1
            snapshot = json.loads(line)
            if snapshot["schema"] != "sipbpf.snapshot.v1":
                raise ValueError(f"{path}:{number}: schema {snapshot['schema']}")
            for link in snapshot["links"]:
                key = (link["server_ip"], link["server_port"], link["client_ip"], link["client_port"], link["transport"])
                for message in link["messages"]:
                    cells[key + (message["direction"], message["type"], message["method"])] += message["count"]
            fates = snapshot["packets"]
            packets["seen"] += fates["seen"]
            packets["sip"] += fates["sip"]
            packets["gaps"] += fates["gaps"]
            packets["evicted"] += fates["evicted"]
            packets["truncated_headers"] += fates["truncated_headers"]
            packets.update({f"reason {name}": count for name, count in fates["reasons"].items()})
    return cells, packets, lines


def tshark_rows(capture):
    command = ["tshark", "-n", "-r", capture, "-T", "fields", "-E", "occurrence=a", "-E", f"aggregator={SEPARATOR}"]
    for field in FIELDS:
        command += ["-e", field]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        yield dict(zip(FIELDS, line.split("\t")))


def values(row, field):
    return row[field].split(SEPARATOR) if row[field] else []


def message_types(row):
    """The (type, CSeq method) of each message in a frame: one side sends requests only, the other responses."""
    methods, targets = values(row, "sip.CSeq.method"), values(row, "sip.To")
    requests, statuses = values(row, "sip.Method"), values(row, "sip.Status-Code")
    types = requests + statuses
    if not len(types) == len(methods) == len(targets) or (requests and statuses):
        raise ValueError(f"frame with messages that the scenario does not have: {row}")
    for i, (kind, target) in enumerate(zip(types, targets)):
        if kind == "INVITE" and ">;tag=" in target:
            types[i] = "ReINVITE"
    return list(zip(types, methods))


def read_capture(capture):
    """The cells of a capture, and its frames: of UDP or TCP, of TCP without payload."""
    cells, frames = collections.Counter(), collections.Counter()
    for row in tshark_rows(capture):
        transport = "UDP" if row["udp.srcport"] else "TCP" if row["tcp.srcport"] else None
        frames["seen"] += 1
        if not transport:
            continue
        frames["transport"] += 1
        frames["no_payload"] += row["tcp.len"] == "0"
        types = message_types(row)
        frames["sip"] += bool(types)
        source = (row["ip.src"] or row["ipv6.src"], int(row[f"{transport.lower()}.srcport"]))
        target = (row["ip.dst"] or row["ipv6.dst"], int(row[f"{transport.lower()}.dstport"]))
        to_server = target[1] == SERVER_PORT
        link = (target + source if to_server else source + target) + (transport,)
        for kind, method in types:
            cells[link + ("in" if to_server else "out", kind, method)] += 1
    return cells, frames


def read_sipp(path):
    """Messages by (direction, type) that one caller sent and received, from its -trace_counts file."""
    totals = collections.Counter()
    with open(path, encoding="utf-8") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    for name, value in rows[-1].items():
        match = re.fullmatch(r"\d+_(\w+)_(Sent|Recv|Retrans)", name or "")
        if match and not match[1].startswith("Pause"):
            totals["out" if match[1].isdigit() else "in", match[1]] += int(value)
    return totals


def differences(name, left, right, left_name):
    for key in sorted(set(left) | set(right), key=str):
        if left[key] != right[key]:
            yield f"{name} {key}: sipbpf {right[key]}, {left_name} {left[key]}"


def packet_differences(packets, frames):
    reasons = {name[7:]: count for name, count in packets.items() if name.startswith("reason ")}
    transport = packets["seen"] - reasons.get("not_ip", 0) - reasons.get("not_transport", 0)
    pairs = [("seen = sip + reasons", packets["seen"], packets["sip"] + sum(reasons.values())),
             ("UDP and TCP packets", transport, frames["transport"]),
             ("packets with a message", packets["sip"], frames["sip"]),
             ("TCP segments without payload", reasons.get("no_payload", 0), frames["no_payload"]),
             ("gaps", packets["gaps"], 0)]
    return [f"{name}: sipbpf {ours}, capture {theirs}" for name, ours, theirs in pairs if ours != theirs]


def by_type(cells):
    """Messages by direction and type; sipp knows no ReINVITE."""
    totals = collections.Counter()
    for key, count in cells.items():
        totals[key[5], "INVITE" if key[6] == "ReINVITE" else key[6]] += count
    return totals


def packet_faults(packets, expected):
    """What is wrong with the packets of a test that loses none: expected are the reasons of those without a message."""
    reasons = {name[7:]: count for name, count in packets.items() if name.startswith("reason ") and count}
    if packets["seen"] != packets["sip"] + sum(reasons.values()):
        yield f"{packets['seen']} packets seen, {packets['sip']} of them with a message, reasons {reasons}"
    for name in sorted(set(reasons) - expected):
        yield f"{reasons[name]} packets {name}"
    for name in "gaps", "evicted", "truncated_headers":
        if packets[name]:
            yield f"{packets[name]} {name}"


def main(arguments):
    counted, packets, lines = read_snapshots(arguments[0])
    captured, frames = read_capture(arguments[1])
    found = list(differences("cell", captured, counted, "tshark")) + packet_differences(packets, frames)
    if len(arguments) > 2:
        sipp = sum((read_sipp(path) for path in arguments[2:]), collections.Counter())
        found += differences("sum", sipp, by_type(counted), "sipp")
    if not captured:
        found.append("the capture holds no SIP message: the test tests nothing")
    for text in found[:20]:
        print(text)
    print(f"{sum(captured.values())} messages, {len({key[:5] for key in captured})} links, {frames['seen']} frames, "
          f"{packets['seen']} packets seen, {lines} snapshots, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
