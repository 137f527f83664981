#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes a capture of calls between many addresses: INVITE, 100, 180, 200, ACK, BYE, 200, with bodies as they are usual.

usage: make_capture.py FILE MESSAGES
"""
import struct
import sys

SDP = b"v=0\r\no=user1 53655765 2353687637 IN IP4 10.0.%d.%d\r\ns=-\r\nc=IN IP4 10.0.%d.%d\r\nt=0 0\r\n" \
      b"m=audio %d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
CALL = [(b"INVITE", 0), (b"100 Trying", 0), (b"180 Ringing", 0), (b"200 OK", 0), (b"ACK", 0), (b"BYE", 1), (b"200 OK", 1)]


def message(i):
    call, (what, bye) = i // len(CALL), CALL[i % len(CALL)]
    request = what.isalpha()
    start = what + b" sip:service@192.0.2.2:5060 SIP/2.0" if request else b"SIP/2.0 " + what
    address = divmod(call % 5000 + 2, 256)
    body = SDP % (*address, *address, 10000 + call % 20000 * 2) if what in (b"INVITE", b"200 OK") and not bye else b""
    tag = b"" if what == b"INVITE" else b";tag=4711SIPpTag01%d" % call
    text = start + b"\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-%d\r\nFrom: sipp <sip:sipp@192.0.2.1:5060>" \
        b";tag=%dSIPpTag00\r\nTo: service <sip:service@192.0.2.2:5060>%s\r\nCall-ID: %d-1@192.0.2.1\r\nCSeq: %d %s\r\n" \
        b"Contact: sip:sipp@192.0.2.1:5060\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n" \
        b"\r\n" % (i, call, tag, call, 1 + bye, b"BYE" if bye else b"ACK" if what == b"ACK" else b"INVITE", len(body)) + body
    client = b"\x0a\0" + bytes(address)
    ends = (client, b"\x0a\x01\0\x01") if request else (b"\x0a\x01\0\x01", client)
    udp = struct.pack("!HHHH", 5060, 5060, 8 + len(text), 0) + text
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, *ends)
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + udp


with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for i in range(int(sys.argv[2])):
        frame = message(i)
        out.write(struct.pack("<IIII", 1700000000 + i // 1000, i % 1000 * 1000, len(frame), len(frame)) + frame)
