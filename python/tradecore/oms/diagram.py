"""The order's life-cycle as a picture, drawn from the one table that decides it."""

from __future__ import annotations

from tradecore.core import OrderState, order_transitions


def lifecycle_diagram() -> str:
    """Return the table of transitions as a Mermaid state diagram.

    Events that lead from one state to the same other one share an arrow. An event that leaves the
    state as it is (a late fill of a canceled order) is no arrow.
    """
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, event, after in order_transitions():
        if state != after:
            arrows.setdefault((state, after), []).append(event)
    lines = ["stateDiagram-v2", f"    [*] --> {OrderState.INITIALIZED}"]
    for (state, after), events in arrows.items():
        lines.append(f"    {state} --> {after}: {', '.join(events)}")
    return "\n".join(lines) + "\n"
