#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Who may include whom. The folders stand in a table of docs/ARCHITECTURE.md, from top to bottom: each row names what a
folder includes besides itself, all of it further down, and which libraries. A folder within a folder has a row of its
own. Prints a TAP line for each rule.

usage: includes.py [--self-test]     (plants a violation of each rule and expects it to be found)
"""

import pathlib
import re
import sys
import tempfile

PAGE = "docs/ARCHITECTURE.md"
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)

# The libraries that not everybody may use, by the beginning of a header's name.
LIBRARIES = {
    "libbpf": r"bpf/(?!bpf_helpers)", "bpf_helpers": r"bpf/bpf_helpers", "libpcap": r"pcap", "jansson": r"jansson",
    "libmnl": r"libmnl", "PCRE2": r"pcre2", "libcap-ng": r"cap-ng", "uthash": r"uthash", "xxHash": r"xxhash",
    "zlib": r"zlib", "Linux's BPF": r"linux/(bpf|if_link|pkt)",
    "C library": r"(?!bpf/|linux/(bpf|if_link|pkt)|pcap|jansson|libmnl|pcre2|cap-ng|uthash|xxhash|zlib)",
}

ATTACHES = r"\b(bpf_tc_(hook|attach|detach)|bpf_xdp_(attach|detach)|bpf_link_create|bpf_program__attach)"
# Beyond folders: name, files, what no line of them may hold, and a line that would.
LINES = [
    ("only hook/ attaches", r"user/(?!hook/).*", ATTACHES, "user/command/main.c", "bpf_xdp_attach(1, 2, 3, NULL);"),
    ("only kernel/probe sees the skeleton", r"(user/(?!kernel/probe\.c)|tests/|include/).*",
     r"#include.*sipbpf\.skel\.h", "user/kernel/drain.c", '#include "sipbpf.skel.h"'),
    ("status is written without BPF", r"user/inspect/status_(text|json|number)\..*", r"#include.*<bpf/",
     "user/inspect/status_text.c", "#include <bpf/bpf.h>"),
    ("flows know no counters", r"user/classify/flows\..*", r'#include.*"counts/', "user/classify/flows.c",
     '#include "counts/counter.h"'),
    ("carriers know no framing", r"include/stream/(http|proxy|tls|websocket)\.h", r'#include.*"(stream|packet)/',
     "include/stream/tls.h", '#include "stream/framing.h"'),
    ("sipcounter.h includes only the C library", r"include/sipcounter\.h", r'#include\s*"', "include/sipcounter.h",
     '#include "counts/link.h"'),
]


def cells(row):
    return [cell.strip().strip("`") for cell in row.strip().strip("|").split("|")]


def words(cell):
    return [word.strip().strip("`") for word in cell.split(",") if word.strip() not in ("", "none")]


def table(page):
    """The rows, top to bottom: folder, folders that it may include, libraries that it may use."""
    rows = re.findall(r"^\| `[a-z/]+/?` \|.*\|$", page, re.M)
    return [(name.rstrip("/"), [word.rstrip("/") for word in words(below)], words(libraries))
            for name, _, below, libraries in map(cells, rows)]


def sources(folder):
    return sorted(path for path in folder.glob("*.[ch]"))


def place_of(quoted, root, folder):
    """The folder that an include leads to; None: to this one."""
    if quoted == "sipcounter.h":
        return "include"
    if quoted.endswith(".skel.h") or quoted.endswith(".bpf.h") and (root / folder / quoted).exists():
        return None
    if quoted == "vmlinux.h":
        return "vmlinux"
    parent = str(pathlib.PurePosixPath(quoted).parent)
    return next((f"{base}/{parent}" for base in ("include", "user")
                 if parent != "." and (root / base / parent).is_dir()), quoted)


def is_ours(angled, root, folder):
    """Whether the name in angle brackets is that of a file or a folder of this project."""
    return place_of(angled, root, folder) != angled or (root / folder / angled).exists()


def includes(root, folder):
    """The includes of a folder's sources: the source, the name in quotes, the name in angle brackets."""
    return [(path, quoted, angled) for path in sources(root / folder)
            for quoted, angled in INCLUDE.findall(path.read_text())]


def violations(root, row):
    folder, below, libraries = row
    found = []
    for path, quoted, angled in includes(root, folder):
        if quoted:
            place = place_of(quoted, root, folder)
            good = place in (None, folder) or place in below
        else:
            good = not is_ours(angled, root, folder) and any(re.match(LIBRARIES[name], angled) for name in libraries)
        if not good:
            found.append(f"{path.relative_to(root)} includes {quoted or f'<{angled}>'}")
    return found


def unused(root, rows):
    """What a row allows and no source of the folder includes."""
    found = []
    for folder, below, libraries in rows:
        places = {place_of(quoted, root, folder) for _, quoted, _ in includes(root, folder) if quoted}
        angles = [angled for _, _, angled in includes(root, folder) if angled]
        found += [f"{folder} does not include {place}" for place in below if place not in places]
        found += [f"{folder} does not use {name}" for name in libraries
                  if not any(re.match(LIBRARIES[name], angled) for angled in angles)]
    return found


def line_violations(root, rule):
    _, files, pattern = rule[:3]
    return [f"{path.relative_to(root)}: {line.strip()}"
            for path in sorted(root.glob("**/*.[ch]"))
            if re.fullmatch(files, str(path.relative_to(root)))
            for line in path.read_text().splitlines() if re.search(pattern, line)]


def wrong_order(rows):
    """What a row may include stands below it, so that there is no way back."""
    names = [name for name, _, _ in rows]
    return [f"{name} stands above {other}, or {other} has no row" for at, (name, below, _) in enumerate(rows)
            for other in below if other not in names[at + 1:]]


def without_row(root, rows):
    names = {name for name, _, _ in rows}
    folders = [path for base in ("user", "include", "bpf") for path in (root / base, *(root / base).rglob("*"))
               if path.is_dir() and sources(path)]
    return [f"{path.relative_to(root)} has no row in {PAGE}" for path in folders
            if str(path.relative_to(root)) not in names]


def report(name, found):
    print(f"{'not ok' if found else 'ok'} - includes: {name}{': ' if found else ''}{'; '.join(found[:5])}")
    return not found


def check(root):
    rows = table((root / PAGE).read_text())
    results = [report("the table has its rows", [] if len(rows) > 10 else [f"{len(rows)} rows in {PAGE}"]),
               report("what is included stands below", wrong_order(rows)),
               report("each folder has a row", without_row(root, rows)),
               report("what a row allows is used", unused(root, rows))]
    results += [report(f"{row[0]}/ includes {', '.join(row[1]) or 'nothing else'}", violations(root, row))
                for row in rows]
    results += [report(rule[0], line_violations(root, rule)) for rule in LINES]
    return all(results)


def plant(root, path, line):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(line + "\n")


def strange_header(row, rows):
    """A header of a folder that this row may not include."""
    place = next((name for name, _, _ in rows if "/" in name and name != row[0] and name not in row[1]), "user/x")
    return place.split("/")[1] + "/x.h"


# What is wrong, a file, its line, and the check that finds it in folders that are otherwise empty.
STRANGE = [
    ("a file of the project in angle brackets", "user/library/x.c", "#include <counts/x.h>",
     lambda root, rows: violations(root, next(row for row in rows if row[0] == "user/library"))),
    ("sipcounter.h in angle brackets", "user/library/x.c", "#include <sipcounter.h>",
     lambda root, rows: violations(root, next(row for row in rows if row[0] == "user/library"))),
    ("a folder within a folder", "user/render/deep/x.c", '#include "command/x.h"', without_row),
    ("a header of a folder within a folder", "user/render/x.c", '#include "counts/deep/x.h"',
     lambda root, rows: violations(root, next(row for row in rows if row[0] == "user/render"))),
    ("a folder that is not included", "user/render/x.c", '#include "counts/x.h"\n#include <stdio.h>',
     lambda root, rows: [line for line in unused(root, rows) if line == "user/render does not include user/base"]),
    ("a library that is not used", "user/render/x.c", '#include "counts/x.h"\n#include "base/x.h"',
     lambda root, rows: [line for line in unused(root, rows) if line == "user/render does not use C library"]),
]


def self_test(root):
    rows = table((root / PAGE).read_text())
    results = []
    for row in rows:
        for what, line in (("folder", f'#include "{strange_header(row, rows)}"'), ("library", "#include <zmq.h>"),
                           ("library", "#include <pcre2.h>")):
            if what == "library" and ("PCRE2" if "pcre2" in line else "C library") in row[2]:
                continue
            with tempfile.TemporaryDirectory() as name:
                for other, _, _ in rows:
                    (pathlib.Path(name) / other).mkdir(parents=True, exist_ok=True)
                plant(pathlib.Path(name), f"{row[0]}/x.c", line)
                results.append(report(f"self-test: {row[0]}/ and {line}",
                                      [] if violations(pathlib.Path(name), row) else ["not found"]))
    for what, path, line, find in STRANGE:
        with tempfile.TemporaryDirectory() as name:
            for other in [row[0] for row in rows] + ["user/counts/deep"]:
                (pathlib.Path(name) / other).mkdir(parents=True, exist_ok=True)
            plant(pathlib.Path(name), path, line)
            results.append(report(f"self-test: {what}", [] if find(pathlib.Path(name), rows) else ["not found"]))
    for rule in LINES:
        with tempfile.TemporaryDirectory() as name:
            plant(pathlib.Path(name), rule[3], rule[4])
            results.append(report(f"self-test: {rule[0]}",
                                  [] if line_violations(pathlib.Path(name), rule) else ["not found"]))
    turned = [(rows[-1][0], [rows[0][0]], []), *rows]
    results.append(report("self-test: a way back", [] if wrong_order(turned[1:] + turned[:1]) else ["not found"]))
    return all(results)


if __name__ == "__main__":
    run = self_test if "--self-test" in sys.argv else check
    sys.exit(0 if run(pathlib.Path(".")) else 1)
