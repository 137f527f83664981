#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A tunnel of GTP-U that ends in this program, behind a tun interface, as in a user plane function.

usage: gtp_tunnel.py INTERFACE ADDRESS/LENGTH LOCAL REMOTE      (the last two: the ends of the tunnel)
Says "ready" when it passes packets on.
"""

import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
GTP_PORT, GTP_VERSION_1, G_PDU, HEADER = 2152, 0x30, 255, struct.Struct(">BBHI")


def main():
    interface, address, local, remote = sys.argv[1:]
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", interface.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "address", "add", address, "dev", interface], check=True)
    subprocess.run(["ip", "link", "set", interface, "mtu", "1400", "multicast", "off", "up"], check=True)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((local, GTP_PORT))
    udp.connect((remote, GTP_PORT))
    print("ready", flush=True)
    while True:
        for readable in select.select([tun, udp], [], [])[0]:
            try:
                if readable is udp:
                    os.write(tun, udp.recv(65535)[HEADER.size :])
                else:
                    packet = os.read(tun, 65535)
                    udp.send(HEADER.pack(GTP_VERSION_1, G_PDU, len(packet), 7) + packet)
            except ConnectionRefusedError:  # the other end is not there yet
                pass


main()
