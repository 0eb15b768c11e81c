#!/usr/bin/env python3
"""Checks every committed Markdown page: that links between pages and their headings lead somewhere,
that the Solidity that it shows stands in a contract or a test, which compiles it, and that prose
wraps at 100 columns, as comments of sources do. Tables, code, drawings and addresses may be longer.
Says what it checked, and fails on nothing."""

import re
import subprocess
import sys
from pathlib import Path

WIDTH = 100
ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^\s*```")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def prose(page: Path):
    """The page's lines outside of fenced and indented code, with their numbers from 1."""
    fenced = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and not line.startswith("    "):
            yield number, line


def anchors(page: Path):
    """The names that the page's headings have in links, as GitHub makes them."""
    headings = (line.lstrip("#").strip().lower() for _, line in prose(page) if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def solidity(text: str):
    """What a contract says, without where its imports are and how it is indented."""
    lines = (line.strip() for line in text.splitlines())
    kept = (line for line in lines if line and not line.startswith(("import ", "pragma ", "//")))
    return "\n".join(kept)


def committed(*kinds: str):
    """All committed files of these kinds."""
    listed = subprocess.run(["git", "ls-files", "-z", *kinds], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


CONTRACTS = [solidity(path.read_text(encoding="utf-8")) for path in committed("*.sol")]


# A line that is a comment and nothing else, of prose: no row of a table, and not set in.
COMMENT = re.compile(r"^\s*(?:///?|//!|#) (?![|\s]).* ")


def long_comments(source: Path):
    """What is wrong with a source's comments."""
    lines = source.read_text(encoding="utf-8").splitlines()
    return [
        f"line {number}: expected a comment of at most {WIDTH} columns, found {len(line)}"
        for number, line in enumerate(lines, 1)
        if len(line) > WIDTH and COMMENT.match(line)
    ]


def faults(page: Path):
    """Everything wrong with one page, and the number of its links."""
    found, links = [], 0
    text = "\n".join(line for _, line in prose(page))
    for target in LINK.findall(text):
        if target.startswith(("http://", "https://")):
            continue
        links += 1
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        if not other.exists():
            found.append(f"link {target}: expected a file, found none")
        elif anchor and anchor not in anchors(other):
            found.append(f"link {target}: expected that heading in {other.relative_to(ROOT)}, found none")
    for shown in re.findall(r"^```solidity\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if not any(solidity(shown) in contract for contract in CONTRACTS):
            first = solidity(shown).split("\n")[0]
            found.append(f"Solidity that begins with {first!r}: expected it in a committed contract or test, found none")
    for number, line in prose(page):
        if len(line) > WIDTH and not line.lstrip().startswith("|") and " " in line.strip():
            found.append(f"line {number}: expected at most {WIDTH} columns, found {len(line)}")
    return found, links


def main():
    pages = committed("*.md")
    wrong, links = 0, 0
    sources = committed("*.rs", "*.sol", "*.sh", "*.py", "*.toml", "*.yml")
    for source in sources:
        found = long_comments(source)
        wrong += len(found)
        for fault in found:
            print(f"{source.relative_to(ROOT)}: {fault}", file=sys.stderr)
    for page in pages:
        found, count = faults(page)
        links += count
        wrong += len(found)
        for fault in found:
            print(f"{page.relative_to(ROOT)}: {fault}", file=sys.stderr)
    if not pages or not links or not sources:
        sys.exit("docs: expected pages with links, and sources, found none")
    if wrong:
        sys.exit(f"docs: {wrong} faults")
    print(f"docs: {len(pages)} pages, {links} links and the comments of {len(sources)} sources are as they should be")


main()
