#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""count --input text: a log of each form, in the variants that its program writes. tests/data/logs/expected.tsv has what
each log holds: its form, the seconds between its first and its last time (-: it has none), and its messages.

usage: test_log_forms.py SIPBPF
"""

import collections
import csv
import datetime
import json
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
from program import check, check_equal, finish, run  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
LOGS = os.path.join(HERE, "..", "data", "logs")
MANUAL = os.path.join(HERE, "..", "..", "man", "sipbpf.8")
UTC = {"env": {**os.environ, "TZ": "UTC"}}


def expected():
    with open(os.path.join(LOGS, "expected.tsv"), encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def cells(snapshot):
    return sorted(f"{link['server_ip']}:{link['server_port']} {link['client_ip']}:{link['client_port']} "
                  f"{link['transport']} {message['direction']} {message['type']}/{message['method']}*{message['count']}"
                  for link in snapshot["links"] for message in link["messages"])


def seconds(snapshot):
    if "start" not in snapshot:
        return "-"
    start, end = (datetime.datetime.fromisoformat(snapshot[part].replace("Z", "+00:00")).replace(microsecond=0)
                  for part in ("start", "end"))
    return str(int((end - start).total_seconds()))


def count(path, *arguments):
    status, out, err = run(["count", "--input", "text", "--format", "json", *arguments, path], **UTC)
    return status, json.loads(out), err


def count_together(paths, *arguments):
    """The cells of all logs, read by one process: each costs a start, which a sanitizer makes long."""
    status, out, err = run(["count", "--input", "text", "--format", "json", *arguments, *paths], **UTC)
    return status, cells(json.loads(out)), err


def sum_of(rows):
    """The cells of all these logs, as one snapshot has them."""
    total = collections.Counter()
    for row in rows:
        for cell in row["messages"].split(", "):
            name, number = cell.rsplit("*", 1)
            total[name] += int(number)
    return sorted(f"{name}*{number}" for name, number in total.items())


NOTICES = ("times have no date", "prints whole messages", "as UDP")  # of what a log lacks


def messages_of(row):
    return sum(int(cell.rsplit("*", 1)[1]) for cell in row["messages"].split(", "))


def path_of(row, folder=LOGS):
    return os.path.join(folder, row["file"])


def test_forms_are_recognised():
    for row in expected():
        path = path_of(row)
        status, snapshot, err = count(path)
        check_equal(f"{row['file']}: messages", (status, cells(snapshot)), (0, sorted(row["messages"].split(", "))))
        check_equal(f"{row['file']}: seconds", seconds(snapshot), row["seconds"])
        total = messages_of(row)
        told = f"sipbpf: {path}: looks like {row['form']}: {total} message{'' if total == 1 else 's'}\n"
        lines = [line for line in err.splitlines(keepends=True)
                 if not any(notice in line for notice in NOTICES)]
        check_equal(f"{row['file']}: what is told", "".join(lines), "" if row["form"] == "plain" else told)


def test_forms_can_be_given():
    forms = collections.defaultdict(list)
    for row in expected():
        forms[row["form"]].append(row)
    for form, rows in forms.items():
        status, got, err = count_together(map(path_of, rows), "--log-format", form)
        check_equal(f"{form}: messages of its logs", (status, got), (0, sum_of(rows)))
        check(f"{form}: the form need not be told", "looks like" not in err, err)


def test_each_form_has_a_log_and_a_description():
    listed = run(["count", "--log-format", "list"])[1].splitlines()
    names = {line.split()[0] for line in listed if not line.startswith(" ")}
    check_equal("each form has a log", names, {row["form"] for row in expected()})
    with open(MANUAL, encoding="utf-8") as file:
        section = re.search(r"^\.SH LOGS\n(.*?)^\.SS ", file.read(), re.MULTILINE | re.DOTALL).group(1)
    described = re.findall(r"^\.TP\n\.B (.*)$", section, re.MULTILINE)
    check_equal("each form is described", sorted(name.replace("\\-", "-") for name in described), sorted(names))


def test_all_logs_stay_what_they_are_with_other_line_ends():
    rows = expected()
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            with open(path_of(row), "rb") as file, open(path_of(row, folder), "wb") as copy:
                copy.write(file.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\r\n"))
        status, got, err = count_together([path_of(row, folder) for row in rows])
        check_equal("CR CR LF: messages of all logs", (status, got), (0, sum_of(rows)))
        told = re.findall(r"([^/\s]+): looks like ([^:]+): (\d+) message", err)
        wanted = [(row["file"], row["form"], str(messages_of(row))) for row in rows if row["form"] != "plain"]
        check_equal("CR CR LF: what is told of each log", sorted(set(told) ^ set(wanted)), [])


def test_utf_16_is_read():
    row = next(row for row in expected() if row["file"] == "tshark-summary.log")
    with open(os.path.join(LOGS, row["file"]), encoding="utf-8") as file:
        text = file.read()
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        status, out, _ = run(["count", "--input", "text", "--format", "json", "-"],
                             stdin=mark + text.replace("\n", "\r\n").encode(encoding), **UTC)
        check_equal(f"{encoding}", (status, cells(json.loads(out))), (0, sorted(row["messages"].split(", "))))


def main():
    sys.argv[1] = os.path.abspath(sys.argv[1])
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
    finish()


if __name__ == "__main__":
    main()
