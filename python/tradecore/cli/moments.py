"""A moment of a run as a command line writes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from tradecore.config.quantities import parse_duration
from tradecore.core import InputError

__all__ = ["moment_text", "parse_moment"]

_NS: Final = 1_000_000_000
_WRITTEN: Final = re.compile(r"(.+?)(?:\.(\d{1,9}))?(Z|\+00:00)?")


def parse_moment(text: str, *, start_ns: int) -> int:
    """Return nanoseconds since 1970 of a time of day, a delay behind a start, or a count of them.

    Args:
        text: `2026-01-05T09:01:30.5` (UTC), `+90s`, or nanoseconds since 1970.
        start_ns: When the run began.

    Raises:
        InputError: If it is none of these.
    """
    written = text.strip()
    if written.isdecimal():
        return int(written)
    try:
        if written.startswith("+"):
            return start_ns + parse_duration(written[1:])
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(written)  # noqa: TRY301 - told in the words below
        at = datetime.fromisoformat(found[1])
        if at.tzinfo is not None:
            raise ValueError(written)  # noqa: TRY301 - the same
    except ValueError as error:
        raise InputError(
            "a moment is written 2026-01-05T09:01:30.5 (UTC), +90s behind the start, or as "
            f"nanoseconds since 1970: {text!r}"
        ) from error
    return int(at.replace(tzinfo=UTC).timestamp()) * _NS + int((found[2] or "0").ljust(9, "0"))


def moment_text(ts_ns: int) -> str:
    """Return a time in words, with as many decimals as it has."""
    seconds, rest = divmod(ts_ns, _NS)
    at = datetime.fromtimestamp(seconds, tz=UTC)
    decimals = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{at:%Y-%m-%d %H:%M:%S}{decimals} UTC"
