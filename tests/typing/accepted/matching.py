"""Orders take plain words and exact numbers; what comes back is typed to the field."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

import numpy as np

import tradecore as tc

btc = tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")
engine = tc.MatchingEngine([btc])
reports = engine.submit("BTCUSDT", side="buy", quantity="1.5", price=Decimal("50000.0"))
assert_type(reports, list[tc.ExecutionReport])
for report in reports:
    assert_type(report.sequence, int)
    if report.last_price is not None:
        assert_type(report.last_price, Decimal)
engine.modify("BTCUSDT", order_id=1, quantity=1)
assert_type(engine.remove("BTCUSDT", order_id=1), bool)
assert_type(engine.state_hash(), str)

commands = np.zeros(8, dtype=tc.COMMAND_DTYPE)
commands["symbol"] = 0
answers = engine.process(commands)
traded = answers[answers["exec_type"] == 1]
