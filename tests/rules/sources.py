#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What CONTRIBUTING.md demands of every source and a program can see. Prints a TAP line for each rule.

usage: sources.py [--self-test]     (plants a violation of each rule and expects it to be found)
"""

import pathlib
import re
import sys
import tempfile

LINES_MAX = 40
NESTING_MAX = 3
PARAMETERS_MAX = 6
HEAD_LINES = 30

# Lines that hold no code, or an entry of a list: of cases, of an initialiser.
NO_CODE = re.compile(r"\s*(//.*|/\*.*\*/|/?\*( .*|/)?|#.*|case .*:|default:|break;|\}?,?;?|[{\[\".].*,|\(.*\)\s*\{.*\},)?\s*(/\*.*\*/)?$")
PRINTS = re.compile(r"\b(printf|puts|putchar|perror|vprintf)\(|\b(stdout|stderr)\b|\blog__\w+\(")
PRINTERS = r"user/((command|options)/.*|base/log\.[ch])"
OUTPUT_PARAMETER = re.compile(r"\bstruct \w+ \*\*(\w+)")


class Function:
    def __init__(self, path, head, body):
        self.path, self.head, self.body = path, head, body
        self.name = (re.findall(r"(\w+(?:\(\w+\))?)\s*\(", head) or ["?"])[0]

    def __str__(self):
        return f"{self.path}: {self.name}"

    def lines(self):
        return sum(not NO_CODE.fullmatch(line) for line in self.body)

    def nesting(self):
        """By the braces and by the indentation of what needs none."""
        depth = deepest = 0
        for line in self.body:
            depth -= line.strip().startswith("}")
            opens = re.match(r"\s*(if|for|while|do|else|\} else|bpf_for)\b", line) and not line.rstrip().endswith("{")
            deepest = max(deepest, depth + bool(opens))
            depth += line.rstrip().endswith("{") and not re.search(r"=\s*\{$", line)
            if line.strip().startswith("}") and line.rstrip().endswith("{"):
                continue
            depth -= line.rstrip().endswith("}") and not line.strip().startswith("}") and "{" not in line
            deepest = max(deepest, depth)
        return deepest

    def parameters(self):
        between = re.search(r"\((?!\w+\)\()(.*)\)\s*$", re.sub(r"^.*?\w+\(\w+\)\(", "(", self.head))
        text = between.group(1).strip() if between else ""
        text = re.sub(r"\([^()]*\)", "", text)
        return 0 if text in ("", "void") else text.count(",") + 1


def functions(path, root):
    lines = (root / path).read_text().split("\n")
    for number, line in enumerate(lines):
        if line != "{":
            continue
        begin = number - 1
        while begin > 0 and not re.match(r"[A-Za-z_]", lines[begin]):
            begin -= 1
        end = next((at for at in range(number, len(lines)) if lines[at] == "}"), len(lines))
        yield Function(path, " ".join(part.strip() for part in lines[begin:number]), lines[number + 1:end])


def paths(root, *patterns):
    found = sorted(path for pattern in patterns for path in root.glob(pattern) if path.is_file())
    return [str(path.relative_to(root)) for path in found]


def all_sources(root):
    return paths(root, "user/**/*.[ch]", "bpf/**/*.[ch]", "include/**/*.h", "tests/**/*.[ch]")


def all_functions(root):
    return [function for path in all_sources(root) for function in functions(path, root)]


def long_functions(root):
    return [f"{f} has {f.lines()} lines" for f in all_functions(root) if f.lines() > LINES_MAX]


def nested_functions(root):
    return [f"{f} nests {f.nesting()} deep" for f in all_functions(root) if f.nesting() > NESTING_MAX]


def wide_functions(root):
    return [f"{f} has {f.parameters()} parameters" for f in all_functions(root) if f.parameters() > PARAMETERS_MAX]


def bare_public_names(root):
    return [f"{f} is public and not called module__verb()" for path in paths(root, "user/**/*.c")
            for f in functions(path, root)
            if not f.head.startswith("static") and f.name != "main" and not re.fullmatch(r"[a-z0-9_]+__[a-z0-9_]+", f.name)]


def output_parameters(root):
    found = []
    for path in paths(root, "user/**/*.h"):
        text = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "", (root / path).read_text(), flags=re.S)
        for prototype in re.findall(r"^(?:int|bool|struct|const|void|size_t|__u\d+)\b[^;{}]*\([^;{}]*\);", text, re.M):
            found += [f"{path}: {name} hands out a structure and is not called ret_{name}"
                      for name in OUTPUT_PARAMETER.findall(prototype)
                      if not name.startswith("ret_") and "const *" not in prototype]
    return found


def strangers_that_print(root):
    found = []
    for path in paths(root, "user/**/*.[ch]"):
        if not re.fullmatch(PRINTERS, path):
            code = re.sub(r"/\*.*?\*/", "", (root / path).read_text(), flags=re.S)
            found += [f"{path} prints: {match.group(0)}" for match in PRINTS.finditer(code)]
    return found


def unit_test_of(path):
    folder, name = pathlib.Path(path).parts[-2:]
    return f"tests/unit/{folder}/test_{name.split('.')[0]}.c"


def untested(root):
    found = []
    for path in paths(root, "user/**/*.c", "bpf/*", "include/*/*.h"):
        head = "\n".join((root / path).read_text().split("\n")[:HEAD_LINES])
        named = re.findall(r"[Tt]ested by (tests/[\w./]+\w)", head)
        if not (root / unit_test_of(path)).exists() and not named:
            found.append(f"{path} has no {unit_test_of(path)}, and no line 'Tested by tests/...'")
        found += [f"{path}: no {test}" for test in named if not (root / test).exists()]
    return found


def licences(root):
    found = []
    for path in all_sources(root) + paths(root, "**/*.sh", "**/*.py", "**/*.mk", "Makefile", ".ci/run"):
        wanted = "GPL-2.0-only" if path.startswith(("bpf/", "vmlinux/")) or path.endswith(".bpf.c") else "BSD-2-Clause"
        head = "\n".join((root / path).read_text().split("\n")[:2])
        if not path.startswith("build/") and f"SPDX-License-Identifier: {wanted}" not in head:
            found.append(f"{path} does not begin with SPDX-License-Identifier: {wanted}")
    return found


def compared_versions(root):
    return [f"{path} compares kernel versions" for path in paths(root, "user/**/*.[ch]", "bpf/**/*.[ch]")
            if re.search(r"\buname\(|KERNEL_VERSION|LINUX_VERSION", (root / path).read_text())]


def grab_bags(root):
    return [f"{path}: name it by what it is about" for path in all_sources(root)
            if re.search(r"/(util|utils|misc|helpers?|common)\.", path)]


# name, check, and a file that breaks it
RULES = [
    (f"functions have at most {LINES_MAX} lines", long_functions, "user/base/x.c",
     "static void f(void)\n{\n" + "\tg();\n" * (LINES_MAX + 1) + "}\n"),
    (f"functions nest at most {NESTING_MAX} deep", nested_functions, "bpf/x.bpf.h",
     "void f(void)\n{\n\tif (a) {\n\t\tif (b) {\n\t\t\tif (c) {\n\t\t\t\tif (d)\n\t\t\t\t\tg();\n\t\t\t}\n\t\t}\n\t}\n}\n"),
    (f"functions have at most {PARAMETERS_MAX} parameters", wide_functions,
     "user/base/x.c", "static int f(int a, int b, int c, int (*d)(int, int),\n\t     int e, int f, int g)\n{\n}\n"),
    ("public functions are called module__verb()", bare_public_names, "user/base/x.c", "int f(void)\n{\n}\n"),
    ("what is handed out is called ret_x", output_parameters, "user/base/x.h", "int x__new(struct x **x);\n"),
    ("only user/command, user/options and base/log talk to the operator", strangers_that_print, "user/base/x.c",
     "static void f(void)\n{\n\tlog__error(\"no\");\n}\n"),
    ("each source has a test or says where it is tested", untested, "user/base/x.c", "/* See x.h. */\n"),
    ("a test that a source names is there", untested, "user/base/x.c", "/* Tested by tests/net/test_x.sh. */\n"),
    ("each file begins with its licence", licences, "user/base/x.c", "/* Nothing. */\n"),
    ("kernel versions are not compared", compared_versions, "user/base/x.c", "\tuname(&name);\n"),
    ("no file is a grab bag", grab_bags, "user/base/util.c", "\n"),
]


def report(name, found):
    print(f"{'not ok' if found else 'ok'} - sources: {name}{': ' if found else ''}{'; '.join(found[:8])}")
    return not found


def check(root):
    return all([report(name, find(root)) for name, find, _, _ in RULES])


def self_test():
    results = []
    for name, find, path, text in RULES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / path).parent.mkdir(parents=True)
            (root / path).write_text(text)
            results.append(report(f"self-test: {name}", [] if find(root) else ["the violation was not found"]))
    return all(results)


if __name__ == "__main__":
    sys.exit(0 if (self_test() if "--self-test" in sys.argv else check(pathlib.Path("."))) else 1)
