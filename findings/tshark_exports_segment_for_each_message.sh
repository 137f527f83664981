#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tshark exports a TCP segment that holds two SIP messages twice, whole; the second message is never at the front.
#
# Software:  tshark 4.0.17, Debian's tshark 4.0.17-0+deb12u3.
# Input:     a capture of one TCP segment with two OPTIONS requests, which tshark itself shows as two (Call-ID one and two).
# Run:       tshark -U "OSI layer 7", which exports each SIP message as a packet of its own (an upper PDU).
# Expected:  two packets, one with each message.
# Seen:      two packets with the same bytes, those of both messages. Read again, tshark shows the first message twice and
#            the second one not at all. With each message in a segment of its own, the export is right.
# So what:   who counts exported messages counts the first one of such a segment several times. Take them for one packet if
#            the original frame number, the ends and the bytes are the same, and read all that it holds.
#
# Takes some seconds; needs no root. Exit status 0: as described; 1: it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=4.0.17-0+deb12u3
libraries=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
	"tshark=$version" | grep -E '^lib' | grep -vE '^lib(c6|gcc-s1|crypt1|stdc\+\+6|c-bin)(:|$)|-dev$|-perl$|^libqt' | sort -u)
# shellcheck disable=SC2086 # names of packages are words
apt-get -qq -o APT::Sandbox::User=root download "tshark=$version" $libraries
for package in ./*.deb; do
	dpkg-deb -x "$package" root
done
LD_LIBRARY_PATH=$(echo "$folder"/root/usr/lib/*-linux-gnu):$(echo "$folder"/root/lib/*-linux-gnu)
export LD_LIBRARY_PATH HOME="$folder"

python3 - <<'PYTHON'
import struct


def message(call):
    return ("OPTIONS sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a.example.com;branch=z9hG4bK%s\r\nMax-Forwards: 70\r\n"
            "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\n"
            "Content-Length: 0\r\n\r\n" % (call, call)).encode()


def capture(name, payloads):
    sequence = 1
    with open(name, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for payload in payloads:
            tcp = struct.pack("!HHIIBBHHH", 5070, 5060, sequence, 1, 0x50, 0x18, 1000, 0, 0) + payload
            ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + bytes([192, 0, 2, 1, 192, 0, 2, 2])
            file.write(struct.pack("<IIII", 1700000000, 0, len(ip + tcp), len(ip + tcp)) + ip + tcp)
            sequence += len(payload)


capture("one_segment.pcap", [message("one") + message("two")])
capture("two_segments.pcap", [message("one"), message("two")])
PYTHON

tshark=root/usr/bin/tshark
# The Call-IDs that tshark shows, in a line for each packet.
calls() {
	"$tshark" -r "$1" -Y sip -T fields -e sip.Call-ID 2>/dev/null | tr '\n' ';'
}
export_of() {
	"$tshark" -r "$1.pcap" -U "OSI layer 7" -w "$1.exported" 2>/dev/null
	calls "$1.exported"
}
lengths() {
	"$tshark" -r "$1" -T fields -e frame.len 2>/dev/null | sort | uniq -c | awk '{ printf "%s packets of %s bytes;", $1, $2 }'
}

"$tshark" --version 2>/dev/null | head -n 1
seen="capture: $(calls one_segment.pcap) exported: $(export_of one_segment) $(lengths one_segment.exported)"
apart="exported: $(export_of two_segments)"
printf '%s\n' "one segment: $seen" "two segments: $apart"
[[ $seen == "capture: one,two; exported: one;one; 2 packets of "* && $apart == "exported: one;two;" ]] || {
	echo "not as described" >&2
	exit 1
}
echo "as described"
