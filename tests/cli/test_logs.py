#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""count --input text: what goes wrong with patterns and logs, and what is said of it.

usage: test_logs.py SIPBPF
"""

import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from program import check, check_equal, counts, finish, run  # noqa: E402

INVITE = "INVITE sip:bob@example.com SIP/2.0\nVia: SIP/2.0/UDP a\nCSeq: 1 INVITE\n\n"


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def count(*arguments, **options):
    return run(["count", "--input", "text", *arguments], **options)


def test_wrong_patterns():
    kept = write("kept", "what was there")
    for pattern, word in (("(", "at character 2"), ("(?<source>x)", "'source'")):
        status, out, err = count("--regex", pattern, "-o", kept, "absent.log")
        check(f"--regex {pattern} is a usage error", status == 2 and not out, status, out, err)
        check("which is all that is said", err.startswith("sipbpf: --regex: ") and word in err and err.count("\n") == 1, err)
        with open(kept, encoding="utf-8") as file:
            check_equal("and the output stays", file.read(), "what was there")


def test_lines_beyond_the_limits():
    path = write("long.log", "at " + 100000 * "ab " + "UDP\n" + INVITE)
    status, out, err = count("--regex", r"^at (?:[a-z]|\s)+(?<transport>UDP)", "--format", "json", path)
    check("a long line is none", status == 0 and not err and list(counts(out).values()) == [1], status, err)
    path = write("slow.log", "aaa\n" + INVITE + 40 * "a" + "b\n" + INVITE + "aaa\n" + INVITE)
    for arguments, options, name in (([path], {}, path), (["-"], {"stdin": open(path, "rb").read()}, "standard input")):
        status, out, err = count("--regex", "^(a+)+$", "--format", "json", *arguments, **options)
        check_equal("a line that takes too long",
                    err, f"sipbpf: {name}:6: cannot match --regex: match limit exceeded; all lines before were read\n")
        check_equal("what was read counts", (status, list(counts(out).values())), (1, [1]))


def test_logs_are_no_captures():
    path = write("one.log", INVITE)
    for arguments, options in (([path], {}), (["-"], {"stdin": INVITE.encode()})):
        status, out, err = run(["count", *arguments], **options)
        check("text is no capture, but may be a log", status == 1 and err.endswith(": not a pcap or pcapng capture; for a log, use --input text\n"), status, err)


def test_files_that_cannot_be_read():
    path = write("one.log", INVITE)
    status, out, err = count("--format", "json", ".", "absent.log", path)
    check_equal("each is named", err, "sipbpf: .: Is a directory; name the files in it\n"
                "sipbpf: absent.log: No such file or directory\n")
    check_equal("the others count", (status, list(counts(out).values())), (1, [1]))


def test_patterns_that_match_no_line():
    path, other, empty = write("one.log", INVITE), write("other.log", "---\n" + INVITE), write("empty.log", "")
    status, out, err = count("--regex", "^---", "--format", "json", path, other, empty)
    check_equal("a log without a matching line is named", err,
                "sipbpf: --regex: no line of one.log matches; compare the pattern with the line before each message\n")
    check_equal("and counts", (status, sum(counts(out).values())), (0, 2))
    check_equal("standard input too", count("--regex", "zzz", "-", stdin=INVITE.encode())[2],
                "sipbpf: --regex: no line of standard input matches; compare the pattern with the line before each message\n")


def test_values_that_cannot_be_used():
    path = write("values.log", "src 10.0.0.1\n" + INVITE + "src 10.0.0.2:40112\n" + INVITE + "src x\n" + INVITE)
    check_equal("the first is told", count("--regex", r"^src (?<src>\S+)", path)[2],
                "sipbpf: --regex: 2 values could not be used; the first is src='10.0.0.2:40112' in values.log, line 6\n")


def test_snapshots_without_times():
    path = write("timeless.json", count("--format", "json", write("one.log", INVITE))[1])
    check("what a log does not tell is left out", not {"start", "end"} & json.load(open(path, encoding="utf-8")).keys())
    shown = run(["show", "--format", "json", path])
    check("and read again", shown[0] == 0 and shown[1] == open(path, encoding="utf-8").read(), shown)


def test_nothing_counted():
    path = write("nothing.log", "---\nno SIP\n---\n")
    check_equal("a log has no packets", count("--title", "t", "--regex", "^---", path)[1], "t no SIP messages\n")
    path = write("one.log", INVITE)
    check_equal("with a filter", count("--title", "t", "--filter", "BYE", path)[1], "t no SIP messages passed the filters\n")
    snapshot = write("snapshot.json", count("--format", "json", path)[1])
    check_equal("no new ones", run(["diff", "--title", "t", snapshot, snapshot])[1], "t no new SIP messages\n")
    document = json.loads(open(snapshot, encoding="utf-8").read())
    document["packets"]["reasons"]["not_sip"] = 5
    more = write("more.json", json.dumps(document))
    check_equal("packets without", run(["diff", "--title", "t", snapshot, more])[1],
                "t no new SIP messages in 5 packets\n")
    check_equal("show has them too", run(["show", "--title", "t", "--filter", "BYE", more])[1],
                "t no SIP messages passed the filters in 6 packets\n")


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.argv[1] = os.path.abspath(sys.argv[1])
        os.chdir(folder)
        for name, test in list(globals().items()):
            if name.startswith("test_"):
                test()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
