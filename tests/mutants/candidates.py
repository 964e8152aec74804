"""Finds the places of C sources that can be mutated, in the syntax tree that clang prints as JSON."""
import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass

# What becomes of an operator. `!` negates the comparison.
OPERATORS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"],
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "&": ["|"], "|": ["&"], "^": ["&"],
    "<<": [">>"], ">>": ["<<"], "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="], "|=": ["&="],
    "&=": ["|="], "++": ["--"], "--": ["++"],
}
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
LOGICAL = ("&&", "||")
STEPS = ("++", "--")

# Expressions that must stay constant, or whose operand is not evaluated.
CONSTANT = ("ConstantExpr", "UnaryExprOrTypeTraitExpr", "OffsetOfExpr", "StaticAssertDecl", "GenericSelectionExpr")
TRANSPARENT = ("ParenExpr", "ImplicitCastExpr")

# The condition among the children of a statement or expression.
CONDITIONS = {"IfStmt": 0, "WhileStmt": 0, "DoStmt": 1, "ForStmt": 2, "ConditionalOperator": 0}

PARSE = ["clang", "-fsyntax-only", "-w", "-std=gnu17", "-D_GNU_SOURCE", "-Iserver", "-Xclang", "-ast-dump=json"]


@dataclass
class Mutant:
    """The text of `file` from `begin` to `end` becomes `text`. A dropped statement has no text."""
    file: str
    begin: int
    end: int
    text: str | None
    key: str = ""


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


class Source:
    """A source file while its functions are walked."""

    def __init__(self, name):
        self.name = name
        with open(name, encoding="latin-1") as file:  # the offsets are those of bytes
            self.text = file.read()
        self.function, self.returns = "", ""
        self.found, self.seen = [], Counter()

    # ------------------------------------------------------------------ places

    def macro_end(self, at):
        """The end of a macro and of its arguments, whose name is at an offset."""
        end = at + len(re.match(r"\w*", self.text[at:]).group())
        if self.text[end:end + 1] != "(":
            return end
        depth = 0
        for i in range(end, len(self.text)):
            depth += {"(": 1, ")": -1}.get(self.text[i], 0)
            if depth == 0:
                return i + 1
        return end

    def extent(self, node):
        """Returns (begin, end, whether a single macro makes all of it); None if that is not known."""
        begin, end = node.get("range", {}).get("begin", {}), node.get("range", {}).get("end", {})
        first, last = begin.get("expansionLoc", begin), end.get("expansionLoc", end)
        if "offset" not in first or "offset" not in last or "includedFrom" in first:
            return None
        stop = last["offset"] + last["tokLen"]
        if "expansionLoc" in end:
            stop = self.macro_end(last["offset"])
        is_macro = "expansionLoc" in begin and "expansionLoc" in end and first["offset"] == last["offset"]
        return first["offset"], stop, is_macro

    def code(self, node):
        begin, end, _ = self.extent(node)
        return self.text[begin:end]

    # ------------------------------------------------------------------ finds

    def add(self, node, text, place, shown):
        """`shown` describes the change of the text at `place`, within its line."""
        begin, end, _ = self.extent(node)
        at, stop = place
        start = self.text.rfind("\n", 0, at) + 1
        line_end = self.text.find("\n", at)
        after = self.text[stop:line_end] if stop < line_end else ""
        line = squeeze(self.text[start:at] + shown + after).encode("latin-1").decode("utf-8", "replace")
        key = f"{self.name} {self.function}: {line}"
        self.seen[key] += 1
        if self.seen[key] > 1:
            key += f" #{self.seen[key]}"
        self.found.append(Mutant(self.name, begin, end, text, key))

    def swap(self, node, new, shown=None):
        """The whole node becomes `new`."""
        begin, end, _ = self.extent(node)
        old = self.text[begin:end]
        if squeeze(old) != squeeze(new):
            first = old.split("\n")[0]
            self.add(node, new, (begin, end), f"[{shown or first + ' => ' + new}]")

    def negate(self, node):
        begin, _, _ = self.extent(node)
        self.add(node, "!(" + self.code(node) + ")", (begin, begin), "[!]")

    def binary(self, node, left, right):
        old = node["opcode"]
        (_, left_end, _), (right_begin, _, _) = self.extent(left), self.extent(right)
        begin, end, _ = self.extent(node)
        between = self.text[left_end:right_begin]
        if between.strip() != old:
            return
        at = left_end + between.index(old)
        for new in OPERATORS.get(old, []):
            if new == "+" and is_pointer(right) or new in ("*", "/") and is_pointer(node):
                continue
            text = self.text[begin:at] + new + self.text[at + len(old):end]
            self.add(node, text, (at, at + len(old)), f"[{old} => {new}]")

    def unary(self, node):
        begin, end, _ = self.extent(node)
        old, at = node["opcode"], begin
        if node.get("isPostfix"):
            at = end - len(old)
        for new in OPERATORS[old]:
            text = self.text[begin:at] + new + self.text[at + len(old):end]
            self.add(node, text, (at, at + len(old)), f"[{old} => {new}]")

    def literal(self, node):
        old = self.code(node)
        number = re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)", old)
        if number:
            value = int(number[1], 0) if number[1][:1] != "0" or number[1][1:2] in "xX" else int(number[1], 8)
            self.swap(node, f"{value + 1}{number[2]}")
            self.swap(node, f"{value - 1}{number[2]}" if value else f"-1{number[2]}")

    def returned(self, node):
        old = squeeze(self.code(node))
        shown = old if len(old) < 30 else old[:26] + " ..."
        core = stripped(node)
        if self.returns in ("bool", "_Bool"):
            if core.get("opcode") not in COMPARISONS:
                self.negate(node)
        elif self.returns.endswith("*"):
            if old not in ("NULL", "0"):
                self.swap(node, "0", shown + " => NULL")
        elif self.returns.startswith(("struct ", "union ")):
            self.swap(node, f"({self.returns}){{0}}", shown + " => {0}")
        elif core["kind"] != "IntegerLiteral":
            if core.get("referencedDecl", {}).get("kind") != "EnumConstantDecl":
                self.swap(node, "0", shown + " => 0")
            self.swap(node, f"({self.code(node)}) + 1", shown + " => ... + 1")

    def dropped(self, node):
        begin, end, _ = self.extent(node)
        first = self.text[begin:end].split("\n")[0]
        self.add(node, None, (begin, end), f"[drop {first}]")

    # ------------------------------------------------------------------ the walk

    def look(self, node, children):
        """The candidates of a node itself."""
        kind = node["kind"]
        if kind in ("BinaryOperator", "CompoundAssignOperator") and node["opcode"] in OPERATORS:
            self.binary(node, *children)
        elif kind == "UnaryOperator" and node["opcode"] in STEPS:
            self.unary(node)
        elif kind == "IntegerLiteral":
            self.literal(node)
        elif kind == "ReturnStmt" and children:
            self.returned(children[0])
        elif kind == "CompoundStmt":
            for child in children:
                if is_effect(child) and self.is_own(child):
                    self.dropped(child)
        if kind == "BinaryOperator" and node["opcode"] in LOGICAL:
            for child in children:
                self.condition(child)
        elif kind in CONDITIONS and not self.in_its_macro(node, children[CONDITIONS[kind]]):
            self.condition(children[CONDITIONS[kind]])

    def condition(self, node):
        core = stripped(node) if node else {}
        if core and self.extent(node) and core.get("opcode") not in COMPARISONS + LOGICAL:
            self.negate(node)

    def in_its_macro(self, node, condition):
        """Whether a macro makes the head of a statement."""
        return node["kind"].endswith("Stmt") and condition and self.extent(condition)[0] == self.extent(node)[0]

    def is_own(self, node):
        extent = self.extent(node)
        return extent is not None and not extent[2]

    def walk(self, node):
        if not node or node["kind"] in CONSTANT or node.get("storageClass") == "static":
            return
        if node.get("castKind") == "NullToPointer" or node["kind"] == "InitListExpr" and self.code(node) == "{0}":
            return
        children = node.get("inner", [])
        if self.is_own(node) and all(not c or self.extent(c) for c in children):
            self.look(node, children)
        for child in children:
            if isinstance(child, dict) and "kind" in child:
                self.walk(child)

    def walk_function(self, node):
        body = next((c for c in node.get("inner", []) if c["kind"] == "CompoundStmt"), None)
        if body:
            self.function = node["name"]
            self.returns = node["type"]["qualType"].split("(")[0].strip()
            self.walk(body)


def stripped(node):
    while node["kind"] in TRANSPARENT:
        node = node["inner"][0]
    return node


def is_pointer(node):
    kind = node.get("type", {})
    return kind.get("desugaredQualType", kind.get("qualType", "")).rstrip("const ").endswith("*")


def is_effect(node):
    """Whether a statement is a call, an assignment or a step."""
    kind = node.get("kind")
    if kind == "CStyleCastExpr" and node.get("castKind") == "ToVoid":
        return is_effect(stripped(node["inner"][0]))
    return (kind in ("CallExpr", "CompoundAssignOperator")
            or kind == "BinaryOperator" and node["opcode"] == "="
            or kind == "UnaryOperator" and node["opcode"] in STEPS)


def candidates(name):
    """All mutants of a file, in the order of its text, each once."""
    dump = subprocess.run([*PARSE, name], capture_output=True, check=True).stdout
    source = Source(name)
    for node in json.loads(dump)["inner"]:
        place = node.get("loc", {})
        if node["kind"] == "FunctionDecl" and "includedFrom" not in place.get("expansionLoc", place):
            source.walk_function(node)
    unique = {}
    for mutant in source.found:
        unique.setdefault((mutant.begin, mutant.end, mutant.text), mutant)
    return sorted(unique.values(), key=lambda m: (m.begin, -m.end))
