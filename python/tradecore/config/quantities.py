"""Durations, sizes, rates and fees, written with their unit and kept as exact numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Duration",
    "EventRate",
    "FeeRate",
    "Rate",
    "Size",
    "format_duration",
    "format_rate",
    "format_size",
    "parse_duration",
    "parse_fee",
    "parse_rate",
    "parse_size",
]

_NS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "ns": 1,
        "us": 1_000,
        "ms": 1_000_000,
        "s": 1_000_000_000,
        "m": 60 * 1_000_000_000,
        "h": 3_600 * 1_000_000_000,
        "d": 86_400 * 1_000_000_000,
    }
)
_BYTES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "B": 1,
        "kB": 10**3,
        "MB": 10**6,
        "GB": 10**9,
        "TB": 10**12,
        "KiB": 2**10,
        "MiB": 2**20,
        "GiB": 2**30,
        "TiB": 2**40,
    }
)
_BYTES_BY_CASE: Final = MappingProxyType({unit.casefold(): n for unit, n in _BYTES.items()})
_PERIODS: Final[Mapping[str, str]] = MappingProxyType(
    {"sec": "s", "second": "s", "min": "m", "minute": "m", "hour": "h", "day": "d"}
)
_COUNT_MAX: Final = 2**63 - 1

_PART: Final = re.compile(r"([0-9]{1,19}(?:\.[0-9]{1,9})?)\s*([a-zµμ]+)")
_SIZE: Final = re.compile(r"([0-9]{1,19}(?:\.[0-9]{1,9})?)\s*([A-Za-z]+)")
_RATE: Final = re.compile(r"([0-9]{1,19})\s*/\s*([0-9]*\s*[a-zµμ]+)")
_FEE: Final = re.compile(r"([+-]?[0-9]{1,9}(?:\.[0-9]{1,18})?)\s*(%|bps|bp)?")


@dataclass(frozen=True, slots=True)
class EventRate:
    """At most `count` events in each `period_ns` nanoseconds."""

    count: int
    period_ns: int


def parse_duration(value: object) -> int:
    """Return nanoseconds of `100ms`, `1.5s`, `1h30m`; the text `0` is allowed, `5` is not.

    A Python integer is nanoseconds already.

    Raises:
        ValueError: If there is no unit, or the duration is no whole number of nanoseconds.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return _whole(Decimal(value), "nanoseconds", str(value))
    text = str(value).strip()
    if text == "0":
        return 0
    rule = f"a duration is a number with a unit, one of {' '.join(_NS)}"
    total, end = Decimal(0), 0
    while (part := _PART.match(text, end)) is not None:
        unit = part[2].replace("µ", "u").replace("μ", "u")
        if unit not in _NS:
            raise ValueError(f"{rule}: {text[:40]!r}")
        total += Decimal(part[1]) * _NS[unit]
        end = part.end() + len(text[part.end() :]) - len(text[part.end() :].lstrip())
    if end != len(text) or not text:
        raise ValueError(f"{rule}: {text[:40]!r}")
    return _whole(total, "nanoseconds", text)


def parse_size(value: object) -> int:
    """Return bytes of `64MB` (10^6) or `64MiB` (2^20), any case; the text `0` is allowed.

    A Python integer is bytes already.

    Raises:
        ValueError: If there is no unit, or the size is no whole number of bytes.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return _whole(Decimal(value), "bytes", str(value))
    text = str(value).strip()
    if text == "0":
        return 0
    found = _SIZE.fullmatch(text)
    if found is None or found[2].casefold() not in _BYTES_BY_CASE:
        units = " ".join(_BYTES)
        raise ValueError(f"a size is a number with a unit, one of {units}: {text[:40]!r}")
    return _whole(Decimal(found[1]) * _BYTES_BY_CASE[found[2].casefold()], "bytes", text)


def parse_rate(value: object) -> EventRate:
    """Return the rate of `10/s`, `1200/min`, `50/10s`.

    Raises:
        ValueError: If it is not `count/period`, or either is not positive.
    """
    if isinstance(value, EventRate):
        return value
    text = str(value).strip()
    found = _RATE.fullmatch(text)
    rule = f"a rate is count/period such as 10/s, 1200/min, 50/10s: {text[:40]!r}"
    if found is None:
        raise ValueError(rule)
    digits, unit = re.fullmatch(r"([0-9]*)\s*(\D+)", found[2]).groups()  # type: ignore[union-attr]
    try:
        period_ns = parse_duration(f"{digits or 1}{_PERIODS.get(unit, unit)}")
    except ValueError as error:
        raise ValueError(rule) from error
    count = int(found[1])
    if not (count and period_ns and count <= _COUNT_MAX):
        raise ValueError(rule)
    return EventRate(count, period_ns)


def parse_fee(value: object) -> Decimal:
    """Return a fraction of the notional of `0.0002`, `0.02%` or `2bps`; negative is a rebate.

    Raises:
        ValueError: If it is no such number, or is 100 % or more either way.
    """
    text = str(value).strip()
    found = _FEE.fullmatch(text)
    if found is None:
        raise ValueError(f"a fee is a fraction, or has % or bps behind it: {text[:40]!r}")
    scale = {None: 0, "%": -2, "bp": -4, "bps": -4}[found[2]]
    fee = Decimal(found[1]).scaleb(scale)
    if abs(fee) >= 1:
        raise ValueError(f"a fee is less than the whole notional: {text[:40]!r}")
    return fee


def format_duration(duration_ns: int) -> str:
    """Return the shortest single-unit form that `parse_duration` reads back."""
    return _largest(duration_ns, _NS)


def format_size(size_bytes: int) -> str:
    """Return the shortest single-unit form that `parse_size` reads back."""
    return _largest(size_bytes, _BYTES)


def format_rate(rate: EventRate) -> str:
    """Return the form that `parse_rate` reads back."""
    period = format_duration(rate.period_ns)
    return f"{rate.count}/{period[1:] if period[0] == '1' and not period[1].isdigit() else period}"


def _largest(number: int, units: Mapping[str, int]) -> str:
    if number == 0:
        return "0"
    unit = max((u for u in units if number % units[u] == 0), key=lambda u: units[u])
    return f"{number // units[unit]}{unit}"


def _whole(number: Decimal, unit: str, text: str) -> int:
    if number != number.to_integral_value():
        raise ValueError(f"a whole number of {unit} is needed: {text[:40]!r}")
    if not 0 <= number <= _COUNT_MAX:
        raise ValueError(f"0 to {_COUNT_MAX} {unit} can be counted: {text[:40]!r}")
    return int(number)


def _text(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


Duration = Annotated[
    int, BeforeValidator(parse_duration), PlainSerializer(format_duration), _text("100ms")
]
"""Nanoseconds, written with their unit: `1s`, `100ms`, `1h30m`."""

Size = Annotated[int, BeforeValidator(parse_size), PlainSerializer(format_size), _text("64MB")]
"""Bytes, written with their unit: `64MB`, `64MiB`."""

Rate = Annotated[
    EventRate, BeforeValidator(parse_rate), PlainSerializer(format_rate), _text("10/s")
]
"""Events in a period: `10/s`, `1200/min`."""

FeeRate = Annotated[Decimal, BeforeValidator(parse_fee), PlainSerializer(str), _text("2bps")]
"""A fraction of the notional: `0.0002`, `0.02%`, `2bps`; negative for a rebate."""
