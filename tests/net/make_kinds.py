#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes a capture of frames that are not Ethernet: a message behind LLC and SNAP where that is what the frame holds, and the
same bytes where it is not: encrypted, of no protocol, or of a link type that is not supported.

usage: make_kinds.py FILE
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from captures import BYE, RAW, SLL, SLL2, USB, message, pcapng, sll, sll2  # noqa: E402

NULL, WIFI = 0, 105
SNAP = b"\xaa\xaa\x03\0\0\0\x08\0" + message(BYE)
CLEAR, ENCRYPTED = (b"\x08" + flags + b"\0\0" + 20 * b"\1" + SNAP for flags in (b"\1", b"\x41"))
FRAMES = [(WIFI, CLEAR), (WIFI, ENCRYPTED), (NULL, b"\7\0\0\0" + SNAP), (SLL, sll(0x40, SNAP)), (SLL, sll(4, SNAP)),
          (SLL2, sll2(4, SNAP)), (USB, SNAP), (RAW, SNAP), (RAW, message(BYE))]

kinds = sorted({kind for kind, _ in FRAMES})
with open(sys.argv[1], "wb") as file:
    file.write(pcapng(kinds, [(kinds.index(kind), frame) for kind, frame in FRAMES]))
