#!/usr/bin/env python3
"""hardening.py PROGRAM [COMPILE_COMMANDS]: checks that PROGRAM has the hardening that SECURITY.md describes.

What leaves traces is looked for in the program. Of what leaves none, and of what the C library's own start files lack in
any case (so that the linker notes no CET), the build's compile_commands.json tells whether every file was compiled with it.
The last line is `N ok, N failed`; exit status 1 when a check failed.
"""
import json
import re
import subprocess
import sys

FLAGS = [
    "-D_FORTIFY_SOURCE=3",
    "-fstack-protector-strong",
    "-fstack-clash-protection",
    "-fcf-protection=full",
]


def readelf(program, *options):
    return subprocess.run(["readelf", "-W", *options, program], check=True, capture_output=True, text=True).stdout


def traces(program):
    """Yields (property, whether it holds) for the file of the program."""
    header, segments = readelf(program, "-h"), readelf(program, "-l")
    dynamic, symbols = readelf(program, "-d"), readelf(program, "--dyn-syms")
    stack = re.search(r"^\s*GNU_STACK .*", segments, flags=re.M)
    yield "position independent", "Type:                              DYN" in header and " PIE" in dynamic
    yield "its tables are read-only once it runs", "GNU_RELRO" in segments
    yield "and resolved at the start", bool(re.search(r"\(FLAGS(_1)?\).*\bNOW\b", dynamic))
    yield "no executable stack", bool(stack) and " RWE " not in stack[0]
    yield "no segment to be both written and executed", " RWE " not in segments
    yield "no code that is changed at the start", "TEXTREL" not in dynamic
    yield "stack protector", "__stack_chk_fail" in symbols
    yield "checked variants of libc's functions", bool(re.search(r"\b__(?!stack)\w+_chk\b", symbols))


def flags(compile_commands):
    """Yields (property, whether it holds) for the compile commands of the server's files."""
    with open(compile_commands, encoding="utf-8") as file:
        commands = [one["command"].split() for one in json.load(file) if "server/" in one["file"]]
    for flag in FLAGS:
        yield f"compiled with {flag}", bool(commands) and all(flag in command for command in commands)


def main(program, compile_commands=None):
    bad = good = 0
    for what, right in [*traces(program), *(flags(compile_commands) if compile_commands else [])]:
        print("ok  " if right else "FAIL", what)
        good, bad = good + right, bad + (not right)
    print(f"{good} ok, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
