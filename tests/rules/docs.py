#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whether the documents and the source agree: reasons, encapsulations, bounds, states, fields, options, commands,
targets, paths, names of the code and limits that one of them names. Prints a TAP line for each rule.

usage: docs.py [--self-test]     (plants deviations from each rule and expects them to be found)
"""

import pathlib
import re
import shlex
import sys

LISTS, FLOW, FRAMING = "include/common/lists.h", "include/stream/flow.h", "include/stream/framing.h"
README, COUNTING, LAYERS, STREAMS = "README.md", "docs/COUNTING.md", "docs/LAYERS.md", "docs/STREAMS.md"
MANUAL, LIBRARY_MANUAL, CONTRIBUTING = "man/sipbpf.8", "man/sipcounter.3", "CONTRIBUTING.md"
OPTIONS, SNAPSHOT, UNREAD = "user/options/option_table.c", "user/snapshot/json.c", "user/counts/unread.c"
COMMANDS = "user/options/command_table.c"
LIBRARY, RULES_OF_SOURCES = "include/sipcounter.h", "tests/rules/sources.py"
STATUS, NUMBERS = "user/inspect/status_json.c", "user/inspect/status_number.c"
README_LINES_MAX, COLUMNS_MAX = 150, 120

# Numbers of include/stream that bound nothing: where an open message ends, factors of the hash, parts of formats, marks
# of a kind, sums.
NO_BOUNDS = {"FRAMING_OPEN_END", "FLOW_MIX_1", "FLOW_MIX_2", "FLOW_MIX_3", "HTTP_PROTOCOL_NAME_SIZE",
             "PROXY_HEADER_SIZE", "TLS_HEADER_SIZE", "TLS_KIND_FIRST", "TLS_CLIENT_HELLO", "FLOW_COPY_SLACK", "FLOW_HEAD_SIZE", "FLOW_CHANNEL_FRAGMENTS",
             "FLOW_TICKET_FRAGMENT", "FLOW_SETS_ALL", "FLOW_COPIES_ALL"}
# Options of other programs, which stand on the same line.
FOREIGN_OPTIONS = {"libs": "pkg-config", "cflags": "pkg-config"}
FOLDERS = ("bpf", "docs", "findings", "include", "LICENSES", "man", "scripts", "tests", "user", "vmlinux")
# A pattern, not a name.
PATTERNS = {"module__verb"}
# A command of the kernel, which libbpf gives.
FOREIGN_NAMES = {"BPF_PROG_TEST_RUN"}
# Members that no page explains.
UNEXPLAINED = {"reserved"}
# Built, not kept.
BUILT = {"vmlinux.h", "sipbpf.skel.h"}


class Project:
    """The files of a folder; some may have another text than is there."""

    def __init__(self, root, changed=None):
        self.root, self.changed = root, changed or {}

    def read(self, path):
        return self.changed[path] if path in self.changed else (self.root / path).read_text(encoding="utf-8")

    def glob(self, pattern):
        return sorted(str(path.relative_to(self.root)) for path in self.root.glob(pattern))

    def pages(self):
        return [README, CONTRIBUTING, "CHANGELOG.md", *self.glob("docs/*.md")]

    def manuals(self):
        return [MANUAL, LIBRARY_MANUAL]

    def has(self, path):
        return (self.root / path).exists()


# ---- reading ----

def differences(what, documented, existing):
    return ([f"{what} {name} is not described" for name in sorted(set(existing) - set(documented))] +
            [f"there is no {what} {name}" for name in sorted(set(documented) - set(existing))] +
            [f"{what} {name} is described {documented.count(name)} times"
             for name in sorted(set(documented)) if documented.count(name) > 1])


def listed(project, name):
    """The names in an X macro of the lists."""
    body = re.search(rf"#define {name}\(X\)(.*?[^\\])\n", project.read(LISTS), re.S)
    return re.findall(r'X\(\w+, "(\w+)"\)', body.group(1)) if body else []


def rows(project, path, heading):
    """The cells of the rows of the table whose first column has this heading."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\|\n)+)", project.read(path), re.M)
    lines = table.group(1).splitlines() if table else []
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def first_names(project, path, heading):
    return [cells[0].strip("`") for cells in rows(project, path, heading)]


def plain(text):
    """A manual page's text without escapes."""
    return re.sub(r"\\f[BIR]", "", text.replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\"))


def section(project, name):
    found = re.search(rf"^\.SH {name}\n(.*?)(?=^\.SH |\Z)", project.read(MANUAL), re.M | re.S)
    return found.group(1) if found else ""


def bold(text):
    """The words that a manual page sets in bold with .B and .BR."""
    lines = re.findall(r"^\.(B|BR) (.*)$", text, re.M)
    return [word for kind, line in lines for word in (shlex.split(line)[::2] if kind == "BR" else [line.strip('"')])]


def names_in_parentheses(text, after):
    found = re.search(rf"^\.B {after}\n\(([^)]*)\)", text, re.M)
    return re.findall(r"\b[a-z][a-z0-9_]*", found.group(1).split(":")[-1]) if found else []


# ---- the rules ----

def reasons(project):
    return differences("reason", first_names(project, COUNTING, "reason"), listed(project, "SIPBPF_REASON_LIST"))


def manual_reasons(project):
    documented = re.findall(r"^\.TP\n\.B ([a-z_]+)$", section(project, "PACKETS WITHOUT A MESSAGE"), re.M)
    return differences("reason", documented, listed(project, "SIPBPF_REASON_LIST"))


def encapsulations(project):
    return differences("encapsulation", first_names(project, LAYERS, "name"),
                       listed(project, "SIPBPF_ENCAPSULATION_LIST"))


def macros(project):
    """Numbers that are defined in include/ and where the flows are kept: name, and the values given to it."""
    found = {}
    for path in project.glob("include/*/*.h") + ["bpf/flow.bpf.h", "bpf/maps.bpf.h", "user/classify/flows.c"]:
        for name, value in re.findall(r"^#define ([A-Z][A-Z0-9_]*) ([^/\n\\]+)", project.read(path), re.M):
            found.setdefault(name, set()).add(value.strip())
    return found


def value_of(name, known, depth=0):
    """The number that a macro stands for; None if it is none, or if there are several."""
    values = known.get(name, set())
    if len(values) != 1 or depth > 4:
        return None
    words = re.sub(r"(?<=\d)[uUlL]+\b", "", next(iter(values)))
    words = re.sub(r"\b[A-Z]\w*\b", lambda match: str(value_of(match.group(), known, depth + 1)), words)
    return eval(words, {"__builtins__": {}}) if re.fullmatch(r"[\s\d()+*<xa-f-]+", words) else None


def bounds(project):
    known, documented = macros(project), rows(project, STREAMS, "constant")
    found = [] if documented else [f"{STREAMS} has no table of bounds"]
    for name, value, _ in documented:
        existing = value_of(name.strip("`"), known)
        if not re.fullmatch(r"[\d,]+", value) or int(value.replace(",", "")) != existing:
            found.append(f"{name} is {existing}, not {value}")
    return found


def all_bounds(project):
    known, documented = macros(project), first_names(project, STREAMS, "constant")
    defined = [name for path in project.glob("include/stream/*.h")
               for name in re.findall(r"^#define ([A-Z][A-Z0-9_]*) ", project.read(path), re.M)]
    return [f"bound {name} is not in the table" for name in dict.fromkeys(defined)
            if name not in NO_BOUNDS and name not in documented and value_of(name, known) is not None]


def enumerated(project, name):
    body = re.search(rf"^enum {name} \{{(.*?)^\}};", project.read(FLOW), re.M | re.S)
    return re.findall(r"^\t([A-Z_]+)\b", body.group(1), re.M) if body else []


def diagram(project):
    found = re.search(r"^## States\n\n```\n(.*?)^```", project.read(STREAMS), re.M | re.S)
    return found.group(1) if found else ""


def states(project):
    existing = [name for kind in ("state", "wariness", "carrier") for name in enumerated(project, f"flow_{kind}")]
    named = set(re.findall(r"\bFLOW_[A-Z_]+\b", diagram(project))) - set(macros(project))
    return differences("state or carrier", sorted(named), existing) if existing else [f"{FLOW} has no states"]


def changes(project):
    """The states that the table of changes names, and those that there are."""
    existing = {name.removeprefix("FLOW_") for name in enumerated(project, "flow_state")}
    named = {cell for cells in rows(project, STREAMS, "from") for cell in cells[:2]} - {"any"}
    return differences("state", sorted(named), existing) if existing else [f"{FLOW} has no states"]


def members(project, name):
    """The members of a structure of the flows."""
    body = re.search(rf"^struct {name} \{{(.*?)^\}}", project.read(FLOW), re.M | re.S)
    text = re.sub(r"/\*.*?\*/|__attribute__\(\(.*?\)\)(?=;)", "", body.group(1), flags=re.S) if body else ""
    return set(re.findall(r"\b(\w+)(?:\[[^;]*\])?\s*;", text))


def named_members(project, heading):
    """The members that a table names: those that it explains, and those of its explanations."""
    table = rows(project, STREAMS, heading)
    return [re.findall(r"`([a-z_]+)`", " ".join(cells)) for cells in (zip(*table) if table else [[], []])]


def flow_fields(project):
    explained, mentioned = named_members(project, "field")
    existing = members(project, "flow")
    return [f"struct flow has no {name}" for name in explained + mentioned if name not in existing] + (
        [] if len(explained) > 5 else [f"{STREAMS} has no table of fields"])


def sctp_fields(project):
    """The table has all members of struct flow_sctp, and others of struct flow."""
    explained, mentioned = named_members(project, "field of an SCTP flow")
    others, existing = members(project, "flow"), members(project, "flow_sctp") - UNEXPLAINED
    return (differences("member of struct flow_sctp", [name for name in explained if name not in others], existing) +
            [f"struct flow has no {name}" for name in mentioned if name not in others | existing])


def picture(project):
    """The header has the picture of the page."""
    header = re.sub(r"^ \* ?", "", project.read(FRAMING), flags=re.M)
    wanted = [line.strip() for line in diagram(project).splitlines()]
    return [f"{FRAMING} lacks: {line}" for line in wanted if line not in map(str.strip, header.splitlines())]


def snapshot_fields(project):
    source, page = project.read(SNAPSHOT), section(project, "SNAPSHOTS")
    written = set(re.findall(r'\\"([a-z_]+)\\": ', source))
    written |= set(re.findall(r'\[UNREAD_\w+\] = "([a-z]+)"', project.read(UNREAD)))
    written |= set(re.findall(r'put_counts?\(writer, (?:"[^;]*?", )?"([a-z_]+)"', source))
    commands = set(command_names(project)) - written
    documented = {word for word in map(plain, bold(page)) if re.fullmatch(r"[a-z_]+", word)} - commands
    return (differences("field of a snapshot", sorted(documented), written) +
            differences("TLS record", names_in_parentheses(page, "tls_records"),
                        listed(project, "SIPBPF_TLS_RECORD_LIST")) +
            differences("encapsulation", names_in_parentheses(page, "encapsulations"),
                        listed(project, "SIPBPF_ENCAPSULATION_LIST")))


def status_fields(project):
    page = section(project, "STATUS").split("\\-\\-format json", 1)[-1]
    packs = re.findall(r"json_pack\((.*?)\);", project.read(STATUS), re.S)
    written = {key for pack in packs for key in re.findall(r'(?<![?:] )"([a-z_]+)"', pack)}
    documented = {word for word in map(plain, bold(page)) if re.fullmatch(r"[a-z_]+", word)}
    documented -= set(status_groups(project)) | (set(command_names(project)) - written) | {"sipbpf"}
    return differences("field of status", sorted(documented), written)


def status_groups(project):
    """The groups of numbers in status, and the names of each; of lists, those of the list."""
    source = project.read(NUMBERS)
    found = {}
    for name, array in re.findall(r'\{ \.name = "(\w+)", \.numbers = (\w+)', source):
        body = re.search(rf"{array}\[\] = \{{(.*?)\}};", source, re.S).group(1)
        lists = re.findall(r"(SIPBPF_\w+_LIST)\(X\)", body)
        found[name] = listed(project, lists[0]) if lists else re.findall(r'\{ "(\w+)"', body)
    return found


def status_numbers(project):
    page = section(project, "STATUS").split("\n.B counters\n", 1)[-1]
    groups = status_groups(project)
    documented = [word for word in bold(page) if word != "sipbpf"]
    found = differences("group of status", documented, list(groups))
    for name, numbers in groups.items():
        if name != "reasons":
            found += differences(f"number of {name}", names_in_parentheses(page, name), numbers)
    return found


def option_names(project):
    return re.findall(r'^\t\{ "([\w-]+)", (?:\'\w\'|0), ', project.read(OPTIONS), re.M)


def manual_options(project):
    documented = re.findall(r"^\.TP\n(?:\\fB\\-\w\\fR, )*\\fB\\-\\-([\w\\-]+)\\fR", section(project, "OPTIONS"), re.M)
    others = set(re.findall(r'"--(\w+)"', project.read("user/options/options.c")))
    documented = [name.replace("\\-", "-") for name in documented]
    return differences("option", [name for name in documented if name not in others - set(option_names(project))],
                       set(option_names(project)))


def named_options(project):
    known = set(option_names(project)) | set(re.findall(r'"--(\w+)"', project.read("user/options/options.c")))
    found = []
    for path in project.pages() + project.manuals():
        for line in plain(project.read(path)).splitlines():
            found += [f"{path}: there is no --{name}" for name in re.findall(r"(?<![\w<-])--([a-z][a-z-]+)\b", line)
                      if name not in known and FOREIGN_OPTIONS.get(name, "\n") not in line]
    return found


def command_names(project):
    return re.findall(r'^\t\t\.name = "(\w+)"', project.read(COMMANDS), re.M) + ["help"]


def manual_commands(project):
    synopsis = re.findall(r"^\\fBsipbpf (\w+)\\fR", section(project, "SYNOPSIS"), re.M)
    described = re.findall(r"^\.TP\n\.B (\w+)$", section(project, "COMMANDS"), re.M)
    return (differences("command in SYNOPSIS", synopsis, command_names(project)) +
            differences("command in COMMANDS", described, command_names(project)))


def code(text):
    """The code of a page: spans and indented blocks. Of a manual page its examples."""
    if text.startswith(".\\"):
        return "\n".join(re.findall(r"^\.EX\n(.*?)^\.EE", plain(text), re.M | re.S))
    return "\n".join(re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ {4}(.*)$", text, re.M))


def named_commands(project):
    known = set(command_names(project))
    return [f"{path}: there is no command {name}" for path in project.pages() + project.manuals()
            for name in re.findall(r"(?:^|[$#] |sudo |build/)sipbpf ([a-z]\w*)", code(project.read(path)), re.M)
            if name not in known]


def targets(project):
    makefiles = "".join(project.read(path) for path in ["Makefile", *project.glob("scripts/*.mk")])
    known = set(re.findall(r"^([a-z][a-z-]*):", makefiles, re.M))
    return [f"{path}: there is no target {name}" for path in project.pages()
            for name in re.findall(r"^(?:sudo )?make ([a-z][a-z-]*)", code(project.read(path)), re.M)
            if name not in known]


def paths(project):
    """Files and folders by their path, links by theirs, and names of sources without one."""
    sources = {pathlib.Path(path).name for folder in FOLDERS for path in project.glob(f"{folder}/**/*.*")} | BUILT
    found = []
    for path in project.pages():
        text = project.read(path)
        named = re.findall(rf"(?<![\w./<-])((?:{'|'.join(FOLDERS)})/[\w./-]*)", text)
        links = [str(pathlib.PurePosixPath(path).parent / link) for link in re.findall(r"\]\(([^):#]+)\)", text)]
        bare = re.findall(r"(?<![\w./*-])(\w[\w.]*\.(?:c|h|py|sh|mk))\b(?![\w/])", text)
        found += [f"{path}: there is no {name}" for name in named if not project.has(name.rstrip("."))]
        found += [f"{path}: there is no {link}" for link in links if not project.has(link)]
        found += [f"{path}: there is no {name}" for name in bare if name not in sources]
    for path in project.manuals():
        found += [f"{path}: there is no {name}" for name in re.findall(r"\b[A-Z]+\.md\b", project.read(path))
                  if not project.has(f"docs/{name}")]
    return found


def sources_text(project):
    """The code without the comments of C."""
    paths_of_code = [path for folder in ("bpf", "include", "user", "tests")
                     for path in project.glob(f"{folder}/**/*.[ch]")]
    code_of_c = re.sub(r"/\*.*?\*/", "", "\n".join(map(project.read, paths_of_code)), flags=re.S)
    scripts = ["Makefile", *project.glob("scripts/*.mk"), *project.glob("scripts/*.sh"), *project.glob("tests/**/*.sh")]
    return code_of_c + "\n".join(map(project.read, scripts))


def names_of_code(project):
    """Names in capitals, functions, structures and enums."""
    text, found = sources_text(project), []
    words, called = set(re.findall(r"\w+", text)), set(re.findall(r"\b(\w+)\(", text))
    declared = set(re.findall(r"\b(?:struct|enum) \w+", text))
    for path in project.pages():
        spans = re.findall(r"`([^`\n]+)`", project.read(path))
        found += [f"{path}: there is no {span}" for span in spans
                  if re.fullmatch(r"[A-Z][A-Z0-9_]+", span) and span not in words | FOREIGN_NAMES or
                  re.fullmatch(r"(struct|enum) \w+", span) and span not in declared]
        found += [f"{path}: there is no {name}()" for span in spans for name in re.findall(r"^(\w+)\(", span)
                  if name not in called | PATTERNS]
    return found


def limits(project):
    """The limits for functions that CONTRIBUTING.md states are those that are checked."""
    page = project.read(CONTRIBUTING)
    stated = re.search(r"at most (\d+) lines and (\d+) parameters, and nest at most (\d+) deep", page)
    checked = dict(re.findall(r"^(\w+_MAX) = (\d+)$", project.read(RULES_OF_SOURCES), re.M))
    wanted = [checked.get(name) for name in ("LINES_MAX", "PARAMETERS_MAX", "NESTING_MAX")]
    if not stated:
        return [f"{CONTRIBUTING} states no limits"]
    return [f"{number} is stated, {limit} is checked" for number, limit in zip(stated.groups(), wanted)
            if number != limit]


def library(project):
    """SYNOPSIS has the prototypes of the header, and the page names no other function."""
    declared = re.findall(r"^SIPCOUNTER_API (.*?;)", project.read(LIBRARY), re.M | re.S)
    prototypes = [" ".join(text.split()) for text in declared]
    page = plain(project.read(LIBRARY_MANUAL))
    described = re.findall(r"^\.B (.*;)$", page, re.M)
    names = {name for text in prototypes for name in re.findall(r"\bsipcounter__\w+(?=\()", text)}
    return (differences("function", described, prototypes) +
            [f"there is no {name}()" for name in sorted(set(re.findall(r"\bsipcounter__\w+", page)) - names)])


def readme_length(project):
    lines = project.read(README).count("\n")
    return [f"{README} has {lines} lines"] if lines > README_LINES_MAX else []


def columns(project):
    return [f"{path}:{number} has {len(line)} columns" for path in project.pages()
            for number, line in enumerate(project.read(path).splitlines(), 1)
            if len(line) > COLUMNS_MAX and not line.startswith(("|", "    "))]


# Name, function, and deviations: a file, what is replaced in it, and by what.
RULES = [
    ("reasons are described once", reasons,
     [(COUNTING, r"\| `stun` \|", "| `stunned` |"), (COUNTING, r"(\| `early` .*\n)", r"\1\1"),
      (LISTS, r'X\(STUN, "stun"\)', 'X(STUN, "turn")')]),
    ("the manual has the reasons", manual_reasons, [(MANUAL, r"\.B too_deep\n", ".B too_far\n")]),
    ("encapsulations are described once", encapsulations,
     [(LAYERS, r"\| `gre` ", "| `gru` "), (LISTS, r'"gtp_u"', '"gtp_c"')]),
    ("bounds have their values", bounds,
     [(STREAMS, r"`FLOW_WAYS` \| 4", "`FLOW_WAYS` | 5"), (FLOW, r"FLOW_HELD_MAX 16", "FLOW_HELD_MAX 32"),
      (STREAMS, r"`FLOW_DISTANCE_MAX`(?= \|)", "`FLOW_NEAR`"), ("include/stream/table.h", "COPIES 1024", "COPIES 512")]),
    ("all bounds are described", all_bounds,
     [(STREAMS, r"\| `FLOW_BODY_MAX` .*\n", ""), (FLOW, r"(#define FLOW_DISTANCE_MAX)", r"#define FLOW_NEW 7\n\1")]),
    ("the states and carriers are in the diagram", states,
     [(FLOW, r"\tFLOW_LOST,", "\tFLOW_ASTRAY,"), (STREAMS, "FLOW_WARINESS_GAP_SECOND", "FLOW_UNWARY"),
      (FLOW, r"\tFLOW_TLS,", "\tFLOW_DTLS,")]),
    ("the states are in the table of changes", changes,
     [(STREAMS, r"^\| FREE \| LOST ", "| GONE | LOST "), (STREAMS, r"^\| FREE \| LOST .*\n", ""),
      (FLOW, r"\tFLOW_SYNCED,", "\tFLOW_ALIGNED,")]),
    ("the fields of a flow exist", flow_fields,
     [(STREAMS, r"^\| `searched` ", "| `sought` "), (FLOW, r"__u32 fin;", "__u32 end;"),
      (FLOW, r"__u8 tail\[", "__u8 rest["), (STREAMS, r"^\| field \|", "| name |")]),
    ("the fields of an SCTP flow exist, and all are described", sctp_fields,
     [(STREAMS, r"^\| `tag` ", "| `label` "), (FLOW, r"(__u32 fragment;)", r"\1\n\t__u32 assembled;"),
      (STREAMS, r"^\| `message`, `fragment` ", "| `message` "), (FLOW, r"__u8 rest_reason;", "__u8 why;")]),
    ("the header has the diagram", picture, [(FRAMING, "in step", "in time"), (STREAMS, "both\n", "each\n")]),
    ("fields of a snapshot", snapshot_fields,
     [(MANUAL, r"^\.B tls_records$", ".B tls_record"), (SNAPSHOT, r'\\"end\\": ', r'\\"stop\\": '),
      (SNAPSHOT, r'"evicted"', '"displaced"'), (UNREAD, r'"compressed"', '"packed"'), (MANUAL, r"handshake, application", "application")]),
    ("fields of status", status_fields,
     [(MANUAL, r"nanoseconds_per_run", "nanoseconds_a_run"), (STATUS, r'"ifindex"', '"index"')]),
    ("numbers of status", status_numbers,
     [(MANUAL, r"\(known, places\)", "(known, room)"), (NUMBERS, r'"rows"', '"lines"'),
      (NUMBERS, r'\.name = "bank"', '.name = "safe"')]),
    ("the manual has the options", manual_options,
     [(MANUAL, r"\\fB\\-\\-cost\\fR", r"\\fB\\-\\-price\\fR"), (OPTIONS, r'"depth", 0', '"level", 0')]),
    ("options that are named exist", named_options,
     [(README, r"--top", "--best"), (MANUAL, r"\\-\\-exclude\\-host", r"\\-\\-without\\-host"),
      (COUNTING, r"--port", "--ports")]),
    ("the manual has the commands", manual_commands,
     [(MANUAL, r"sipbpf diff", "sipbpf compare"), (MANUAL, r"\.TP\n\.B status\n", ".TP\n.B state\n"),
      (COMMANDS, r'"show"', '"print"')]),
    ("commands that are named exist", named_commands,
     [(README, r"build/sipbpf show", "build/sipbpf print"), (MANUAL, r"\$ sipbpf diff", "$ sipbpf minus"),
      (LAYERS, r"`sipbpf status`", "`sipbpf state`")]),
    ("targets that are named exist", targets,
     [(README, r"make demo", "make show"), (CONTRIBUTING, r"make test-net", "make test-nets")]),
    ("files and folders that are named exist", paths,
     [(README, r"docs/LAYERS\.md", "docs/TUNNELS.md"), (LAYERS, r"`include/packet/`", "`include/packets/`"),
      (CONTRIBUTING, r"\]\(LICENSE\)", "](LICENCE)"), (STREAMS, r"^# ", "# paquets.h "),
      (MANUAL, r"COUNTING\.md", "COUNTS.md"), (CONTRIBUTING, r"`findings/`", "`findings/sipp.sh`")]),
    ("names of the code exist", names_of_code,
     [(STREAMS, r"`SIP_LOOK_AHEAD`", "`SIP_LOOK_BACK`"), ("docs/ARCHITECTURE.md", r"`sip__read\(\)`", "`sip__scan()`"),
      ("docs/ARCHITECTURE.md", r"`SIP_MORE`", "`SIP_LESS`"), ("docs/ARCHITECTURE.md", r"`struct work`", "`struct job`"),
      (CONTRIBUTING, r"`packet__trim\(\)`", "`packet__shorten()`"), (CONTRIBUTING, r"`rounds\(\)`", "`turns()`")]),
    ("the limits for functions are those that are checked", limits,
     [(CONTRIBUTING, "at most 40 lines", "at most 50 lines"), (CONTRIBUTING, "6 parameters", "5 parameters"),
      (CONTRIBUTING, "most 3 deep", "most 4 deep"), (RULES_OF_SOURCES, "^NESTING_MAX = 3", "NESTING_MAX = 4")]),
    ("the manual of the library has its functions", library,
     [(LIBRARY_MANUAL, r"^\.B int sipcounter__compact.*\n", ""),
      (LIBRARY_MANUAL, r"^\.BR sipcounter__group", ".BR sipcounter__merge"),
      (LIBRARY, r"sipcounter__clear\(", "sipcounter__empty("), (LIBRARY, "int depth, size_t n,", "int depth,")]),
    (f"README has at most {README_LINES_MAX} lines", readme_length, [(README, r"\n\n", "\n" * 200)]),
    (f"prose has at most {COLUMNS_MAX} columns", columns, [(COUNTING, r"^This", "This" * 40)]),
]


def report(name, found):
    print(f"{'not ok' if found else 'ok'} - docs: {name}{': ' if found else ''}{'; '.join(found[:5])}")
    return not found


def check(root):
    return all([report(name, rule(Project(root))) for name, rule, _ in RULES])


def self_test(root):
    results = []
    for name, rule, deviations in RULES:
        for path, pattern, replacement in deviations:
            text = Project(root).read(path)
            changed = re.sub(pattern, replacement, text, count=1, flags=re.M)
            failure = [] if set(rule(Project(root, {path: changed}))) - set(rule(Project(root))) else ["not found"]
            results.append(report(f"self-test: {name}: {pattern!r} in {path}",
                                  failure if changed != text else ["there is nothing to replace"]))
    return all(results)


if __name__ == "__main__":
    run = self_test if "--self-test" in sys.argv else check
    sys.exit(0 if run(pathlib.Path(".")) else 1)
