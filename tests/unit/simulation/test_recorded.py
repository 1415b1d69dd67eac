"""A recording in the background: its book is the venue's book, its trades take what rests."""

from __future__ import annotations

import pytest

from support.binance_desk import Desk
from tradecore.backtest.samples import sample_path
from tradecore.core import DataError
from tradecore.simulation.local import make_binance


def test_the_recorded_touch_is_the_touch_here():
    """Prices are those of the recording at its own pace, and no money is lost by playing it."""
    desk = Desk(flow=str(sample_path()))
    desk.wait(5_000, step=50)
    state = desk.exchange.service.state
    levels = {side: desk.flow.playback.levels(side) for side in ("buy", "sell")}
    bid, ask = (state.depths["BTCUSDT"].best(side) for side in ("buy", "sell"))
    assert bid[0] in levels["buy"]
    assert ask[0] in levels["sell"]
    assert state.histories.prints("BTCUSDT")
    assert state.ledger.residue({name: one.mark for name, one in state.marks.items()}) == 0


def test_a_recorded_trade_takes_what_a_client_has_in_front():
    """A better bid is hit by the next recorded sell."""
    desk = Desk(flow=str(sample_path()))
    desk.wait(50)
    best = desk.exchange.service.state.depths["BTCUSDT"].best("buy")[0]
    ask = desk.exchange.service.state.depths["BTCUSDT"].best("sell")[0]
    price = best + (ask - best) / 2 if ask - best > 1 else best
    placed = desk.order(price=str(price.quantize(best)), quantity="0.010")
    desk.wait(60_000, step=100)
    asked = desk.ask("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert asked["status"] == "FILLED"


def test_what_is_no_recording_is_refused(tmp_path):
    """The message names the file."""
    path = tmp_path / "words.txt"
    path.write_text("no frames here")
    with pytest.raises(DataError, match="names its symbol"):
        make_binance(keys={}, now_ns=1, flow=str(path))
