#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""One end of a tunnel over IPv4, for kernels that have none: a TUN device, and a raw socket on which its packets come and go.

usage: tunnel.py ipip|gre DEVICE LOCAL REMOTE

With ipip, IPv6 goes in protocol 41 (6in4). GRE has a key and a sequence number. Runs until it is ended.
"""

import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF = 0x400454CA
IFF_TUN = 1
IFF_NO_PI = 0x1000
PACKET_MAX = 65535
IPIP, GRE, SIX_IN_FOUR = 4, 47, 41
GRE_KEY_AND_SEQUENCE = 0x3000
ETHERTYPES = {4: 0x0800, 6: 0x86DD}


def open_device(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def open_sockets(kind, local, remote):
    sockets = {}
    for protocol in (IPIP, SIX_IN_FOUR) if kind == "ipip" else (GRE,):
        sockets[protocol] = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
        sockets[protocol].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        sockets[protocol].bind((local, 0))
        sockets[protocol].connect((remote, 0))
    return sockets


def main(kind, name, local, remote):
    device, sockets, sequence = open_device(name), open_sockets(kind, local, remote), 0
    while True:
        for ready in select.select([device, *sockets.values()], [], [])[0]:
            if ready != device:
                packet = ready.recv(PACKET_MAX)
                header = (packet[0] & 15) * 4 + (12 if kind == "gre" else 0)
                os.write(device, packet[header:])
                continue
            packet = os.read(device, PACKET_MAX)
            version = packet[0] >> 4
            if kind == "ipip":
                sockets[IPIP if version == 4 else SIX_IN_FOUR].send(packet)
            else:
                sockets[GRE].send(struct.pack(">HHII", GRE_KEY_AND_SEQUENCE, ETHERTYPES[version], 7, sequence) + packet)
                sequence = sequence + 1 & 0xFFFFFFFF


if __name__ == "__main__":
    main(*sys.argv[1:])
