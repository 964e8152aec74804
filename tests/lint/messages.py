#!/usr/bin/env python3
"""Checks server/web/messages.json against the pages: every text exists in every language with the same values, and no
text is missing or unused. Prints the mistakes, and exits with 1 if there is one."""
import json
import pathlib
import re
import sys

LANGUAGES = {"en", "uk", "ru"}
RESOLUTIONS = "server/domain/resolution.c"  # has their English texts
WEB = pathlib.Path("server/web")


def reject_duplicates(pairs):
    names = [name for name, _ in pairs]
    for name in set(names):
        if names.count(name) > 1:
            raise ValueError(f"{name} stands there {names.count(name)} times")
    return dict(pairs)


def placeholders(text):
    return set(re.findall(r"\{(\w+)\}", text))


def wrong_texts(catalogue):
    for key, texts in catalogue.items():
        languages = LANGUAGES - {"en"} if key.startswith("resolution.") else LANGUAGES
        if set(texts) != languages:
            yield f"{key}: has {sorted(texts)}, not {sorted(languages)}"
            continue
        first = texts[min(languages)]
        for language, text in texts.items():
            if not text.strip():
                yield f"{key}: nothing in {language}"
            if placeholders(text) != placeholders(first):
                yield f"{key}: {language} has other values than {min(languages)}"


def wanted_keys():
    """Yields (key, file that uses it)."""
    for page in sorted(WEB.glob("assets/*.html")):
        for key in re.findall(r"\{\{t\.([\w.:]+)\}\}", page.read_text()):
            yield key, page
    for key in re.findall(r'^ +\{"([a-z0-9_]+)", ".+"\},$', pathlib.Path(RESOLUTIONS).read_text(), re.M):
        yield f"resolution.{key}", RESOLUTIONS
    for key in re.findall(r'\.name = "(\w+)"|\{"(\w+)", (?!")', pathlib.Path("server/domain/status.c").read_text()):
        yield f"head.{key[0] or key[1]}", "server/domain/status.c"


def main():
    catalogue = json.loads((WEB / "messages.json").read_text(), object_pairs_hook=reject_duplicates)
    problems = list(wrong_texts(catalogue))
    used = set()
    for key, where in wanted_keys():
        used.add(key)
        if key not in catalogue:
            problems.append(f"{where} uses {key}, which is missing")
    sources = "".join(file.read_text() for file in WEB.glob("*.c"))
    for key in catalogue:
        prefix = key.split(".")[0] + ".%s"
        if key not in used and f'"{key}"' not in sources and f'"{prefix}"' not in sources:
            problems.append(f"nobody shows {key}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
