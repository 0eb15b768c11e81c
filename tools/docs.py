#!/usr/bin/env python3
"""Checks every committed Markdown page: that links between pages and their headings lead somewhere, and that
prose wraps at 100 columns. Tables, code and addresses may be longer. Says what it checked, and fails on nothing."""

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
    for number, line in prose(page):
        if len(line) > WIDTH and not line.lstrip().startswith("|") and " " in line.strip():
            found.append(f"line {number}: expected at most {WIDTH} columns, found {len(line)}")
    return found, links


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=ROOT, capture_output=True, check=True)
    pages = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    wrong, links = 0, 0
    for page in pages:
        found, count = faults(page)
        links += count
        wrong += len(found)
        for fault in found:
            print(f"{page.relative_to(ROOT)}: {fault}", file=sys.stderr)
    if not pages or not links:
        sys.exit("docs: expected pages with links, found none")
    if wrong:
        sys.exit(f"docs: {wrong} faults")
    print(f"docs: {len(pages)} pages and {links} links are as they should be")


main()
