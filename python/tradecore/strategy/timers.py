"""A strategy's named timers over a host's numbered ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError

if TYPE_CHECKING:
    from tradecore.strategy.context import Host

TIMERS_MAX: Final = 1_024

_UNITS_NS: Final = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}
_DURATION: Final = re.compile(r"(\d+)(\.\d+)?(ns|us|ms|s|m|h|d)")
_DURATION_NS_MAX: Final = 1 << 62


def duration_ns(value: object, *, name: str = "duration") -> int:
    """Return `"250ms"`, `"1.5s"`, `"5m"`, `"1h"`, `"1d"` or a count of nanoseconds in nanoseconds.

    Raises:
        InputError: If it is none of these, zero, negative, or beyond 146 years.
    """
    parsed: int | None = None
    if isinstance(value, str):
        found = _DURATION.fullmatch(value.strip())
        if found:
            whole, part, unit = found.groups()
            parsed = int(whole) * _UNITS_NS[unit]
            if part:
                parsed += _UNITS_NS[unit] * int(part[1:]) // 10 ** len(part[1:])
    elif isinstance(value, int) and not isinstance(value, bool):
        parsed = value
    if parsed is None or not 0 < parsed < _DURATION_NS_MAX:
        raise InputError(
            f"a duration is above 0: nanoseconds, or a number and one of {', '.join(_UNITS_NS)}: "
            f"{name}={value!r}"
        )
    return parsed


class Timers:
    """Which name belongs to which number of the host's.

    A name is used once until its timer is canceled, or its alert rang.
    """

    __slots__ = ("_alerts", "_host", "_ids", "_names")

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ids: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._alerts: set[int] = set()

    @property
    def names(self) -> list[str]:
        """What is set, in the order of setting."""
        return list(self._ids)

    def set_timer(self, name: str, every: int | str) -> None:
        """Ring each period from now on, the first time after one.

        Raises:
            InputError: If the name is in use, the period is no duration, or too many are set.
        """
        every_ns = duration_ns(every, name="every")
        self._check(name)
        self._add(name, self._host.set_timer(self._host.now_ns + every_ns, every_ns=every_ns))

    def set_alert(self, name: str, at_ns: object) -> None:
        """Ring once; at once if the time, in nanoseconds since 1970, is past.

        Raises:
            InputError: If the name is in use, the time is before 1970, or too many are set.
        """
        if isinstance(at_ns, bool) or not isinstance(at_ns, int) or at_ns < 0:
            raise InputError(
                f"an alert is at a count of nanoseconds since 1970: at_ns={at_ns!r}, name={name!r}"
            )
        self._check(name)
        self._alerts.add(self._add(name, self._host.set_timer(at_ns)))

    def cancel(self, name: str) -> bool:
        """Take a timer or alert out; `False` if no such name is set."""
        timer_id = self._ids.pop(name, None)
        if timer_id is None:
            return False
        del self._names[timer_id]
        self._alerts.discard(timer_id)
        return self._host.cancel_timer(timer_id)

    def cancel_all(self) -> None:
        """Take every timer and alert out."""
        for name in self.names:
            self.cancel(name)

    def rang(self, timer_id: int) -> str | None:
        """Return whose number rang, `None` if it was canceled meanwhile; an alert is over then."""
        name = self._names.get(timer_id)
        if name is not None and timer_id in self._alerts:
            self._alerts.discard(timer_id)
            del self._names[timer_id]
            del self._ids[name]
        return name

    def _check(self, name: str) -> None:
        if not name:
            raise InputError("a timer has a name: name=''")
        if name in self._ids:
            raise InputError(f"a timer name is used once until it is canceled: name={name!r}")
        if len(self._ids) >= TIMERS_MAX:
            raise InputError(f"a strategy has at most {TIMERS_MAX} timers: name={name!r}")

    def _add(self, name: str, timer_id: int) -> int:
        self._ids[name] = timer_id
        self._names[timer_id] = name
        return timer_id
