#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends SIP requests over UDP from another network namespace, as fast as it can, and prints the length of the longest frame
with a request that arrives at an interface: it tells whether the kernel has merged them.

usage: send_merged.py INTERFACE NAMESPACE TARGET COUNT     (in the namespace of the interface)
       send_merged.py TARGET COUNT                         (only sends)
"""

import socket
import subprocess
import sys

PORT = 5070
BODY = 900
ETH_P_ALL = 3
REQUEST = b"OPTIONS sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 1 OPTIONS\r\n\r\n" + b"x" * BODY


def send(target, count):
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(int(count)):
        udp.sendto(REQUEST, (target, PORT))


def watch(interface, namespace, target, count):
    frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ETH_P_ALL))
    frames.bind((interface, 0))
    subprocess.run(["ip", "netns", "exec", namespace, sys.executable, __file__, target, count], check=True)
    longest = requests = 0
    while requests < int(count):
        frame = frames.recv(1 << 17)
        if b"OPTIONS" in frame:
            requests += len(frame) // len(REQUEST)
            longest = max(longest, len(frame))
    print(longest)


if __name__ == "__main__":
    watch(*sys.argv[1:]) if len(sys.argv) == 5 else send(*sys.argv[1:])
