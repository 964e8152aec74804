"""Compiles a sample of mutants into one program, in a copy of the tree. The sources of the project stay as they are."""
import hashlib
import json
import os
import shutil
import subprocess

from candidates import candidates

FOLDERS = ["domain", "engine", "store", "view", "wire"]
BUILD = "build-mutants"
TREE, BINARIES = BUILD + "/tree", BUILD + "/build"
COPIED = ["README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "meson.build", "meson_options.txt", "server",
          "schema", "fixtures", "docker", "tests/unit", "tests/torture"]
# Sanitized as in the suites. Variables without a value have the same one in each run.
OPTIONS = ["-Doptimization=1", "-Ddebug=false", "-Db_sanitize=address,undefined", "-Dwerror=false",
           "-Dwarning_level=0", "-Dtests=true",
           "-Dc_args=-w -ftrivial-auto-var-init=pattern"]
SLOTS = 1 << 20
HEADER = "tests/mutants/mutant.h"


def digest(*texts):
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def source_files():
    names = [f"server/{folder}/{name}" for folder in FOLDERS for name in os.listdir("server/" + folder)]
    return sorted(name for name in names if name.endswith(".c"))


def all_candidates(names):
    """The mutants of all files. What was found in a file is kept until it changes."""
    kept = BUILD + "/candidates.json"
    cache = {}
    if os.path.exists(kept):
        with open(kept, encoding="utf-8") as file:
            cache = json.load(file)
    with open(os.path.join(os.path.dirname(__file__), "candidates.py"), encoding="utf-8") as file:
        parser = file.read()
    found = []
    for name in names:
        with open(name, encoding="latin-1") as file:
            known = digest(parser, file.read())
        if cache.get(name, {}).get("of") != known:
            cache[name] = {"of": known, "mutants": [vars(m) for m in candidates(name)]}
        found += cache[name]["mutants"]
    with open(kept, "w", encoding="utf-8") as file:
        json.dump(cache, file)
    return found


def sample(mutants, count, seed):
    """Chooses mutants by the digests of their keys, so that a change of a source moves no choice elsewhere. Of each
    place at most one is chosen. Returns them with their numbers."""
    chosen, places, numbers = [], set(), set()
    for mutant in sorted(mutants, key=lambda m: digest(str(seed), m["key"])):
        place = (mutant["file"], mutant["begin"], mutant["end"])
        if len(chosen) == count:
            break
        if place in places:
            continue
        places.add(place)
        number = 1 + int(digest(mutant["key"])[:8], 16) % (SLOTS - 1)
        while number in numbers:
            number = 1 + number % (SLOTS - 1)
        numbers.add(number)
        chosen.append({**mutant, "number": number})
    return chosen


def composed(text, mutants, begin, end):
    """The text from `begin` to `end`, in which each mutant asks whether it is chosen. `mutants` are those inside, in
    order, an outer one before its inner ones."""
    out, at = [], begin
    while mutants:
        first, *mutants = mutants
        inner = [m for m in mutants if m["begin"] < first["end"]]
        mutants = mutants[len(inner):]
        out.append(text[at:first["begin"]])
        own = composed(text, inner, first["begin"], first["end"])
        if first["text"] is None:
            out.append(f"if (!mutant_is({first['number']})) {own}")
        else:
            out.append(f"(mutant_is({first['number']}) ? ({first['text']}) : ({own}))")
        at = first["end"]
    return "".join(out) + text[at:end]


def write(name, text):
    """Writes a file unless it has this text, so that it is not compiled again."""
    if os.path.exists(name):
        with open(name, encoding="latin-1") as file:
            if file.read() == text:
                return
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "w", encoding="latin-1") as file:
        file.write(text)


def project_files():
    """The files that a build needs."""
    for start in COPIED:
        if os.path.isfile(start):
            yield start
        for folder, _, names in os.walk(start):
            yield from (os.path.join(folder, name) for name in names if not name.endswith((".pyc", ".png")))


def copy_tree(mutants):
    by_file = {}
    for mutant in mutants:
        by_file.setdefault(mutant["file"], []).append(mutant)
    kept = set()
    for name in project_files():
        with open(name, encoding="latin-1", newline="") as file:
            text = file.read()
        if name in by_file:
            own = sorted(by_file[name], key=lambda m: (m["begin"], -m["end"]))
            text = f'#include "mutant.h"\n#line 1 "{name}"\n' + composed(text, own, 0, len(text))
        target = os.path.join(TREE, name)
        write(target, text)
        shutil.copymode(name, target)
        kept.add(target)
    with open(HEADER, encoding="latin-1") as file:
        write(TREE + "/server/mutant.h", f"#define MUTANT_SLOTS {SLOTS}\n" + file.read())
    for folder, _, names in os.walk(TREE):
        for name in names:
            path = os.path.join(folder, name)
            if path not in kept and path != TREE + "/server/mutant.h":
                os.remove(path)


def build(mutants):
    """Returns whether all programs could be compiled; says what went wrong."""
    copy_tree(mutants)
    commands = []
    if not os.path.exists(BINARIES + "/build.ninja"):
        commands.append(["meson", "setup", *OPTIONS, BINARIES, TREE])
    commands.append(["ninja", "-j2", "-C", BINARIES])
    for command in commands:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if run.returncode:
            print(run.stdout[-6000:])
            return False
    return True
