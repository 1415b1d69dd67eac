"""What `tradecore bench` measures: a few seconds of what a user pays for, seeded."""

from __future__ import annotations

import hmac
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

import tradecore as tc
from tradecore.cli.tape_measure import run_tape
from tradecore.core import hmac_sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradecore.telemetry.clock import Clock

__all__ = ["Figure", "every_figure"]

SEED: Final = 7
ROUNDS: Final = 7
CALLS: Final = 20_000
BATCH: Final = 200_000
_SYMBOL: Final = "BTCUSDT"
_MID_TICKS: Final = 50_000
_SPREAD_TICKS: Final = 40
_KEY: Final = b"a key of the usual sixty-four characters, made up for measuring."
_MESSAGE: Final = b"x" * 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement.

    Args:
        name: What was done.
        ns: Median nanoseconds it took, once.
        baseline_name: What does the same another way; empty if nothing does.
        baseline_ns: Its median nanoseconds in the same run.
    """

    name: str
    ns: float
    baseline_name: str = ""
    baseline_ns: float | None = None

    @property
    def per_second(self) -> float:
        """How often it can be done in a second."""
        return 1e9 / self.ns


def every_figure(clock: Clock, *, rounds: int = ROUNDS, calls: int = CALLS) -> Iterator[Figure]:
    """Yield each measurement as it is made: the median of `rounds` rounds of `calls` calls."""

    def median(once: Callable[[], int]) -> float:
        return _median_ns(once, clock, rounds)

    yield Figure("submit or cancel, reports returned", median(lambda: _submit_cancel(calls)))
    yield Figure("place or remove, reports kept", median(lambda: _place_remove(calls)))
    commands = _commands(max(calls, 1) * BATCH // CALLS)
    yield Figure("order in a numpy batch", median(lambda: _process(commands)))
    yield Figure("rate limiter acquire", median(lambda: _acquire(calls)))
    yield Figure(
        "HMAC-SHA256 of 200 bytes",
        median(lambda: _sign(calls)),
        "hmac.digest of the standard library, hex",
        median(lambda: _sign_baseline(calls)),
    )
    yield Figure("backtest event, sample tape", median(lambda: run_tape(watched=False)))
    yield Figure("the same, book changes heard", median(lambda: run_tape(watched=True)))


def _median_ns(once: Callable[[], int], clock: Clock, rounds: int) -> float:
    """Return the median over `rounds` of the time for one of what `once` says it did."""
    once()
    taken = []
    for _ in range(rounds):
        started = clock.monotonic_ns()
        done = once()
        taken.append((clock.monotonic_ns() - started) / done)
    return statistics.median(taken)


def _engine() -> tc.MatchingEngine:
    return tc.MatchingEngine([tc.Instrument(_SYMBOL, tick_size="0.1", lot_size="0.001")])


def _submit_cancel(calls: int) -> int:
    submit, cancel = (engine := _engine()).submit, engine.cancel
    for order_id in range(1, calls + 1):
        submit(_SYMBOL, side="buy", quantity="1.5", price="50000.0")
        cancel(_SYMBOL, order_id=order_id)
    return 2 * calls


def _place_remove(calls: int) -> int:
    place, remove = (engine := _engine()).place, engine.remove
    for order_id in range(1, calls + 1):
        place(_SYMBOL, side="buy", quantity="1.5", price="50000.0")
        remove(_SYMBOL, order_id=order_id)
    return 2 * calls


def _commands(count: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Return limit orders around one price, a third of them canceled again."""
    rng = np.random.default_rng(SEED)
    commands = np.zeros(count, dtype=tc.COMMAND_DTYPE)
    commands["order_id"] = np.arange(1, count + 1)
    commands["side"] = rng.integers(0, 2, count)
    away = rng.integers(-2, _SPREAD_TICKS, count)
    commands["price"] = _MID_TICKS + np.where(commands["side"] == 0, -away, away)
    commands["qty"] = rng.integers(1, 100, count)
    cancels = np.arange(2, count, 3)
    commands["op"][cancels] = 1
    commands["order_id"][cancels] = np.maximum(cancels - rng.integers(1, 60, len(cancels)), 1)
    return commands


def _process(commands: np.ndarray[tuple[int], np.dtype[np.void]]) -> int:
    _engine().process(commands)
    return len(commands)


def _acquire(calls: int) -> int:
    acquire = tc.RateLimiter.token_bucket(capacity=10, period_ns=1_000_000_000).acquire
    times = [n * 10**8 for n in range(64)]
    for n in range(calls):
        acquire(1, now_ns=times[n & 63])
    return calls


def _sign(calls: int) -> int:
    for _ in range(calls):
        hmac_sha256(_KEY, _MESSAGE)
    return calls


def _sign_baseline(calls: int) -> int:
    for _ in range(calls):
        hmac.digest(_KEY, _MESSAGE, "sha256").hex()
    return calls
