#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes a capture of one TCP connection in which packets of a sender with segmentation offload, longer than a page, come
between short ones; messages go on from one to the next.

usage: make_long.py FILE
"""
import struct
import sys

LENGTHS = (500, 20000, 700, 4000, 1400, 60000, 300)
ROUNDS = 20


def message(number):
    body = b"x" * (number % 700)
    return (b"MESSAGE sip:b SIP/2.0\r\nVia: SIP/2.0/TCP a\r\nTo: <sip:b>\r\nCSeq: %d MESSAGE\r\nContent-Length: %d\r\n\r\n"
            % (number, len(body)) + body)


def segment(sequence, text):
    tcp = struct.pack("!HHIIBBHHH", 5070, 5060, sequence, 1, 5 << 4, 0x18, 1024, 0, 0) + text
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\x0a\0\0\x01", b"\x0a\0\0\x02")
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + tcp


stream, begin = bytearray(), 0
while len(stream) < ROUNDS * sum(LENGTHS):
    stream += message(len(stream))
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    for i in range(ROUNDS * len(LENGTHS)):
        frame = segment(1 + begin, stream[begin:begin + LENGTHS[i % len(LENGTHS)]])
        begin += LENGTHS[i % len(LENGTHS)]
        out.write(struct.pack("<IIII", 1700000000, i, len(frame), len(frame)) + frame)
