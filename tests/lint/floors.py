#!/usr/bin/env python3
"""Checks the built objects against the floors of server/: no circle of files, and no use of a higher floor.

Usage: floors.py BUILD

`nm` tells exactly which object defines and which wants each symbol, so nothing that a file calls is
missed, whatever its includes say. BUILD is a build folder without link-time optimization.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from source import LAYERS, layer_of, rank  # noqa: E402


def objects(build):
    """Returns {object: source} for the files below server/."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    root = os.path.abspath(os.path.join(build, ".."))
    found = {}
    for command in commands:
        source = os.path.relpath(os.path.join(command["directory"], command["file"]), root)
        if source.startswith("server/"):
            found[os.path.join(build, command["output"])] = source
    return {o: s for o, s in found.items() if os.path.exists(o)}


def symbols(names):
    """Yields (object, letter of nm, symbol) for every global symbol."""
    text = subprocess.run(["nm", "-A", "-g", *names], capture_output=True, text=True,
                          check=True).stdout
    for line in text.splitlines():
        place, _, rest = line.partition(":")
        *_, letter, symbol = rest.split()
        yield place, letter, symbol


def arrows(build):
    """Returns {source: {used source: symbols}}."""
    sources = objects(build)
    home, wants = {}, []
    for place, letter, symbol in symbols(sorted(sources)):
        if letter == "U":
            wants.append((sources[place], symbol))
        else:
            home[symbol] = sources[place]
    graph = {source: {} for source in sources.values()}
    for source, symbol in wants:
        target = home.get(symbol)
        if target and target != source:
            graph[source].setdefault(target, []).append(symbol)
    return graph


def circles(graph):
    """Returns the strongly connected components of more than one file (Tarjan's algorithm)."""
    index, low, on, stack, found = {}, {}, set(), [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on.add(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = []
            while not part or part[-1] != node:
                part.append(stack.pop())
                on.discard(part[-1])
            if len(part) > 1:
                found.append(sorted(part))

    sys.setrecursionlimit(10000)
    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def upwards(graph):
    for source, uses in sorted(graph.items()):
        for target, names in sorted(uses.items()):
            mine, its = rank(layer_of(source)), rank(layer_of(target))
            if layer_of(source) != layer_of(target) and its >= mine:
                yield f"{source} uses {names[0]} of {target}"


def main():
    graph = arrows(sys.argv[1])
    bad = list(upwards(graph))
    for line in bad:
        print("upwards: " + line)
    rings = circles(graph)
    for part in rings:
        print(f"a circle of {len(part)} files:")
        for source in part:
            for target, names in sorted(graph[source].items()):
                if target in part:
                    print(f"  {source} uses {', '.join(sorted(set(names)))} of {target}")
    return 1 if bad or rings or not graph else 0


if __name__ == "__main__":
    sys.exit(main())
