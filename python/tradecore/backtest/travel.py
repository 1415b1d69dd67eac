"""How long a message travels: always the same, drawn from a distribution, or as measured."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from tradecore.config.quantities import format_duration, parse_duration
from tradecore.core import Delay, InputError

__all__ = [
    "LogNormal",
    "Measured",
    "Quantiles",
    "Travel",
    "delay_of",
    "format_travel",
    "parse_travel",
]

_COLUMNS: Final = ("ts_ns", "latency_ns")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNormal:
    """Drawn anew for each message: half take less than the median, one in a hundred more than p99.

    Args:
        median_ns: The median.
        p99_ns: The 99th percentile.
    """

    median_ns: int
    p99_ns: int

    def __str__(self) -> str:
        return f"{format_duration(self.median_ns)}~{format_duration(self.p99_ns)}"


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Drawn anew for each message, evenly between measured quantiles.

    Args:
        delays_ns: Delays at equal steps of probability, from the least to the most.
    """

    delays_ns: tuple[int, ...]

    def __str__(self) -> str:
        least, most = self.delays_ns[0], self.delays_ns[-1]
        return f"{format_duration(least)} to {format_duration(most)}"


@dataclass(frozen=True, slots=True)
class Measured:
    """As it was measured, in a straight line between two measurements.

    Args:
        measured: Times and delays, both in nanoseconds; times rise.
    """

    measured: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, path: Path) -> Measured:
        """Return what a CSV file of `ts_ns,latency_ns` has.

        Raises:
            InputError: If the file has other columns, or a row that is no pair of integers.
            OSError: If it cannot be read.
        """
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            head = next(rows, None)
            if tuple(head or ()) != _COLUMNS:
                raise InputError(
                    f"measured latencies have the columns {', '.join(_COLUMNS)}: "
                    f"columns={head}, path={path}"
                )
            try:
                pairs = tuple((int(ts_ns), int(took_ns)) for ts_ns, took_ns in rows)
            except ValueError as error:
                raise InputError(f"{error}: line {rows.line_num}, path={path}") from error
        return cls(pairs)

    def __str__(self) -> str:
        return f"as measured at {len(self.measured):,} times"


Travel: TypeAlias = int | LogNormal | Quantiles | Measured
"""Nanoseconds, or one of the shapes above."""


def parse_travel(value: object) -> Travel:
    """Return `2ms`, `2ms~10ms` (median and 99th percentile), `recorded:FILE`, or a shape itself.

    Raises:
        InputError: If a recorded file is none.
        ValueError: If it is no duration.
        OSError: If a recorded file cannot be read.
    """
    if isinstance(value, LogNormal | Quantiles | Measured):
        return value
    if isinstance(value, str):
        kind, colon, path = value.partition(":")
        if colon and kind.strip() == "recorded":
            return Measured.read(Path(path.strip()))
        median, tilde, p99 = value.partition("~")
        if tilde:
            return LogNormal(median_ns=parse_duration(median), p99_ns=parse_duration(p99))
    return parse_duration(value)


def delay_of(travel: Travel) -> Delay:
    """Return what a simulation takes.

    Raises:
        InputError: If a delay is out of bounds, quantiles fall, or times do not rise.
    """
    match travel:
        case LogNormal(median_ns=median_ns, p99_ns=p99_ns):
            return Delay.log_normal(median_ns=median_ns, p99_ns=p99_ns)
        case Quantiles(delays_ns=delays_ns):
            return Delay.quantiles(delays_ns)
        case Measured(measured=measured):
            return Delay.recorded(measured)
        case _:
            return Delay.constant(travel)


def format_travel(travel: Travel) -> str:
    """Return it as a reader takes it in."""
    return format_duration(travel) if isinstance(travel, int) else str(travel)
