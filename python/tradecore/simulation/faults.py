"""Faults of the world, by name: how likely each is, and how often it was done."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAULTS", "Failure", "Fault", "FaultSpecError", "Faults", "Stage"]

Stage: TypeAlias = Literal["before", "after"]
Failure: TypeAlias = Literal["error", "silence", "reset"]


class FaultSpecError(InputError):
    """A fault that does not exist, or a number that makes none."""

    exit_code = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A kind of fault.

    Args:
        summary: What it does.
        where: Which connections or requests it may be confined to; empty if to none.
        amount_default: What its amount is unless said, in the unit that `summary` names.
    """

    summary: str
    where: tuple[str, ...] = ()
    amount_default: int = 0


_CHANNELS: Final = ("market", "private", "api")
_REQUESTS: Final = ("orders", "cancels", "queries")
#: Every fault, by the name used in `--faults` and on the control endpoint.
FAULTS: Final[Mapping[str, Fault]] = {
    "latency": Fault(summary="wait `amount` ms before a request is looked at", where=_REQUESTS),
    "jitter": Fault(summary="wait up to `amount` ms more", where=_REQUESTS),
    "drop_frame": Fault(summary="lose an event", where=_CHANNELS),
    "gap": Fault(summary="lose one depth change for every listener"),
    "duplicate_event": Fault(summary="send an event twice", where=_CHANNELS),
    "reorder_event": Fault(summary="send an event after the next one", where=_CHANNELS),
    "disconnect": Fault(summary="cut connections at a tick of 100 ms", where=_CHANNELS),
    "error_5xx_before": Fault(summary="503, and nothing was done", where=_REQUESTS),
    "error_5xx_after": Fault(summary="503, after it was done", where=_REQUESTS),
    "timeout_before": Fault(summary="no answer, and nothing was done", where=_REQUESTS),
    "timeout_after": Fault(summary="no answer, after it was done", where=_REQUESTS),
    "reset_before": Fault(summary="cut the line, and nothing was done", where=_REQUESTS),
    "reset_after": Fault(summary="cut the line, after it was done", where=_REQUESTS),
    "rate_limit_429": Fault(summary="429 for `amount` s", where=_REQUESTS, amount_default=1),
    "ban_418": Fault(summary="418 for `amount` s", where=_REQUESTS, amount_default=5),
    "clock_skew": Fault(summary="the venue's clock is `amount` ms ahead"),
    "listen_key_expiry": Fault(summary="keys of private streams run out at a tick of 100 ms"),
    "outage_fills": Fault(
        summary="while no private stream is open, resting orders trade in part, each tick of 100 ms"
    ),
}


@dataclass(slots=True)
class _Setting:
    probability: float = 0.0
    amount: int = 0
    where: str = ""
    left: int | None = None


@dataclass(slots=True)
class Faults:
    """Which faults are on, and what was done; the same seed does the same.

    Text form: `name[:probability][:key=value…]` with commas between, such as
    `error_5xx_after:0.05:where=orders,latency:amount=20,gap:times=1`.
    """

    seed: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    _settings: dict[str, _Setting] = field(default_factory=dict)
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a fault is no secret

    def switch_all(self, spec: str) -> None:
        """Switch on what a text names.

        Raises:
            FaultSpecError: If it is not of the text form.
        """
        for part in filter(None, (part.strip() for part in spec.split(","))):
            name, *fields = part.split(":")
            values: dict[str, str] = {}
            for text in fields:
                key, equals, value = text.partition("=")
                values[key if equals else "probability"] = value if equals else key
            try:
                self.switch(
                    name,
                    probability=float(values.pop("probability", "1")),
                    amount=int(values.pop("amount")) if "amount" in values else None,
                    times=int(values.pop("times")) if "times" in values else None,
                    where=values.pop("where", ""),
                )
            except ValueError as error:
                raise FaultSpecError(
                    f"a fault is name[:probability][:amount=n][:times=n][:where=w]: {part!r}"
                ) from error
            if values:
                raise FaultSpecError(f"a fault has no such key: {part!r}: {sorted(values)}")

    def switch(
        self,
        name: str,
        *,
        probability: float = 1.0,
        amount: int | None = None,
        times: int | None = None,
        where: str = "",
    ) -> None:
        """Switch a fault on, or off with a probability of 0.

        Args:
            name: One of `FAULTS`.
            probability: Of each occasion, 0 to 1.
            amount: Milliseconds or seconds, as the fault's summary says.
            times: How often at most; without bound unless given.
            where: To what it is confined.

        Raises:
            FaultSpecError: If there is no such fault, or a number is out of its range.
        """
        fault = FAULTS.get(name)
        if fault is None:
            raise FaultSpecError(f"a fault is one of {', '.join(FAULTS)}: {name!r}")
        if not 0 <= probability <= 1:
            raise FaultSpecError(f"a probability is from 0 to 1: {name}: {probability}")
        if where and where not in fault.where:
            known = ", ".join(fault.where) or "nothing"
            raise FaultSpecError(f"fault {name} may be confined to {known}: {where!r}")
        if amount is None:
            amount = fault.amount_default
        if amount < 0 and name != "clock_skew":
            raise FaultSpecError(f"an amount is not below 0: {name}: {amount}")
        self._settings[name] = _Setting(probability, amount, where, times)

    def clear(self) -> None:
        """Switch everything off; what was counted stays."""
        self._settings.clear()

    def hits(self, name: str, where: str = "") -> bool:
        """Return whether a fault happens on this occasion, and count it if so."""
        setting = self._settings.get(name)
        if setting is None or not setting.probability:
            return False
        if setting.where and where and setting.where != where:
            return False
        if setting.left is not None and setting.left <= 0:
            return False
        if setting.probability < 1 and self._random.random() >= setting.probability:
            return False
        if setting.left is not None:
            setting.left -= 1
        self.counts[name] = self.counts.get(name, 0) + 1
        return True

    def amount(self, name: str, where: str = "") -> int:
        """Return the amount of a fault that is on here, else 0."""
        setting = self._settings.get(name)
        if setting is None or not setting.probability:
            return 0
        is_here = not setting.where or not where or setting.where == where
        return setting.amount if is_here else 0

    def confined_to(self, name: str) -> str:
        """Return what a fault is confined to, or nothing."""
        setting = self._settings.get(name)
        return "" if setting is None else setting.where

    def delay_ms(self, where: str) -> int:
        """Return how long a request waits before it is looked at."""
        fixed, jitter = self.amount("latency", where), self.amount("jitter", where)
        delay = fixed + (self._random.randrange(jitter + 1) if jitter else 0)
        if delay:
            self.counts["latency"] = self.counts.get("latency", 0) + 1
        return delay

    def failure(self, where: str, stage: Stage) -> Failure | None:
        """Return how a request fails before or after it is done, if it does."""
        if self.hits(f"error_5xx_{stage}", where):
            return "error"
        if self.hits(f"timeout_{stage}", where):
            return "silence"
        return "reset" if self.hits(f"reset_{stage}", where) else None

    def described(self) -> dict[str, object]:
        """Return what is on and what was done, for the control endpoint."""
        return {
            "on": {
                name: {
                    "probability": one.probability,
                    "amount": one.amount,
                    "where": one.where,
                    "times": one.left,
                }
                for name, one in self._settings.items()
                if one.probability
            },
            "counts": dict(self.counts),
            "known": {name: fault.summary for name, fault in FAULTS.items()},
        }
