#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the examples of README.md and of the manual page that need nothing but the files in tests/data, and compares the
manual's options with the program's.

usage: test_examples.py SIPBPF
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import manual  # noqa: E402
from program import check, check_equal, finish, run  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PAGE = os.path.join(ROOT, "man/sipbpf.8")
DATA = ("monday.json", "tuesday.json", "proxy.log")


def run_examples(name, examples, environment):
    count = 0
    for example in examples:
        for command, wanted in manual.commands(example):
            if not any(file in command for file in DATA):
                continue
            done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, env=environment)
            check_equal(f"{name}: {command}", (done.stdout.decode().replace("\r", ""), done.stderr.decode()),
                        (wanted.strip("\n") + "\n", ""))
            count += 1
    check(f"{name} has examples", count >= 4, count)


def options_of_program():
    found = set()
    for command in ("attach", "count", "show", "diff", "status"):
        found |= set(re.findall(r"^ {2}(?:-\w,)? *--([\w-]+)", run(["help", command])[1], re.MULTILINE))
    return found


def options_of_page():
    with open(PAGE, encoding="utf-8") as file:
        options = file.read().split("\n.SH OPTIONS\n")[1].split("\n.SH ")[0]
    names = re.findall(r"^\.TP\n.*?\\fB\\-\\-([\w\\-]+)\\fR", options, re.MULTILINE)
    return {name.replace("\\", "") for name in names}


def main():
    program = os.path.abspath(sys.argv[1])

    check_equal("the manual has all options", options_of_page(), options_of_program())
    with tempfile.TemporaryDirectory() as folder:
        for file in DATA:
            shutil.copy(os.path.join(ROOT, "tests/data", file), folder)
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(program, os.path.join(folder, "bin/sipbpf"))
        environment = dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}", TZ="UTC")
        os.chdir(folder)
        run_examples("man/sipbpf.8", manual.of_page(PAGE), environment)
        run_examples("README.md", manual.of_readme(os.path.join(ROOT, "README.md")), environment)
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
