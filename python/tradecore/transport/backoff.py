"""How long to wait before the next try, so that a venue that comes back is not run over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Backoff", "BackoffRules"]

#: Doubling stops counting here: the cap was reached long before.
EXPONENT_MAX: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class BackoffRules:
    """Bounds of the waits, in nanoseconds.

    Args:
        first_ns: The wait after the first failure, before jitter.
        cap_ns: The longest wait.
        alarm_after: Failures in a row after which somebody is called.
    """

    first_ns: int = 250_000_000
    cap_ns: int = 30_000_000_000
    alarm_after: int = 3

    def __post_init__(self) -> None:
        if not 0 < self.first_ns <= self.cap_ns or self.alarm_after < 1:
            raise ValueError(
                "a back-off needs 0 < first_ns <= cap_ns and alarm_after >= 1: "
                f"first_ns={self.first_ns}, cap_ns={self.cap_ns}, alarm_after={self.alarm_after}"
            )


@dataclass(slots=True)
class Backoff:
    """Waits that double up to a cap, each shortened by chance to between half and the whole of it.

    There is no last attempt: a venue that is away for a day is tried for a day.

    Args:
        random: Numbers in [0, 1), such as `random.Random(seed).random`.
        rules: Bounds of the waits.
    """

    random: Callable[[], float]
    rules: BackoffRules = field(default_factory=BackoffRules)
    attempts: int = field(default=0, init=False)

    def next_ns(self) -> int:
        """Count a failure, and return how long to wait before the next try."""
        whole = self.rules.first_ns << min(self.attempts, EXPONENT_MAX)
        whole = min(whole, self.rules.cap_ns)
        self.attempts += 1
        return whole // 2 + int(self.random() * (whole - whole // 2))

    @property
    def is_alarming(self) -> bool:
        """Whether the failures in a row just reached the number that calls somebody."""
        return self.attempts == self.rules.alarm_after

    def reset(self) -> None:
        """Start again from the shortest wait: it worked."""
        self.attempts = 0
