"""Scripts a trader can read, run through Python (`tests/golden/matching`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tradecore as tc
from tradecore import core

SCRIPTS = sorted((Path(__file__).parent / "matching").glob("*.txt"))
CODES = {number: name for number, name, _ in core.reject_codes()}
SIDES = ("buy", "sell")
TIMES = ("gtc", "ioc", "fok")


class Desk:
    """Runs the lines of one script against one engine, by arrays, so that any number goes in."""

    def __init__(self):
        self.engine = tc.MatchingEngine([tc.Instrument("X", tick_size=1, lot_size=1)])
        self.ids: dict[str, int] = {}

    def answer(self, line: str) -> str:
        """Execute one command and return the answer in the script's words."""
        words = line.split()
        if words == ["book"]:
            book = self.engine.book("X")
            return (
                f"{self.side('bid', book.queues('buy'))} | {self.side('ask', book.queues('sell'))}"
            )
        return " · ".join(filter(None, map(self.told, self.engine.process(self.command(words)))))

    def command(self, words: list[str]) -> np.ndarray:
        """Return the command as an array of one."""
        row = np.zeros(1, dtype=tc.COMMAND_DTYPE)
        row["op"] = {"new": 0, "cancel": 1, "modify": 2, "reinsert": 2}[words[0]]
        row["order_id"] = self.ids.setdefault(words[1], len(self.ids) + 1)
        row["mode"] = 2 if words[0] == "reinsert" else 0
        if "@" in words:
            row["price"] = int(words[words.index("@") + 1])
        if words[0] == "new":
            row["side"], row["qty"] = SIDES.index(words[2]), int(words[3])
            row["type"] = "market" in words
            row["flags"] = "post" in words
            row["time_in_force"] = sum(TIMES.index(word) for word in words if word in TIMES)
        elif len(words) > 2 and words[2] != "@":
            row["qty"] = int(words[2])
        return row

    def name(self, order_id: int) -> str:
        """Return what the script calls an order."""
        return next(name for name, known in self.ids.items() if known == order_id)

    def told(self, report: np.void) -> str | None:
        """Return a report in the script's words; of a trade the taker's only."""
        name = self.name(report["order_id"])
        code = f" {CODES[report['reject']]}" if report["reject"] else ""
        quantity, price = report["qty"], report["price"]
        match int(report["exec_type"]), int(report["liquidity"]):
            case 0, _:
                return f"accepted {name}"
            case 1, 2:
                return f"trade {name} {self.name(report['counter_order_id'])} {quantity} @ {price}"
            case 2, _:
                return f"canceled {name} {quantity}{code}"
            case 3, _:
                return f"replaced {name} {quantity} @ {price}"
            case 4, _:
                return f"rejected {name}{code}"
        return None

    def side(self, word: str, levels: list) -> str:
        """Return one side of the book in the script's words."""
        shown = [
            f"{price}:{total}({' '.join(f'{self.name(i)}:{left}' for i, left in queue)})"
            for price, total, queue in levels
        ]
        return " ".join([word, *(shown or ["-"])])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_answered_as_written(script):
    """Every line gets the answer that stands beside it."""
    desk = Desk()
    wrong = []
    for number, line in enumerate(script.read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            command, _, expected = line.partition("|")
            # A modify without a quantity or a price of zero keeps it, so zero is not sayable here.
            if command.split()[0] == "modify" and command.split()[-1] == "0":
                continue
            if (answer := desk.answer(command)) != expected.strip():
                wrong.append(f"line {number}: {command.strip()}: {answer}")

    assert not wrong
