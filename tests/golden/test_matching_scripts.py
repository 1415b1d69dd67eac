"""Scripts a trader can read, run through Python (`tests/golden/matching`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tradecore as tc
from tradecore import core

SCRIPTS = sorted((Path(__file__).parent / "matching").glob("*.txt"))
CODES = {number: name for number, name, _ in core.reject_codes()}
OPS = {"new": 0, "cancel": 1, "modify": 2, "reinsert": 2, "state": 4, "time": 5, "reference": 6}
CANCEL_ALL, REINSERT = 3, 2
SIDES = ("buy", "sell")
TYPES = ("limit", "market", "stop", "stop_limit", "trail", "market_to_limit")
TIMES = ("gtc", "ioc", "fok", "gtd", "day")
STATES = ("open", "auction", "halted", "closed")
MODES = ("none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement")
NUMBERS = {
    "@": "price",
    "stop": "stop_price",
    "trail": "trailing_distance",
    "show": "display_qty",
    "gtd": "expire_time_ns",
    "by": "account",
}
TOLD = (
    "accepted {order}",
    "trade {order} {other} {qty} @ {price}",
    "canceled {order} {qty}",
    "replaced {order} {qty} @ {price}",
    "rejected {order}",
    "expired {order} {qty}",
    "triggered {order}",
)
TRADE, MAKER, AUCTION = 1, 1, 3
LINKS = {"oco": 1, "held": 2, "releases": 3}


def number_of(words: list[str], known: tuple[str, ...]) -> int:
    """Return the place of the word of ``known`` that is said, 0 where none is."""
    return max((known.index(word) for word in words if word in known), default=0)


def type_of(words: list[str]) -> int:
    """Return the type a line says; a stop with a limit is a stop limit."""
    said = number_of(words, TYPES)
    return TYPES.index("stop_limit") if TYPES[said] == "stop" and "@" in words else said


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
        if words == ["waiting"]:
            return " ".join(self.name(o.order_id) for o in self.engine.waiting("X")) or "-"
        if words[0] == "bands":
            self.set_bands(dict(zip(words[1::2], map(int, words[2::2]), strict=True)))
            return ""
        return " · ".join(filter(None, map(self.told, self.engine.process(self.command(words)))))

    def set_bands(self, said: dict[str, int]) -> None:
        """Set what is named, and lift the rest."""
        self.engine.set_bands(
            "X",
            low=said.get("low"),
            high=said.get("high"),
            dynamic_bps=said.get("bps"),
            halt_ns=said.get("halt", 0),
        )

    def command(self, words: list[str]) -> np.ndarray:
        """Return the command as an array of one."""
        row = np.zeros(1, dtype=tc.SPECIAL_COMMAND_DTYPE)
        row["op"] = OPS[words[0]]
        row["side"] = "sell" in words
        for word, field in NUMBERS.items():
            if word in words:
                row[field] = int(words[words.index(word) + 1])
        match words:
            case ["cancel", "all", *rest]:
                sided = not set(SIDES).isdisjoint(rest)
                row["op"], row["flags"] = CANCEL_ALL, ("by" in rest) + 2 + 4 * sided
            case ["state", state]:
                row["mode"] = STATES.index(state)
            case ["time", now]:
                row["timestamp_ns"] = int(now)
            case ["reference", price]:
                row["price"] = int(price)
            case ["new", name, _, quantity, *rest]:
                row["order_id"], row["qty"] = self.id(name), int(quantity)
                self.describe(row, rest)
            case [op, name, *rest]:
                row["order_id"] = self.id(name)
                row["mode"] = REINSERT if op == "reinsert" else 0
                row["qty"] = int(rest[0]) if rest and rest[0].isdigit() else 0
        return row

    def describe(self, row: np.ndarray, words: list[str]) -> None:
        """Write down what only a new order says."""
        row["type"], row["time_in_force"] = type_of(words), number_of(words, TIMES)
        row["self_trade_prevention"] = number_of(words, MODES)
        row["flags"] = 2 if "reprice" in words else int("post" in words)
        for word, link in LINKS.items():
            if word in words:
                row["link"] = link
                if word != "held":
                    row["linked_id"] = self.id(words[words.index(word) + 1])

    def id(self, name: str) -> int:
        """Return the id of the order the script calls so."""
        return self.ids.setdefault(name, len(self.ids) + 1)

    def name(self, order_id: int) -> str:
        """Return what the script calls an order."""
        return next(name for name, known in self.ids.items() if known == order_id)

    def told(self, report: np.void) -> str | None:
        """Return a report in the script's words; a trade is told by the taker, or the buy."""
        kind, liquidity = int(report["exec_type"]), int(report["liquidity"])
        if kind == TRADE and (liquidity == MAKER or (liquidity == AUCTION and report["side"])):
            return None
        facts = {name: int(report[name]) for name in ("qty", "price")}
        order, other = report["order_id"], report["counter_order_id"]
        names = {"order": self.name(order), "other": self.name(other) if other else ""}
        code = f" {CODES[report['reject']]}" if report["reject"] else ""
        return TOLD[kind].format(**facts, **names) + code

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
