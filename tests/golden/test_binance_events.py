"""An order's whole life as frames of the venue, and what is told of each."""

from __future__ import annotations

import json

from tradecore.exchanges.binance.messages import OrderTradeUpdate
from tradecore.exchanges.binance.readings import order_update


def text(value):
    """Return an exact number as text."""
    return None if value is None else format(value, "f")


def test_an_orders_life(project_root, update_golden):
    """Each frame gives the reply, the terms and the id that stand beside it."""
    path = project_root / "tests/golden/binance/events.jsonl"
    lines = []
    for line in path.read_text().splitlines():
        one = json.loads(line)
        frame = json.dumps(one["frame"], separators=(",", ":"))
        message = OrderTradeUpdate.decode(frame.encode())
        assert json.loads(message.encode()) == one["frame"]
        told = order_update(message, 0)
        seen = [
            told.reply,
            told.client_order_id,
            text(told.price),
            text(told.quantity),
            told.exec_id,
        ]
        lines.append(json.dumps({"frame": one["frame"], "told": seen}, separators=(",", ":")))
    written = "\n".join(lines) + "\n"
    if update_golden:
        path.write_text(written)
    assert path.read_text() == written
