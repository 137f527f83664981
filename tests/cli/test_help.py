#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The help: how wide it is, and whether its examples work. Those that need root or a network must at least be right.

usage: test_help.py SIPBPF
"""

import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import captures  # noqa: E402
from program import check, check_equal, finish, link, run, snapshot  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
COMMANDS = ("attach", "count", "show", "diff", "status")
WIDTH = 80


def helps():
    """(command line, help) of every way to ask."""
    for arguments in ([], ["help"], ["--help"], ["-h"]):
        yield arguments, run(arguments)[2 if not arguments else 1]
    for command in COMMANDS:
        for arguments in (["help", command], [command, "--help"], [command, "-h"]):
            yield arguments, run(arguments)[1]


def examples(text):
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if line in ("Example:", "Examples:")]
    return [line.strip() for line in lines[starts[0] + 1:]] if len(starts) == 1 else []


def try_example(command, environment):
    if "tcpdump" in command:  # what it would write
        command = "cat calls.pcap |" + command.split("|")[1]
    needs_root = command.startswith("sudo ")
    if needs_root:  # an interface that is not there ends it before it does anything
        command = command.removeprefix("sudo ").replace("eth0", "nosuch0")
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, env=environment)
    if needs_root:
        check(f"right: {command}", done.returncode == 1 and b"nosuch0: no such interface" in done.stderr, done.returncode, done.stderr)
    else:
        told = [line for line in done.stderr.splitlines() if b": looks like " not in line]
        check(f"works: {command}", (done.returncode, told) == (0, []) and done.stdout, done)


def test_width_and_examples(environment):
    tried = set()
    for arguments, text in helps():
        name = " ".join(["sipbpf"] + arguments)
        check_equal(f"{name}: lines fit {WIDTH} columns", [line for line in text.splitlines() if len(line) > WIDTH], [])
        found = examples(text)
        check(f"{name}: has examples", found, text)
        tried |= set(found)
    for command in sorted(tried):
        try_example(command, environment)


def test_forms_agree():
    for command in COMMANDS:
        wanted = run(["help", command])
        check(f"help {command}", wanted[0] == 0 and not wanted[2], wanted)
        check_equal(f"{command} --help, -h", [run([command, "--help"]), run([command, "-h"])], [wanted, wanted])
        check_equal(f"{command} -V", run([command, "-V"]), run(["--version"]))
    check_equal("-V", run(["-V"]), run(["--version"]))


def main():
    sys.argv[1] = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for file in ("monday.json", "tuesday.json", "proxy.log"):
            shutil.copy(os.path.join(ROOT, "tests/data", file), folder)
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(sys.argv[1], os.path.join(folder, "bin/sipbpf"))
        os.chdir(folder)
        for file in ("sbc1.json", "sbc2.json"):
            with open(file, "w", encoding="utf-8") as stream:
                stream.write(snapshot(link(messages=[("in", "BYE", "BYE", 1)])))
        with open("calls.pcap", "wb") as file:
            file.write(captures.pcap([captures.request("INVITE")]))
        test_width_and_examples(dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}"))
        test_forms_agree()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
