"""What a report says of an order is true of it: its limit, its name, its numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import tradecore as tc

PRICES = st.integers(95, 105)
ORDERS = st.fixed_dictionaries(
    {
        "side": st.sampled_from(["buy", "sell"]),
        "quantity": st.integers(1, 9),
        "account": st.integers(1, 2),
        "self_trade_prevention": st.sampled_from(["none", "cancel_oldest", "decrement"]),
    }
)
KINDS = st.one_of(
    st.fixed_dictionaries({"price": PRICES}, optional={"display_quantity": st.integers(1, 3)}),
    st.fixed_dictionaries({"price": PRICES, "time_in_force": st.sampled_from(["IOC", "FOK"])}),
    st.fixed_dictionaries({"type": st.just("market")}, optional={"price": PRICES}),
    st.fixed_dictionaries({"type": st.just("stop"), "stop_price": PRICES}),
    st.fixed_dictionaries({"type": st.just("stop_limit"), "stop_price": PRICES, "price": PRICES}),
    st.fixed_dictionaries({"type": st.just("market_to_limit")}),
    st.fixed_dictionaries({"price": PRICES, "oco": st.integers(1, 20)}),
    st.fixed_dictionaries(
        {"price": PRICES, "time_in_force": st.just("GTD"), "expire_time_ns": st.integers(1, 40)}
    ),
)
STEPS = st.one_of(
    st.tuples(ORDERS, KINDS),
    st.integers(1, 20),
    st.tuples(st.integers(1, 20), PRICES),
    st.sampled_from(["auction", "open"]),
)


def played(engine, number, step):
    """Execute a step; orders are named after it."""
    if isinstance(step, str):
        return engine.set_phase("X", step)
    if isinstance(step, int):
        return engine.cancel("X", order_id=step, timestamp_ns=number)
    if isinstance(step[0], int):
        return engine.modify("X", order_id=step[0], price=step[1])
    return engine.submit("X", **step[0], **step[1], client_order_id=str(number))


@given(st.lists(STEPS, max_size=40))
def test_every_report_of_an_order_bears_its_limit_name_and_numbers(steps):
    """A taker's limit is not its trade's price, and a name outlives its order by one report."""
    engine = tc.MatchingEngine([tc.Instrument("X", tick_size=1, lot_size=1)])
    limits, names, spent = {}, {}, {}
    for number, step in enumerate(steps, 1):
        for report in played(engine, number, step):
            order = report.order_id
            if report.exec_type == "rejected":
                continue
            if report.exec_type == "new":
                names[order], spent[order] = report.client_order_id, 0
            if report.exec_type in {"new", "replaced"}:
                limits[order] = report.price
            assert (report.price, report.client_order_id) == (limits[order], names[order])
            if report.exec_type == "trade":
                spent[order] += report.last_price * report.last_quantity
                assert report.average_price == spent[order] / report.cumulative_quantity
            live = report.cumulative_quantity + report.leaves_quantity
            assert live <= report.quantity
