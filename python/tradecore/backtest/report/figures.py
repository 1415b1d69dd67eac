"""Numbers as people read them: grouped, with a unit, and no more digits than they carry."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

ABSENT = "–"  # noqa: RUF001 - a dash as long as a digit is wide
MINUS = "−"  # noqa: RUF001 - the sign that is as wide as a digit
NS_PER_S = 1_000_000_000
# A clock that reads less than a fortnight after 1970 is a simulated one that starts at zero.
CALENDAR_FROM_NS = 14 * 86_400 * NS_PER_S

_DURATIONS = ((1, "ns"), (1_000, "µs"), (1_000_000, "ms"), (NS_PER_S, "s"))
_LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"))


def number(value: float | Decimal, decimals: int = 2, *, signed: bool = False) -> str:
    """Return `value` with grouped thousands; a dash when it is not a number."""
    if not math.isfinite(value):
        return ABSENT
    text = f"{abs(value):,.{decimals}f}"
    if not any(digit in "123456789" for digit in text):
        return text
    if value < 0:
        return MINUS + text
    return "+" + text if signed else text


def money(value: float | Decimal, *, signed: bool = False) -> str:
    """Return an amount with two decimals, or more when it is small."""
    if not math.isfinite(value):
        return ABSENT
    return number(value, decimals_of(abs(float(value))), signed=signed)


def decimals_of(size: float) -> int:
    """Return how many decimals show an amount of this size: two, or more when it is small."""
    if size == 0 or size >= 1:
        return 2
    return min(8, 1 - math.floor(math.log10(size)) + 1)


def axis_number(value: float, decimals: int) -> str:
    """Return a tick's label; from ten million on in millions, billions or trillions."""
    if abs(value) >= 1e15:  # noqa: PLR2004 - where doubles stop counting in ones
        return f"{value:.3g}".replace("-", MINUS)
    if abs(value) >= 1e7:  # noqa: PLR2004 - eight digits no longer fit the margin
        for size, letter in _LARGE:
            if abs(value) >= size:
                shown = f"{abs(value) / size:.4f}".rstrip("0").rstrip(".")
                return (MINUS if value < 0 else "") + shown + letter
    return number(value, decimals)


def percent(fraction: float, decimals: int = 1) -> str:
    """Return a fraction as a percentage."""
    return f"{number(100 * fraction, decimals)} %" if math.isfinite(fraction) else ABSENT


def bps(value: float, decimals: int = 2, *, signed: bool = True) -> str:
    """Return a number of basis points with its unit."""
    return f"{number(value, decimals, signed=signed)} bp" if math.isfinite(value) else ABSENT


def count(value: float) -> str:
    """Return a whole number with grouped thousands."""
    return number(value, 0)


def counted(amount: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless it is one."""
    return f"{count(amount)} {noun}" if amount == 1 else f"{count(amount)} {noun}s"


def duration(value_ns: float) -> str:
    """Return a time span with three digits in the unit that suits it."""
    if not math.isfinite(value_ns):
        return ABSENT
    size = abs(value_ns)
    if size >= 120 * NS_PER_S:
        return str(timedelta(seconds=round(value_ns / NS_PER_S)))
    unit_ns, unit = max((u for u in _DURATIONS if size >= u[0]), default=_DURATIONS[0])
    scaled = value_ns / unit_ns
    decimals = 0 if unit == "ns" else max(0, 2 - math.floor(math.log10(abs(scaled))))
    return f"{number(scaled, decimals)} {unit}"


def moment(ts_ns: int, *, decimals: int = 3) -> str:
    """Return a time as UTC date and time, or as time since the start of a simulated clock."""
    whole, rest = divmod(ts_ns, NS_PER_S)
    fraction = f"{rest:09d}"[:decimals]
    tail = f".{fraction}" if decimals else ""
    if ts_ns < CALENDAR_FROM_NS:
        return f"{timedelta(seconds=whole)}{tail}"
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%d %H:%M:%S}{tail}"


def period(start_ns: int, end_ns: int) -> str:
    """Return a span of time in words: from, to and how long."""
    start, end = moment(start_ns, decimals=0), moment(end_ns, decimals=0)
    zone = "" if start_ns < CALENDAR_FROM_NS else " UTC"
    if zone and start[:10] == end[:10]:
        end = end[11:]
    return f"{start} to {end}{zone} ({duration(end_ns - start_ns)})"
