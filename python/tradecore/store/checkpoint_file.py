"""A venue's checkpoint in a file that is replaced whole or not at all."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tradecore.core import DataError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CheckpointFile"]

_MAGIC: Final = b"TCBOOKS1\r\n"
_DIGEST: Final = 32


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """The newest checkpoint of a venue: a few bytes of magic, its SHA-256, and itself."""

    path: Path

    def save(self, data: bytes, /) -> None:
        """Put a checkpoint on the medium in the place of the one before.

        Raises:
            OSError: If it cannot be written; the one before is still there.
        """
        made = self.path.with_name(self.path.name + ".tmp")
        with made.open("wb") as file:
            file.write(_MAGIC + hashlib.sha256(data).digest() + data)
            file.flush()
            os.fsync(file.fileno())
        made.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def load(self) -> bytes | None:
        """Return the checkpoint, `None` if there is none yet.

        Raises:
            DataError: If the file is none of ours, or a byte of it changed.
            OSError: If it cannot be read.
        """
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return None
        head = len(_MAGIC) + _DIGEST
        data = raw[head:]
        if raw[: len(_MAGIC)] != _MAGIC or raw[len(_MAGIC) : head] != hashlib.sha256(data).digest():
            raise DataError(f"a checkpoint is as it was written: path={self.path}")
        return data
