#!/usr/bin/env python3
"""Checks the names of packages, images, actions and repositories that documents and scripts tell people to fetch.

Usage: names.py [ROOT]

docker/names.txt lists every such name with its owner. A name that nobody owns can be registered by a stranger tomorrow,
whose code then runs where somebody follows our documents. Prints one line per mistake, and exits with 1 if there is one:

- a name that is fetched and not listed, or listed and not fetched
- a name of the project itself in a form that others could register
"""
import json
import os
import re
import sys

from source import project_files

LIST = "docker/names.txt"
FILES = re.compile(r"(?:^|/)(?:[\w-]+\.(?:md|ya?ml)|Dockerfile|package\.json|go\.mod)$")
NOT_READ = re.compile(r"schema/openapi\.yaml$|tests/(?!.*\.md$)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)

# The names of the project itself: a stranger cannot register one that matches.
OURS = "this project"
SAFE = {
    "action": r"<OWNER>/",  # an account has no < in its name
    "git": r"https://github\.com/<OWNER>/",
    "image": r"[\w-]+$|\S*<OWNER>/",  # without a / it is one of Docker's own images, whose names Docker gives
    "npm": r"@OWNER/",  # registries refuse new names with capital letters
}

# The commands that fetch what their words name, by kind; of an image's command and of git only the first word.
COMMANDS = {
    "apt": ["apt(?:-get)? install"],
    "brew": ["brew (?:install|tap)"],
    "cargo": ["cargo (?:add|install)"],
    "composer": ["composer (?:global )?require"],
    "gem": ["gem install", "bundle add"],
    "git": ["git clone"],
    "image": ["(?:docker|podman|nerdctl) (?:run|pull|create)"],
    "npm": ["npm (?:i|install|add|exec|x)", "npx", "pnpm (?:i|install|add|dlx)", "pnpx", "yarn (?:global )?add",
            "yarn dlx", "bun (?:add|x)", "bunx"],
    "nuget": ["dotnet add package", "dotnet tool install"],
    "pip": ["pip[3x]? install", "pipx run", "uv add", "uv tool (?:install|run)", "uvx", "poetry add"],
}
WORDS = r"((?: +[^\s;&|`]+)+)"
SHELL = r"(?:sudo +)?(?:\S*/)?(?:ba|da|k|z)?sh\b"

# Where a line names what it fetches: the kind, and a pattern whose first group is the name or names.
LINES = [
    *((kind, rf"(?<![\w-]){command}{WORDS}") for kind, commands in COMMANDS.items() for command in commands),
    ("action", r"\buses: *([^\s@]+)@"),
    ("action", r"\brepository: *(\S+)"),
    ("image", r"^FROM (\S+)(?: AS \w+)?$"),
    ("image", r"^ARG BASE=(\S+)"),
    ("image", r"^ *(?:- )?(?:image|container|newName): *([\w$.<>/:-]+)"),
    ("image", r"^ +- name: (\S+:[\w.-]+)"),
    ("image", r"(?:Generic|Docker)Container(?:<>)?\(\"([^\"]+)\""),
    ("image", r"\b(ghcr\.io/[\w<>.-]+/[\w.-]+)"),
    ("go", r"\bgo (?:get|install)((?: +[^\s;&|`]+\.[^\s;&|`]+)+)"),
    ("go", r"\bgo run( +[^\s;&|`]+@[^\s;&|`]+)"),
    ("go", r"^(?:module|require) (\S+\.\S+)"),
    ("nuget", r"PackageReference Include=\"([^\"]+)"),
    ("maven", r"`((?:com|io|org)\.[\w.]+:[\w-]+)"),
    ("script", rf"\b(?:curl|wget)\b[^|`]*?(https?://[^\s|'\"`]+)[^|`]*\| *{SHELL}"),
    ("script", rf"{SHELL}[^|`]*[$<]\((?:curl|wget)\b[^|`)]*?(https?://[^\s|'\"`)]+)"),
]

# What lines fetch; every run checks that the patterns find it.
EXAMPLES = [
    ("npm install --save-dev left-pad@1", "npm", "left-pad"),
    ("npx left-pad", "npm", "left-pad"),
    ("yarn add left-pad", "npm", "left-pad"),
    ("yarn global add @a/b@2", "npm", "@a/b"),
    ("pnpm add -D left-pad", "npm", "left-pad"),
    ("pnpm dlx left-pad", "npm", "left-pad"),
    ("bunx left-pad", "npm", "left-pad"),
    ("python3 -m pip install requests==2", "pip", "requests"),
    ("pip install 'requests>=2'", "pip", "requests"),
    ("uv add requests", "pip", "requests"),
    ("uv pip install requests", "pip", "requests"),
    ("uvx ruff", "pip", "ruff"),
    ("pipx run ruff check", "pip", "ruff"),
    ("brew install some-tool", "brew", "some-tool"),
    ("cargo install some-tool", "cargo", "some-tool"),
    ("go run example.com/tool@latest", "go", "example.com/tool"),
    ("dotnet tool install some.tool", "nuget", "some.tool"),
    ("docker run --rm alpine:3 sh", "image", "alpine"),
    ("podman run quay.io/some/image:1", "image", "quay.io/some/image"),
    ("curl -fsSL https://example.com/install | sh", "script", "https://example.com/install"),
    ("wget -qO- 'https://example.com/x.sh' | sudo bash -s -- -y", "script", "https://example.com/x.sh"),
    ('sh -c "$(curl -fsSL https://example.com/y.sh)"', "script", "https://example.com/y.sh"),
    ("bash <(curl -s https://example.com/z.sh)", "script", "https://example.com/z.sh"),
    ("curl -s https://example.com/data | jq .", None, None),
    ("npm run build", None, None),
    ("podman ps", None, None),
]

# What a block of code loads besides the library of its language.
CODE = {
    "js": ("npm", r"""\bfrom '((?:@[\w-]+/)?[a-z][\w.-]*)(?:/[\w./-]+)?'"""),
    "python": ("pip", r"^(?:import|from) (\w+)"),
    "go": ("go", r'^\t?"((?:[\w-]+\.)+\w+/[\w./-]+)"$'),
}
OPTION_WITH_VALUE = re.compile(r"-(?:[pvedu]|-(?:name|network|user|tmpfs|add-host|env|volume|publish|depth|branch))$")


def words(text):
    """The words of a command that are no options, values of options, files or variables."""
    rest = iter(re.sub(r"`.*", "", text).split())
    for word in rest:
        if word in ("|", "&&", "#", ">"):
            return
        if OPTION_WITH_VALUE.match(word):
            next(rest, None)
        elif re.match(r"'[\w.@/\[\]-]+[<>=~!]", word):
            yield word
        elif not word.startswith(("-", "./", "../", "/", '"', "'")) and word != "…":
            yield word


def name_of(kind, word):
    """The name without version, tag and digest."""
    word = word.strip("\"',;")
    if kind == "action":
        return "/".join(word.split("/")[:2])
    if kind == "image":
        return re.sub(r"@sha256:.*|:[\w.$-]*$", "", word)
    if kind == "npm":
        return re.sub(r"(?<=.)@.*", "", word)
    return re.sub(r"[=<>~@].*", "", word) if kind in ("pip", "go") else word


def in_line(line):
    for kind, pattern in LINES:
        for match in re.finditer(pattern, line):
            found = [match[1]] if kind == "script" else list(words(match[1]))
            # the words after an image, or after a program that runs at once, are for the program
            runs = re.search(r"(?:run|exec|dlx|x)\b", match[0][: match.start(1) - match.start()])
            for word in found[:1] if kind in ("image", "git") or runs else found:
                yield kind, name_of(kind, word)


def check_examples():
    """Yields the examples that the patterns do not read as they say."""
    for line, kind, name in EXAMPLES:
        found = list(in_line(line))
        if found != ([(kind, name)] if kind else []):
            yield f"tests/lint/names.py: {line}: finds {found}"


def in_code(language, text, own):
    kind, pattern = CODE.get(language, (None, r"(?!)"))
    for name in re.findall(pattern, text, flags=re.M):
        if name not in sys.stdlib_module_names and name not in own:
            yield kind, name


def in_package(text):
    package = json.loads(text)
    if not package.get("private"):
        yield "npm", package["name"]
    for part in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        yield from (("npm", name) for name in package.get(part, {}))


def fetched(name, text, own):
    """Yields (kind, name, place) of everything that the file tells people to fetch. `own` are modules to copy."""
    if name.endswith("package.json"):
        yield from ((*each, name) for each in in_package(text))
        return
    made = stages(text)
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") and not name.endswith(".md"):
            continue  # a comment
        yield from ((*each, f"{name}:{number}") for each in in_line(line) if each[1] not in made)
    for block in BLOCK.finditer(text):
        number = text.count("\n", 0, block.start()) + 1
        yield from ((*each, f"{name}:{number}") for each in in_code(block[1], block[2], own))


def stages(text):
    """The images of a Dockerfile that it does not fetch."""
    return {"scratch", "${BASE}", *re.findall(r"^FROM \S+ AS (\w+)$", text, flags=re.M)}


def read_list(text):
    rows = [line.split(maxsplit=2) for line in text.splitlines() if line and line[0] != "#"]
    return {(kind, name): owner for kind, name, owner in rows}


def main(root):
    with open(os.path.join(root, LIST), encoding="utf-8") as file:
        listed = read_list(file.read())
    found, wrong, files = {}, list(check_examples()), project_files(root)
    own = {os.path.basename(name).removesuffix(".py") for name in files if name.endswith(".py")}
    for name in files:
        if FILES.search(name) and not NOT_READ.match(name):
            with open(os.path.join(root, name), encoding="utf-8") as file:
                for kind, each, place in fetched(name, file.read(), own):
                    found.setdefault((kind, each), place)
    for (kind, each), place in found.items():
        if (kind, each) not in listed:
            wrong.append(f"{place}: {kind} {each}: not in {LIST}, which says who owns each name")
    for (kind, each), owner in listed.items():
        if (kind, each) not in found:
            wrong.append(f"{LIST}: {kind} {each}: nothing fetches it")
        if owner == OURS and not re.match(SAFE.get(kind, "(?!)"), each):
            wrong.append(f"{LIST}: {kind} {each}: a stranger could register this name; see SAFE in tests/lint/names.py")
    if wrong:
        print("\n".join(sorted(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "..")))
