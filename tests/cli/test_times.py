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


def test_timestamps():
    def csv(*arguments):
        status, out, err = run(["count", "--format", "csv", "--timestamps", "--depth", "1", *arguments], env={"TZ": "XXX-1"})
        assert (status, err) == (0, ""), err
        return out

    path = write("two.pcap", pcap([request("BYE"), request("BYE")], TIME))
    check_equal("--timestamps", csv("--name", "a,b", path), "start,end,name,server_ip,BYE OUT,BYE IN\r\n"
                "2026-01-01T01:00:00+01:00,2026-01-01T01:00:01+01:00,\"a,b\",10.0.0.2,0,2\r\n")
    check_equal("--timestamps --utc", csv("--utc", "--no-header", path),
                "2026-01-01T00:00:00Z,2026-01-01T00:00:01Z,,10.0.0.2,0,2\r\n")
    document = write("sum.json", snapshot(link(messages=MESSAGES), name="sbc1", end="2026-01-01T00:00:00Z").encode())
    check_equal("a time that is not known", run(["show", "--format", "csv", "--timestamps", "--utc", "--depth", "1",
                                                 document])[1],
                "start,end,name,server_ip,BYE OUT,BYE IN\r\n,2026-01-01T00:00:00Z,sbc1,10.0.0.1,0,1\r\n")


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.argv[1] = os.path.abspath(sys.argv[1])
        os.chdir(folder)
        test_titles()
        test_input_is_not_touched()
        test_timestamps()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
