"""What cannot be an order does not type-check."""

from __future__ import annotations

import tradecore as tc

engine = tc.MatchingEngine([tc.Instrument("X", tick_size="1", lot_size="1")])
engine.submit("X", side="long", quantity=1, price=1)  # E: arg-type
engine.submit("X", quantity=1, price=1)  # E: call-arg
engine.submit("X", side="buy", quantity=1, price=1, time_in_force="FOREVER")  # E: arg-type
engine.submit("X", side="buy", quantity=None, price=1)  # E: arg-type
engine.cancel("X", 1)  # E: call-arg
for report in engine.cancel("X", order_id=1):
    report.price = None  # E: misc
    price: float = report.last_price  # E: assignment
