"""Read a Markdown page as what a reader would do with it: blocks to run, links to follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`]*)$")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} (?P<title>.+?)\s*$")
CODE_SPAN = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words after it, its text, and its first line's number."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def runs(self) -> bool:
        """Whether the reader is meant to run it."""
        return "no-run" not in self.words

    @property
    def file(self) -> str | None:
        """The name under which the reader is told to save it, if he is."""
        return next((w.removeprefix("file=") for w in self.words if w.startswith("file=")), None)


@dataclass(slots=True)
class Page:
    """A page: its blocks in order, where its links lead, and the anchors it offers."""

    path: Path
    blocks: list[Block] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


def anchor(title: str) -> str:
    """Return the anchor under which a heading is found, by the common rule of the forges."""
    plain = re.sub(r"[^\w\- ]", "", title.replace("`", "").lower())
    return plain.strip().replace(" ", "-")


def read(path: Path) -> Page:
    """Parse the page at ``path``."""
    page = Page(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if opened := FENCE.match(line):
            start = at
            while at < len(lines) and lines[at].strip() != opened["fence"]:
                at += 1
            words = opened["info"].split()
            text = "\n".join(lines[start:at]) + "\n"
            language = words[0] if words else ""
            page.blocks.append(Block(language, tuple(words[1:]), text, start + 1))
            at += 1
            continue
        if heading := HEADING.match(line):
            page.anchors.add(anchor(heading["title"]))
        prose = CODE_SPAN.sub("", line)
        page.links += [(at, found["target"]) for found in LINK.finditer(prose)]
    return page


def pages(root: Path) -> list[Path]:
    """Return every page of the project: those at the root and those in docs/."""
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")])
