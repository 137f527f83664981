#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes a capture of TCP connections that end while a segment waits for one that never comes: its message must count when
the capture ends.

usage: make_waiting.py FILE
"""
import struct
import sys

CONNECTIONS = 5
MESSAGE = b"OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/TCP a\r\nTo: <sip:b>\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
SYN, ACK = 2, 0x10


def segment(port, sequence, flags, text):
    tcp = struct.pack("!HHIIBBHHH", port, 5060, sequence, 1, 5 << 4, flags, 1024, 0, 0) + text
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\x0a\0\0\x01", b"\x0a\0\0\x02")
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + tcp


def connection(port):
    yield segment(port, 0, SYN, b"")
    yield segment(port, 1, ACK, MESSAGE)
    yield segment(port, 1 + 2 * len(MESSAGE), ACK, MESSAGE)


with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    for i in range(CONNECTIONS):
        for number, frame in enumerate(connection(5070 + i)):
            out.write(struct.pack("<IIII", 1700000000, 10 * i + number, len(frame), len(frame)) + frame)
