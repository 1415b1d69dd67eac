"""Arguments that do not belong together: the call raises, and nothing changes."""

from __future__ import annotations

import pytest

import tradecore as tc

INPUT, PRICE, QUANTITY = tc.core.InputError, tc.core.PriceError, tc.core.QuantityError
LIMIT = {"price": 100}
STOP = {"type": "stop", "stop_price": 90}


@pytest.mark.parametrize(
    ("terms", "error", "text"),
    [
        pytest.param({"type": "stop"}, INPUT, "type='stop' needs stop_price", id="stop"),
        pytest.param({**STOP, "type": "stop_limit"}, INPUT, "needs price", id="stop-limit"),
        pytest.param(
            {**LIMIT, "stop_price": 2},
            INPUT,
            "type='limit' takes no stop_price: stop_price=2",
            id="stop-of-limit",
        ),
        pytest.param({"type": "trailing_stop"}, INPUT, "needs trailing_distance", id="trailing"),
        pytest.param(
            {**STOP, "trailing_distance": 1}, INPUT, "type='stop' takes no trailing", id="distance"
        ),
        pytest.param({**LIMIT, "type": "iceberg"}, INPUT, "needs display_quantity", id="iceberg"),
        pytest.param(
            {"type": "market", "display_quantity": 1}, INPUT, "takes no display", id="display"
        ),
        pytest.param(
            {**LIMIT, "time_in_force": "GTD"},
            INPUT,
            "time_in_force='GTD' needs expire_time_ns",
            id="gtd",
        ),
        pytest.param(
            {**LIMIT, "expire_time_ns": 5},
            INPUT,
            "time_in_force='GTC' takes no expire_time_ns: expire_time_ns=5",
            id="expiry",
        ),
        pytest.param({**LIMIT, "reprice": True}, INPUT, "reprice is of post_only", id="reprice"),
        pytest.param(
            {**LIMIT, "oco": 1, "held": True}, INPUT, "in one way: oco=1, held=True", id="links"
        ),
        pytest.param({**LIMIT, "oco": -1}, INPUT, "must be an int from 0", id="oco"),
        pytest.param(
            {**LIMIT, "self_trade_prevention": "both"}, INPUT, "must be one of 'none'", id="stp"
        ),
        pytest.param({**STOP, "stop_price": "1.55"}, PRICE, "stop_price: price must be", id="tick"),
        pytest.param({**STOP, "stop_price": 0}, PRICE, "stop_price: price must be", id="zero"),
        pytest.param(
            {**LIMIT, "display_quantity": "0.0001"}, QUANTITY, "display_quantity: qu", id="lot"
        ),
    ],
)
def test_arguments_out_of_place_are_named(engine, terms, error, text):
    """Both ways in refuse the call before anything has happened."""
    before = engine.state_hash()

    for call in (engine.submit, engine.place):
        with pytest.raises(error, match=text):
            call("BTCUSDT", side="buy", quantity=1, timestamp_ns=5, **terms)

    assert engine.state_hash() == before


@pytest.mark.parametrize(
    ("prices", "text"),
    [
        pytest.param(
            {"side": "buy", "stop_loss": 101, "take_profit": 110, "price": 100},
            "of a buy order stop_loss < price < take_profit must hold: stop_loss=101",
            id="loss-above-entry",
        ),
        pytest.param(
            {"side": "sell", "stop_loss": 90, "take_profit": 110},
            "of a sell order stop_loss > take_profit must hold",
            id="wrong-way-round",
        ),
        pytest.param(
            {"side": "buy", "stop_loss": 90, "take_profit": 110, "time_in_force": "GTD"},
            "needs expire_time_ns",
            id="gtd",
        ),
    ],
)
def test_a_bracket_is_around_its_entry(engine, prices, text):
    """Loss on one side, profit on the other."""
    before = engine.state_hash()

    with pytest.raises(INPUT, match=text):
        engine.submit_bracket("BTCUSDT", quantity=1, **prices)

    assert engine.state_hash() == before


def test_a_pair_has_its_stop_beyond_its_limit(engine):
    """Otherwise one would be reached before the other waits."""
    with pytest.raises(INPUT, match="price > stop_price must hold: price=100, stop_price=101"):
        engine.submit_oco("BTCUSDT", side="sell", quantity=1, price=100, stop_price=101)


@pytest.mark.parametrize(
    ("bands", "error", "text"),
    [
        pytest.param({"low": 5, "high": 4}, INPUT, "low must not be above high", id="crossed"),
        pytest.param({"low": "0.05"}, PRICE, "low: price must be", id="tick"),
        pytest.param({"dynamic_bps": 0}, INPUT, "from 1 to 9999: dynamic_bps=0", id="none"),
        pytest.param({"dynamic_bps": 10_000}, INPUT, "from 1 to 9999", id="whole"),
        pytest.param({"halt_ns": 5}, INPUT, "is of a dynamic band: halt_ns=5", id="halt-alone"),
        pytest.param({"dynamic_bps": 5, "halt_ns": -1}, INPUT, "must be 0 or more", id="negative"),
    ],
)
def test_bands_that_bound_nothing_are_refused(engine, bands, error, text):
    """And those that were set stay."""
    engine.set_bands("BTCUSDT", low=90)
    before = engine.state_hash()

    with pytest.raises(error, match=text):
        engine.set_bands("BTCUSDT", **bands)

    assert engine.state_hash() == before


def test_a_phase_is_one_of_four_words(engine):
    """The known ones are listed."""
    with pytest.raises(INPUT, match="phase must be one of 'open', 'auction', 'halted', 'closed'"):
        engine.set_phase("BTCUSDT", "pre-open")
