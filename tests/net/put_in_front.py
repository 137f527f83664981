#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Puts a tcx program of somebody else in front of all others of an interface, until it is killed. It lets no packet pass on to
the next program (TC_ACT_OK). Says the program's id when it is there. Not by bpftool: versions before 7.3 do not know tcx.

usage: put_in_front.py INTERFACE received|sent
"""

import ctypes
import platform
import signal
import socket
import struct
import sys

BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
PROG_LOAD, OBJ_GET_INFO_BY_FD, LINK_CREATE = 5, 15, 28
SCHED_CLS, TCX_INGRESS, TCX_EGRESS, BEFORE = 3, 46, 47, 1 << 3
ATTRIBUTES_SIZE = 128

libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, ATTRIBUTES_SIZE)
    result = libc.syscall(BPF, command, buffer, ATTRIBUTES_SIZE)
    if result < 0:
        sys.exit(f"bpf({command}): {ctypes.get_errno()}")
    return result


def load():
    # r0 = TC_ACT_OK; exit
    code = ctypes.create_string_buffer(struct.pack("<QQ", 0xB7, 0x95), 16)
    text = ctypes.create_string_buffer(b"GPL")
    fields = struct.pack("=IIQQIIQII16s", SCHED_CLS, 2, ctypes.addressof(code), ctypes.addressof(text), 0, 0, 0, 0, 0, b"in_front")
    return bpf(PROG_LOAD, fields)


def program_id(program):
    info = ctypes.create_string_buffer(8)
    bpf(OBJ_GET_INFO_BY_FD, struct.pack("=IIQ", program, 8, ctypes.addressof(info)))
    return struct.unpack_from("=II", info)[1]


def main(interface, direction):
    program = load()
    hook = TCX_INGRESS if direction == "received" else TCX_EGRESS
    bpf(LINK_CREATE, struct.pack("=IIII", program, socket.if_nametoindex(interface), hook, BEFORE))
    print(program_id(program), flush=True)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
