#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The program is built as Debian builds its own: whoever finds a way to overwrite memory finds it harder to use it.

usage: test_hardening.py SIPBPF
"""
import os
import subprocess
import sys

from program import check, finish


def readelf(*options):
    return subprocess.run(["readelf", "-W", *options, sys.argv[1]], capture_output=True, check=True, text=True).stdout


def main():
    symbols = readelf("--dyn-syms")
    if "CFLAGS" in os.environ or "__asan_init" in symbols or "__asan_init" in readelf("-s"):
        print("ok - hardening # SKIP the compiler's options are not the project's own")
        return
    header, segments, dynamic = readelf("-h"), readelf("-l"), readelf("-d")
    check("a position-independent executable", "DYN (" in header and "PIE" in dynamic, header)
    check("the stack is not executable", " RWE " not in segments, segments)
    check("relocations are done at the start, and read-only then", "GNU_RELRO" in segments and "NOW" in dynamic, dynamic)
    check("stack protector", "__stack_chk_fail" in symbols, symbols)
    check("calls of libc that know sizes", any(name in symbols for name in ("__snprintf_chk", "__vsnprintf_chk")), symbols)
    if os.uname().machine == "x86_64":
        # Whether the whole program is marked for it depends on the C library too.
        code = subprocess.run(["objdump", "-d", "--disassemble=main", sys.argv[1]], capture_output=True, check=True, text=True).stdout
        check("functions may be called where they begin", "endbr64" in code, code)


main()
finish()
