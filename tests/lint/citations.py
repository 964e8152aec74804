#!/usr/bin/env python3
"""Checks that readers can look up every citation: prints one line per mistake, and exits with 1 if there is one.

Usage: citations.py [--unused] [ROOT]

- A word such as P962 is a citation of a fact. schema/platform.md must have a row with this number.
- A word that ends in .md names a document. It must be a file of the project.
- A word that ends in .c or .h in server/, in its map and in the pages for developers names a file, which must exist.
- In schema/platform.md each number occurs once and is in the range of its section, and each fact has a kind.

--unused lists the facts that nothing outside schema/platform.md cites.
"""
import os
import re
import sys

from source import places, project_files

FACTS = "schema/platform.md"
KINDS = {"documented", "samples", "clients", "our choice"}

ROW = re.compile(r"^\| (P\d+) \| (.*) \|$")
RANGE = re.compile(r"\| (\d+) to (\d+) \| ([^|]+) (?=\|)")
HEADING = re.compile(r"^## (.*)$")

# Not inside paths, keys and base64.
CITATION = re.compile(r"(?<![\w+/=.-])P[1-9]\d{2,3}(?![\w=/+-])")
DOCUMENT = re.compile(r"(?<![\w./$}-])(?:\w[\w-]*/|\.{1,2}/)*\w[\w-]*\.md(?!\w)")
SOURCE = re.compile(r"(?<![\w./$}<-])(?:[\w-]+/)*[a-z]\w*\.[ch](?!\w)")
NAMES_SOURCES = re.compile(r"server/.*\.[ch]$|server/README\.md$|server/docs/(?:design|contributing)\.md$")
GENERATED = {"commit.h", "embedded_files.c"}
WRITTEN = {"rehearsal-summary.md"}  # by the program, into the folder of its reports
SYSTEM = {"string.h"}  # named in a comment

# Other citations of documents that the project does not have.
FOREIGN = r"\bSEED:\d|\bseed-page\b"

WHERE = ("server/", "tests/", "docker/", "fixtures/", "schema/", "README.md", "CHANGELOG.md", "SECURITY.md")
NOT_TEXT = (".png", ".ico", ".woff2", ".gz", ".db", "package-lock.json")
NOT_CHECKED = ("tests/lint/citations.py", "tests/package/installed.txt")  # the latter has the paths of a package


def read_facts(text):
    """Returns the facts as {number: text}, and a list of mistakes."""
    facts, wrong, section, ranges = {}, [], None, {}
    for line in text.splitlines():
        ranges.update({name: (int(first), int(last)) for first, last, name in RANGE.findall(line)})
        section = HEADING.match(line)[1] if HEADING.match(line) else section
        row = ROW.match(line)
        if not row:
            continue
        number, cells = row[1], [cell.strip() for cell in row[2].split(" | ")]
        if number in facts:
            wrong.append(f"{FACTS}: {number} occurs twice")
        facts[number] = cells[0]
        first, last = ranges.get(section, (0, 0))
        if not first <= int(number[1:]) <= last:
            wrong.append(f"{FACTS}: {number} is outside of the range of its section, {first} to {last}")
        if not KINDS.intersection(cells):
            wrong.append(f"{FACTS}: {number} has no kind")
    return facts, wrong


def exists(name, document, files, basenames):
    """Whether the document exists, as a path from the root, from server/ or from the citing file, or as a bare name."""
    bases = ["", "server", os.path.dirname(name)]
    paths = [os.path.normpath(os.path.join(base, document)) for base in bases]
    known = "/" not in document and document in basenames
    return known or os.path.basename(document) in WRITTEN or any(path in files for path in paths)


def mistakes(name, text, facts, files, basenames):
    for place in places(name, text, CITATION):
        if place.rsplit(" ", 1)[1] not in facts:
            yield f"{place} is not a fact of {FACTS}"
    for place in places(name, text, DOCUMENT):
        document = place.rsplit(" ", 1)[1]
        if not exists(name, document, files, basenames):
            yield f"{place} is not a document of the project"
    if NAMES_SOURCES.match(name):
        for place in places(name, text, SOURCE):
            source = place.rsplit(" ", 1)[1]
            known = os.path.basename(source) in basenames | GENERATED | SYSTEM
            if not known or ("/" in source and not any(f == source or f.endswith("/" + source) for f in files)):
                yield f"{place} is not a file of the project"
    for place in places(name, text, FOREIGN):
        yield f"{place} is not a document of the project"


def main(arguments):
    unused = "--unused" in arguments
    roots = [argument for argument in arguments if not argument.startswith("-")]
    root = roots[0] if roots else os.path.join(os.path.dirname(__file__), "..", "..")
    files = project_files(root)
    texts = {}
    for name in files:
        if name.startswith(WHERE) and not name.endswith(NOT_TEXT) and name not in NOT_CHECKED:
            with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
                texts[name] = file.read()
    facts, wrong = read_facts(texts[FACTS])
    basenames = {os.path.basename(name) for name in files}
    for name, text in texts.items():
        wrong += mistakes(name, text, facts, set(files), basenames)
    if wrong:
        print("\n".join(wrong))
    if unused:
        cited = {number for name, text in texts.items() if name != FACTS for number in CITATION.findall(text)}
        print("\n".join(f"{number} {fact}" for number, fact in facts.items() if number not in cited))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
