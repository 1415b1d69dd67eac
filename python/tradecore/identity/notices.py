"""What happened to requests, gathered before it is written: many alike become one entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.identity.audit import AuditEvent

if TYPE_CHECKING:
    from tradecore.identity.refusals import Refusal

__all__ = ["UNPROVED", "Notices"]

REFUSED: Final = "request.refused"
USED: Final = "key.used"
UNPROVED: Final = "unproved"
"""Who did what nobody is proved to have done."""

REST: Final = (REFUSED, "many", "", "")


@dataclass(slots=True)
class _Count:
    first_ns: int
    last_ns: int
    count: int = 0


@dataclass(slots=True)
class Notices:
    """Counts refusals by code, subject and address, and the first use of a key from an address.

    A flood of bad requests must not flood the log: between two takes each kind is counted, and
    what has no room left is counted together.

    Args:
        entries_max: Kinds that are told apart.
    """

    entries_max: int = 1_000
    _counts: dict[tuple[str, str, str, str], _Count] = field(default_factory=dict, init=False)
    _used: dict[str, int] = field(default_factory=dict, init=False)
    _known: set[tuple[str, str]] = field(default_factory=set, init=False)

    def refuse(self, refusal: Refusal, peer: str, *, now_ns: int) -> None:
        """Count a refusal."""
        self._count((REFUSED, refusal.code.value, refusal.subject, peer), now_ns)

    def use(self, key_id: str, peer: str, *, now_ns: int) -> None:
        """Note that a key was used, and count it where it is used from a new address."""
        self._used[key_id] = now_ns
        if (key_id, peer) not in self._known and len(self._known) < self.entries_max:
            self._known.add((key_id, peer))
            self._count((USED, "first", key_id, peer), now_ns)

    def take(self) -> tuple[list[AuditEvent], dict[str, int]]:
        """Return what was counted, as events, and when each key was used last; forget both."""
        events = [
            AuditEvent(
                kind,
                subject if kind == USED else UNPROVED,
                count.last_ns,
                {
                    "code": code,
                    "subject": subject,
                    "peer": peer,
                    "count": count.count,
                    "first_ns": count.first_ns,
                    "last_ns": count.last_ns,
                },
            )
            for (kind, code, subject, peer), count in self._counts.items()
        ]
        used = self._used
        self._counts, self._used = {}, {}
        return events, used

    def _count(self, kind: tuple[str, str, str, str], now_ns: int) -> None:
        if kind not in self._counts and len(self._counts) >= self.entries_max:
            kind = REST
        count = self._counts.setdefault(kind, _Count(now_ns, now_ns))
        count.last_ns = now_ns
        count.count += 1
