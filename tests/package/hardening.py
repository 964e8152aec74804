#!/usr/bin/env python3
"""hardening.py PROGRAM [COMPILE_COMMANDS]: checks that PROGRAM has the hardening that SECURITY.md describes.

Most properties are visible in the file of the program. The others are checked in compile_commands.json of the build:
every file must be compiled with the flag. This includes CET, which the linker does not record because the start files
of the C library lack it. The last line is `N ok, N failed`. The exit status is 1 if a check failed.
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
    yield "relocated tables are read-only at run time", "GNU_RELRO" in segments
    yield "symbols are resolved at the start", bool(re.search(r"\(FLAGS(_1)?\).*\bNOW\b", dynamic))
    yield "no executable stack", bool(stack) and " RWE " not in stack[0]
    yield "no segment is both writable and executable", " RWE " not in segments
    yield "no text relocations", "TEXTREL" not in dynamic
    yield "stack protector", "__stack_chk_fail" in symbols
    yield "checked variants of libc functions", bool(re.search(r"\b__(?!stack)\w+_chk\b", symbols))


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
