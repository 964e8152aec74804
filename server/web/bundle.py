#!/usr/bin/env python3
"""bundle.py OUT.css SHEET.css...: writes the style sheets as one file, so that a browser asks once, without their comments.

bundle.py OUT.js ENTRY.js [FIRST.js]: writes the module ENTRY.js and all that it imports as one file, so that a browser asks
once. What the bundle of FIRST.js has is imported from there, where every module is exported under its name.

Each module becomes a function that returns what it exports. Understood is what the modules here use: imports of names from
files beside them, and exports of functions, classes and constants, each at the start of a line. Others are errors, as is a
circle. Lines that are only a comment are left out.
"""
import pathlib
import re
import sys

IMPORT = re.compile(r"^import \{([^}]*)\} from '\./([\w.]+)\.js';\n", re.M)
EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.M)
FOREIGN = re.compile(r"^(?:import\b.*'\.|export\b).*", re.M)
SHEET_COMMENT = re.compile(r"/\*.*?\*/\n?", re.S)
COMMENT = re.compile(r"^ *(?://.*|/\*\*? (?:(?!\*/).)*\*/|/\*\*\n(?: *\*[^/\n].*\n| *\*\n)* *\*/)\n", re.M)


def bound(names):
    """"a, b as c" -> "a, b: c": the import as a pattern that takes an object apart."""
    return ", ".join(re.sub(r"\s+as\s+", ": ", name.strip()) for name in names.split(",") if name.strip())


class Bundle:
    def __init__(self, folder):
        self.folder, self.done, self.open, self.parts, self.exports = folder, [], [], [], {}

    def add(self, name):
        if name in self.open:
            sys.exit(f"bundle.py: a circle of imports: {' -> '.join([*self.open, name])}")
        if name in self.done:
            return
        self.open.append(name)
        text = (self.folder / f"{name}.js").read_text(encoding="utf-8")
        for _, other in IMPORT.findall(text):
            self.add(other)
        self.open.pop()
        self.done.append(name)
        self.parts.append(self.wrapped(name, text))

    def wrapped(self, name, text):
        exported = self.exports[name] = [one for _, one in EXPORT.findall(text)]
        text = IMPORT.sub(lambda found: f"const {{ {bound(found[1])} }} = {found[2]};\n", text)
        text = COMMENT.sub("", EXPORT.sub(r"\1 \2", text))
        foreign = FOREIGN.search(text)
        if foreign:
            sys.exit(f"bundle.py: {name}.js: not understood: {foreign[0]}")
        returned = f"return {{ {', '.join(exported)} }};\n" if exported else ""
        return f"// {name}.js\nconst {name} = (() => {{\n{text.strip()}\n{returned}}})();\n"


def write_sheets(out, *sheets):
    texts = [SHEET_COMMENT.sub("", pathlib.Path(sheet).read_text(encoding="utf-8")) for sheet in sheets]
    pathlib.Path(out).write_text("".join(texts), encoding="utf-8")


def write_modules(out, entry, first=None):
    entry = pathlib.Path(entry)
    bundle, lines = Bundle(entry.parent), []
    if first:
        first = pathlib.Path(first)
        bundle.add(first.stem)
        lines.append(f"import {{ {', '.join(bundle.done)} }} from './{first.name}';\n")
        bundle.parts = []
    bundle.add(entry.stem)
    lines += bundle.parts
    lines.append(f"export const {{ {', '.join(bundle.exports[entry.stem])} }} = {entry.stem};\n" if first
                 else f"export {{ {', '.join(bundle.done)} }};\n")
    pathlib.Path(out).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    write = write_sheets if sys.argv[1].endswith(".css") else write_modules
    write(*sys.argv[1:])
