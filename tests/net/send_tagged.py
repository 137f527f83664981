#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends frames of Ethernet from an interface, in turn with one tag (802.1Q) and two (802.1ad before it), each with one BYE.

usage: send_tagged.py INTERFACE COUNT
"""

import socket
import struct
import sys

MESSAGE = b"BYE sip:b SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\nContent-Length: 0\r\n\r\n"
TAGS = [struct.pack(">HH", 0x8100, 20), struct.pack(">HHHH", 0x88A8, 10, 0x8100, 20)]


def frame(tags):
    udp = struct.pack(">HHHH", 5062, 5060, 8 + len(MESSAGE), 0) + MESSAGE
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0,
                     socket.inet_aton("192.0.2.1"), socket.inet_aton("192.0.2.2"))
    return b"\xff" * 6 + b"\x02\0\0\0\0\x01" + tags + struct.pack(">H", 0x0800) + ip + udp


def main(interface, count):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        out.bind((interface, 0))
        for number in range(int(count)):
            out.send(frame(TAGS[number % 2]))


if __name__ == "__main__":
    main(*sys.argv[1:])
