"""Bytes of a file as text, or a plain word about what they are instead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from tradecore.config.errors import ConfigError, ConfigNotFoundError, Place, Problem

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILE_BYTES_MAX", "others_can_read", "read_text"]

FILE_BYTES_MAX: Final = 1 << 20
_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path) -> str:
    r"""Return the UTF-8 text of `path` without byte order mark, lines ended by ``\n``.

    Raises:
        ConfigNotFoundError: If there is no such file.
        ConfigError: If it is a folder, may not be read, is over 1 MiB, or is not UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError as error:
        raise ConfigNotFoundError([_problem("no such file", path)]) from error
    except IsADirectoryError as error:
        raise ConfigError([_problem("a configuration is no folder", path)]) from error
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ConfigError([_problem(f"cannot be read: {reason}", path)]) from error
    if len(data) > FILE_BYTES_MAX:
        raise ConfigError([_problem(f"a configuration has at most {FILE_BYTES_MAX} bytes", path)])
    return _decode(data, path)


def others_can_read(path: Path) -> bool:
    """Say if the group or others have any right to `path`; never on systems without modes."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def _decode(data: bytes, path: Path) -> str:
    if data.startswith(_UTF_16):
        raise ConfigError([_problem("text is UTF-8, this is UTF-16", path, 1)])
    data = data.removeprefix(_BOM)
    if b"\x00" in data:
        line = data.count(b"\n", 0, data.index(b"\x00")) + 1
        raise ConfigError([_problem("a zero byte: this is not a text file", path, line)])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise ConfigError([_problem(f"text is UTF-8: {found} is not", path, line)]) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _problem(message: str, path: Path, line: int | None = None) -> Problem:
    return Problem(message, Place(str(path), line))
