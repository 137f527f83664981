#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The times in what is written: local, or with --utc in UTC.

usage: test_times.py SIPBPF
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
from captures import pcap, request  # noqa: E402
from program import check_equal, finish, link, run, snapshot  # noqa: E402

TIME = 1767225600  # 2026-01-01 00:00:00 UTC
MESSAGES = [("in", "BYE", "BYE", 1)]


def write(path, contents):
    with open(path, "wb") as file:
        file.write(contents)
    return path


def title(arguments, zone):
    status, out, err = run(arguments, env={"TZ": zone})
    assert (status, err) == (0, ""), err
    return out[:21].rstrip()


def test_titles():
    capture = write("calls.pcap", pcap([request("BYE")], TIME))
    document = write("day.json", snapshot(link(messages=MESSAGES), end="2026-01-01T00:00:00Z").encode())
    empty = write("empty.json", snapshot(end="2026-01-01T00:00:00Z").encode())
    for arguments in (["count", capture], ["show", document], ["show", empty]):
        name = f"{arguments[0]} {os.path.basename(arguments[1])}"
        check_equal(f"{name}: local time", title(arguments, "XXX-1")[:19], "2026-01-01 01:00:00")
        check_equal(f"{name}: --utc", title(arguments + ["--utc"], "XXX-1").split("  ")[0].split(" no")[0],
                    "2026-01-01 00:00:00Z")


def test_input_is_not_touched():
    """What a log means by a time without an offset is local time, in whichever zone it is written then."""
    path = write("proxy.log", b"2026-01-01 01:00:00\nBYE sip:b SIP/2.0\nCSeq: 1 BYE\n\n")
    arguments = ["count", "--input", "text", "--regex", r"^(?<time>\d\S+ \S+)", path]
    check_equal("a log's own time", title(arguments, "XXX-1")[:19], "2026-01-01 01:00:00")
    check_equal("is the same moment in UTC", title(arguments + ["--utc"], "XXX-1")[:20], "2026-01-01 00:00:00Z")


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.argv[1] = os.path.abspath(sys.argv[1])
        os.chdir(folder)
        test_titles()
        test_input_is_not_touched()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
