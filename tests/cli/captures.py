# SPDX-License-Identifier: BSD-2-Clause
"""Makes frames and captures for tests."""

import socket
import struct

ETHERNET, RAW, WIFI, FRAME_RELAY, SLL, PFLOG, RADIOTAP, USB, ERF, PKTAP, SLL2 = 1, 101, 105, 107, 113, 117, 127, 189, 197, 258, 276
SNAP = b"\xaa\xaa\x03\0\0\0\x08\0"
MACS = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
BYE = b"BYE sip:b SIP/2.0\r\nTo: <sip:b>;tag=1\r\nCSeq: 2 BYE\r\n\r\n"
RTP = b"\x80\0" + 170 * b"\0"
ARP = MACS + b"\x08\x06" + 46 * b"\0"


def udp(source, target, payload):
    return struct.pack(">HHHH", source, target, 8 + len(payload), 0) + payload


def ipv4(source, target, protocol, payload):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, socket.inet_aton(source),
                       socket.inet_aton(target)) + payload


def ethernet(packet):
    return MACS + b"\x08\0" + packet


def message(payload):
    return ipv4("10.0.0.1", "10.0.0.2", 17, udp(5062, 5060, payload))


def wifi(control, payload, number=0, quality=b""):
    return control + b"\0\0" + 6 * b"\2" + 6 * b"\4" + 6 * b"\6" + struct.pack("<H", number) + quality + payload


def aggregate(*packets):
    """Subframes of 802.11 (A-MSDU), each but the last padded."""
    frames = [6 * b"\2" + 6 * b"\4" + struct.pack(">H", 8 + len(packet)) + SNAP + packet for packet in packets]
    return b"".join(frame + -len(frame) % 4 * b"\0" for frame in frames[:-1]) + frames[-1]


def sll(protocol, packet, hardware=1):
    return struct.pack(">HHH8sH", 0, hardware, 6, 6 * b"\2", protocol) + packet


def sll2(protocol, packet, hardware=1):
    return struct.pack(">HHIHBB8s", protocol, 0, 3, hardware, 0, 6, 6 * b"\2") + packet


def radiotap(flags, frame):
    return struct.pack("<BBHIB", 0, 0, 9, 2, flags) + frame


def erf(kind, frame):
    return 8 * b"\0" + struct.pack(">BBHHH", kind, 4, 16 + len(frame), 0, len(frame)) + frame


def pflog(packet):
    return struct.pack("BBBB16s16s24xB3x", 61, 2, 0, 0, b"em0", b"", 1) + packet


def pktap(link_type, frame):
    return struct.pack("<III24sI", 108, 1, link_type, b"en0", 1) + 68 * b"\0" + frame


def in_vxlan(frame):
    return ethernet(ipv4("192.0.2.1", "192.0.2.2", 17, udp(50000, 4789, b"\x08\0\0\0\0\0\x7b\0" + frame)))


def in_gre(packet):
    return ethernet(ipv4("192.0.2.1", "192.0.2.2", 47, b"\0\0\x08\0" + packet))


def hep_chunk(kind, value, vendor=0):
    return struct.pack(">HHH", vendor, kind, 6 + len(value)) + value


def in_hep(payload, protocol=17, port=9060):
    """A frame with HEP3 of a message from 192.0.2.1:5062 to 192.0.2.2:5060."""
    chunks = hep_chunk(1, b"\x02") + hep_chunk(2, bytes([protocol])) + hep_chunk(7, b"\x13\xc6")
    chunks += hep_chunk(8, b"\x13\xc4") + hep_chunk(3, socket.inet_aton("192.0.2.1"))
    chunks += hep_chunk(4, socket.inet_aton("192.0.2.2")) + hep_chunk(11, b"\x01") + hep_chunk(15, payload)
    return ethernet(ipv4("10.0.0.1", "10.0.0.9", 17,
                         udp(40000, port, b"HEP3" + struct.pack(">H", 6 + len(chunks)) + chunks)))


def block(kind, body):
    body += -len(body) % 4 * b"\0"
    return struct.pack(">II", kind, 12 + len(body)) + body + struct.pack(">I", 12 + len(body))


def pcapng(interfaces, packets):
    """A file of big-endian order; packets are (interface, bytes)."""
    blocks = [block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1))]
    blocks += [block(1, struct.pack(">HHI", link_type, 0, 0)) for link_type in interfaces]
    blocks += [block(6, struct.pack(">IIIII", interface, 0, 1000000, len(packet), len(packet)) + packet)
               for interface, packet in packets]
    return b"".join(blocks)


def pcap(frames, time=1000000000):
    """A file of little-endian order, microseconds; a frame each second."""
    records = [struct.pack("<IIII", time + i, 0, len(frame), len(frame)) + frame for i, frame in enumerate(frames)]
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ETHERNET) + b"".join(records)


def request(method, source="10.0.0.1", target="10.0.0.2", ports=(5062, 5060)):
    payload = f"{method} sip:b SIP/2.0\r\nTo: <sip:b>\r\nCSeq: 2 {method}\r\n\r\n".encode()
    return ethernet(ipv4(source, target, 17, udp(*ports, payload)))
