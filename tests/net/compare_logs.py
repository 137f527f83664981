#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares what sipbpf counts in the log of a program with what it counts in the capture of the same run, cell by cell.

usage: compare_logs.py SIPBPF WIRE FORM [OPTION...] LOG...

WIRE is the JSON snapshot of the capture, FORM the form that sipbpf must recognise. A cell is a link, direction, type
and CSeq method. The options say which messages the program logs, and what its form does not say:

--own ADDRESS[:PORT]  an end of the program: only the messages from or to it are compared; repeatable
--peer ADDRESS[:PORT] only those from or to this end; repeatable
--transport NAME      only those over this transport
--received            the program logs only what it receives
--ends far            the log names only the far end: compared by it, and by sent or received; it needs --own
--ends none           the log names no end; compared by sent or received, and transport
--ends addresses      the log names no ports, no transport, and only some CSeq methods; compared by addresses and type
--times               the log has times with a date: they lie within those of the capture

Prints each difference (at most 10), then one line with the totals; exit status 1 when there is any difference.
"""

import argparse
import collections
import datetime
import json
import re
import subprocess
import sys

UNKNOWN = ("local", "remote")  # how a link names an end that is not known
# Some logs have whole seconds, and a log is written later than the wire is captured.
TIME_SLACK = datetime.timedelta(seconds=1)

Cell = collections.namedtuple("Cell", "server client transport direction type method")


def read_cells(snapshot):
    cells = collections.Counter()
    for link in snapshot["links"]:
        server, client = (link["server_ip"], link["server_port"]), (link["client_ip"], link["client_port"])
        for message in link["messages"]:
            what = (message[name] for name in ("direction", "type", "method"))
            cells[Cell(server, client, link["transport"], *what)] += message["count"]
    return cells


def parse_end(text):
    match = re.fullmatch(r"\[?([0-9a-f:.]+?)\]?(?::(\d+))?", text) if text.count(":") < 2 or "[" in text else None
    return (match[1], int(match[2] or 0)) if match else (text, 0)


def is_one_of(end, ends):
    return any(end[0] == address and port in (0, end[1]) for address, port in ends)


def source_and_target(cell):
    return (cell.client, cell.server) if cell.direction == "in" else (cell.server, cell.client)


def is_logged(cell, options):
    """Whether the program of the log has this message of the wire."""
    ends = source_and_target(cell)
    if options.transport and cell.transport != options.transport:
        return False
    if options.received and not is_one_of(ends[1], options.own):
        return False
    return all(not wanted or any(is_one_of(end, wanted) for end in ends) for wanted in (options.own, options.peer))


def side_and_far(cell, own):
    """Whether the program sent or received the message, and the end that is not the program's."""
    if cell.direction not in ("in", "out"):
        return cell.direction, cell.client
    is_server = cell.server[0] == UNKNOWN[0] or is_one_of(cell.server, own)
    side = "received" if (cell.direction == "in") == is_server else "sent"
    return side, cell.client if is_server else cell.server


def reduce(cell, options):
    """What of a cell the form of the log can say."""
    if options.ends == "far":
        return *side_and_far(cell, options.own), cell.transport, cell.type, cell.method
    if options.ends == "none":
        return side_and_far(cell, options.own)[0], cell.transport, cell.type, cell.method
    if options.ends == "addresses":
        return " and ".join(sorted((cell.server[0], cell.client[0]))), cell.type
    return tuple(cell)


def reduced(cells, options):
    result = collections.Counter()
    for cell, count in cells.items():
        result[reduce(cell, options)] += count
    return result


def count_logs(options):
    """The snapshot of the logs, and what sipbpf says about them, without its name."""
    done = subprocess.run([options.sipbpf, "count", "--input", "text", "--format", "json", *options.logs],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"sipbpf count ended with status {done.returncode}: {done.stderr[:400]}")
    return json.loads(done.stdout), [line.removeprefix("sipbpf: ") for line in done.stderr.splitlines()]


def form_faults(said, form, logs, count):
    """sipbpf must have named the form of each log, and all of its messages."""
    pattern = re.compile(rf"(.*): looks like {re.escape(form)}: (\d+) messages?")
    matches = [match for match in map(pattern.fullmatch, said) if match]
    if sorted(match[1] for match in matches) != sorted(logs):
        yield f"does not look like {form} everywhere; sipbpf says: {' | '.join(said) or 'nothing'}"
    elif sum(int(match[2]) for match in matches) != count:
        yield f"{count} messages in the table, but sipbpf says: {' | '.join(said)}"
    for line in said:
        if "like the start of a message" in line:
            yield line


def time_faults(log, wire):
    if not log.get("start") or not log.get("end"):
        yield "the log's times were not read"
        return
    start, end, first, last = (datetime.datetime.fromisoformat(snapshot[name].replace("Z", "+00:00"))
                               for snapshot in (wire, log) for name in ("start", "end"))
    if not start - TIME_SLACK <= first <= last <= end + TIME_SLACK:
        yield f"the log's times {first} to {last} are not within the capture's {start} to {end}"


def differences(wire, log):
    for key in sorted(set(wire) | set(log), key=str):
        if wire[key] != log[key]:
            yield f"{' '.join(map(str, key))}: log {log[key]}, wire {wire[key]}"


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("sipbpf")
    parser.add_argument("wire")
    parser.add_argument("form")
    parser.add_argument("logs", nargs="+")
    parser.add_argument("--own", type=parse_end, action="append", default=[])
    parser.add_argument("--peer", type=parse_end, action="append", default=[])
    parser.add_argument("--transport")
    parser.add_argument("--received", action="store_true")
    parser.add_argument("--ends", choices=["both", "far", "none", "addresses"], default="both")
    parser.add_argument("--times", action="store_true")
    return parser.parse_intermixed_args()


def main():
    options = parse_arguments()
    with open(options.wire, encoding="utf-8") as file:
        wire = json.load(file)
    log, said = count_logs(options)
    expected = reduced({cell: count for cell, count in read_cells(wire).items() if is_logged(cell, options)}, options)
    found = reduced(read_cells(log), options)
    faults = list(differences(expected, found))
    faults += form_faults(said, options.form, options.logs, sum(found.values()))
    if options.times:
        faults += time_faults(log, wire)
    if not expected:
        faults.append("the capture holds no message of the program: the test tests nothing")
    for text in faults[:10]:
        print(text)
    print(f"{sum(expected.values())} messages, {len(expected)} cells, {len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
