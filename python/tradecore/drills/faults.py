"""The faults a strategy is drilled with: each a story of a few seconds at the local exchange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DRILLS", "FaultDrill", "drills_named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultDrill:
    """One fault, and for how long.

    Args:
        name: How it is asked for.
        summary: What happens.
        spec: What is switched on, in the text form of `tradecore simulate --faults`.
        counted: The fault that must have happened at least once; none that can be counted if
            empty.
        lasts_ms: How long it is on.
    """

    name: str
    summary: str
    spec: str
    counted: str
    lasts_ms: int = 1_500


def _confined(fault: str, where: str, summary: str, *, amount: str = "") -> FaultDrill:
    return FaultDrill(
        name=f"{fault.replace('_', '-')}-{where}",
        summary=summary,
        spec=f"{fault}:{amount}where={where}",
        counted=fault,
    )


_LOST_ANSWERS: Final = {
    "error_5xx_before": "503, and nothing was done",
    "error_5xx_after": "503, after it was done",
    "timeout_before": "no answer, and nothing was done",
    "timeout_after": "no answer, after it was done",
    "reset_before": "the line is cut, and nothing was done",
    "reset_after": "the line is cut, after it was done",
}
_EVENTS: Final = {
    "drop_frame": ("0.3:", "three events of ten are lost"),
    "duplicate_event": ("", "every event comes twice"),
    "reorder_event": ("0.5:", "events change places"),
}
_CHANNELS: Final = {"market": "of the market", "private": "of the account"}
#: Each once, from the mildest to the worst.
DRILLS: Final[tuple[FaultDrill, ...]] = (
    FaultDrill(
        name="latency",
        summary="every request takes 200 ms longer",
        spec="latency:amount=200",
        counted="latency",
    ),
    FaultDrill(
        name="jitter",
        summary="every request takes up to 300 ms longer, each another time",
        spec="jitter:amount=300",
        counted="latency",
    ),
    *(
        _confined(fault, where, f"{said} {of}", amount=part)
        for fault, (part, said) in _EVENTS.items()
        for where, of in _CHANNELS.items()
    ),
    FaultDrill(name="gap", summary="depth changes are lost", spec="gap:0.3", counted="gap"),
    *(
        FaultDrill(
            name=f"disconnect-{where}",
            summary=f"connections {of} are cut, five times",
            spec=f"disconnect:times=5:where={where}",
            counted="disconnect",
        )
        for where, of in {**_CHANNELS, "api": "that take orders"}.items()
    ),
    FaultDrill(
        name="disconnect-all",
        summary="every connection is cut, five times",
        spec="disconnect:times=5",
        counted="disconnect",
    ),
    *(
        FaultDrill(
            name=f"{fault.replace('_', '-')}-{where}",
            summary=f"{said}: {where}",
            spec=f"{fault}:times=3:where={where}",
            counted=fault,
        )
        for fault, said in _LOST_ANSWERS.items()
        for where in ("orders", "cancels")
    ),
    FaultDrill(
        name="rate-limit-429",
        summary="429: slow down for a second",
        spec="rate_limit_429:times=3:amount=1",
        counted="rate_limit_429",
    ),
    FaultDrill(
        name="ban-418",
        summary="418: the address is banned for two seconds",
        spec="ban_418:times=1:amount=2",
        counted="ban_418",
        lasts_ms=2_500,
    ),
    FaultDrill(
        name="clock-skew",
        summary="the venue's clock runs 3 s ahead for a while",
        spec="clock_skew:amount=3000",
        counted="",
    ),
    FaultDrill(
        name="listen-key-expiry",
        summary="the key of the private stream runs out",
        spec="listen_key_expiry:times=2",
        counted="listen_key_expiry",
    ),
    FaultDrill(
        name="outage-fills",
        summary="orders trade in part while the private stream is cut",
        # Cut at each tick, so that it is tried again later each time and there is an outage.
        spec="outage_fills,disconnect:where=private",
        counted="outage_fills",
        lasts_ms=2_500,
    ),
)


def drills_named(names: Iterable[str]) -> tuple[FaultDrill, ...]:
    """Return the drills whose names are these or begin with these, or all.

    Raises:
        InputError: If none is called like one of them.
    """
    wanted = tuple(names)
    for name in wanted:
        if not any(drill.name.startswith(name) for drill in DRILLS):
            known = ", ".join(drill.name for drill in DRILLS)
            raise InputError(f"a drill is one of {known}: {name!r}")
    if not wanted:
        return DRILLS
    return tuple(drill for drill in DRILLS if drill.name.startswith(wanted))
