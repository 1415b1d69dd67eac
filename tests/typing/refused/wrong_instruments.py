"""Steps are named, sides are two, and an instrument does not change."""

from __future__ import annotations

import tradecore as tc

btc = tc.Instrument("BTCUSDT", "0.1", "0.001")  # E: call-arg
eth = tc.Instrument("ETHUSDT", tick_size="0.01", lot_size=b"1")  # E: arg-type
eth.round_price(1, "long")  # E: arg-type
eth.symbol = "BTCUSDT"  # E: misc
ticks: int = eth.price(1)  # E: assignment
