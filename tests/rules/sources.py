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
# By name, to a stream or file that is named, or by a path.
PRINTS = re.compile(r"\b(v?w?printf|v?dprintf|puts|putw?char(_unlocked)?|perror|psignal|psiginfo|v?(warn|err)x?|"
                    r"error|error_at_line|v?syslog)\(|\b(stdout|stderr|STDOUT_FILENO|STDERR_FILENO)\b|"
                    r"\b(write|writev|fdopen|sendfile|splice)\([12],|\blog__\w+\(|/dev/(stdout|stderr|tty|fd)\b")
PRINTERS = r"user/((command|options)/.*|base/log\.[ch])"
OUTPUT_PARAMETER = re.compile(r"\bstruct \w+ \*\*(\w+)")


# Comments, lines of the preprocessor, texts.
NO_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|'
                      r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', re.S | re.M)
CONTROLS = ("if", "for", "while", "switch", "else", "do")
# Before parentheses, but no call.
NO_MACROS = ("return", "sizeof", "typeof", "__typeof__", "__attribute__", "_Static_assert", "asm", "__asm__")


class Nesting:
    """How deep the statements of a body nest, whether or not they have braces."""

    def __init__(self, text):
        self.tokens = re.findall(r"\w+|[^\w\s]", NO_TOKEN.sub(" ", text))
        self.at = self.deepest = 0
        while self.at < len(self.tokens):
            self.statement(0)

    def token(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def end_of_parentheses(self, at):
        """The place after the parentheses that open at this place."""
        depth = 0
        while at < len(self.tokens):
            depth += (self.tokens[at] == "(") - (self.tokens[at] == ")")
            at += 1
            if depth == 0:
                break
        return at

    def is_loop_macro(self):
        """A macro such as bpf_for() that a statement follows."""
        if not re.fullmatch(r"[A-Za-z_]\w*", self.token()) or self.token(1) != "(" or self.token() in NO_MACROS:
            return False
        after = self.end_of_parentheses(self.at + 1)
        return after < len(self.tokens) and re.fullmatch(r"[A-Za-z_{]\w*", self.tokens[after]) is not None

    def statement(self, depth):
        self.deepest = max(self.deepest, depth)
        if self.token() in CONTROLS or self.is_loop_macro():
            self.control(depth)
        elif self.token() == "{":
            self.block(depth + 1)
        elif self.token() in ("case", "default") or self.token(1) == ":" and self.token(2) != ":":
            while self.token() not in (":", ""):
                self.at += 1
            self.at += 1
        else:
            self.expression(depth)

    def control(self, depth):
        name = self.token()
        self.at += 1
        if self.token() == "(":
            self.at = self.end_of_parentheses(self.at)
        if name == "else" and self.token() == "if":
            self.statement(depth)
        elif self.token() == "{":
            self.block(depth + 1)
        else:
            self.statement(depth + 1)
        if name == "do":
            self.at += 1
            self.expression(depth)

    def block(self, depth):
        self.deepest = max(self.deepest, depth)
        self.at += 1
        while self.token() not in ("}", ""):
            self.statement(depth)
        self.at += 1

    def expression(self, depth):
        """Up to its semicolon; the braces in it are those of a value, or of statements after a parenthesis."""
        open_brackets = 0
        while self.token():
            if self.token() in CONTROLS and not open_brackets:
                self.statement(depth)
                return
            if self.token() == "{" and self.tokens[self.at - 1] == "(":
                self.block(depth + 1)
                continue
            open_brackets += (self.token() in "({[") - (self.token() in ")}]")
            if open_brackets < 0:
                return
            self.at += 1
            if self.tokens[self.at - 1] == ";" and not open_brackets:
                return


class Function:
    def __init__(self, path, head, body):
        self.path, self.head, self.body = path, head, body
        self.name = (re.findall(r"(\w+(?:\(\w+\))?)\s*\(", head) or ["?"])[0]

    def __str__(self):
        return f"{self.path}: {self.name}"

    def lines(self):
        return sum(not NO_CODE.fullmatch(line) for line in self.body)

    def nesting(self):
        return Nesting("\n".join(self.body)).deepest

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
    return [f"{f} is public and not called module__verb()"
            for path in paths(root, "user/**/*.[ch]", "include/**/*.h") for f in functions(path, root)
            if (path.endswith(".h") or not f.head.startswith("static")) and f.name != "main" and
            not re.fullmatch(r"[a-z0-9_]+__[a-z0-9_]+", f.name)]


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


def lost_unit_tests(root):
    return [f"{path}: there is neither user/{folder} nor include/{folder}"
            for path in paths(root, "tests/unit/**/test_*.c")
            for folder in [str(pathlib.PurePosixPath(path).parent.relative_to("tests/unit"))]
            if folder == "." or not any((root / base / folder).is_dir() for base in ("user", "include"))]


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


def printing(code):
    return ("user/base/x.c", f"static void f(void)\n{{\n\t{code};\n}}\n")


ONLY_PRINTERS = "only user/command, user/options and base/log talk to the operator"
PRINTING = ["log__error(\"no\")", "printf(\"no\")", "putchar_unlocked('n')", "puts(\"no\")", "dprintf(fd, \"no\")",
            "vdprintf(fd, \"no\", list)", "write(1, \"no\", 2)", "write(2, \"no\", 2)",
            "write(STDERR_FILENO, \"no\", 2)", "warn(\"no\")", "vwarnx(\"no\", list)",
            "errx(1, \"no\")", "err(1, \"no\")", "error(1, 0, \"no\")",
            "syslog(LOG_ERR, \"no\")", "fputs(\"no\", stderr)", "perror(\"no\")", "fopen(\"/dev/stderr\", \"w\")"]
TOO_DEEP = f"functions nest at most {NESTING_MAX} deep"
NESTED = ["\tif (a) {\n\t\tif (b) {\n\t\t\tif (c) {\n\t\t\t\tif (d)\n\t\t\t\t\tg();\n\t\t\t}\n\t\t}\n\t}\n",
          "\tfor (;;)\n\t\tif (x)\n\t\t\twhile (y)\n\t\t\t\tif (z)\n\t\t\t\t\tg();\n",
          "\tfor (;;) if (x) while (y) do g(); while (z);\n",
          "\tif (a)\n\t\tg();\n\telse\n\t\tHASH_ITER(hh, a, b, c)\n\t\t\tswitch (d) {\n"
          "\t\t\tcase 1:\n\t\t\t\tbpf_for(i, 0, n) {\n\t\t\t\t}\n\t\t\t}\n"]

# name, check, and files that break it, each for itself
RULES = [
    (f"functions have at most {LINES_MAX} lines", long_functions,
     [("user/base/x.c", "static void f(void)\n{\n" + "\tg();\n" * (LINES_MAX + 1) + "}\n")]),
    (TOO_DEEP, nested_functions, [("bpf/x.bpf.h", f"void f(void)\n{{\n{body}}}\n") for body in NESTED]),
    (f"functions have at most {PARAMETERS_MAX} parameters", wide_functions,
     [("user/base/x.c", "static int f(int a, int b, int c, int (*d)(int, int),\n\t     int e, int f, int g)\n{\n}\n")]),
    ("public functions are called module__verb()", bare_public_names,
     [("user/base/x.c", "int f(void)\n{\n}\n"), ("include/sip/x.h", "static __always_inline int f(void)\n{\n}\n")]),
    ("what is handed out is called ret_x", output_parameters, [("user/base/x.h", "int x__new(struct x **x);\n")]),
    (ONLY_PRINTERS, strangers_that_print, [printing(code) for code in PRINTING]),
    ("each source has a test or says where it is tested", untested, [("user/base/x.c", "/* See x.h. */\n")]),
    ("a test that a source names is there", untested, [("user/base/x.c", "/* Tested by tests/net/test_x.sh. */\n")]),
    ("a unit test lies in a folder that user/ or include/ has", lost_unit_tests,
     [("tests/unit/bases/test_x.c", "\n"), ("tests/unit/test_x.c", "\n")]),
    ("each file begins with its licence", licences, [("user/base/x.c", "/* Nothing. */\n")]),
    ("kernel versions are not compared", compared_versions, [("user/base/x.c", "\tuname(&name);\n")]),
    ("no file is a grab bag", grab_bags, [("user/base/util.c", "\n")]),
]


def report(name, found):
    print(f"{'not ok' if found else 'ok'} - sources: {name}{': ' if found else ''}{'; '.join(found[:8])}")
    return not found


def check(root):
    return all([report(name, find(root)) for name, find, _ in RULES])


def self_test():
    results = []
    for name, find, violations in RULES:
        for number, (path, text) in enumerate(violations, 1):
            with tempfile.TemporaryDirectory() as folder:
                root = pathlib.Path(folder)
                (root / path).parent.mkdir(parents=True)
                (root / path).write_text(text)
                results.append(report(f"self-test: {name}{f' ({number})' if len(violations) > 1 else ''}",
                                      [] if find(root) else [f"not found: {text!r}"]))
    return all(results)


if __name__ == "__main__":
    sys.exit(0 if (self_test() if "--self-test" in sys.argv else check(pathlib.Path("."))) else 1)
