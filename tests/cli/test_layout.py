#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Random snapshots as tables and CSV, under all combinations of the options, against the rules in rules.py.

usage: test_layout.py SIPBPF
"""

import itertools
import json
import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
import rules  # noqa: E402
from program import check, finish, run  # noqa: E402

TYPES = rules.METHODS + ["A", "zeta", "-odd", "LONGEST-EXTENSION-METHOD", "100", "180", "200", "202", "404", "503", "603"]
ADDRESSES = ["10.0.0.1", "10.0.0.10", "10.0.0.9", "192.168.100.100", "2001:db8::1", "2001:db8:1:2:3:4:5:6", "fe80::1"]
TRANSPORTS = ["UDP", "TCP", "TLS", "SCTP", "WS", "WSS"]
SEPARATORS = ["-", "", "/", " :: ", "→"]
FLAGS = ("name_first", "header", "links", "summary", "zeros", "by_total", "named")


class Case:
    """Random counts, as rules.py and as a snapshot have them."""

    def __init__(self, rng):
        types = rng.sample(TYPES, rng.randint(1, 8))
        directions = rng.choice([["in", "out"], ["in", "out"], ["in"], ["both"], ["in", "out", "both"]])
        magnitude = rng.choice([1, 3, 5, 9, 15])
        nameless = rng.random() < 0.1
        self.links = {}
        for _ in range(rng.randint(1, 12)):
            link = (rng.choice(ADDRESSES[:4] if rng.random() < 0.7 else ADDRESSES), rng.choice(ADDRESSES),
                    rng.choice(TRANSPORTS), rng.choice([5060, 5061, 999, 65535]), rng.randint(1, 65535))
            if nameless:
                link = ("local", "remote", rng.choice(TRANSPORTS), "", "")
            messages = self.links.setdefault(link, {})
            for _ in range(rng.randint(1, 6)):
                key = (rng.choice(directions), rng.choice(types), rng.choice(["INVITE", "BYE", "UNKNOWN"]))
                messages[key] = messages.get(key, 0) + rng.randint(1, 10**magnitude)
        self.counts = [(link, direction, kind, count) for link, messages in self.links.items()
                       for (direction, kind, _), count in messages.items()]

    def snapshot(self, name=""):
        links = [{"server_ip": server, "client_ip": client, "transport": transport, "server_port": server_port or 0,
                  "client_port": client_port or 0,
                  "messages": [{"direction": direction, "type": kind, "method": method, "count": count}
                               for (direction, kind, method), count in messages.items()]}
                 for (server, client, transport, server_port, client_port), messages in self.links.items()]
        return json.dumps({"schema": "sipbpf.snapshot.v1", "name": name, "links": links, "future": [{"a": "]\"}"}]})


def show(path, arguments):
    status, out, err = run(["show", path] + arguments)
    return f"exit status {status}: {err}" if status or err else out


def table_case(rng, case, flags):
    options = {"title": rng.choice(["", "t", "2026-01-31 12:34:56", "Köln"]), "depth": rng.randint(1, 5),
               "name": rng.choice(["", "n", "a name that is longer than most of the links are"]),
               "separator": rng.choice(SEPARATORS), "margin": rng.choice([0, 1, 1, 16]),
               "top": rng.choice([None, None, 1, 3, 100]), **flags}
    arguments = ["--title", options["title"], "--depth", str(options["depth"]),
                 "--separator", options["separator"], "--link-margin", str(options["margin"]),
                 "--sort", "total" if options["by_total"] else "link"]
    arguments += [f"--no-{part}" for part in ("header", "links", "summary", "zeros") if not options[part]]
    arguments += ["--no-name"] if not options["named"] else rng.choice([[], ["--name", options["name"]]])
    arguments += ["--name-first"] if options["name_first"] else []
    arguments += ["--top", str(options["top"])] if options["top"] else []
    return options["name"], arguments, rules.table(case.counts, **options)


def csv_case(case, depth, header, by_total, top):
    arguments = ["--format", "csv", "--depth", str(depth), "--sort", "total" if by_total else "link"]
    arguments += [] if header else ["--no-header"]
    arguments += ["--top", str(top)] if top else []
    wanted = rules.csv_file(case.counts, depth, by_total, top, header)
    return "", arguments, wanted.replace("-odd ", "'-odd ")  # no cell begins like a formula


def all_cases(rng, rounds):
    for flags in itertools.product([False, True], repeat=len(FLAGS)):
        for _ in range(rounds):
            case = Case(rng)
            yield (case,) + table_case(rng, case, dict(zip(FLAGS, flags)))
    for depth, header, by_total, top in itertools.product(range(1, 6), [False, True], [False, True], [None, 2]):
        for _ in range(rounds):
            case = Case(rng)
            yield (case,) + csv_case(case, depth, header, by_total, top)


def main():
    seed = int(os.environ.get("SEED", "1"))
    count, wrong = 0, []

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "snapshot.json")
        for case, name, arguments, wanted in all_cases(random.Random(seed), int(os.environ.get("TEST_ROUNDS", "1"))):
            with open(path, "w", encoding="utf-8") as file:
                file.write(case.snapshot(name))
            got = show(path, arguments)
            count += 1
            if got != wanted:
                wrong = [seed, arguments, got, "wanted", wanted, case.snapshot(name)]
                break
    check(f"{count} random snapshots as tables and CSV", not wrong, *wrong)
    finish()


if __name__ == "__main__":
    main()
