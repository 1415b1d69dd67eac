"""Long lists in pieces: a cursor says where the last piece ended, whatever came in since."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from tradecore.core import InputError

__all__ = ["LIMIT_MAX", "Page", "check_limit", "read_cursor", "write_cursor"]

T = TypeVar("T")

LIMIT_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and where to go on; `None` when these were the last."""

    rows: tuple[T, ...]
    next_cursor: str | None = None


def check_limit(limit: int, /) -> int:
    """Return a limit that is one.

    Raises:
        InputError: If it is not from 1 to 1,000.
    """
    if not 1 <= limit <= LIMIT_MAX:
        raise InputError(f"a page has 1 to {LIMIT_MAX} rows: limit={limit}")
    return limit


def write_cursor(kind: str, *numbers: int) -> str:
    """Return a text that says where a list of a kind ended."""
    packed = struct.pack(f">B{len(numbers)}q", ord(kind), *numbers)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(kind: str, text: str, /, *, count: int) -> tuple[int, ...]:
    """Return the numbers in a cursor.

    Raises:
        InputError: If it is none, or of another list.
    """
    wrong = InputError("a cursor is one that this list gave")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong from error
    if len(packed) != 1 + 8 * count or packed[0] != ord(kind):
        raise wrong
    numbers: tuple[int, ...] = struct.unpack(f">{count}q", packed[1:])
    return numbers
