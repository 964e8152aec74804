#!/usr/bin/env python3
"""render.py CMARK OUT_DIR VERSION: makes the files of OUT_DIR: each page of pages.txt as NAME.html and as Markdown, search.json,
the index of the search, and llms.txt, the list of the pages for programs.

CMARK is cmark-gfm. What it does not do is done here: anchors (GitHub's, so that links work in the sources as well), links
between pages, and the frame around each. Exit status 1, and a line each, when a link leads nowhere or a page is not listed.
"""
import html
import json
import pathlib
import re
import string
import subprocess
import sys
from dataclasses import dataclass, field

sys.dont_write_bytecode = True  # the sources stay as they are
import render_text  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BASE = "/_mock/docs/"
SERVED = {"schema/openapi.yaml": "/_mock/openapi.yaml"}  # files that have a place of their own
NO_GROUP = "-"
LONG = 34  # characters of code, in a table
FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.M | re.S)  # of an agent's skill
COMMENT = re.compile(r"^<!-- .*? -->$", re.M)
OMITTED = "<!-- raw HTML omitted -->\n"
GENERATED = 'generated from <a href="../../schema/openapi.yaml">'
EXCERPT = 100  # characters


@dataclass
class Page:
    name: str
    file: str
    label: str
    group: str  # NO_GROUP: not in the navigation
    source: str = ""
    body: str = ""
    headings: list = field(default_factory=list)  # (level, anchor, HTML)

    @property
    def url(self):
        return BASE + ("" if self.name == "index" else self.name)

    @property
    def text_url(self):
        return f"{BASE}{self.name}.md"


def listed_pages():
    pages, group = [], ""
    for line in (HERE / "pages.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            group = line[2:].strip()
        elif line.strip() and not line.startswith("#"):
            name, file, label = line.split(maxsplit=2)
            pages.append(Page(name, file, label, group))
    return pages


# ---------------------------------------------------------------- one page


def plain(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def slug(text, taken):
    """GitHub's name of a heading: letters, digits, - and _, blanks as -; the second of a name gets -1."""
    name = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
    taken[name] = taken.get(name, -1) + 1
    return f"{name}-{taken[name]}" if taken[name] else name


def with_anchors(page):
    taken = {}

    def heading(match):
        level, inner = int(match[1]), match[2]
        anchor = slug(plain(inner), taken)
        page.headings.append((level, anchor, inner))
        return f'<h{level} id="{html.escape(anchor)}">{inner}</h{level}>'

    page.body = re.sub(r"<h([1-6])>(.*?)</h\1>", heading, page.body)


def for_any_width(match):
    """A table's cells know their column, but for a row's first and empty ones: on a phone they stand below each other. Code
    too long for a column may break."""
    labels = [html.escape(plain(cell)) for cell in re.findall(r"<th>(.*?)</th>", match[0], re.S)]

    def row(found):
        cells = iter(["", *labels[1:]])

        def cell(found):
            label = next(cells)
            return f'<td data-label="{label}">' if label and not found[1] else found[0]

        return re.sub("<td>(</td>)?", cell, found[0])

    head, body, rest = match[0].partition("<tbody>")
    table = head + body + re.sub(r"<tr>.*?</tr>", row, rest, flags=re.S)
    return re.sub(r"<code>(?=[^<]{%d})" % LONG, '<code class="long">', table)


def read_page(page, cmark, problems):
    page.source = (ROOT / page.file).read_text(encoding="utf-8")
    source = FRONT_MATTER.sub("", page.source)
    done = subprocess.run([cmark, "-e", "table"], input=source.encode(), capture_output=True, check=True)
    page.body = done.stdout.decode()
    if page.body.count(OMITTED) != len(COMMENT.findall(source)) or page.body.count(OMITTED[:-1]) != page.body.count(OMITTED):
        problems.append(f"{page.file}: HTML stands in it, or a comment that is no line of its own")
    page.body = page.body.replace(OMITTED, "")
    page.body = re.sub(r"<p>(?:<img [^>]*>\s*)+</p>\n", "", page.body)  # pictures are not in the program
    page.body = re.sub(r"<table>.*?</table>", for_any_width, page.body, flags=re.S)
    with_anchors(page)
    tops = [level for level, _, _ in page.headings].count(1)
    if tops != 1:
        problems.append(f"{page.file}: has {tops} headings of the first level, not one")


# ---------------------------------------------------------------- links


class Links:
    def __init__(self, pages, problems, url):
        """`url`: the address of a page, from the page."""
        self.by_file = {page.file: page for page in pages}
        self.problems = problems
        self.url = url

    def resolve(self, page, target):
        """The URL of a link as it is served; None when only the sources have what it names."""
        if re.match(r"[a-z]+:", target):
            return target
        path, _, anchor = target.partition("#")
        file = (ROOT / page.file).parent.joinpath(path).resolve() if path else ROOT / page.file
        name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else ""
        other = self.by_file.get(name)
        if not name or not file.exists():
            self.problems.append(f"{page.file}: there is no {target}")
        elif anchor and anchor not in [own for _, own, _ in (other.headings if other else [])]:
            self.problems.append(f"{page.file}: {name} has no {anchor}")
        mark = f"#{anchor}" if anchor else ""
        if not path:
            return mark
        return self.url(other) + mark if other else SERVED.get(name)

    def served(self, page):
        def link(match):
            url = self.resolve(page, html.unescape(match[1]))
            return match[2] if url is None else f'<a href="{html.escape(url)}">{match[2]}</a>'

        return re.sub(r'<a href="([^"]*)">(.*?)</a>', link, page.body, flags=re.S)


# ---------------------------------------------------------------- the search


def words(markup):
    """The distinct words, in the form in which docs_search.js splits what people type."""
    return dict.fromkeys(re.findall(r"\w+", plain(markup.replace("<", " <")).lower()))


def excerpt(markup):
    """How the first paragraph begins."""
    first = re.search(r"<p>(.*?)</p>", markup, re.S)
    text = " ".join(plain(first[1]).split()) if first else ""
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"


def sections(page):
    """[anchor, heading, excerpt, words] of each heading and what stands below it. Of samples only what is printed is kept,
    because people paste it, and of a generated page only the code."""
    body = re.sub(r"<pre>(?!<code class=\"language-text\">).*?</pre>", "", page.body, flags=re.S)
    parts = re.split(r"<h[1-6] id=\"[^\"]*\">.*?</h[1-6]>", body)[1:]
    for (_, anchor, heading), part in zip(page.headings, parts):
        kept = " ".join(re.findall(r"<code[^>]*>.*?</code>", part)) if GENERATED in page.body else part
        yield [anchor, plain(heading), excerpt(part), " ".join(words(kept))]


def search_index(pages):
    return [[page.url, page.label, GENERATED in page.body, list(sections(page))] for page in pages if page.group != NO_GROUP]


# ---------------------------------------------------------------- the frame


def navigation(pages, current):
    parts, group = [], None
    for page in pages:
        if page.group != group:
            parts.append(("</ul>\n" if group is not None else "") + f"<p>{html.escape(page.group)}</p>\n<ul>\n")
            group = page.group
        here = ' aria-current="page"' if page is current else ""
        parts.append(f'<li><a href="{page.url}"{here}>{html.escape(page.label)}</a></li>\n')
    return "".join(parts) + "</ul>\n"


def contents(page):
    inner = [f'<li class="level{level}"><a href="#{html.escape(anchor)}">{re.sub("</?a[^>]*>", "", text)}</a></li>\n'
             for level, anchor, text in page.headings if level in (2, 3)]
    if len(inner) < 2:
        return ""
    return f'<nav id="here" aria-label="On this page" tabindex="-1">\n<p>On this page</p>\n<ul>\n{"".join(inner)}</ul>\n</nav>\n'


def neighbours(pages, page):
    at = pages.index(page) if page in pages else len(pages)
    around = [("prev", pages[at - 1 : at] if at else []), ("next", pages[at + 1 : at + 2])]
    return "".join(f'<a rel="{rel}" href="{one.url}">{html.escape(one.label)}</a>' for rel, found in around for one in found)


def frame(template, pages, page, article, version):
    here = contents(page)
    shown = [one for one in pages if one.group != NO_GROUP]
    return template.substitute(
        title=html.escape(page.label),
        version=html.escape(version),
        text_url=page.text_url,
        at_index=' aria-current="page"' if page.name == "index" else ' aria-current="true"',
        menu_here='<a href="#here" data-testid="menu-here">On this page</a>' if here else "",
        pages=navigation(shown, page),
        here=here,
        article=article,
        neighbours=neighbours(shown, page),
    )


def main(cmark, out, version):
    pages, problems = listed_pages(), []
    files = {page.file for page in pages}
    for file in sorted(HERE.glob("*.md")):
        if file.relative_to(ROOT).as_posix() not in files:
            problems.append(f"{file.relative_to(ROOT)} is not listed in server/docs/pages.txt")
    for page in pages:
        read_page(page, cmark, problems)
    links = Links(pages, problems, lambda page: page.url)
    text_links = Links(pages, [], lambda page: page.text_url)
    template = string.Template((HERE / "page.html").read_text(encoding="utf-8"))
    for page in pages:
        article = links.served(page)
        pathlib.Path(out, page.name + ".html").write_text(frame(template, pages, page, article, version), encoding="utf-8")
        text = render_text.markdown(page, text_links, COMMENT)
        pathlib.Path(out, page.name + ".md").write_text(text, encoding="utf-8")
    shown = [page for page in pages if page.group != NO_GROUP]
    pathlib.Path(out, "llms.txt").write_text(render_text.listing(shown, version, plain), encoding="utf-8")
    index = json.dumps(search_index(pages), ensure_ascii=False, separators=(",", ":"))
    pathlib.Path(out, "search.json").write_text(index, encoding="utf-8")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
