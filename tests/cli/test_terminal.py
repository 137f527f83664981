#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tables on a terminal fit its width; in pipes and files they stay one line.

usage: test_terminal.py SIPBPF
"""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios

sys.dont_write_bytecode = True
from program import check, check_equal, finish, run  # noqa: E402

DATA = os.path.realpath(os.path.join(os.path.dirname(__file__), "../data/monday.json"))
SHOW = ["show", "--title", "Monday", DATA]


def on_terminal(columns, arguments, **environment):
    """What a terminal of so many columns shows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with subprocess.Popen([sys.argv[1], *arguments], stdout=theirs, env={**kept, **environment}) as process:
        os.close(theirs)
        text = b""
        while True:
            try:
                text += os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
    os.close(ours)
    check(f"{' '.join(arguments[:1])} on {columns} columns succeeds", process.returncode == 0, process.returncode)
    return text.decode().replace("\r\n", "\n")


def joined(text, links):
    """The blocks side by side again; links is the width of their column."""
    blocks = [block.splitlines() for block in text.split("\n\n")]
    blocks[-1] = [line for line in blocks[-1] if line]
    for block in blocks:
        block[0] = block[0].ljust(len(block[1]))
    return [lines[0] + "".join(line[links:] for line in lines[1:]) for lines in zip(*blocks)]


def test_blocks():
    plain = run(SHOW)[1]
    widest = max(map(len, plain.splitlines()))
    links = plain.splitlines()[1].index(" --->")
    for columns in (widest, widest + 1, 1000):
        check_equal(f"{columns} columns are enough", on_terminal(columns, SHOW), plain)
    for columns in (widest - 1, 100, 80, 60, 50):
        text = on_terminal(columns, SHOW)
        check(f"all fits {columns} columns", max(map(len, text.splitlines())) <= columns and "\n\n" in text, text)
        check_equal("no line of a block before the last ends with blanks",
                    [line for line in text[:text.rindex("\n\n")].splitlines() if line.endswith(" ")], [])
        check_equal("and nothing is lost", joined(text, links), plain.splitlines())
    check_equal("a terminal that is too narrow for a column", on_terminal(links + 5, SHOW), plain)
    check_equal("a terminal that does not know its width", on_terminal(0, SHOW), plain)


def test_columns_of_the_environment():
    check_equal("COLUMNS", on_terminal(200, SHOW, COLUMNS="80"), on_terminal(80, SHOW))
    for wrong in ("", "x", "-1", "0"):
        check_equal(f"COLUMNS={wrong} says nothing", on_terminal(80, SHOW, COLUMNS=wrong), on_terminal(80, SHOW))


def test_what_is_no_table_on_a_terminal(folder):
    plain = run(SHOW)[1]
    check_equal("a pipe", run(SHOW, env={**os.environ, "COLUMNS": "40"})[1], plain)
    path = os.path.join(folder, "out")
    check_equal("--output", on_terminal(40, SHOW + ["--output", path]), "")
    with open(path, encoding="utf-8") as file:
        check_equal("a file", file.read(), plain)
    for form in ("csv", "json"):
        arguments = ["show", "--format", form, DATA]
        check_equal(form, on_terminal(40, arguments), run(arguments)[1])


def main():
    sys.argv[1] = os.path.abspath(sys.argv[1])
    test_blocks()
    test_columns_of_the_environment()
    with tempfile.TemporaryDirectory() as folder:
        test_what_is_no_table_on_a_terminal(folder)
    finish()


if __name__ == "__main__":
    main()
