"""Whatever is lost, delayed or killed: in the end the desk's truth is the venue's."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from support.desk_venue import SYMBOL, DeskRig

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(1, 5), st.sampled_from(["buy", "sell"])),
        st.tuples(st.just("modify"), st.integers(0, 9), st.integers(1, 9)),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("arrive"), st.booleans(), st.booleans()),
        st.tuples(st.just("trade"), st.integers(0, 9), st.integers(1, 5)),
        st.tuples(st.just("lose_stream")),
        st.tuples(st.just("find_stream")),
        st.tuples(st.just("advance"), st.sampled_from([0.25, 1, 4])),
        st.tuples(st.just("kill")),
        st.tuples(st.just("cut")),
    ),
    max_size=40,
)


def one_of(rig, number):
    """Return an open order of the venue's, if there is one."""
    names = sorted(rig.venue.open_ids())
    return names[number % len(names)] if names else None


def act(rig, step):
    """Let the trader do something."""
    orders = rig.desk.table.open_orders()
    match step:
        case ("buy", quantity, side):
            rig.buy(str(quantity), side=side)
        case ("modify", number, quantity) if orders:
            rig.modify(orders[number % len(orders)].client_order_id, "101", str(quantity))
        case ("cancel", number) if orders:
            rig.cancel(orders[number % len(orders)].client_order_id)


def befall(rig, step):
    """Let something happen at the venue, on the way, or to the process."""
    match step:
        case ("arrive", answer, lose) if rig.venue.wire:
            rig.venue.arrive(answer=answer, lose=lose)
        case ("trade", number, quantity) if name := one_of(rig, number):
            rig.venue.trade(name, quantity)
        case ("lose_stream",):
            rig.venue.lose_stream()
        case ("advance", seconds):
            rig.advance(seconds)
        case ("kill",):
            # What left may still arrive; what the process had not heard is gone with it.
            rig.start()
            rig.venue.find_stream()
        case ("cut",):
            for _, asked in rig.venue.wire:
                rig.venue.doubt(asked)
            rig.venue.wire.clear()


def play(rig, step):
    """Make one thing happen; an answer that arrives may be heard much later."""
    act(rig, step)
    befall(rig, step)
    if step[0] == "find_stream":
        rig.venue.find_stream()
    if step[0] != "arrive":
        rig.settle()


def quiet_down(rig):
    """Let everything arrive and be answered, and time pass until nothing is open to doubt."""
    rig.venue.find_stream()
    for _ in range(60):
        while rig.venue.wire:
            rig.venue.arrive()
            rig.settle()
        rig.settle()
        rig.advance(1)


@given(STEPS)
def test_the_desks_truth_is_the_venues(steps):
    """Open orders, fills and position agree; no order was made twice, none refused falsely."""
    rig = DeskRig().open()
    for step in steps:
        play(rig, step)
    quiet_down(rig)

    note(f"venue: {rig.venue.orders}")
    table = rig.desk.table
    assert len(set(rig.venue.created)) == len(rig.venue.created)
    assert {o.client_order_id for o in table.open_orders()} == rig.venue.open_ids()
    assert not len(rig.desk.outcomes)
    assert rig.limits.position(SYMBOL) == rig.venue.position
    for name, booked in rig.venue.orders.items():
        order = table.get(name)
        assert order.cumulative == booked.filled
        if booked.is_open:
            assert (order.price, order.quantity) == (booked.price, booked.quantity)
        assert "rejected" not in rig.replies(name)
    assert rig.desk.blocked is None
