#!/usr/bin/env python3
"""Judges what the tests ran of server/: judge.py [--whole] REPORT.json UNCOVERED.txt

REPORT.json is gcovr's. Prints the lines that no test ran and that the list does not have, in the
form of the list. With --whole the report is that of all tests: then the figures must reach their
goals, and the list must not have a line that a test ran. The last line has the figures. The exit
status is 1 if something is wrong.
"""
import json
import re
import sys
from collections import Counter, defaultdict

LINES_LEAST = 99.5  # percent of all lines
BRANCHES_LEAST = 95.0  # percent of all branches that count
FILE_BRANCHES_LEAST = 70.0  # percent of those of a file
FILE_BRANCHES_FEW = 8  # so many may be missing in any file


def read_list(path):
    """Returns {(file, function): Counter of texts} and {"lines" or "branches": [pattern]}.

    A function without texts is one of which no line is run.
    """
    listed, patterns, texts = {}, {"lines": [], "branches": []}, None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            words = line.split(maxsplit=1)
            if not words or line[0] == "#":
                continue
            if line[0] == " " and texts is not None:
                texts[line.strip()] += 1
            elif line[0] != " " and len(words) == 2:
                if words[0] in patterns:
                    patterns[words[0]].append(re.compile(words[1].strip()))
                else:
                    texts = listed.setdefault((words[0], words[1].strip()), Counter())
            else:
                sys.exit(f"{path}:{number}: must be FILE FUNCTION, `lines` or `branches` with a "
                         "pattern, or the text of a line of the function above")
    return listed, patterns


class Line:
    """A line of code in the report and in its file."""

    def __init__(self, row, text):
        self.text = text.strip()
        self.run = row["count"] > 0
        self.branches = [branch["count"] > 0 for branch in row["branches"]]
        self.listed = False


def read_report(path):
    """Returns {(file, function): [Line]}."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    found = defaultdict(list)
    for part in report["files"]:
        with open(part["file"], encoding="utf-8") as file:
            texts = file.read().split("\n")
        starts = sorted((each["lineno"], each["name"]) for each in part["functions"])
        for row in part["lines"]:
            number = row["line_number"]
            if not row["gcovr/noncode"]:
                function = max((start for start in starts if start[0] <= number), default=(0, "-"))
                found[part["file"], function[1]].append(Line(row, texts[number - 1]))
    return found


def compare(functions, listed, patterns):
    """Marks the lines that are listed. Returns what the list lacks, and what it has in vain."""
    lacks, vain = [], []
    for at, lines in functions.items():
        texts = listed.get(at)
        left = Counter(texts)
        never = texts is not None and not texts
        if never and any(line.run for line in lines):
            vain.append((at, ["(the function is called)"]))
            never = False
        missing = []
        for line in lines:
            by_chance = "~ " + line.text
            if line.run:
                continue
            if left[line.text] > 0:
                left[line.text] -= 1
                line.listed = True
            else:
                line.listed = (never or by_chance in left
                               or any(pattern.search(line.text) for pattern in patterns["lines"]))
            if not line.listed:
                missing.append(line.text)
        if missing:
            lacks.append((at, [] if len(missing) == len(lines) else missing))
        more = [text for text, n in left.items() for _ in range(n) if not text.startswith("~ ")]
        if more:
            vain.append((at, more))
    vain += [(at, list(texts)) for at, texts in listed.items() if at not in functions]
    return lacks, vain


def count_branches(lines, patterns):
    """Returns (run, all) of a function's branches that count.

    Those of listed lines do not count, nor one that leads to such a line, nor one that no test ran
    for each match of a pattern.
    """
    run = total = 0
    for line, following in zip(lines, lines[1:] + [None]):
        if not line.listed:
            missing = line.branches.count(False)
            excused = sum(len(pattern.findall(line.text)) for pattern in patterns["branches"])
            excused += bool(following and following.listed)
            run += len(line.branches) - missing
            total += len(line.branches) - min(missing, excused)
    return run, total


def show(title, groups):
    """Prints places in the form of the list."""
    if groups:
        print(f"\n{title}:")
    for (file, function), texts in groups:
        print(f"{file} {function}", *texts, sep="\n    ")


def percent(part, whole):
    """The share in percent, of nothing all."""
    return 100 * part / whole if whole else 100.0


def main(arguments):
    """Returns the exit status."""
    whole = arguments[:1] == ["--whole"]
    report, path = arguments[whole:]
    functions = read_report(report)
    listed, patterns = read_list(path)
    lacks, vain = compare(functions, listed, patterns)
    lines = [line for some in functions.values() for line in some]
    by_file = defaultdict(lambda: [0, 0])
    for (file, _), some in functions.items():
        for i, n in enumerate(count_branches(some, patterns)):
            by_file[file][i] += n
    branches = [sum(column) for column in zip(*by_file.values())]
    low = sorted((percent(*counts), file, counts) for file, counts in by_file.items()
                 if percent(*counts) < FILE_BRANCHES_LEAST
                 and counts[1] - counts[0] > FILE_BRANCHES_FEW)

    show("lines that no test ran and that the list does not have", lacks)
    if whole:
        show("lines of the list that a test ran, or that are gone", vain)
        if low:
            print("\nfiles with too few branches that a test ran:")
        for share, file, counts in low:
            print(f"{file} {share:.1f} % ({counts[0]} of {counts[1]})")
    run = sum(line.run for line in lines)
    print(f"\nlines {percent(run, len(lines)):.2f} % ({run} of {len(lines)}), "
          f"branches {percent(*branches):.2f} % ({branches[0]} of {branches[1]})")
    if not lines:
        return 1
    return int(whole and bool(lacks or vain or low or percent(run, len(lines)) < LINES_LEAST
                              or percent(*branches) < BRANCHES_LEAST))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
