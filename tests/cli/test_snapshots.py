#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The commands over snapshots, show and diff: sums, differences, filters, and files that are wrong.

usage: test_snapshots.py SIPBPF
"""

import json
import os
import random
import sys
import tempfile

sys.dont_write_bytecode = True
from program import check, check_equal, counts, finish, link, run, snapshot  # noqa: E402

INVITES = link(messages=[("in", "INVITE", "INVITE", 10), ("out", "200", "INVITE", 9)])
BYES = link("10.0.0.1", "2001:db8::7", "TLS", (5061, 4000), [("out", "BYE", "BYE", 3), ("in", "200", "BYE", 3)])
REASONS = {"stun": 2, "not_sip": 1}
GOLDEN = """\
2020-0101 01:01:00          INVITE   ReINVITE    503       600    TOTAL
SBC Cone-A                ---> <--- ---> <--- ---> <--- ---> <---
1.1.1.1-TCP-5060-2.2.2.1    13   10   40   40    0    0    0    0   103
1.1.1.1-TLS-5061-2.2.2.1    13   10   36   42    1    0    1    0   103
SUMMARY                     26   20   76   82    1    0    1    0   206
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def show(arguments, **options):
    status, out, err = run(["show"] + arguments, **options)
    check("show succeeds and says nothing else", status == 0 and not err, arguments, status, err)
    return out


def test_golden():
    tcp = link("1.1.1.1", "2.2.2.1", "TCP", (5060, 1),
               [("out", "INVITE", "INVITE", 13), ("in", "INVITE", "INVITE", 10), ("out", "ReINVITE", "INVITE", 40),
                ("in", "ReINVITE", "INVITE", 40)])
    tls = link("1.1.1.1", "2.2.2.1", "TLS", (5061, 1),
               [("out", "INVITE", "INVITE", 13), ("in", "INVITE", "INVITE", 10), ("out", "ReINVITE", "INVITE", 36),
                ("in", "ReINVITE", "INVITE", 42), ("out", "503", "INVITE", 1), ("out", "600", "INVITE", 1)])
    path = write("golden.json", snapshot(tls, tcp))
    arguments = [path, "--title", "2020-0101 01:01:00", "--name", "SBC Cone-A"]
    check_equal("sipcounter's example", show(arguments), GOLDEN)
    lines = GOLDEN.splitlines()
    swapped = ["SBC Cone-A".ljust(26) + lines[0][26:], "2020-0101 01:01:00".ljust(26) + lines[1][26:]] + lines[2:]
    check_equal("the name first", show(arguments + ["--name-first"]), "\n".join(swapped) + "\n")


def test_names():
    path = write("named.json", snapshot(INVITES, name="sbc1"))

    def corner(*arguments):
        lines = show([path, "--title", "t", *arguments]).splitlines()
        return lines[0].split()[0], lines[1][:lines[1].index(" -")].strip()

    check_equal("the name of the snapshot", corner(), ("t", "sbc1"))
    check_equal("--name", corner("--name", "n"), ("t", "n"))
    check_equal("--name ''", corner("--name", ""), ("t", ""))
    check_equal("--no-name", corner("--no-name"), ("t", ""))
    check_equal("--name '' in a snapshot", json.loads(show(["--format", "json", "--name", "", path]))["name"], "")
    empty = write("unnamed.json", snapshot(name="sbc1"))
    check("--no-name, nothing counted", "sbc1" not in show(["--title", "t", "--no-name", empty]))


def test_names_reach_no_terminal():
    path = write("c1.json", snapshot(name="\u009b31mX\u202e"))
    check_equal("a name with controls, nothing counted", show([path, "--title", "t"]),
                "t \\xc2\\x9b31mX\\xe2\\x80\\xae no SIP messages\n")


def test_sums():
    one = write("one.json", snapshot(INVITES, packets={"seen": 5, "sip": 2, "reasons": REASONS}, name="a",
                                     start="2026-01-01T00:01:00Z", end="2026-01-01T00:02:00Z"))
    two = write("two.json", snapshot(INVITES, BYES, name="b", start="2026-01-01T00:00:00Z",
                                     end="2026-01-01T00:01:00Z") + snapshot(BYES))
    out = show(["--format", "json", one, two])
    total = counts(out)
    check_equal("snapshots add up", sorted(total.values()), [6, 6, 18, 20])
    document = json.loads(out)
    check_equal("packets add up", document["packets"]["reasons"]["stun"], 2)
    check_equal("the time is that of all", (document["start"], document["end"]),
                ("2026-01-01T00:00:00Z", "2026-01-01T00:02:00Z"))
    check_equal("names that differ are none", document["name"], "")
    with open(two, "rb") as file:
        piped = show(["--format", "json", one, "-"], stdin=file.read())
    check_equal("- is stdin", counts(piped), total)
    again = write("again.json", out)
    check_equal("a sum comes back as it was", show(["--format", "json", again]), out)
    check_equal("a sum of one keeps its name", json.loads(show(["--format", "json", one]))["name"], "a")
    pretty = write("pretty.json", json.dumps(document, indent=2))
    check_equal("lines do not matter", show(["--format", "json", pretty]), out)


def test_overlaps():
    def period(start, end, name="a", path=None):
        minutes = {member: f"2026-01-01T00:{minute:02}:00Z" for member, minute in (("start", start), ("end", end)) if minute}
        return write(path or f"{name}-{start}-{end}.json", snapshot(BYES, name=name, **minutes))

    def warning(files):
        return (f"sipbpf: show: snapshots overlap in time ({files}): messages in both are counted twice; use diff for "
                "cumulative snapshots\n")

    first, second, third, within = (period(*times) for times in ((1, 10), (10, 20), (20, 30), (12, 13)))
    for files, wanted in (([third, first, second], ""), ([second, first, within], warning(f"{second}, {within}")),
                          ([first, first, second, second], warning(first)), ([first, period(1, 10, "b")], ""),
                          ([first, period(0, 10), period(1, 0)], "")):
        status, out, err = run(["show", "--format", "json", *files])
        check_equal(f"show {' '.join(files)}: overlaps", (status, err), (0, wanted))
        check_equal("all are added", sum(counts(out).values()), len(files) * sum(counts(open(first).read()).values()))
    check_equal("diff the wrong way round", run(["diff", second, first])[2],
                f"sipbpf: diff: B ({first}) is older than A ({second}); are they swapped?\n")
    check_equal("and the right way", run(["diff", first, second])[2], "")


def test_grouped():
    path = write("grouped.json", snapshot(INVITES, BYES))
    out = show(["--format", "json", "--depth", "1", path])
    only = json.loads(out)["links"]
    check_equal("--depth groups a snapshot", [(a["server_ip"], a["client_ip"], a["server_port"]) for a in only],
                [("10.0.0.1", "", 0)])
    check_equal("nothing is lost by it", sum(counts(out).values()), 25)
    grouped = write("grouped1.json", out)
    check_equal("a grouped snapshot comes back", show(["--format", "json", grouped]), out)
    check_equal("and makes the same table", show(["--depth", "1", "--title", "", grouped]),
                show(["--depth", "1", "--title", "", path]))


def test_diff():
    early = write("early.json", snapshot(INVITES, end="2026-01-01T00:01:00Z",
                                         packets={"seen": 9, "sip": 1, "reasons": REASONS}))
    more = link(messages=[("in", "INVITE", "INVITE", 15), ("out", "200", "INVITE", 9), ("out", "180", "INVITE", 2)])
    late = write("late.json", snapshot(more, BYES, end="2026-01-01T00:02:00Z", name="n",
                                       packets={"seen": 9, "sip": 4, "reasons": {"stun": 7, "not_sip": 0}}))
    status, out, err = run(["diff", "--format", "json", early, late])
    check("diff succeeds", status == 0 and not err, status, err)
    check_equal("what B has more", sorted(counts(out).values()), [2, 3, 3, 5])
    document = json.loads(out)
    packets = document["packets"]
    check_equal("packets that B has more", (packets["sip"], packets["reasons"]["stun"], packets["reasons"]["not_sip"]),
                (3, 5, 0))
    check_equal("the time between", (document["start"], document["end"], document["name"]),
                ("2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z", "n"))
    check_equal("nothing more is nothing", counts(run(["diff", "--format", "json", late, early])[1]), {})


def test_diff_by_type():
    early = write("early200.json", snapshot(link(messages=[("out", "200", "INVITE", 5), ("out", "200", "BYE", 1)])))
    late = write("late200.json", snapshot(link(messages=[("out", "200", "INVITE", 2), ("out", "200", "BYE", 7)])))
    status, out, err = run(["diff", "--format", "json", early, late])
    check("diff succeeds", status == 0 and not err, status, err)
    check_equal("what one CSeq method lacks is taken off the others", list(counts(out).values()), [3])


def test_filters():
    path = write("filters.json", snapshot(INVITES, BYES))
    cases = [(["--filter", "INVITE"], [9, 10]), (["--filter", "INVITE", "--no-greedy"], [10]), (["--no-greedy"], [3, 3, 9, 10]),
             (["--filter", "2"], [3, 9]),
             (["--filter", "BYE,2"], [3, 3]), (["--host", "2001:db8::/32"], [3, 3]), (["--host", "10.0.0.1"], [3, 3, 9, 10]),
             (["--exclude-host", "10.0.0.2"], [3, 3]), (["--host", "10.0.0.1", "--exclude-host", "::/0"], [9, 10]),
             (["--host", "10.0.0.1", "--exclude-host", "0.0.0.0/0"], [])]
    for arguments, wanted in cases:
        got = sorted(counts(show(arguments + ["--format", "json", path])).values())
        check_equal(" ".join(arguments), got, wanted)


def test_filters_of_other():
    """It has neither addresses nor, of responses, methods that count."""
    messages = [("both", "INVITE", "UNKNOWN", 1), ("both", "ReINVITE", "UNKNOWN", 2), ("both", "BYE", "UNKNOWN", 4),
                ("both", "200", "BYE", 8), ("both", "404", "UNKNOWN", 16)]
    path = write("other.json", snapshot({"other": True, "messages": link(messages=messages)["messages"]}))
    cases = [(["--filter", "INVITE"], 27), (["--filter", "INVITE", "--no-greedy"], 3), (["--filter", "4"], 16),
             (["--filter", "BYE,4"], 20), (["--host", "192.0.2.1"], 31), (["--exclude-host", "0.0.0.0/0,::/0"], 31)]
    for arguments, wanted in cases:
        document = json.loads(show(arguments + ["--format", "json", path]))
        got = sum(message["count"] for a_link in document["links"] for message in a_link["messages"])
        check_equal("other: " + " ".join(arguments), got, wanted)


def test_wrong_files():
    right = write("right.json", snapshot(INVITES))
    text = snapshot(INVITES, BYES, packets={"seen": 5, "sip": 2, "reasons": REASONS})
    kept = write("kept", "what was there")

    def check_wrong(name, path, *words):
        status, out, err = run(["show", right, path, "-o", kept])
        with open(kept, encoding="utf-8") as file:
            untouched = file.read() == "what was there"
        one_line = err.startswith("sipbpf: ") and err.count("\n") == 1
        named = all(word in err for word in (path,) + words)
        check(name, status == 1 and not out and one_line and named and untouched, status, out, err)

    for length in random.Random(1).sample(range(len(text) - 1), 60):
        check_wrong(f"cut at byte {length}", write("cut.json", text[:length]), ":1:")
    check_wrong("a wrong count", write("count.json", text + text.replace(": 10}", ": -1}")), ":2:",
                "links[0].messages[0].count")
    pretty = json.dumps(json.loads(text), indent=1)
    line = pretty[:pretty.index('"count": 9')].count("\n") + 1
    check_wrong("a wrong count, one field a line", write("pretty.json", pretty.replace('"count": 9', '"count": 9.5')),
                f":{line}: links[0].messages[1].count: ")
    check_wrong("a wrong word", write("word.json", pretty.replace('"count": 9', '"count": nine')),
                f":{line}: links[0].messages[1].count: ")
    check_wrong("a day that no month has", write("day.json", snapshot(INVITES, end="2026-02-31T00:00:00Z")), ":1: end: ")
    check_wrong("a file that is not there", "absent.json", "No such file")
    check_wrong("an empty file", write("empty.json", ""), "no snapshot")
    check_wrong("a folder", ".", "directory")
    most = write("most.json", snapshot(link(messages=[("in", "BYE", "BYE", 2 ** 63 - 1)])))
    check_equal("the most that can be counted", list(counts(show(["--format", "json", most])).values()), [2 ** 63 - 1])
    check_wrong("more than can be counted", most, ":1: together with what was counted before", "9223372036854775807")
    for output in ("table", "csv", "json"):
        got = run(["show", "--format", output, right, "-o", "/dev/full"])
        check_equal(f"{output}: a full disk", got, (1, "", "sipbpf: /dev/full: No space left on device\n"))
    status, out, err = run(["diff", right, write("half.json", text[:50])])
    check("diff refuses them too", status == 1 and not out and "half.json:1:" in err, status, out, err)
    status, out, err = run(["show", "-"], stdin=b"{")
    check("stdin has a name", status == 1 and not out and "standard input:1:" in err, status, out, err)


def test_cut_short():
    """A log goes on behind a line that a kill or a full disk has cut; its whole lines count, and the other one is told."""
    line = snapshot(INVITES, BYES)
    whole = counts(show(["--format", "json", write("whole.json", 2 * line)]))
    for length in random.Random(2).sample(range(1, len(line) - 1), 20):
        cut = line[:length]
        for name, text, number, what in (("first", cut + "\n" + 2 * line, 1, "the snapshot is cut short here"),
                                         ("within", line + cut + "\n" + line, 2, "the snapshot is cut short here"),
                                         ("last", 2 * line + cut, 3, "the file ends here")):
            path = write("cut.json", text)
            status, out, err = run(["show", "--format", "json", path])
            check(f"cut at byte {length}, {name}", status == 0 and counts(out) == whole and err.count("\n") == 1 and
                  err.startswith(f"sipbpf: {path}:{number}: ") and what in err and err.endswith("; it is left out\n"),
                  status, out, err)
    status, out, err = run(["show", write("cut.json", line + line[:99] + "\n" + line[:50])])
    check("each is told", status == 0 and err.count("it is left out") == 2, err)


def test_many_types():
    """Whoever sends messages chooses their methods: a table of thousands is told, with what makes it smaller."""
    for types, is_wide in ((900, False), (3000, True)):
        path = write("wide.json", snapshot(link(messages=[("in", f"X{i}", "BYE", 1) for i in range(types)])))
        for output in ("table", "csv", "json"):
            status, out, err = run(["show", "--format", output, path])
            told = is_wide and output != "json"
            check(f"{types} types, {output}", status == 0 and len(out) > types and ("--filter leaves only those" in err) == told,
                  status, err)
    status, out, err = run(["show", "--filter", "X7", path])
    check("with a filter there is nothing to tell", status == 0 and "columns" not in err, err)


def test_names_do_no_harm():
    names = ["=1+1", "\x1b[2J", "a,b", "quote\"", "line\r\nend", "\u202eright"]
    path = write("names.json", snapshot(link(messages=[("in", name, "BYE", 1) for name in names]), name="\x1b[31m"))
    for output in ("table", "csv", "json"):
        text = show(["--format", output, path]).replace("\r\n", "\n" if output == "csv" else "\r\n")
        check(f"no control character in {output}", not set(text) & set("\x1b\r\u202e"), text)
    check_equal("JSON gives them back", sorted(key[6] for key in counts(show(["--format", "json", path]))), sorted(names))


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
