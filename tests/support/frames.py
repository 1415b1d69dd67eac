"""Frames as Binance USDⓈ-M sends them, made by tests."""

from __future__ import annotations

import json

START_NS = 1_700_000_000_000_000_000
MS = 1_000_000


class FrameWriter:
    """Writes lines of a recording, one update id and one millisecond after the other."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.id = 100
        self.now_ns = START_NS

    def _line(self, data: dict[str, object]) -> None:
        self.now_ns += MS
        self.lines.append(f"{self.now_ns} {json.dumps(data)}")

    def snapshot(self, bids, asks) -> None:
        """Write a whole book of (price, quantity) texts."""
        now_ms = self.now_ns // MS
        book = {"bids": bids, "asks": asks}
        self._line({"lastUpdateId": self.id, "E": now_ms, "T": now_ms, **book})

    def depth(self, bids=(), asks=(), *, skip: int = 0) -> None:
        """Write changed levels; `skip` updates go missing before."""
        before = self.id + skip
        self.id = before + 1
        self._line(
            {
                "e": "depthUpdate",
                "E": self.now_ns // MS,
                "T": self.now_ns // MS,
                "s": "BTCUSDT",
                "U": self.id,
                "u": self.id,
                "pu": before,
                "b": list(bids),
                "a": list(asks),
            }
        )

    def trade(self, price: str, quantity: str, *, sold: bool) -> None:
        """Write a trade; `sold` when the taker sold."""
        self._line(
            {
                "e": "trade",
                "E": self.now_ns // MS,
                "T": self.now_ns // MS,
                "s": "BTCUSDT",
                "t": len(self.lines) + 1,
                "p": price,
                "q": quantity,
                "m": sold,
            }
        )

    def raw(self, line: str) -> None:
        """Write a line as it is."""
        self.lines.append(line)

    def text(self) -> str:
        """Return the recording."""
        return "\n".join(self.lines) + "\n"
