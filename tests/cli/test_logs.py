#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""count --input text: what goes wrong with patterns and logs, and what is said of it.

usage: test_logs.py SIPBPF
"""

import json
import os
import resource
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from program import check, check_equal, counts, finish, run  # noqa: E402

MEMORY_MAX = 400 * 1024  # KiB that a run may take; a sanitizer takes most of it
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
    check_equal("they are told", count("--regex", r"^src (?<src>\S+)", path)[2],
                "sipbpf: --regex: 2 values of src could not be used: '10.0.0.2:40112' in values.log, line 6; "
                "'x' in values.log, line 11\n")
    path = write("many.log", 7 * ("at noon by 7\n" + INVITE))
    lines = count("--regex", r"^at (?<time>\S+) by (?<transport>\S+)", path)[2].splitlines()
    check("by group", [line.split(": ")[2].split(" could")[0] for line in lines] == ["7 values of time", "7 values of transport"], lines)
    check("up to five", all(line.count(" in many.log, line ") == 5 for line in lines), lines)


def test_log_formats():
    path = write("ngrep.log", "U 192.0.2.1:5070 -> 192.0.2.2:5060 #1\n" + INVITE.replace("CSeq", "To: b\nCSeq"))
    check_equal("a form is said", count("--title", "t", path)[2], f"sipbpf: {path}: looks like ngrep: 1 message\n")
    check_equal("unless it was given", count("--title", "t", "--log-format", "ngrep", path)[2], "")
    check_equal("one that yields nothing", count("--title", "t", "--log-format", "sipp", write("empty.log", "words\n"))[2],
                "sipbpf: empty.log: holds no message in the form sipp; leave --log-format out to have the form recognised\n")
    for arguments, said in ((["--log-format", "ngrap", path], "--log-format: 'ngrap' is not known; did you mean 'ngrep'? --log-format list shows all"),
                            (["--log-format", "x", path], "--log-format: 'x' is not known; --log-format list shows all"),
                            (["--log-format", "sipp", "--regex", "x", path], "give --regex or --log-format, not both")):
        status, out, err = count(*arguments)
        check_equal("a wrong one is a usage error", (status, out, err), (2, "", f"sipbpf: {said}\n"))
    check_equal("captures have none", run(["count", "--log-format", "sipp", path])[0::2], (2, "sipbpf: --log-format: works only with --input text\n"))
    status, out, err = run(["count", "--log-format", "list"])
    check("all are listed", status == 0 and not err and "tcpdump" in out and out.count("\n") % 2 == 0, status, out, err)


def test_lines_that_were_not_taken():
    path = write("odd.log", INVITE + "| BYE sip:bob@example.com SIP/2.0\n| CSeq: 2 BYE\n|\n> SIP/2.0 200 OK\n")
    status, out, err = count("--format", "json", path)
    check_equal("they are told", err, "sipbpf: odd.log: 2 lines look like the start of a message but begin none that was counted; the first is "
                "line 5: | BYE sip:bob@example.com SIP/2.0\n")
    check_equal("the others count", (status, list(counts(out).values())), (0, [1]))


def test_lines_of_too_many_programs():
    lines = [f"Jan  5 12:00:00 host p[{number}]: {line}\n" for line in INVITE.splitlines() for number in range(257)]
    status, out, err = count("--format", "json", write("mixed.log", "".join(lines)))
    check_equal("what they cut off is told", err, "sipbpf: mixed.log: lines of more than 256 programs are mixed: 257 messages were cut off, "
                "the first one before line 257; split the log by program and count the parts\n")
    check_equal("and counts", (status, sum(counts(out).values())), (0, 257))
    status, out, err = count("--format", "json", write("mixed.log", "".join(line for line in lines if "[256]" not in line)))
    check_equal("256 are not too many", (status, list(counts(out).values()), err), (0, [256], ""))


def test_messages_without_cseq():
    line = "12:00:00.105000 IP 192.0.2.1.5060 > 192.0.2.2.5060: SIP: BYE sip:b@c.d SIP/2.0\n"
    summary = "1 0.0 192.0.2.1 -> 192.0.2.2 SIP 9 Status: 180 Ringing | \n1 0.0 192.0.2.1 -> 192.0.2.2 SIP 9 Request: BYE x |\n"
    for log, wanted in (
            (line, "1 message is no more than a start line"),
            (2 * line, "2 messages are no more than a start line"),
            (line + "\tBYE sip:b@c.d SIP/2.0\n\tTo: b\n\tCSeq: 2 BYE\n", None),
            (summary, "1 message is without the method in CSeq"),
            (summary.replace("180 Ringing", "200 OK (BYE)"), None),
            ("BYE sip:b@c.d SIP/2.0\n\n", None)):
        status, _, err = count(write("bare.log", log))
        told = [text for text in err.splitlines() if "message is" in text or "messages are" in text]
        check(f"without CSeq: {wanted}", status == 0 and len(told) == bool(wanted) and (wanted or "") in "".join(told), err)


def test_messages_without_transport():
    summary = "1 0.0 192.0.2.1 -> 192.0.2.2 SIP 9 Request: BYE x |\n"
    line = "12:00:00.105000 IP 192.0.2.1.5060 > 192.0.2.2.5060: SIP: BYE sip:b@c.d SIP/2.0\n"
    for log, wanted in ((summary, "the transport of 1 message is not known, so it counts as UDP"),
                        (2 * summary, "the transport of 2 messages is not known, so they count as UDP"), (line, None)):
        status, out, err = count("--format", "json", write("bare.log", log))
        told = [text.split(": ", 2)[-1] for text in err.splitlines() if "the transport of" in text]
        check_equal("without transport", (status, told), (0, [wanted] if wanted else []))
        check_equal("they count as UDP", {link["transport"] for link in json.loads(out)["links"]}, {"UDP"})


def test_messages_that_end_within_their_headers():
    start = "BYE sip:b@c.d SIP/2.0\n"
    whole = start + "t: <sip:b@c.d>\nCSeq: 2 BYE\n"
    for log, wanted, line in (
            (start + "To: <sip:b@c.d>\nFrom: x", 1, 1),
            (whole + start + "CSeq: 2 BYE\n" + whole, 1, 4),
            (start + start + "To : <sip:b@c.d>\nSubject: CSeq: 1\n" + whole + start, 3, 1),
            (whole.replace("\n", "#015#012") + "\n" + start.replace("\n", "#015#012") + "Via: SIP/2.0/UDP\n", 1, 2),
            ("<script>: " + start, 1, 1),
            (whole + whole + "\n", 0, 0),
            (start + "\n", 0, 0)):
        status, _, err = count(write("ends.log", log))
        told = [text for text in err.splitlines() if "headers" in text]
        said = "1 message ends within its" if wanted == 1 else f"{wanted} messages end within their"
        check_equal(f"incomplete: {log!r}", (status, told), (0, [] if not wanted else [
            f"sipbpf: ends.log: {said} headers, before To or CSeq; the first begins in line {line}; if rsyslog cut what was longer "
            "than its $MaxMessageSize, raise that"]))
    packet = "12:00:00.1 IP 192.0.2.1.5070 > 192.0.2.2.5060: SIP: BYE sip:b SIP/2.0\n\tBYE sip:b SIP/2.0\n\tTo: b\n\tCal\n"
    for log in (2 * packet, 2 * packet.replace("To: b", "CSeq: 2 BYE")):
        _, _, err = count(write("packets.log", log))
        check("packets that are cut off are told as that", "2 messages are cut off before To or CSeq" in err and "headers" not in err, err)
    tree = ("Frame 1: 9 bytes on wire\nInternet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.2\n"
            "    Request-Line: BYE sip:b@c.d SIP/2.0\n    Message Header\n        To: b\n        CSeq: 2 BYE\n\n")
    for name, wanted in (("", 0), ("To", 1), ("CSeq", 1)):
        _, _, err = count(write("tree.log", tree.replace(name + ":", "X:") if name else tree))
        check_equal(f"a tree without {name}", err.count("1 message ends within its headers"), wanted)


def test_headers_that_look_like_records():
    heads = {"arrow": "2026-01-05 12:00:00.1 udp 192.0.2.1:5070 -> 192.0.2.2:5060\n",
             "kamailio": " 1(4311) NOTICE: <script>: udp 192.0.2.1:5070 -> 192.0.2.2:5060\n",
             "opensips": "Jan  5 12:00:00 [4311] udp 192.0.2.1:5070 -> 192.0.2.2:5060\n"}
    for form, head in heads.items():
        for header in ("X-Path: 192.0.2.8:5070 -> 192.0.2.9:5060\n", "X-Log: NOTICE: <script>: 192.0.2.8:5070 -> 192.0.2.9:5060\n",
                       "X-Path: a\n udp 192.0.2.8:5070 -> 192.0.2.9:5060\n"):
            message = f"{head}BYE sip:b@c.d SIP/2.0\n{header}To: <sip:b@c.d>;tag=1\nCSeq: 2 BYE\n"
            for end in ("\n", ""): # without an empty line, the next record cuts the headers off
                status, out, err = count("--format", "json", "--log-format", form, write("headers.log", 3 * (message + end)))
                document = json.loads(out)
                check_equal(f"{form}: {header!r}, {end!r}", (status, err, [(link["server_ip"], link["client_ip"], [
                    (m["type"], m["method"], m["count"]) for m in link["messages"]]) for link in document["links"]]),
                            (0, "", [("192.0.2.2", "192.0.2.1", [("BYE", "BYE", 3)])]))


def test_a_log_that_goes_on_in_another_form():
    message = "BYE sip:b@c.d SIP/2.0\nTo: <sip:b@c.d>;tag=1\nCSeq: 2 BYE\n\n"
    ends = "2026-01-05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060"
    whole = ends + "\n" + message
    one_line = ends + "#012" + message.replace("\n", "#015#012") + "\n"
    pjsip = "<--- Received SIP request (9 bytes) from UDP:192.0.2.1:5070 --->\n" + message
    script = " 1(18) NOTICE: <script>: udp 192.0.2.1:5070 -> 192.0.2.2:5060\n" + message
    script_line = "Jan  5 12:00:00 a kamailio[1]: NOTICE: <script>: udp 192.0.2.1:5070 -> 192.0.2.2:5060#012" + message.replace("\n", "#015#012") + "\n"
    script_lines = "".join(f"Jan  5 12:00:00 a kamailio[1]: {line}\n" for line in script.splitlines())
    opensips_line = "Jan  5 12:00:00 a /usr/sbin/opensips[1]: udp 192.0.2.1:5070 -> 192.0.2.2:5060#012" + message.replace("\n", "#015#012") + "\n"
    printed = "U 2026/01/05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060 #1\n" + message.replace("\n", ".\n") + "\n"
    found = "U 2026/01/05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060\n\n" + message.replace("\n", ".\n") + "\n"
    packet = "12:00:00.1 IP 192.0.2.1.5070 > 192.0.2.2.5060: SIP: BYE sip:b@c.d SIP/2.0\nE..R....@...\nZ..\nZ.......>..".replace("\n", "\n") + message
    summary = "    1   0.000000    192.0.2.1 -> 192.0.2.2    SIP 400 Request: BYE sip:b@c.d | \n"
    words = "2026-01-05 12:00:00.1 some words\n" * 5000
    for first, second, form in ((whole, one_line, "arrow through rsyslog"), (pjsip, one_line, "arrow through rsyslog"),
                                (script, script_line, "kamailio through rsyslog"),
                                (script, script_lines, "kamailio behind what a logging system writes"), (opensips_line, printed, "ngrep"),
                                (opensips_line, found, "sipgrep"), (opensips_line, packet, "tcpdump"), (pjsip, summary, "tshark-summary"),
                                (pjsip, words + summary, "tshark-summary"), (message, summary, "tshark-summary"), (pjsip, pjsip, None), (pjsip, words + pjsip, None)):
        log = 5000 * first + 5000 * second if len(second) < 1000 else 5000 * first + second + 5000 * second[len(words):]
        _, _, err = count("--format", "json", write("goes_on.log", log))
        told = [line.split(", ")[1] for line in err.splitlines() if "split the log" in line]
        check_equal(f"goes on as {form}", told, [f"it looks like {form}; split the log there and count the parts"] if form else [])


def test_two_forms_in_one_log():
    heads = {
        "sngrep": "2026/01/05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060\n",
        "ngrep": "U 2026/01/05 12:00:00.1 192.0.2.1:5070 -> 192.0.2.2:5060 #1\n",
        "sipp": "------------------------ 2026-01-05 12:00:00.1\nUDP message sent (9 bytes):\n\n",
        "pjsip": "<--- Received SIP request (9 bytes) from UDP:192.0.2.1:5070 --->\n",
        "chan_sip": "<--- SIP read from UDP:192.0.2.1:5070 --->\n",
        "ejabberd": "2026-01-05 12:00:00.1 [debug] <0.5.0>@mod_sip:data_in:120 SIP [udp/in] 192.0.2.1:5070 -> 192.0.2.2:5060:\n"}
    message = "BYE sip:b@c.d SIP/2.0\nTo: <sip:b@c.d>;tag=1\nCSeq: 2 BYE\n\n"
    tree = "Frame 1: 9 bytes on wire\n    Request-Line: BYE sip:b@c.d SIP/2.0\n        To: b\n        CSeq: 2 BYE\n\n"
    ends = "Internet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.2\n"
    for first, head in heads.items():
        for second, other in heads.items():
            form = "chan_sip" if {first, second} == {"pjsip", "chan_sip"} else "arrow" if first != second and " -> " in head and " -> " in other else first
            path = write("two.log", 3 * (head + message) + 2 * (other + message))
            status, out, err = count("--format", "json", path)
            line = 3 * (head + message).count("\n") + other.count("\n") + 1
            wanted = "" if form != first or form == second or (first, second) == ("chan_sip", "pjsip") else f"sipbpf: two.log: from line {line} on, it looks like {second}; split the log there and count the parts\n"
            check_equal(f"{first} and {second}", (status, err), (0, f"sipbpf: two.log: looks like {form}: 5 messages\n" + wanted))
            unknown = sum(m["count"] for link in json.loads(out)["links"] for m in link["messages"]
                          if "local" in link["server_ip"] + link["client_ip"] and "remote" in link["server_ip"] + link["client_ip"])
            check_equal("their ends are not those of others", unknown - 3 * (first == "sipp") - 2 * (first == second == "sipp"), 2 if wanted else 0)
    tabs = "12:00:00.1 IP 192.0.2.1.5070 > 192.0.2.2.5060: SIP: BYE sip:b@c.d SIP/2.0\n" + "".join(f"\t{line}\n" for line in message.splitlines())
    status, out, err = count("--format", "json", write("tabs.log", 3 * tabs + heads["sngrep"] + message + tabs))
    check("an indent is that of its form", status == 0 and sum(counts(out).values()) == 5 and "looks like tcpdump: 5" in err and
          "line 17 on, it looks like sngrep" in err, out, err)
    path = write("tree.log", 3 * tree.replace("\n", "\n" + ends, 1) + heads["sngrep"] + message)
    _, _, err = count("--format", "json", path)
    check("what a tree hides is told", "looks like tshark: 3" in err and "line 20 on, it looks like sngrep" in err and
          "1 line looks like the start of a message" in err and "line 20: BYE" in err, err)


def test_times_that_are_not_known():
    path = write("one.log", INVITE)
    status, out, err = count(path)
    check_equal("a table without time", (status, err), (0, "sipbpf: the log has no times\n"))
    check("is not of 1970", "1970" not in out, out)
    check_equal("with a title it does not matter", count("--title", "t", path)[2], "")
    record = "12:00:00.1 IP 192.0.2.1.5070 > 192.0.2.2.5060: SIP: BYE sip:b SIP/2.0\n\tBYE sip:b SIP/2.0\n\tTo: b\n\tCSeq: 2 BYE\n"
    path = write("clock.log", record)
    status, out, err = count("--format", "json", path)
    check("a time of day is none", err.endswith("clock.log: its times have no date, so they are left out\n"), err)
    check("and is left out", "start" not in json.loads(out), out)
    undated = f"sipbpf: {path}: looks like tcpdump: 1 message\nsipbpf: {path}: its times have no date, so they are left out\n"
    check_equal("that is not to have none", count(path)[2], undated)
    check_equal("whatever comes behind it", count(path, write("one.log", INVITE))[2], undated)
    dated = write("dated.log", f"2026-01-05 {record}")
    check("or before it", count(dated, path)[2].endswith(undated), count(dated, path)[2])


def test_times_of_day_in_any_form():
    for line in ("12:00:00.105 192.0.2.9 local0.notice [S=1] (sip_stack)(2) ---- Incoming SIP Message from 192.0.2.1:5070 to "
                 "SIPInterface #0 (A) UDP TO(#1) SocketID(3) ----", "12:00:00.105 UDP 192.0.2.1:5070 -> 192.0.2.2:5060",
                 "at 12:00:00 UDP 192.0.2.1:5070 \N{RIGHTWARDS ARROW} 192.0.2.2:5060",
                 "[12:00:00] VERBOSE[7] res_pjsip_logger.c: <--- Received SIP request (9 bytes) from UDP:192.0.2.1:5070 --->"):
        path = write("clock.log", line + "\n" + INVITE)
        status, out, err = count(path)
        check(f"they have no date: {line}", status == 0 and
              err.splitlines()[1:] == [f"sipbpf: {path}: its times have no date, so they are left out"], err)


def test_how_much_was_read():
    path = write("record.log", "---\n" + INVITE + "---\nwords\n")
    check_equal("-v tells", count("-v", "--title", "t", "--regex", "^---", path)[2],
                "sipbpf: record.log: 7 lines, 2 records, 1 message, 1 record without a message\n")


def test_a_line_of_any_length_needs_bounded_memory():
    with open("huge.log", "wb") as file:
        file.write(INVITE.encode() + b"x")
        file.truncate(1500 * 1000 * 1000)  # a line of NULs, which takes no room on the disk
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + INVITE.encode())
    status, out, err = count("--format", "json", "huge.log")
    taken = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    check("memory is bounded", taken < MEMORY_MAX, taken)
    check_equal("a line is cut", (status, err), (0, "sipbpf: huge.log: 1 line is longer than 524288 bytes, of which only the beginning was read; "
                                                 "the first is line 5\n"))
    check_equal("both messages count", list(counts(out).values()), [2])
    os.remove("huge.log")


def test_a_log_that_takes_too_long():
    with open("slow.log", "w", encoding="ascii") as file:
        file.write(INVITE)
        for _ in range(400000):
            file.write(26 * "a" + "b\n")
    start = time.monotonic()
    status, out, err = count("--regex", "^(a|aa)+$", "--format", "json", "slow.log")
    check("matching ends", status == 1 and "slow.log:" in err and "cannot match --regex: the pattern took " in err, status, err)
    check("in time", time.monotonic() - start < 120, time.monotonic() - start)
    check_equal("what was read counts", list(counts(out).values()), [1])
    os.remove("slow.log")


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
