"""Whether a process lives, and whether it can do its work: judged from what it noted of itself.

Being alive never depends on a venue or another process: a restart would not mend those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TICK_NS_MAX", "Condition", "Health", "Judgement"]

TICK_NS_MAX: Final = 2_000_000_000
"""A loop that did not turn for so long is not alive."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold for work to be done.

    Args:
        is_met: Whether it holds.
        detail: What is known of it, in a few words.
        since_ns: Since when, by the monotonic clock.
    """

    is_met: bool
    detail: str
    since_ns: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """An answer, and what it rests on."""

    is_ok: bool
    reasons: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """The HTTP status that says it."""
        return 200 if self.is_ok else 503


@dataclass(slots=True)
class Health:
    """What a process knows of its own state. Times are of the monotonic clock, in nanoseconds.

    Args:
        process: Its name.
        started_ns: When it began.
        needs: Conditions that must hold before it is ready, such as `reconciled`; each is unmet
            until something is noted of it.
    """

    process: str
    started_ns: int
    needs: tuple[str, ...] = ()
    _ticked_ns: int = field(init=False)
    _conditions: dict[str, Condition] = field(init=False)
    _facts: dict[str, object] = field(default_factory=dict, init=False)
    _stopping: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._ticked_ns = self.started_ns
        self._conditions = {
            name: Condition(is_met=False, detail="not known yet", since_ns=self.started_ns)
            for name in self.needs
        }

    def tick(self, now_ns: int) -> None:
        """Note that the loop turns."""
        self._ticked_ns = now_ns

    def note(self, name: str, *, is_met: bool, detail: str, now_ns: int) -> bool:
        """Note a condition; return whether it changed."""
        known = self._conditions.get(name)
        has_changed = known is None or known.is_met is not is_met
        since_ns = now_ns if known is None or has_changed else known.since_ns
        self._conditions[name] = Condition(is_met, detail, since_ns)
        return has_changed

    def fact(self, name: str, value: object) -> None:
        """Note something that is told in detail and decides nothing."""
        self._facts[name] = value

    def stop(self, reason: str) -> None:
        """Note that the process is on its way out: it is alive, and not ready."""
        self._stopping = reason

    def live(self, now_ns: int) -> Judgement:
        """Judge whether the process is alive."""
        silent_ns = now_ns - self._ticked_ns
        if silent_ns < TICK_NS_MAX:
            return Judgement(is_ok=True)
        reason = f"the loop did not turn for {silent_ns / 1e9:.1f} s"
        return Judgement(is_ok=False, reasons=(reason,))

    def ready(self, now_ns: int) -> Judgement:
        """Judge whether the process can do its work."""
        reasons = [*self.live(now_ns).reasons]
        if self._stopping is not None:
            reasons.append(f"stopping: {self._stopping}")
        reasons += [
            f"{name}: {condition.detail}"
            for name, condition in self._conditions.items()
            if not condition.is_met
        ]
        return Judgement(is_ok=not reasons, reasons=tuple(reasons))

    def detailed(self, now_ns: int) -> Mapping[str, object]:
        """Return everything, as JSON can say it."""
        ready = self.ready(now_ns)
        return {
            "process": self.process,
            "live": self.live(now_ns).is_ok,
            "ready": ready.is_ok,
            "reasons": list(ready.reasons),
            "uptime_s": round((now_ns - self.started_ns) / 1e9, 3),
            "conditions": {
                name: {
                    "met": condition.is_met,
                    "detail": condition.detail,
                    "for_s": round((now_ns - condition.since_ns) / 1e9, 3),
                }
                for name, condition in self._conditions.items()
            },
            "facts": dict(self._facts),
        }
