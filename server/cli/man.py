#!/usr/bin/env python3
"""man.py PROGRAM TEMPLATE NAME=VALUE ...: the manual page, on stdout: TEMPLATE with what `PROGRAM --help` says.

The language is mdoc(7). NAME=VALUE fill further marks of the template, such as @FIXTURES@.
"""
import pathlib
import re
import sys
import textwrap

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import options  # noqa: E402


def text(words):
    """A line of text: nothing in it is a request, and its dashes are those of options."""
    escaped = words.replace("\\", "\\e").replace("--", "\\-\\-")
    return "\\&" + escaped if escaped[:1] in (".", "'") else escaped


def sentences(words):
    """A new line for each, as mdoc wants it, and of at most 80 characters."""
    for sentence in re.split(r"(?<=\.) (?=[A-Z])", words):
        yield from (text(line) for line in textwrap.wrap(sentence, 78))


def synopsis(command):
    """A line for each word: "[options]", "--", "COMMAND"."""
    yield ".Nm"
    if command.name:
        yield f".Cm {command.name}"
    for word in command.synopsis.split():
        if word.startswith("["):
            yield f".Op Ar {word.strip('[]')}"
        else:
            yield ".Fl \\-" if word == "--" else f".Ar {word}"


def tagged(rows):
    lines = [".Bl -tag -width Ds"]
    for mark, body in rows:
        lines += [f".It {mark}", *body]
    return lines + [".El"]


def listed(variables):
    """A, B and C."""
    *first, last = variables
    return [f".Ev {name} ," for name in first[:-1]] + [f".Ev {first[-1]}", "and", f".Ev {last} ."]


def option_row(option):
    mark = f"Fl {option.name[1:]}" + (f" Ar {option.argument}" if option.argument else "")
    if option.optional:
        mark += f" Ns Op = Ns Ar {option.optional}"
    body = [text(option.help)]
    if option.default:
        beside = f"; beside a command {option.exec_default}" if option.exec_default else ""
        body += [".br", text(f"Default: {option.default}{beside}")]
    if option.environment:
        body += [".br", f".Ev {option.environment}"]
    return mark, body


def main(program, template, *values):
    told = options.read(program)
    compare, rehearse = options.read(program, "compare"), options.read(program, "rehearse")
    page = {
        "SYNOPSIS": [line for command in told.commands for line in synopsis(command)],
        "COMMANDS": tagged(
            (f"Cm {command.name}" if command.name else "Pq none", [text(command.help)]) for command in told.commands
        ),
        "NOTES": sentences(told.notes),
        "OPTIONS": tagged(option_row(option) for option in told.options),
        "COMPARE": sentences(compare.notes),
        "COMPARE_OPTIONS": tagged(option_row(option) for option in compare.options),
        "REHEARSE": sentences(rehearse.notes),
        "REHEARSE_OPTIONS": tagged(option_row(option) for option in rehearse.options),
        "ABOUT_EXEC": sentences(told.about_exec),
        "EXEC_ENVIRONMENT": listed(re.findall(r"MILKYPAY_[A-Z_]+", told.about_exec)),
    }
    page |= {name: [value] for name, value in (value.split("=", 1) for value in values)}
    source = pathlib.Path(template).read_text(encoding="ascii")
    unknown = set(re.findall(r"@([A-Z_]+)@", source)) - set(page)
    if unknown:
        raise SystemExit(f"man.py: {template}: nobody fills {', '.join(sorted(unknown))}")
    print(re.sub(r"@([A-Z_]+)@", lambda mark: "\n".join(page[mark[1]]), source), end="")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
