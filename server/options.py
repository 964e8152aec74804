#!/usr/bin/env python3
"""options.py PROGRAM [COMMAND]: what `PROGRAM [COMMAND] --help` says, as JSON: the commands, the options, the notes around
them.

For all that is made from the help text, so that nothing else has to be kept in step with it: import this and call
read(PROGRAM, [COMMAND]). A help text of another form than this file knows ends with an error that shows the line.
"""
import dataclasses
import json
import re
import subprocess
import sys


@dataclasses.dataclass
class Command:
    name: str  # "" for the server itself
    synopsis: str  # what follows the program's and the command's name: "[options] -- COMMAND ..."
    help: str


@dataclasses.dataclass
class Option:
    name: str  # with its dashes: "--listen"
    argument: str  # "HOST:PORT", "" for a flag
    help: str
    optional: str = ""  # "all|delivery" of a flag that may also be given as --option=value
    environment: str = ""  # "MILKYPAY_LISTEN", "" for --help and --version
    default: str = ""
    exec_default: str = ""  # another default, beside a command
    choices: list = dataclasses.field(default_factory=list)  # the values to choose from, if those are known

    @property
    def repeatable(self):
        return "repeatable" in self.help


@dataclasses.dataclass
class Help:
    program: str
    commands: list
    notes: str  # what holds for all options
    options: list
    about_exec: str


USAGE = re.compile(r"(?:Usage:| {6}) (?P<program>\S+)(?P<rest>(?: \S+)*) {2,}(?P<help>\S.*)")
OPTION = re.compile(r"  (?P<name>--[a-z-]+)(?: (?P<argument>\S+)|\[=(?P<optional>\S+)\])? {2,}(?P<help>\S.*)")
SETTING = re.compile(
    r" {36}(?P<environment>[A-Z][A-Z_]+)(?:, default (?P<default>\S+))?(?: \(exec: (?P<exec_default>\S+)\))?"
)
WORDS = re.compile(r"\w+(?:, \w+)* or \w+")  # a help text that is nothing but the list of values


def choices(argument, text):
    """The words that a value is one of. "on|off|N" has two of them, and N is none."""
    if "|" in argument:
        return [word for word in argument.split("|") if not word.isupper()]
    return re.split(r", | or ", text) if WORDS.fullmatch(text) else []


def match(pattern, line, program):
    found = pattern.fullmatch(line)
    if not found:
        raise SystemExit(f"options.py: {program} --help: a line of no known form: {line!r}")
    return {name: value or "" for name, value in found.groupdict().items()}


def read_commands(block, program):
    for line in block.splitlines():
        found = match(USAGE, line, program)
        words = found["rest"].split()
        name = words.pop(0) if words and words[0].isalpha() else ""
        yield Command(name, " ".join(words), found["help"])


def read_options(block, program):
    lines = block.splitlines()
    while lines:
        found = match(OPTION, lines.pop(0), program)
        option = Option(**found, choices=choices(found["argument"], found["help"]))
        if lines and lines[0].startswith(" " * 36):
            for name, value in match(SETTING, lines.pop(0), program).items():
                setattr(option, name, value)
        yield option


def read(program, *command):
    """The Help of the program at this path, or of a command of it."""
    text = subprocess.run([program, *command, "--help"], check=True, capture_output=True, text=True).stdout
    blocks = text.strip("\n").split("\n\n") + [""] * len(command)
    if len(blocks) != 4:
        raise SystemExit(f"options.py: {program} --help: 4 blocks are wanted, there are {len(blocks)}")
    usage, notes, options, about_exec = blocks
    return Help(
        match(USAGE, usage.splitlines()[0], program)["program"],
        list(read_commands(usage, program)),
        " ".join(notes.split()),
        list(read_options(options, program)),
        " ".join(about_exec.split()),
    )


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    print(json.dumps(dataclasses.asdict(read(*sys.argv[1:])), indent=2))
