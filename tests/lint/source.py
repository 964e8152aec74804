#!/usr/bin/env python3
"""Checks of the sources that no compiler makes. Prints one line per check, then the places that violate it.

Usage: source.py [ROOT]
"""
import os
import re
import subprocess
import sys

# The layers of server/, lowest first. A file includes headers of its own layer and of lower ones;
# layers on one line do not use each other. Files in server/ itself are the top.
LAYERS = [
    ["base"],
    ["domain", "mask"],
    ["wire"],
    ["view"],
    ["fixture"],
    ["store"],
    ["deliver", "fetch", "watch", "receiver", "http"],
    ["engine"],
    ["call"],
    ["api"],
    ["web"],
    ["compare", "exec", "rehearse"],
    ["top"],
]

# The names and the header of a library, and the only files of server/ that may use them.
LIBRARIES = [
    (r"\bsqlite3_?\w*", r"server/store/|server/about\.c$"),
    (r"\bMHD_\w+|<microhttpd\.h>", r"server/http/|server/about\.c$"),
    (r"\b(?:curl|CURL)\w*_\w+|<curl/",
     r"server/(?:deliver|fetch)/|server/(?:loop|healthcheck|about)\.c$"),
    (r"\bpcre2_\w+|<pcre2\.h>", r"server/base/pattern\.c$"),
    (r"\bQRcode\w*|<qrencode\.h>", r"server/(?:web/qr|about)\.c$"),
    (r"(?<![\w.>])(?:clock_gettime|gettimeofday|timespec_get|ftime|time)\s*\(", r"server/base/"),
    (r"\b(?:localtime|localtime_r|mktime|tzset)\s*\(", r"server/base/zone\.c$"),
]

# Time comes from the clock of an account, or of the machine through base/, never from the database.
SQL_CLOCK = r"CURRENT_TIME|CURRENT_DATE|unixepoch\s*\(|julianday\s*\(|strftime\s*\(|'now'"

UNBOUNDED = r"\b(?:sprintf|vsprintf|strcpy|strcat|stpcpy|gets)\s*\("

UNFINISHED = r"\b(?:TODO|FIXME|XXX|HACK)\b|(?i:\bfor now\b|\bnot (?:yet )?implemented\b)"

# Text of a lock file that names the host of a package.
REGISTRY = r'"resolved":'

SCRIPT = (".js", ".mjs", ".ts")
WIDTH = 120

TEXT = (".c", ".h", ".py", ".js", ".mjs", ".ts", ".json", ".md", ".sql", ".html", ".css", ".yaml", ".yml",
        ".sh", ".lua", ".txt", ".build", ".options")


def project_files(root):
    git = subprocess.run(["git", "-C", root, "ls-files", "-z", "-co", "--exclude-standard"],
                         capture_output=True, text=True, check=False)
    if git.returncode == 0:
        found = git.stdout.split("\0")
    else:
        found = []
        for folder, folders, names in os.walk(root):
            folders[:] = [f for f in folders
                          if f not in (".git", "node_modules") and not f.startswith("build")]
            found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(f for f in set(found) if f and os.path.isfile(os.path.join(root, f)))


def blank(match):
    """Replaces a comment or a string by its line ends, so that line numbers do not change."""
    text = match.group(0)
    if text.startswith("/"):
        return re.sub(r"[^\n]", " ", text)
    return text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[-1]


def code_of(text):
    """C source without comments and without the content of strings, except in includes."""
    parts = r'//[^\n]*|/\*.*?\*/|(?<!include )"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(parts, blank, text, flags=re.S)


def comments_gone(text):
    parts = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
    return re.sub(parts, lambda m: blank(m) if m[0][0] == "/" else m[0], text, flags=re.S)


def places(name, text, pattern):
    for match in re.finditer(pattern, text):
        yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(0).strip()}"


def layer_of(path):
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else "top"


def rank(layer):
    return next((i for i, row in enumerate(LAYERS) if layer in row), None)


def layering(files, source):
    """The included headers of the project: beside the file, or below server/."""
    for name in source:
        mine = layer_of(name)
        if rank(mine) is None:
            yield f"{name}: server/{mine}/ is in no layer (LAYERS in tests/lint/source.py)"
            continue
        for match in re.finditer(r'^\s*#\s*include\s+"([^"]+)"', source[name], flags=re.M):
            beside = os.path.join(os.path.dirname(name), match.group(1))
            target = beside if beside in files else "server/" + match.group(1)
            its = layer_of(target)
            if its != mine and (rank(its) is None or rank(its) >= rank(mine)):
                yield f"{name}: {mine} includes {match.group(1)}"


def libraries(source):
    for name, text in source.items():
        for pattern, home in LIBRARIES:
            found = [] if re.match(home, name) else list(places(name, code_of(text), pattern))
            if found:
                yield found[0] + (f" and {len(found) - 1} more" if len(found) > 1 else "")


def sql_clocks(texts):
    for name, text in texts.items():
        if name.endswith(".sql"):
            yield from places(name, re.sub(r"--[^\n]*", "", text), SQL_CLOCK)
        elif name.startswith("server/store/"):
            yield from places(name, comments_gone(text), SQL_CLOCK)


def basenames(source):
    homes = {}
    for name in source:
        stem = os.path.splitext(name)[0]
        homes.setdefault(os.path.basename(stem), set()).add(os.path.dirname(stem))
    for stem, folders in sorted(homes.items()):
        if len(folders) > 1:
            yield f"{stem} stands in {' and '.join(sorted(folders))}"


def braces(sources):
    """A brace must follow if, else, for, while and do (or the `;` of a do-while)."""
    for name, text in sources.items():
        # without preprocessor lines, because the body of a macro may be anything
        code = re.sub(r"^\s*#(?:[^\n\\]|\\.|\\\n)*", blank_line, code_of(text), flags=re.M)
        for match in re.finditer(r"\b(if|for|while|else|do)\b", code):
            at = match.end()
            if match.group(1) in ("if", "for", "while"):
                at = closing(code, at)
            rest = code[at:at + 200].lstrip()
            fine = rest.startswith("{") or (match.group(1) == "else" and rest.startswith("if"))
            if match.group(1) == "while" and rest.startswith(";"):
                fine = code[:match.start()].rstrip().endswith("}")
            if not fine:
                yield f"{name}:{code.count(chr(10), 0, match.start()) + 1}: {match.group(1)}"


def blank_line(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def closing(code, at):
    """The position after the parenthesis that closes the one after `at`."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] == "(") - (code[i] == ")")
        if depth == 0 and code[i] == ")":
            return i + 1
    return len(code)


def scan(texts, pattern):
    for name, text in texts.items():
        yield from places(name, text, pattern)


def literal(match):
    """A literal, which may have any length: only its line ends count."""
    return re.sub(r"[^\n]", "", match.group(0))


def long_lines(texts):
    """Lines of JavaScript over WIDTH columns, except for literals, which cannot be broken."""
    literals = r"`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|/\^(?:\\.|[^/\n])*/"
    for name, text in texts.items():
        bare = re.sub(literals, literal, text).split("\n") if name.endswith(SCRIPT) else []
        for number, (line, code) in enumerate(zip(text.split("\n"), bare), 1):
            if len(line) > WIDTH and (len(code) == len(line) or len(code) > WIDTH):
                yield f"{name}:{number}: {len(line)} columns"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "..")
    files = project_files(root)
    texts = {}
    for name in files:
        if name.endswith(TEXT) or os.path.basename(name) in ("run", "install", "Dockerfile"):
            with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
                texts[name] = file.read()
    c = {n: t for n, t in texts.items() if n.endswith((".c", ".h"))}
    server = {n: t for n, t in c.items() if n.startswith("server/")}
    others = {n: t for n, t in texts.items() if not n.startswith("tests/lint/")}
    locks = {n: t for n, t in texts.items() if n.endswith("package-lock.json")}
    checks = [
        ("layering: includes point one way", layering(set(files), server)),
        ("libraries and clocks stay in their layers", libraries(server)),
        ("no clock inside the database", sql_clocks(texts)),
        ("each basename once", basenames(server)),
        ("braces always", braces(c)),
        ("no unbounded string functions", scan({n: code_of(t) for n, t in c.items()}, UNBOUNDED)),
        ("no words of unfinished work", scan(others, UNFINISHED)),
        (f"JavaScript within {WIDTH} columns", long_lines(texts)),
        ("no registry host in a lock file", scan(locks, REGISTRY)),
    ]
    bad = 0
    for what, found in checks:
        found = list(found)
        bad += bool(found)
        print("FAIL" if found else "ok  ", what)
        for line in found:
            print("       " + line)
    print(f"{len(checks) - bad} ok, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
