"""The picture of the life-cycle is the table."""

from __future__ import annotations

import tradecore as tc
from tradecore.oms import lifecycle_diagram, order_transitions


def test_every_arrow_is_a_listed_transition():
    """Every arrow is a listed transition."""
    arrows = [
        line.strip().split(" --> ") for line in lifecycle_diagram().splitlines() if "-->" in line
    ]
    listed = {(state, event, after) for state, event, after in order_transitions()}

    drawn = set()
    for state, rest in arrows[1:]:
        after, events = rest.split(": ")
        drawn |= {(state, event, after) for event in events.split(", ")}

    assert arrows[0] == ["[*]", "INITIALIZED"]
    assert drawn == {(state, event, after) for state, event, after in listed if state != after}


def test_the_states_are_those_of_the_enum_and_final_ones_are_left_by_fills_only():
    """The states are those of the enum and final ones are left by fills only."""
    final = {"DENIED", "FILLED", "CANCELED", "REJECTED", "EXPIRED"}

    for state, event, after in order_transitions():
        assert {state, after} <= set(tc.OrderState)
        if state in final and state != after:
            assert (event, after) == ("last_fill", "FILLED")
