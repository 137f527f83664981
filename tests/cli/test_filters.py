#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""--filter with methods that nobody knows: a warning, unless such a message was counted.

usage: test_filters.py SIPBPF
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
from captures import pcap, request  # noqa: E402
from program import as_ordinary_user, check, check_equal, copy_program, counts, finish, link, run, snapshot  # noqa: E402

START = "sipbpf: --filter: INVTE is not a method that sipbpf knows, and "
UNSEEN = START + "no message with that method was counted; did you mean INVITE?\n"


def write(path, contents):
    with open(path, "wb") as file:
        file.write(contents)
    return path


def test_captures():
    path = write("calls.pcap", pcap([request("INVITE"), request("FOO")]))
    check_equal("a method that is mistyped", run(["count", "--title", "t", "--filter", "INVTE", path]),
                (0, "t no SIP messages passed the filters in 2 packets\n", UNSEEN))
    for arguments in (["--filter", "BYE"], ["--host", "192.0.2.1"], ["--exclude-host", "10.0.0.1"], ["--port", "1"]):
        check_equal(f"what leaves nothing: {arguments[0]}", run(["count", "--title", "t", *arguments, path])[1],
                    "t no SIP messages passed the filters in 2 packets\n")
    check_equal("an extension method that was seen", run(["count", "--filter", "FOO", path])[2], "")
    check_equal("beside one that is known", run(["count", "--filter", "INVITE,BARBAR,4", path])[2],
                "sipbpf: --filter: BARBAR is not a method that sipbpf knows, and no message with that method was counted\n")
    check_equal("one that is known, and not seen", run(["count", "--filter", "BYE", path])[2], "")


def test_snapshots():
    def messages(name, kind, method):
        return write(name, snapshot(link(messages=[("in", kind, method, 1)])).encode())

    plain, odd, response = (messages("plain.json", "INVITE", "INVITE"), messages("odd.json", "INVTE", "INVTE"),
                            messages("response.json", "200", "INVTE"))
    check_equal("show", run(["show", "--filter", "INVTE", plain])[2], UNSEEN)
    check_equal("show of what has it", run(["show", "--filter", "INVTE", plain, odd])[2], "")
    check_equal("show of a response to it", run(["show", "--filter", "INVTE", response])[2], "")
    check_equal("diff", run(["diff", "--filter", "INVTE", plain, plain])[2], UNSEEN)
    for pair in ((plain, odd), (odd, plain)):
        check_equal("diff of what has it", run(["diff", "--filter", "INVTE", *pair])[2], "")
    check_equal("the warning changes no count", counts(run(["show", "--format", "json", "--filter", "INVTE,INVITE", plain])[1]),
                counts(run(["show", "--format", "json", plain])[1]))


def test_attach():
    err = run(["attach", "--filter", "INVTE,BYE,FOO", "lo"], **as_ordinary_user())[2]
    check("attach warns before it begins", err.startswith(
        "sipbpf: --filter: INVTE is not a method that sipbpf knows, and counts under its own name; did you mean INVITE?\n"
        "sipbpf: --filter: FOO is not a method that sipbpf knows, and counts under its own name\n"
        "sipbpf: attach: "), err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy_program(folder)
        os.chdir(folder)
        test_captures()
        test_snapshots()
        test_attach()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
