"""The last lines of the log, for whoever may look at them from afar."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LogRing"]

LINES_MAX: Final = 5_000
_LEVELS: Final = {"debug": 10, "info": 20, "warn": 30, "warning": 30, "error": 40, "critical": 50}


@dataclass(slots=True, eq=False)
class LogRing:
    """Stands where the log goes to, hands each line on and keeps the last ones.

    Lines are redacted before they come here.
    """

    stream: TextIO
    _lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES_MAX))

    def write(self, text: str) -> int:
        """Take what is written."""
        for line in text.splitlines():
            if line.strip():
                self._lines.append(line)
        return self.stream.write(text)

    def flush(self) -> None:
        """Flush what is behind."""
        self.stream.flush()

    def isatty(self) -> bool:
        """Return `False`: lines are JSON here, on a terminal too."""
        return False

    def as_stream(self) -> TextIO:
        """Return itself as what a logger writes to."""
        return cast("TextIO", self)

    def last(self, count: int, *, level: str) -> list[dict[str, Any]]:
        """Return the newest lines of at least a level, newest first."""
        found: list[dict[str, Any]] = []
        for entry in self._entries():
            if len(found) == count:
                break
            if _LEVELS.get(str(entry.get("level", "info")), 20) >= _LEVELS[level]:
                found.append(entry)
        return found

    def _entries(self) -> Iterator[dict[str, Any]]:
        for line in reversed([*self._lines]):
            try:
                entry = json.loads(line)
            except ValueError:
                entry = {"event": line}
            yield entry if isinstance(entry, dict) else {"event": line}
