#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is checked before a command begins: interfaces, and files that are to be written.

usage: test_arguments.py SIPBPF
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
from captures import pcap  # noqa: E402
from program import as_ordinary_user, check, check_equal, copy_program, finish, link, run, snapshot  # noqa: E402

LIST = "`ip -br link` lists all\n"


def test_interfaces():
    for command in ("attach", "status"):
        check_equal(f"{command}: no such interface", run([command, "nosuch0"]),
                    (1, "", f"sipbpf: nosuch0: no such interface; {LIST}"))
        check_equal(f"{command}: one that is meant, perhaps", run([command, "lo", "loo"]),
                    (1, "", f"sipbpf: loo: no such interface; did you mean 'lo'? {LIST}"))
        check_equal(f"{command}: all that are wrong are named", run([command, "nosuch0", "lo", "nosuch1"])[2],
                    "".join(f"sipbpf: nosuch{i}: no such interface; {LIST}" for i in (0, 1)))


def test_mode():
    """As a user who may not load programs: what is known before that is told before that."""
    check_equal("attach --mode native: not on loopback", run(["attach", "--mode", "native", "lo"], **as_ordinary_user()),
                (1, "", "sipbpf: lo: native XDP failed: Operation not supported; use --mode tc\n"))


def test_outputs(folder):
    """As a user who may not load programs: what is wrong with the output is told before that."""
    absent = os.path.join(folder, "absent/out")
    for option in ("--log", "--output"):
        check_equal(f"attach {option}: no such folder", run(["attach", option, absent, "lo"], **as_ordinary_user()),
                    (1, "", f"sipbpf: {option}: {absent}: No such file or directory\n"))
        check_equal(f"attach {option}: a folder", run(["attach", option, folder, "lo"], **as_ordinary_user()),
                    (1, "", f"sipbpf: {option}: {folder}: Is a directory\n"))
        check_equal(f"attach {option}: no permission",
                    run(["attach", option, "/proc/version", "lo"], **as_ordinary_user()),
                    (1, "", f"sipbpf: {option}: /proc/version: Permission denied\n"))
    for arguments in (["count", "absent.pcap"], ["show", "absent.json"], ["diff", "a", "b"], ["status"]):
        check_equal(f"{arguments[0]}: the output is looked at first", run(arguments + ["-o", absent]),
                    (1, "", f"sipbpf: --output: {absent}: No such file or directory\n"))
    check("what is only checked is not made", not os.path.exists(os.path.join(folder, "out")) and
          run(["count", "absent.pcap", "-o", os.path.join(folder, "out")])[0] == 1 and os.listdir(folder) == ["sipbpf"],
          os.listdir(folder))


def test_output_is_no_input():
    contents = snapshot(link(messages=[("in", "INVITE", "INVITE", 1)]))
    for name in ("a.json", "b.json"):
        with open(name, "w", encoding="utf-8") as file:
            file.write(contents)
    os.link("a.json", "hard.json")
    os.symlink("a.json", "soft.json")
    for arguments, options in ((["count", "a.json"], {}), (["count", "--input", "text", "b.json", "./a.json"], {}),
                               (["show", "b.json", "hard.json"], {}), (["diff", "b.json", "soft.json"], {}),
                               (["show", "-"], {"stdin": None})):
        with open("a.json", encoding="utf-8") as file:
            if "stdin" in options:
                options["stdin"] = file
            check_equal(f"{arguments}: an input is the output", run(arguments + ["-o", "a.json"], **options),
                        (1, "", "sipbpf: --output: a.json is also an input; name another file\n"))
        with open("a.json", encoding="utf-8") as file:
            check_equal("and stays what it is", file.read(), contents)
    check_equal("another file of the same contents", run(["show", "a.json", "-o", "b.json"])[0], 0)
    check_equal("a device may be both", run(["count", "--input", "text", "/dev/null", "-o", "/dev/null"]), (0, "", ""))


def test_captures_before_loading():
    check_equal("count --engine: a capture that is not there", run(["count", "--engine", "bpf", "absent.pcap"], **as_ordinary_user()),
                (1, "", "sipbpf: absent.pcap: No such file or directory\n"))
    with open("calls.pcap", "wb") as file:
        file.write(pcap([]))
    status, out, err = run(["count", "--engine", "bpf", "calls.pcap"], **as_ordinary_user())
    check("one that is there", (status, out) == (1, "") and err.startswith("sipbpf: --engine: loading BPF programs needs "),
          status, out, err)


def test_other_commands():
    check_equal("an interface where a capture is expected", run(["count", "lo"]),
                (1, "", "sipbpf: lo: No such file or directory; to count on an interface, use: sipbpf attach lo\n"))
    check_equal("a capture where an interface is expected", run(["attach", "calls.pcap"], **as_ordinary_user()),
                (1, "", "sipbpf: calls.pcap: no such interface; to count in a capture, use: sipbpf count calls.pcap\n"))
    with open("lo", "wb") as file:
        file.write(pcap([]))
    check_equal("a capture that is called like an interface", run(["count", "lo"])[0], 0)


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy_program(folder)
        os.chdir(folder)
        test_interfaces()
        test_mode()
        test_outputs(folder)
        test_output_is_no_input()
        test_captures_before_loading()
        test_other_commands()
        os.chdir("/")
    finish()


if __name__ == "__main__":
    main()
