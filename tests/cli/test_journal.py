#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""count --input text: what journalctl prints of entries that hold a message each, which are several lines. The journal is
one that systemd-journal-remote makes here.

usage: test_journal.py SIPBPF
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from program import check, check_equal, counts, finish, run  # noqa: E402

REMOTE = "/lib/systemd/systemd-journal-remote"
START = 1767614400  # 2026-01-05 12:00:00 UTC
UTC = {"env": {**os.environ, "TZ": "UTC", "LC_ALL": "C", "SYSTEMD_COLORS": "0"}}
INVITE = ("INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070\r\nTo: <sip:b@192.0.2.2>\r\nSubject: a\r\n b\r\n"
          "CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 10\r\n\r\nv=0\r\ns=-\r\n")
OK = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5070\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
ENTRIES = (
    ("asterisk", 712, "<--- Received SIP request (300 bytes) from UDP:192.0.2.1:5070 --->\n" + INVITE),
    ("cron", 13, "one line"),
    ("asterisk", 712, "<--- Transmitting SIP response (90 bytes) to UDP:192.0.2.1:5070 --->\n" + OK),
    ("a-program-with-a-longer-name", 7, "two\nlines"),
    ("asterisk", 712, "<--- Received SIP request (300 bytes) from TCP:192.0.2.9:5099 --->\n" + INVITE),
)
WANTED = {("local", "192.0.2.1", "UDP", 0, 5070, "in", "INVITE", "INVITE"): 1,
          ("local", "192.0.2.1", "UDP", 0, 5070, "out", "200", "INVITE"): 1,
          ("local", "192.0.2.9", "TCP", 0, 5099, "in", "INVITE", "INVITE"): 1}
OUTPUTS = ("short", "short-precise", "short-iso", "short-iso-precise", "short-full", "short-unix", "with-unit", "short-monotonic")


def entry(second, name, pid, message):
    """An entry in systemd's export format."""
    fields = {"__REALTIME_TIMESTAMP": (START + second) * 1000000, "__MONOTONIC_TIMESTAMP": (second + 1) * 1000000,
              "_BOOT_ID": 32 * "1", "_HOSTNAME": "pbx", "_TRANSPORT": "syslog", "PRIORITY": 6, "SYSLOG_IDENTIFIER": name,
              "_PID": pid}
    text = message.encode()
    return ("".join(f"{key}={value}\n" for key, value in fields.items()).encode() +
            b"MESSAGE\n" + struct.pack("<Q", len(text)) + text + b"\n\n")


def make_journal(path):
    with open("export", "wb") as file:
        for second, (name, pid, message) in enumerate(ENTRIES):
            file.write(entry(second, name, pid, message))
    subprocess.run([REMOTE, "-o", path, "export"], check=True, capture_output=True)


def journal(path, *arguments):
    return subprocess.run(["journalctl", "--quiet", "--file", path, *arguments], check=True, capture_output=True, **UTC).stdout


def check_log(name, text, has_times):
    status, out, err = run(["count", "--input", "text", "--format", "json", "-"], stdin=text, **UTC)
    check_equal(f"{name}: what is told", err, "sipbpf: standard input: looks like pjsip: 3 messages\n")
    check_equal(f"{name}: messages", (status, counts(out)), (0, WANTED))
    times = [json.loads(out).get(part, "")[:19] for part in ("start", "end")]
    check_equal(f"{name}: times", times, ["2026-01-05T12:00:00", "2026-01-05T12:00:04"] if has_times else ["", ""])


def test_entries_of_several_lines(path):
    for output in OUTPUTS:
        for arguments in ((), ("--all",), ("--no-hostname",)):
            name = " ".join(("-o", output) + arguments)
            text = journal(path, "-o", output, *arguments)
            check(f"{name} is as journals are", b"\n            " in text and text.count(b"asterisk[712]") == 3, text)
            check_log(name, text, output != "short-monotonic")


def main():
    if not os.path.exists(REMOTE) or not shutil.which("journalctl"):
        print("ok - entries of a journal # SKIP systemd-journal-remote is not installed (make setup)")
        return
    sys.argv[1] = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_journal("test.journal")
        test_entries_of_several_lines("test.journal")
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
