#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Takes the examples out of manual pages and of Markdown.

usage: manual.py PAGE N     prints the N-th example of a manual page
"""

import re
import sys


def of_page(path):
    """The examples between .EX and .EE, as a terminal shows them."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"^\.EX\n(.*?)^\.EE\n", text, re.DOTALL | re.MULTILINE)
    return [example.replace("\\&", "").replace("\\-", "-").replace("\\e", "\\") for example in found]


def of_markdown(path):
    """The indented blocks of README.md and of docs/."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.MULTILINE)
    return [re.sub(r"^ {4}", "", example, flags=re.MULTILINE).strip("\n") + "\n" for example in found if example.strip()]


def commands(example):
    """(command, output) of each command that an ordinary user gives in an example."""
    parts = re.split(r"^\$ ", example, flags=re.MULTILINE)[1:]
    return [tuple(re.match(r"((?:[^\n]*[|\\]\n)*[^\n]*)\n(.*)", part, re.DOTALL).groups()) for part in parts]


if __name__ == "__main__":
    sys.stdout.write(of_page(sys.argv[1])[int(sys.argv[2])])
