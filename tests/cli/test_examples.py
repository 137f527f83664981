#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the examples of README.md, of docs/ and of the manual page that need nothing but the files in tests/data, and
compares the manual's options with the program's.

usage: test_examples.py SIPBPF
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import manual  # noqa: E402
from program import check, check_equal, finish, run  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PAGE = os.path.join(ROOT, "man/sipbpf.8")
DATA = sorted(os.listdir(os.path.join(ROOT, "tests/data")))


def run_examples(name, examples, environment):
    """Returns how many commands were run. What they write to stderr belongs to the example."""
    count = 0
    for example in examples:
        for command, wanted in manual.commands(example):
            if not any(file in command for file in DATA):
                continue
            done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                                  env=environment)
            check_equal(f"{name}: {' '.join(command.split())}", done.stdout.decode().replace("\r", ""), wanted.strip("\n") + "\n")
            count += 1
    return count


def make_folder(folder, program):
    """Looks like a clone with the program built, and like a folder with the data where the program is installed."""
    for name, target in (("build/sipbpf", program), ("bin/sipbpf", program),
                         ("tests/data", os.path.join(ROOT, "tests/data"))):
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        os.symlink(target, os.path.join(folder, name))
    for file in DATA:
        os.symlink(os.path.join(ROOT, "tests/data", file), os.path.join(folder, file))


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
        make_folder(folder, program)
        environment = dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}", TZ="UTC")
        os.chdir(folder)
        check("man/sipbpf.8 has examples", run_examples("man/sipbpf.8", manual.of_page(PAGE), environment) >= 4)
        pages = [os.path.join(ROOT, "README.md"), *sorted(glob.glob(os.path.join(ROOT, "docs/*.md")))]
        counts = [run_examples(os.path.relpath(page, ROOT), manual.of_markdown(page), environment) for page in pages]
        check("README.md has three examples", counts[0] >= 3, counts[0])
        check("docs/ has examples", sum(counts[1:]) >= 1, counts[1:])
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
