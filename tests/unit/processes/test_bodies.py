"""A message that makes no sense takes nothing of what came with it."""

from __future__ import annotations

from decimal import Decimal

from tradecore.model import Balance
from tradecore.processes.bodies import readable
from tradecore.transport.bus.subscriber import Batch
from tradecore.wire import encode


def test_what_is_good_is_read_and_what_is_not_is_told():
    """In order, on either side of the bad one; the text names the topic."""
    kind, body = encode(Balance(currency="USD", total=Decimal(7), free=Decimal(5), ts_event_ns=1))
    batch = Batch("acorn.account", kind, [body, b"\xff\xff", b"", body], envelope=None)
    told = []
    values = list(readable(batch, told.append))

    assert values[0] == values[-1]
    assert values[0].total == Decimal(7)
    assert told
    assert all("acorn.account makes no sense" in text for text in told)
    assert len(values) + len(told) == 4
