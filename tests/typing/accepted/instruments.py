"""Instruments take exact numbers in any exact form, and give decimals back."""

from __future__ import annotations

from decimal import Decimal

import tradecore as tc

btc = tc.Instrument("BTCUSDT", tick_size="0.1", lot_size=Decimal("0.001"), min_notional=5)
price: Decimal = btc.round_price(50000.04, "buy")
ticks: int = btc.ticks(price)
same: Decimal = btc.price(ticks)
value: Decimal = btc.notional("50000", 1)

try:
    btc.ticks("0.05")
except tc.TradecoreError as refusal:
    text: str = str(refusal)
