"""Runs repeat: the same strategy, told the same, does the same to the last digit."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

import tradecore as tc
from support.local_host import BTC, LocalHost
from tradecore.portfolio import profit

MARK = Decimal("50000.05")


class Maker(tc.AbstractStrategy):
    """Quotes around the book and leans on what it holds."""

    def on_start(self):
        """Begin with nothing."""
        self.pages = []

    def on_book(self, book):
        """Quote one or two ticks away from the best prices."""
        lean = self.position(BTC).quantity_lots // 10
        self.quote(
            BTC,
            bids=[(book.bid_price - lean / 10, 0.02)],
            asks=[(book.ask_price - lean / 10, 0.02)],
        )

    def on_order_event(self, event):
        """Note everything."""
        self.pages.append(repr(event))


steps = st.lists(
    st.tuples(
        st.integers(-30, 30),
        st.integers(1, 30),
        st.booleans(),
        st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20)), max_size=3),
    ),
    min_size=1,
    max_size=15,
)


def run(script):
    """Let a maker live through a script of books, answers and trades."""
    host, strategy = LocalHost(), Maker()
    host.run(strategy)
    for shift, spread, answers, trades in script:
        bid = 50_000 + shift / 10
        host.show_book(bid_price=bid, ask_price=bid + spread / 10)
        if answers:
            host.exchange()
        for n, lots in trades:
            live = [resting.order for resting in host.resting.values() if resting.is_live]
            if live:
                host.fill(live[n % len(live)], Decimal(lots) / 1000, fee="0.25")
    host.exchange()
    return host, strategy


@given(steps)
def test_a_run_repeats_and_conserves_value(script):
    """Events, orders and profit are equal; equity is cash flow plus value at the mark."""
    host, strategy = run(script)
    _, again = run(script)
    position = strategy.position(BTC)

    assert strategy.pages == again.pages
    assert host.container.exit_code == 0
    assert profit(position, MARK) == profit(again.position(BTC), MARK)
    held = position.value(MARK) if not position.is_flat else 0
    assert profit(position, MARK).net == position.cash_flow + held


@given(steps)
def test_what_the_trader_knows_is_what_the_venue_has(script):
    """After all answers came, states, fills and the position are the venue's."""
    host, strategy = run(script)

    for resting in host.resting.values():
        order = resting.order
        assert order.is_live == resting.is_live
        assert order.cumulative_lots == resting.filled
        if resting.is_live:
            assert (order.price_ticks, order.quantity_lots) == (resting.price, resting.total)
    signs = {"buy": 1, "sell": -1}
    held = sum(signs[r.order.side] * r.filled for r in host.resting.values())
    assert strategy.position(BTC).quantity_lots == held
    for side in signs:
        assert len(strategy.orders(BTC, side)) <= 1
