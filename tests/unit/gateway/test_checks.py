"""What a check says of an order is what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tradecore.gateway.checks import Examination
from tradecore.gateway.codes import code_of
from tradecore.gateway.limits import LimitTable, LimitValues
from tradecore.gateway.listing import listed
from tradecore.gateway.settings import load_venue
from tradecore.venue import PlaceOrder, Refused, VenueService
from tradecore.venue.engine_marks import EngineMarks

INSTRUMENTS = listed(load_venue(environ={}).settings.instruments)
START_NS = 1_767_225_600_000_000_000
LIMITS = LimitValues(
    max_order_value=Decimal(1_000),
    max_position_value=Decimal(2_500),
    max_position_size=Decimal(22),
    max_leverage=Decimal(3),
    max_open_orders=6,
    price_collar=Decimal("0.1"),
)
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(("SOLUSDT", "ETHUSDT")),
        st.sampled_from(("buy", "sell")),
        st.sampled_from((85, 95, 99, 100, 101, 105, 115)),
        st.integers(1, 14),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


def opened():
    """Return a venue in memory with limits, and an account with little money."""
    service = VenueService.begin(INSTRUMENTS, now_ns=START_NS)
    risk = service.engine.risk
    risk.set_limits(LIMITS.for_engine())
    for symbol, one in service.state.instruments.items():
        risk.set_limits(LimitTable(LIMITS, Path()).of_symbol(one), symbol=symbol)
    service.open_account(7, deposit=Decimal(900))
    service.open_account(8, deposit=Decimal(900))
    return service


def order_of(symbol, side, percent, tenths, account):
    """Return an order near the reference price, worth some part of the limits."""
    reference = {"SOLUSDT": Decimal(100), "ETHUSDT": Decimal(2_500)}[symbol]
    return PlaceOrder(
        account=account,
        symbol=symbol,
        side=side,
        price=reference * percent / 100,
        quantity=Decimal(tenths) * 100 / reference,
    )


@given(ORDERS)
def test_a_check_foretells_the_engine(said):
    """Whatever came before: an order passes every rule if, and only if, it is taken."""
    service = opened()
    marks = EngineMarks(service)
    for number, (symbol, side, percent, tenths, is_other) in enumerate(said):
        order = order_of(symbol, side, percent, tenths, 8 if is_other else 7)
        # As each tick of a venue does: a trade moves the mark.
        marks.tell()
        checks = Examination(service, LIMITS, "active", order).checks()
        failed = [one.code for one in checks if not one.passed]

        placed = service.place(order, now_ns=START_NS + number)

        refused = code_of(placed) if isinstance(placed, Refused) else None
        assert (refused is None) == (not failed), (refused, failed, order)
        assert refused is None or refused in failed, (refused, failed, order)
