#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# sipgrep reads IPv6 packets, but shows no SIP message in them.
#
# Software:  sipgrep 2.1.0, Debian's sipgrep 2.1.0-2+b1; ngrep 1.47, Debian's ngrep 1.47+ds1-5+b1.
# Input:     a capture of two OPTIONS requests on port 5060 that differ in their addresses alone: one over IPv4, one over IPv6.
# Expected:  both requests, since sipgrep prints that it filters by "(ip or ip6) and ...".
# Seen:      sipgrep shows the request over IPv4 alone, and no word of the other one. ngrep shows both.
# So what:   a log of sipgrep on a network with IPv6 is a part of the traffic. Do not take it for all.
#
# Takes a second; needs no root. Exit status 0: as described; 1: it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download sipgrep=2.1.0-2+b1 ngrep=1.47+ds1-5+b1 libpcre3 libpcre2-8-0 libnet1 libpcap0.8
for package in ./*.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(echo root/usr/lib/*-linux-gnu):$(echo root/lib/*-linux-gnu)
export LD_LIBRARY_PATH

python3 - <<'PYTHON'
import socket, struct


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def frame(family, source, target, host):
    message = ("OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\r\nFrom: <sip:a@example.com>;tag=1\r\n"
               "To: <sip:b@example.com>\r\nCall-ID: 1@example.com\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
               "Content-Length: 0\r\n\r\n" % host).encode()
    ends = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    length = 8 + len(message)
    udp = struct.pack("!HHHH", 5060, 5060, length, 0)
    pseudo = ends + struct.pack("!HBB" if family == socket.AF_INET else "!IHBB",
                                *((length, 0, 17) if family == socket.AF_INET else (length, 0, 0, 17)))
    udp = struct.pack("!HHHH", 5060, 5060, length, checksum(pseudo + udp + message) or 0xffff)
    if family == socket.AF_INET:
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, 17, 0) + ends
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        ethertype = 0x0800
    else:
        ip = struct.pack("!IHBB", 6 << 28, length, 17, 64) + ends
        ethertype = 0x86dd
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + struct.pack("!H", ethertype) + ip + udp + message


frames = [frame(socket.AF_INET, "192.0.2.1", "192.0.2.2", "v4.example.com"),
          frame(socket.AF_INET6, "2001:db8::1", "2001:db8::2", "v6.example.com")]
with open("two.pcap", "wb") as capture:
    capture.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for second, data in enumerate(frames):
        capture.write(struct.pack("<IIII", 1700000000 + second, 0, len(data), len(data)) + data)
PYTHON

# What shows the request to HOST: shows FILE HOST
shows() {
	if grep -q "sip:$2 SIP/2.0" "$1"; then echo shown; else echo "not shown"; fi
}

root/usr/bin/sipgrep -I two.pcap >sipgrep.txt 2>&1 </dev/null || true
root/usr/bin/ngrep -q -W byline -I two.pcap OPTIONS >ngrep.txt 2>&1 </dev/null || true
sed 's/\x1b\[[0-9;]*m//g' sipgrep.txt >plain.txt
sed -n 's/^filter: /sipgrep filters by: /p' plain.txt
seen="sipgrep: IPv4 $(shows plain.txt v4.example.com), IPv6 $(shows plain.txt v6.example.com)"
seen+="; ngrep: IPv4 $(shows ngrep.txt v4.example.com), IPv6 $(shows ngrep.txt v6.example.com)"
echo "$seen"
[[ $seen == "sipgrep: IPv4 shown, IPv6 not shown; ngrep: IPv4 shown, IPv6 shown" ]]
