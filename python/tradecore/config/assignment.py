"""One `KEY=value` line, as INI and `.env` files share it."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_blank", "split_assignment"]

_COMMENT: Final = re.compile(r"\s[#;]")
_AFTER_QUOTE: Final = re.compile(r"\s*(?:\s[#;].*)?")


def is_blank(line: str) -> bool:
    """Say if a line is empty or a comment."""
    stripped = line.strip()
    return not stripped or stripped[0] in "#;"


def split_assignment(line: str) -> tuple[str, str]:
    """Return key and value of a line.

    A value in quotes is taken as it stands between them. A bare value ends at a `#` or `;` with
    a blank before it.

    Raises:
        ValueError: If the line is no assignment; the text never shows the value.
    """
    key, equals, rest = line.partition("=")
    key = key.strip()
    if not equals:
        raise ValueError(f"a line is [SECTION], KEY=value or a comment: {line.strip()[:40]!r}")
    if not key:
        raise ValueError("a value needs a key before the =")
    rest = rest.strip()
    if rest[:1] in {'"', "'"}:
        return key, _quoted(rest)
    comment = _COMMENT.search(f" {rest}")
    return key, rest if comment is None else rest[: max(comment.start() - 1, 0)].rstrip()


def _quoted(rest: str) -> str:
    end = rest.find(rest[0], 1)
    if end < 0:
        raise ValueError(f"a value that starts with {rest[0]} ends with {rest[0]}")
    if _AFTER_QUOTE.fullmatch(rest, end + 1) is None:
        raise ValueError("only a comment may follow the closing quote")
    return rest[1:end]
