"""Which life of a process this is: a number on disk that only grows, and the state it left."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradecore.core import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RunFolder", "run_id"]

DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one process: what it writes down there survives a power cut.

    Args:
        path: The folder; made if it is not there.
    """

    path: Path

    @classmethod
    def of(cls, directory: str, process: str) -> RunFolder:
        """Return the folder of a process below the directory of all."""
        path = Path(directory) / process
        path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    def begin(self) -> int:
        """Return the number of a new life, from 1; it is on disk when this returns.

        Raises:
            DataError: If what is written there is no number.
        """
        file = self.path / "run"
        text = file.read_text(encoding="ascii").strip() if file.exists() else "0"
        if not text.isdecimal():
            raise DataError(f"the number of the last run is a number: {text[:40]!r}, file={file}")
        number = int(text) + 1
        self._write(file, str(number))
        return number

    def journal(self, number: int, *, kept: int) -> Path:
        """Return where a life is kept, and take out the files of all but the newest.

        Args:
            number: Which life.
            kept: How many files there may be, this one included.
        """
        before = sorted(self.path.glob("run-*.journal"))
        for file in before[: max(len(before) - kept + 1, 0)]:
            file.unlink(missing_ok=True)
        return self.path / f"run-{number:08d}.journal"

    def save(self, state: Mapping[str, object]) -> None:
        """Keep what a strategy wants to have again.

        Raises:
            TypeError: If JSON cannot say it.
        """
        self._write(self.path / "state.json", json.dumps(state))

    def load(self) -> dict[str, object] | None:
        """Return what was kept last, if anything.

        Raises:
            DataError: If the file is not what `save` writes.
        """
        file = self.path / "state.json"
        if not file.exists():
            return None
        try:
            state = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DataError(f"the state of a strategy is JSON: file={file}") from error
        if not isinstance(state, dict):
            raise DataError(f"the state of a strategy is an object: file={file}")
        return state

    def _write(self, file: Path, text: str) -> None:
        """Replace a file so that a reader finds the old one or the new one, whole."""
        fresh = file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def run_id(process: str, number: int) -> str:
    """Return the part of client order ids that names a run: the process and which life of it.

    Twelve letters and digits: six say whose (a digest of the name), six which life.
    """
    digest = int.from_bytes(hashlib.sha256(process.encode()).digest()[:8])
    return f"t{_base36(digest, 5)}{_base36(number, 6)}"


def _base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
