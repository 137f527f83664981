#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes a capture with more rows (link, type and method) than a bank of counters holds: 3,000 TCP segments from as many
ports, each with 100 responses of different status codes.

usage: make_rows.py FILE
"""
import struct
import sys

FRAMES, RESPONSES = 3000, 100


def segment(port):
    text = b"".join(b"SIP/2.0 %d x\r\nl: 0\r\n\r\n" % (200 + code) for code in range(RESPONSES))
    tcp = struct.pack("!HHIIBBHHH", 5060, port, 1, 1, 5 << 4, 0x18, 1024, 0, 0) + text
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\x0a\0\0\x01", b"\x0a\0\0\x02")
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + tcp


with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for i in range(FRAMES):
        frame = segment(10000 + i)
        out.write(struct.pack("<IIII", 1700000000, i, len(frame), len(frame)) + frame)
