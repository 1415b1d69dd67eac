"""Orders that cancel or release one another, one by one and in the two ready-made forms."""

from __future__ import annotations

from decimal import Decimal

import pytest


def submit(engine, side, quantity, price=None, **more):
    """Submit an order of the one instrument."""
    return engine.submit("BTCUSDT", side=side, quantity=quantity, price=price, **more)


def told(reports):
    """Reduce reports to what happened to whom, and why."""
    return [(r.exec_type, r.order_id, r.reject_code) for r in reports]


def test_one_cancels_the_other(engine):
    """A trade of the first takes out the second, at once."""
    submit(engine, "sell", 2, 110)
    submit(engine, "sell", 2, type="stop", stop_price=90, oco=1)

    reports = submit(engine, "buy", 1, 110)

    assert told(reports)[-1] == ("canceled", 2, "LINKED_ORDER_DONE")
    assert engine.order(1).leaves_quantity == 1


def test_a_held_order_comes_for_what_its_releaser_traded(engine):
    """Not before the releaser is gone, and not for more."""
    submit(engine, "sell", 9, 110, held=True)
    submit(engine, "buy", 5, 100, releases=1)
    submit(engine, "sell", 2, 100)
    assert engine.order(1).state == "held"

    reports = engine.cancel("BTCUSDT", order_id=2)

    assert told(reports) == [("canceled", 2, None), ("triggered", 1, None)]
    assert engine.book("BTCUSDT").best_ask == (110, 2)


def test_a_bracket_waits_for_its_entry_and_closes_it_once(engine):
    """Loss and profit are released by the fill; the one that trades takes out the other."""
    placed = engine.submit_bracket(
        "BTCUSDT", side="buy", quantity=2, price=100, stop_loss=95, take_profit=110, account=4,
        client_order_id="in",
    )  # fmt: skip
    waiting = engine.waiting("BTCUSDT")

    assert [(r.exec_type, r.side, r.order_status) for r in placed] == [
        ("new", "sell", "pending_trigger"),
        ("new", "sell", "pending_trigger"),
        ("new", "buy", "new"),
    ]
    assert [r.client_order_id for r in placed] == [None, None, "in"]
    assert [(o.type, o.state, o.price, o.stop_price, o.account) for o in waiting] == [
        ("stop", "held", None, 95, 4),
        ("limit", "held", 110, None, 4),
    ]

    submit(engine, "sell", 2, 100)
    (stop,) = engine.waiting("BTCUSDT")
    assert (stop.type, stop.state, engine.book("BTCUSDT").best_ask) == (
        "stop",
        "pending_trigger",
        (110, 2),
    )
    closed = submit(engine, "buy", 2, 110)
    assert told(closed)[-1][2] == "LINKED_ORDER_DONE"
    assert engine.live_orders == 0


def test_the_loss_side_of_a_bracket_works_as_well(engine):
    """A sell bracket is stopped out by a trade above."""
    submit(engine, "buy", 1, 100)
    engine.submit_bracket("BTCUSDT", side="sell", quantity=1, stop_loss=105, take_profit=90)
    submit(engine, "sell", 1, 106)
    submit(engine, "sell", 1, 105)

    reports = submit(engine, "buy", 1, 105)

    assert [(r.exec_type, r.order_id) for r in reports[3:]] == [
        ("triggered", 2),
        ("canceled", 3),
        ("trade", 5),
        ("trade", 2),
    ]
    assert engine.live_orders == 0


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        pytest.param({"price": 100, "time_in_force": "FOK"}, "FOK_NOT_FILLABLE", id="killed"),
        pytest.param({}, "NO_LIQUIDITY", id="nobody-there"),
        pytest.param({"price": 100, "client_order_id": "twin"}, "DUPLICATE", id="refused"),
    ],
)
def test_of_a_bracket_nothing_stays_when_its_entry_does_not(engine, terms, reason):
    """All of it or none."""
    submit(engine, "buy", 1, 1, client_order_id="twin")

    reports = engine.submit_bracket(
        "BTCUSDT", side="buy", quantity=1, stop_loss=90, take_profit=110, **terms
    )

    assert any((r.reject_code or "").startswith(reason) for r in reports)
    assert {r.order_id for r in reports if r.exec_type == "canceled"} >= {2, 3}
    assert engine.live_orders == 1


def test_a_bracket_whose_stop_is_refused_places_nothing_else(engine):
    """A halted symbol takes no order at all."""
    engine.set_phase("BTCUSDT", "halted")

    reports = engine.submit_bracket(
        "BTCUSDT", side="buy", quantity=1, price=100, stop_loss=90, take_profit=110
    )

    assert told(reports) == [("rejected", 1, "TRADING_HALTED")]
    assert engine.live_orders == 0


def test_a_pair_rests_on_one_side_of_the_market_and_waits_on_the_other(engine):
    """Whichever comes first is the last."""
    placed = engine.submit_oco("BTCUSDT", side="sell", quantity=1, price=110, stop_price=90)
    assert [(r.exec_type, r.price) for r in placed] == [("new", None), ("new", Decimal(110))]

    submit(engine, "buy", 1, 89)
    submit(engine, "buy", 1, 90)
    reports = submit(engine, "sell", 1, 90)

    assert told(reports)[3:5] == [("triggered", 1, None), ("canceled", 2, "LINKED_ORDER_DONE")]
    assert reports[-1].last_price == 89
    assert engine.live_orders == 0


def test_a_pair_whose_stop_is_reached_already_is_the_stop_alone(engine):
    """There is nothing left for a limit order to sell."""
    submit(engine, "buy", 2, 90)
    submit(engine, "sell", 1, 90)

    reports = engine.submit_oco("BTCUSDT", side="sell", quantity=1, price=110, stop_price=95)

    assert [r.exec_type for r in reports] == ["new", "triggered", "trade", "trade"]
    assert engine.live_orders == 0


def test_a_pair_whose_limit_is_refused_leaves_no_stop(engine):
    """Half a pair would be something nobody asked for."""
    engine.set_bands("BTCUSDT", high=105)

    reports = engine.submit_oco("BTCUSDT", side="sell", quantity=1, price=110, stop_price=90)

    assert told(reports) == [
        ("new", 1, None),
        ("rejected", 2, "PRICE_BAND"),
        ("canceled", 1, None),
    ]
