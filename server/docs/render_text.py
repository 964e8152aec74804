"""What programs and coding agents read: the pages as Markdown, and llms.txt, the list of them."""
import re

FENCED = re.compile(r"(^```.*?^```$\n?)", re.M | re.S)
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])+)\]\(([^()\s]+)\)")
PICTURES = re.compile(r"^(?:!\[[^\]]*\]\([^)]*\)\s*)+\n", re.M)  # they are not in the program
SENTENCE = re.compile(r".*?[.!?](?:\s|$)")
LONG = 160  # characters of a line about a page

HEAD = """# MilkyPay mock

> A local HTTP server that behaves like the payment platform MilkyPay, to develop and test a shop without it. Version {version}.

Each page below is Markdown; without `.md` it is HTML. Coding agents start with the [skill](/_mock/docs/skill.md).
The contract of all endpoints is [openapi.yaml](/_mock/openapi.yaml).
"""


def markdown(page, links, comment):
    """The page with links as they are served, and without the marks of its samples."""

    def link(match):
        url = links.resolve(page, match[2])
        return match[1] if url is None else f"[{match[1]}]({url})"

    def prose(text):
        return LINK.sub(link, PICTURES.sub("", re.sub(comment.pattern + r"\n", "", text, flags=re.M)))

    parts = FENCED.split(page.source)
    return "".join(part if i % 2 else prose(part) for i, part in enumerate(parts))


def summary(page, plain):
    """The first sentences of the page; of a generated one the first, because the others are the same on all."""
    first = re.search(r"<p>(.*?)</p>", page.body, re.S)
    text = " ".join(plain(first[1]).split()) if first else ""
    kept, *more = SENTENCE.findall(text) or [text.rstrip(":")]
    for sentence in more if "generated from" not in text else []:
        if len(kept + sentence) > LONG:
            break
        kept += sentence
    return kept.strip()


def listing(pages, version, plain):
    """llms.txt, in the format of llmstxt.org: a heading per group, a line per page."""
    lines, group = [HEAD.format(version=version)], None
    for page in pages:
        if page.group != group:
            lines.append(f"\n## {page.group}\n\n")
            group = page.group
        lines.append(f"- [{page.label}]({page.text_url}): {summary(page, plain)}\n")
    return "".join(lines)
