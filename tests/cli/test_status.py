#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command status as an ordinary user, and wrong command lines. tests/net/test_status.sh has what root sees.

usage: test_status.py SIPBPF
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
from program import as_ordinary_user, check, check_equal, copy_program, finish, run  # noqa: E402

MISSING = ("sipbpf: status: no permission to look at the kernel's BPF programs; that needs CAP_SYS_ADMIN in the initial user "
           "namespace, which root has, unless a container or sandbox takes it away\n")


def test_ordinary_user():
    for arguments in ([], ["lo"], ["--format", "json"], ["--cost", "1"], ["--format", "json", "-o", "-", "lo"]):
        check_equal(f"an ordinary user is told what is missing: status {' '.join(arguments)}",
                    run(["status"] + arguments, **as_ordinary_user()), (1, "", MISSING))


def test_failure_keeps_output(folder):
    path = os.path.join(folder, "out")
    with open(path, "w", encoding="utf-8") as file:
        file.write("old")
    os.chmod(path, 0o666)
    status = run(["status", "--output", path], **as_ordinary_user())[0]
    with open(path, encoding="utf-8") as file:
        check_equal("what fails leaves the output alone", (status, file.read()), (1, "old"))


def test_no_such_interface():
    for arguments in (["nosuch0"], ["lo", "nosuch0"], ["--format", "json", "nosuch0"], ["--cost", "60", "nosuch0"]):
        check_equal(f"an interface that is not there: status {' '.join(arguments)}", run(["status"] + arguments),
                    (1, "", "sipbpf: nosuch0: no such interface; `ip -br link` lists all\n"))


def test_usage():
    for arguments, words in ((["--format", "table"], "give one of text, json"),
                             (["--format", "csv"], "give one of text, json"),
                             (["--cost", "0"], "give a number from 1 to 3600"),
                             (["--cost", "1s"], "give a number from 1 to 3600"),
                             (["--top", "1"], "status: has no option --top"),
                             (["--interval", "1s"], "status: has no option --interval, which is for attach; see 'sipbpf help status'")):
        status, out, err = run(["status"] + arguments)
        check(f"wrong: status {' '.join(arguments)}", status == 2 and not out and words in err, status, out, err)
    status, out, err = run(["help", "status"])
    check("help", status == 0 and "sipbpf status [OPTIONS] [IFACE...]" in out and "--cost SECONDS" in out and not err, out)


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy_program(folder)
        os.chdir(folder)
        test_ordinary_user()
        test_failure_keeps_output(folder)
        test_no_such_interface()
        test_usage()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
