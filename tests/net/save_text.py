#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Has sngrep read a capture and save its messages as text, by the keys that a user would press: no option does that.

usage: save_text.py CAPTURE TEXT      (TEXT ends in .txt, which sngrep appends by itself)
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

SECONDS = 60  # that nothing takes unless it fails
ROWS, COLUMNS = 50, 160
F2, TAB, SPACE, ENTER = "\033OQ", "\t", " ", "\r"
TABS_TO_TEXT = 5  # from the name of the file past the choice of dialogs and two kinds of captures


class Screen:
    """sngrep on a terminal of its own."""

    def __init__(self, folder, capture):
        self.pid, self.terminal = pty.fork()
        self.text = ""
        if not self.pid:
            os.chdir(folder)
            os.environ["TERM"] = "xterm"
            os.execvp("sngrep", ["sngrep", "-I", capture])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def read(self):
        if select.select([self.terminal], [], [], 0.1)[0]:
            self.text += os.read(self.terminal, 65536).decode(errors="replace")
        return re.sub(r"\033\[[0-9;?]*[A-Za-z]|\033\([A-Z0-9]", "", self.text)

    def has_loaded(self):
        """The capture is read by a thread of its own, which runs before the list is shown."""
        return os.listdir(f"/proc/{self.pid}/task") == [str(self.pid)]

    def wait_for(self, condition, what):
        end = time.monotonic() + SECONDS
        while not condition(self.read()):
            if time.monotonic() > end:
                sys.exit(f"sngrep: no {what}; its screen says: {self.read()[-300:]!r}")

    def press(self, *keys):
        """One key after the other, each when the last has been answered: sngrep drops what comes too fast."""
        for key in keys:
            before = len(self.text)
            os.write(self.terminal, key.encode())
            self.wait_for(lambda _, before=before: len(self.text) > before, f"answer to the key {key!r}")

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def main(capture, path):
    folder, name = os.path.split(os.path.abspath(path))
    screen = Screen(folder, os.path.abspath(capture))
    try:
        screen.wait_for(lambda text: "Dialogs: " in text and screen.has_loaded(), "list of dialogs")
        screen.press(F2)
        screen.wait_for(lambda text: "Save capture" in text, "dialog to save")
        screen.press(*name.removesuffix(".txt"), *[TAB] * TABS_TO_TEXT, SPACE, TAB)
        os.write(screen.terminal, ENTER.encode())
        screen.wait_for(lambda _: os.path.exists(path) and "Successfully saved" in screen.read(), "text that was saved")
    finally:
        screen.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
