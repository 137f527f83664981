#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command count over captures as a mirror delivers them: what it says with -v, in JSON, and of files that it cannot read.

usage: test_captures.py SIPBPF
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from captures import (ARP, BYE, ERF, ETHERNET, FRAME_RELAY, PFLOG, PKTAP, RADIOTAP, RAW, RTP, SLL, SLL2, SNAP, USB, WIFI,  # noqa: E402
                      aggregate, erf, ethernet, in_gre, in_hep, in_vxlan, message, pcap, pcapng, pflog, pktap, radiotap, request,
                      sll, sll2, wifi)
from program import check, check_equal, counts, finish, run  # noqa: E402

def write(folder, name, contents):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(contents)
    return path


def count(folder, contents, *options):
    return run(["count", *options, write(folder, "mirror.pcapng", contents)])


def test_what_a_mirror_delivers(folder):
    packets = [(0, in_vxlan(ethernet(message(BYE)))), (0, in_vxlan(ethernet(message(RTP)))), (0, in_gre(message(BYE))),
               (0, ethernet(message(BYE))), (0, ARP)]
    contents = pcapng([ETHERNET], packets)
    link = ("10.0.0.2", "10.0.0.1", "UDP", 5060, 5062, "in", "BYE", "BYE")
    status, out, err = count(folder, contents, "-v", "--format", "json")
    check_equal("-v tells what came through what", (status, err),
                (0, "sipbpf: packets: seen 5, sip 3\nsipbpf: reasons: not_ip 1, not_sip 1\n"
                    "sipbpf: tcp: gaps 0, evicted 0\nsipbpf: udp: truncated_headers 0\n"
                    "sipbpf: tls: none\nsipbpf: encapsulations: gre 1, vxlan 2\n"))
    check_equal("messages count under the innermost addresses", counts(out), {link: 3})
    encapsulations = json.loads(out)["packets"]["encapsulations"]
    check_equal("a snapshot tells it too", {name: value for name, value in encapsulations.items() if value},
                {"gre": 1, "vxlan": 2})
    check_equal("without -v nothing is said", count(folder, contents)[2], "")


def test_hep(folder):
    frames = [in_hep(BYE), in_hep(BYE, 22), in_hep(BYE, port=9063), in_vxlan(in_hep(BYE))]
    contents = pcapng([ETHERNET], [(0, frame) for frame in frames])
    cases = (([], {}, {"hep": 4}, {"vxlan": 1}),
             (["--hep=9063,9064"], {"UDP": 1}, {"hep": 3}, {"hep": 1, "vxlan": 1}),
             (["--hep=9060"], {"TLS": 1, "UDP": 2}, {"hep": 1}, {"hep": 3, "vxlan": 1}),
             (["--hep"], {"TLS": 1, "UDP": 3}, {}, {"hep": 4, "vxlan": 1}),
             (["--hep", "--port", "5062", "--host", "192.0.2.2"], {"TLS": 1, "UDP": 3}, {}, {"hep": 4, "vxlan": 1}),
             (["--hep", "--port", "40000"], {}, {"filtered": 4}, {"hep": 4, "vxlan": 1}),
             (["--hep", "--host", "10.0.0.9"], {}, {"filtered": 4}, {"hep": 4, "vxlan": 1}),
             (["--hep", "--filter", "INVITE"], {}, {"filtered": 4}, {"hep": 4, "vxlan": 1}))
    for options, transports, reasons, encapsulations in cases:
        status, out, err = count(folder, contents, "--format", "json", *options)
        check_equal(f"HEP is read, {options}", (status, counts(out)),
                    (0, {("192.0.2.2", "192.0.2.1", transport, 5060, 5062, "in", "BYE", "BYE"): number
                         for transport, number in transports.items()}))
        packets = json.loads(out)["packets"]
        for name, wanted in (("reasons", reasons), ("encapsulations", encapsulations)):
            check_equal(f"its {name}, {options}", {key: value for key, value in packets[name].items() if value}, wanted)


def test_hep_is_told(folder):
    contents = pcapng([ETHERNET], [(0, in_hep(BYE)), (0, in_hep(BYE, port=9063)), (0, ethernet(message(BYE)))])
    note = "note: HEP in {}: --hep counts its messages\n"
    for options, told in (([], note.format("2 packets")), (["--hep=9060"], note.format("1 packet")), (["--hep"], "")):
        status, out, _ = count(folder, contents, "--no-header", *options)
        check_equal(f"HEP that is not read is told, {options}", (status, out[out.find("note: "):] if "note: " in out else ""),
                    (0, told))
    snapshot = write(folder, "hep.json", count(folder, contents, "--format", "json")[1].encode())
    check("show has no such option, and does not tell", "note: " not in run(["show", snapshot])[1])


def test_no_encapsulation(folder):
    err = count(folder, pcapng([ETHERNET], [(0, ethernet(message(BYE)))]), "-v")[2]
    check_equal("-v tells that there was none", err,
                "sipbpf: packets: seen 1, sip 1\nsipbpf: reasons: none\n"
                "sipbpf: tcp: gaps 0, evicted 0\nsipbpf: udp: truncated_headers 0\n"
                "sipbpf: tls: none\nsipbpf: encapsulations: none\n")


def test_interfaces_of_several_kinds(folder):
    contents = pcapng([ETHERNET, RAW], [(0, ethernet(message(BYE))), (1, message(BYE))])
    status, out, err = count(folder, contents, "--format", "json")
    check_equal("interfaces of several link types are read", (status, err, sum(counts(out).values())), (0, "", 2))


def test_an_interface_that_cannot_be_read(folder):
    contents = pcapng([USB, ETHERNET], [(0, BYE), (1, ethernet(message(BYE))), (0, BYE)])
    status, out, err = count(folder, contents, "--format", "json")
    check_equal("the others are read", (status, sum(counts(out).values())), (1, 1))
    check_equal("its frames have a reason", json.loads(out)["packets"]["reasons"]["not_ip"], 2)
    told = "link type USB_LINUX (189) of interface 0 is not supported: "
    check("what cannot be read is told", f"{told}2 frames count as not_ip; " in err, err)
    err = count(folder, pcapng([USB, ETHERNET], [(0, BYE), (1, ethernet(message(BYE)))]), "--format", "json")[2]
    check("one frame is told", f"{told}1 frame counts as not_ip; " in err, err)


CHECKSUM = b"\1\2\3\4"

# What a link type carries: its number, the frame, and the messages in it.
LINK_LAYERS = (
    ("802.11", WIFI, wifi(b"\x08\1", SNAP + message(BYE)), 1),
    ("802.11 with padding", RADIOTAP, radiotap(0x20, wifi(b"\x88\1", SNAP + message(BYE), quality=b"\6\0\0\0")), 1),
    ("802.11 without padding", RADIOTAP, radiotap(0, wifi(b"\x88\1", SNAP + message(BYE), quality=b"\6\0")), 1),
    ("A-MSDU", WIFI, wifi(b"\x88\1", aggregate(message(BYE), message(BYE), message(BYE)), quality=b"\x80\0"), 3),
    ("A-MSDU with padding and checksum", RADIOTAP,
     radiotap(0x30, wifi(b"\x88\1", aggregate(message(BYE), message(BYE)) + CHECKSUM, quality=b"\x80\0\0\0")), 2),
    ("SLL with SNAP", SLL, sll(4, SNAP + message(BYE)), 1),
    ("SLL2 with SNAP", SLL2, sll2(4, SNAP + message(BYE)), 1),
    ("SLL with 802.2's number of IP", SLL, sll(4, b"\6\6\3" + message(BYE)), 1),
    ("SLL with Ethernet", SLL, sll(3, ethernet(message(BYE))), 1),
    ("SLL with PPP", SLL, sll(7, b"\xff\3\0\x21" + message(BYE), 513), 1),
    ("SLL with Frame Relay", SLL, sll(0, b"\x18\x41\3\xcc" + message(BYE), 770), 1),
    ("SLL2 with 802.11", SLL2, sll2(4, radiotap(0, wifi(b"\x08\1", SNAP + message(BYE))), 803), 1),
    ("ERF with Cisco HDLC", ERF, erf(1, b"\x0f\0\x08\0" + message(BYE)), 1),
    ("ERF with PPP", ERF, erf(10, b"\xff\3\0\x21" + message(BYE)), 1),
    ("ERF with a channel", ERF, erf(5, b"\0\0\0\1\xff\3\0\x21" + message(BYE)), 1),
    ("ERF with IPv4", ERF, erf(22, message(BYE)), 1),
    ("PFLOG", PFLOG, pflog(message(BYE)), 1),
    ("PKTAP with PFLOG", PKTAP, pktap(PFLOG, pflog(message(BYE))), 1),
    ("Frame Relay with Ethernet", FRAME_RELAY, b"\x18\x41\3\0\x80\0\x80\xc2\0\7" + ethernet(message(BYE)), 1),
    ("Frame Relay with Ethernet and checksum", FRAME_RELAY,
     b"\x18\x41\3\0\x80\0\x80\xc2\0\1" + ethernet(message(BYE)) + CHECKSUM, 1),
)


# Those that tshark takes for PPP if nobody tells it.
TOLD_LINK_LAYERS = (
    ("ERF with Frame Relay", ERF, erf(15, b"\x18\x41\3\xcc" + message(BYE)), 1),
    ("ERF with a channel of Cisco's Frame Relay", ERF, erf(17, b"\0\0\0\1\x18\x41\x08\0" + message(BYE)), 1),
)


def tshark_counts(path, *options):
    """The messages of SIP that tshark finds in each frame."""
    done = subprocess.run(["tshark", "-n", *options, "-r", path, "-T", "fields", "-e", "sip.Method"], capture_output=True, check=True,
                          stdin=subprocess.DEVNULL)
    return [line.count("BYE") for line in done.stdout.decode().split("\n")[:-1]]


def check_link_layers(folder, layers, *options):
    for name, link_type, frame, messages in layers:
        status, out, err = count(folder, pcapng([link_type], [(0, frame)]), "--format", "json")
        check_equal(f"{name} is read", (status, err, sum(counts(out).values())), (0, "", messages))
    if not shutil.which("tshark"):
        print("ok - tshark reads the same # SKIP no tshark (make setup)")
        return
    contents = pcapng([layer[1] for layer in layers], [(i, layer[2]) for i, layer in enumerate(layers)])
    check_equal("tshark reads the same", tshark_counts(write(folder, "layers.pcapng", contents), *options),
                [layer[3] for layer in layers])


def test_link_layers(folder):
    check_link_layers(folder, LINK_LAYERS)
    check_link_layers(folder, TOLD_LINK_LAYERS, "-o", "erf.hdlc_type:Frame Relay")


def test_frames_that_cannot_be_read(folder):
    packet = SNAP + message(BYE)
    frames = [wifi(b"\x08\5", packet[:60]), wifi(b"\x08\1", packet[60:], number=1), wifi(b"\x08\x41", packet),
              wifi(b"\x80\0", b"beacon")]
    status, out, err = count(folder, pcapng([WIFI, ERF, PKTAP], [(0, frame) for frame in frames] +
                                            [(1, erf(3, message(BYE))), (2, pktap(USB, BYE))]), "--format", "json")
    check_equal("a first fragment is read", (status, sum(counts(out).values())), (0, 1))
    check_equal("the other frames have a reason", json.loads(out)["packets"]["reasons"]["not_ip"], 5)
    told = os.path.join(folder, "mirror.pcapng") + ": frames that cannot be read count as not_ip: 1 of encrypted 802.11, " \
        "1 of 802.11 fragments after the first, 1 of ERF types that are not supported, " \
        "1 of PKTAP with link types that are not supported\n"
    check_equal("what cannot be read is told in one line", err, "sipbpf: " + told)


def test_captures_that_cannot_be_read(folder):
    good = write(folder, "good.pcap", pcap([request("BYE")]))
    absent = os.path.join(folder, "absent.pcap")
    cases = ((absent, "No such file or directory"), (folder, "Is a directory"),
             (write(folder, "text.pcap", b"no capture\n"), "not a pcap or pcapng capture; for a log, use --input text"),
             (write(folder, "empty.pcap", b""), "the file is empty; give a pcap or pcapng capture"),
             (write(folder, "short.pcap", pcap([])[:10]), "the file ends within its header"),
             (write(folder, "binary.pcap", bytes(range(64))), "not a pcap or pcapng capture\n"),
             (write(folder, "usb.pcapng", pcapng([USB], [(0, BYE)])), "link type USB_LINUX (189) of interface 0 is not supported: 1 frame counts as not_ip;"),
             (write(folder, "header.pcap", pcap([])[:20]), "the file ends within its header"))
    kept = write(folder, "kept", b"what was there")
    for path, words in cases:
        for form in ("table", "csv", "json"):
            status, out, err = run(["count", "--format", form, path])
            check(f"nothing is read of {os.path.basename(path)}, so no {form}",
                  (status, out, err.count("\n")) == (1, "", 1) and err.startswith(f"sipbpf: {path}: ") and words in err,
                  status, out, err)
        run(["count", "-o", kept, path])
        with open(kept, "rb") as file:
            check_equal("and the old output stays", file.read(), b"what was there")
        status, out, err = run(["count", "--format", "json", path, good])
        check_equal("the others count", (status, sum(counts(out).values()), err.count("\n")), (1, 1, 1))


def test_no_name():
    check_equal("an empty name", run(["count", ""]), (1, "", "sipbpf: '': No such file or directory\n"))


def test_captures_that_are_cut(folder):
    contents = pcap([request("BYE"), request("INVITE")])
    path = write(folder, "cut.pcap", contents[:-1])
    status, out, err = run(["count", "--title", "t", path])
    check("what is before the cut counts", status == 1 and "BYE" in out and "INVITE" not in out, status, out)
    check("where it is cut is told", err.startswith(f"sipbpf: {path}: cut or corrupt at byte {len(contents) - 1}: "), err)
    status, out, err = run(["count", "--title", "t", write(folder, "none.pcap", pcap([]))])
    check_equal("a capture without packets is read", (status, out, err), (0, "t no SIP messages in 0 packets\n", ""))
    check_equal("one packet", run(["count", "--title", "t", write(folder, "arp.pcap", pcap([ARP]))])[1],
                "t no SIP messages in 1 packet\n")


with tempfile.TemporaryDirectory() as temporary:
    test_what_a_mirror_delivers(temporary)
    test_hep(temporary)
    test_hep_is_told(temporary)
    test_no_encapsulation(temporary)
    test_interfaces_of_several_kinds(temporary)
    test_an_interface_that_cannot_be_read(temporary)
    test_link_layers(temporary)
    test_frames_that_cannot_be_read(temporary)
    test_captures_that_cannot_be_read(temporary)
    test_no_name()
    test_captures_that_are_cut(temporary)
finish()
