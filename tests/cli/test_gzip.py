#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Captures, snapshots and logs that gzip has compressed: read as they are, whatever their names are.

usage: test_gzip.py SIPBPF
"""

import gzip
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from captures import ETHERNET, pcap, pcapng, request  # noqa: E402
from program import check, check_equal, finish, link, run, snapshot  # noqa: E402

FRAMES = [request("INVITE"), request("BYE"), request("BYE")]
LOG = 3 * b"at\nBYE sip:b SIP/2.0\nCSeq: 1 BYE\n\n"
SNAPSHOT = snapshot(link(messages=[("in", "BYE", "BYE", 3)])).encode()
KINDS = {"pcap": (["count"], pcap(FRAMES)), "pcapng": (["count"], pcapng([ETHERNET], [(0, frame) for frame in FRAMES])),
         "log": (["count", "--input", "text", "--regex", "^at$"], LOG), "snapshot": (["show"], SNAPSHOT)}


def write(path, contents):
    with open(path, "wb") as file:
        file.write(contents)
    return path


def test_the_same_as_plain():
    for kind, (arguments, contents) in KINDS.items():
        packed = gzip.compress(contents)
        wanted = run(arguments + [write("plain", contents)])
        check(f"{kind}: plain", wanted[0] == 0 and "BYE" in wanted[1], wanted)
        check_equal(f"{kind}: a file", run(arguments + [write("packed", packed)]), wanted)
        check_equal(f"{kind}: standard input", run(arguments + ["-"], stdin=packed), wanted)
        half = len(contents) // 2
        members = gzip.compress(contents[:half]) + gzip.compress(contents[half:])
        check_equal(f"{kind}: two members", run(arguments + [write("packed", members)]), wanted)
    check_equal("diff", run(["diff", "--title", "t", write("a.gz", gzip.compress(SNAPSHOT)), write("b", SNAPSHOT)]),
                (0, "t no new SIP messages\n", ""))


def test_what_is_wrong():
    frames = FRAMES + 40 * [request("ACK")]
    packed = gzip.compress(pcap(frames))
    for kind, (arguments, contents) in {**KINDS, "pcap": (["count"], pcap(frames))}.items():
        packed = gzip.compress(contents)
        path = write("cut.gz", packed[:-5])
        status, out, err = run(arguments + ["--title", "t", path])
        check(f"{kind}: a cut file is named", status == 1 and err.count("\n") == 1 and err.startswith(
            f"sipbpf: {path}: the compressed data is cut or corrupt at byte {len(packed) - 5}: "), status, err)
        check(f"{kind}: what was read counts, unless it is a snapshot", ("BYE" in out) == (arguments != ["show"]), out)
    status, out, err = run(["count", write("wrong.gz", b"\x1f\x8b\xff" + 100 * b"x")])
    check_equal("nothing could be read", (status, out), (1, ""))
    check("and why is told", err.startswith("sipbpf: wrong.gz: the compressed data is cut or corrupt at byte 4: "), err)
    for arguments in (["count"], ["count", "--input", "text"], ["show"]):
        check_equal(f"{arguments}: nothing but the sign of gzip", run(arguments + [write("sign.gz", b"\x1f\x8b")]),
                    (1, "", "sipbpf: sign.gz: the compressed data is cut or corrupt at byte 2: the file ends within it\n"))
    status, out, err = run(["count", write("text.gz", gzip.compress(b"no capture\n"))])
    check("what is no capture is none compressed either", (status, out) == (1, "") and "text.gz: not a pcap or pcapng capture" in err, err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.argv[1] = os.path.abspath(sys.argv[1])
        os.chdir(folder)
        test_the_same_as_plain()
        test_what_is_wrong()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
