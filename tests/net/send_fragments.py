#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends re-INVITEs of 4 KB over UDP, which IP cuts into three fragments; the headers lie in turn in each of them.

With --lose, all headers lie in the second fragment, and only the first and the third are sent, as frames of Ethernet.

usage: send_fragments.py SOURCE TARGET COUNT [--lose INTERFACE MAC]
"""

import socket
import struct
import sys

SIZE = 4096
FRAGMENT = 1448  # what a packet of 1,500 bytes has room for, over IPv4 and IPv6
HEADERS = (b"Via: SIP/2.0/UDP caller.example.com:5070;branch=z9hG4bK%d\r\nTo: <sip:b@example.com>;tag=%d\r\n"
           b"CSeq: %d INVITE\r\n")
FILLER = b"X-Filler: 0123456789 0123456789 0123456789 0123456789 0123456789\r\n"


def message(number, place):
    headers = HEADERS % (number, number, number + 1)
    text = b"INVITE sip:b@example.com SIP/2.0\r\n"
    while len(text) < place * FRAGMENT + 100 * (place > 0):
        text += FILLER
    text += headers
    while len(text) < SIZE - 100:
        text += FILLER
    return text + b"Content-Length: 0\r\n\r\n"


def send_whole(family, source, target, count):
    with socket.socket(family, socket.SOCK_DGRAM) as out:
        out.bind((source, 5070))
        for number in range(count):
            out.sendto(message(number, number % 3), (target, 5060))


def fragments(text, size):
    for at in range(0, len(text), size):
        yield at, text[at:at + size], at + size < len(text)


def packets(family, source, target, number):
    text = message(number, 1)
    datagram = struct.pack(">HHHH", 5070, 5060, 8 + len(text), 0x1234 + number) + text
    ends = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    for at, part, more in fragments(datagram, FRAGMENT):
        if family == socket.AF_INET:
            yield at, struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(part), number, more << 13 | at // 8, 64,
                                  socket.IPPROTO_UDP, 0) + ends + part
        else:
            yield at, struct.pack(">IHBB", 0x60000000, 8 + len(part), 44, 64) + ends + \
                struct.pack(">BBHI", socket.IPPROTO_UDP, 0, at | more, number) + part


def send_lossy(family, source, target, count, interface, mac):
    ethernet = bytes.fromhex(mac.replace(":", "")) + b"\x02\0\0\0\0\x01" + \
        struct.pack(">H", 0x0800 if family == socket.AF_INET else 0x86DD)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        out.bind((interface, 0))
        for number in range(count):
            for at, packet in packets(family, source, target, number):
                if at != FRAGMENT:
                    out.send(ethernet + packet)


def main(source, target, count, *lose):
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    if lose:
        send_lossy(family, source, target, int(count), *lose[1:])
    else:
        send_whole(family, source, target, int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
