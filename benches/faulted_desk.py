"""The trading half of `faulted_orders.py`: a desk in a process of its own that may be killed.

It trades without an aim: orders near the touch of three symbols, some changed, most canceled, some
left to trade. What it needs to go on after a kill is its intent file; what it says to the process
that started it is a few numbers in shared memory, and its last words in a file.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from tradecore.exchanges.base import (
    CancelOrder,
    ConnectorSettings,
    Credentials,
    Faulted,
    InstrumentsListed,
    ModifyOrder,
    NewOrder,
)
from tradecore.exchanges.base.budget import VenueBudget
from tradecore.exchanges.binance import PLUGIN, endpoints_at
from tradecore.execution import DeskAlert, DeskSettings, OrderDesk
from tradecore.execution.desk_orders import Stage
from tradecore.model.venue import OrderUpdate
from tradecore.processes.intent_file import IntentFile
from tradecore.risk import AccountLimits, LimitRules
from tradecore.telemetry import SystemClock
from tradecore.transport.http import HttpClient
from tradecore.transport.pump import Pump

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tradecore.execution.intents import Entry

KEY, SECRET = "soak", "soak-secret"
TRADERS = ("maker", "taker", "other")
#: Symbol, tick, lot, where the price is.
MARKETS = (
    ("BTCUSDT", Decimal("0.1"), Decimal("0.001"), Decimal(60_000)),
    ("ETHUSDT", Decimal("0.01"), Decimal("0.010"), Decimal(3_000)),
    ("SOLUSDT", Decimal("0.01"), Decimal("0.10"), Decimal(150)),
)
#: Small, so that the file the desk goes on from begins anew hundreds of times.
SEGMENT_BYTES = 256 << 10
TURN_S = 0.02
A_TURN = 24
KEPT_OPEN = 20


class Cell(IntEnum):
    """What the two processes tell each other, each a number."""

    SENT = 0
    IN_DOUBT_MOST = 1
    OLDEST_DOUBT_MS = 2
    UNRESOLVED = 3
    REFUSED = 4
    IS_SETTLED = 5
    #: Set by the one who watches: how many orders may be open, and that no more are to come.
    WINDOW = 6
    IS_OVER = 7
    READY = 8
    OPEN = 9
    RENEWALS = 10


@dataclass(frozen=True, slots=True)
class Life:
    """One life of the desk.

    Args:
        port: Where the exchange listens.
        folder: Of the intent file and of the last words.
        orders: How many orders there are to be over all lives.
        number: Which life this is.
        audit_ns: How often the desk compares its state with the venue's.
    """

    port: int
    folder: Path
    orders: int
    number: int
    audit_ns: int


class TwoFiles:
    """What a desk goes on from, begun anew often, and all that was ever written, to be judged by.

    A kill between two writes leaves an order that was not sent out of the history, or a word about
    one that is heard again in it twice: neither is a mistake of the desk.
    """

    def __init__(self, folder: Path) -> None:
        """Open both."""
        self.file = IntentFile(folder / "intents", segment_bytes=SEGMENT_BYTES)
        self.history = IntentFile(folder / "history", segment_bytes=1 << 50)
        self.entries, self.renewals = self.file.entries, 0

    def write(self, entry: Entry, ts_ns: int, /) -> None:
        """Keep an entry twice."""
        is_update = isinstance(entry.what, OrderUpdate)
        for file in (self.history, self.file) if is_update else (self.file, self.history):
            file.write(entry, ts_ns)

    @property
    def is_full(self) -> bool:
        """Whether the first is."""
        return self.file.is_full

    def renew(self, head: Iterable[tuple[int, Entry]], /) -> None:
        """Begin the first anew."""
        self.file.renew(head)
        self.renewals += 1


class Trading:
    """A desk, its codecs and the pump that drives them."""

    def __init__(self, life: Life, cells: Any) -> None:
        """Take what is given; nothing is opened yet."""
        self.life, self.cells = life, cells
        self.clock = SystemClock()
        self.dice = random.Random(life.number)
        host = f"127.0.0.1:{life.port}"
        self.settings = ConnectorSettings(
            endpoints=endpoints_at(f"http://{host}", f"ws://{host}", f"ws://{host}/ws-fapi/v1"),
            credentials=Credentials(key=SecretStr(KEY), secret=SecretStr(SECRET)),
        )
        self.journal = TwoFiles(life.folder)
        # Not counted in the history: that takes the longer, the more there is, while nobody trades.
        self.sent = cells[Cell.SENT]
        self.http = HttpClient()
        self.budget = VenueBudget(())
        self.pump = Pump(
            http=self.http,
            clock=self.clock,
            on_events=self.hear,
            random=self.dice.random,
            budget=self.budget,
        )
        self.listed = asyncio.Event()
        self.desk: OrderDesk | None = None
        self.faults: dict[str, int] = {}

    async def open(self) -> None:
        """Learn what is traded, take over what the file holds, and connect."""
        self.fetcher = PLUGIN.data_fetcher(self.settings)
        self.pump.add(self.fetcher)
        while not self.listed.is_set():
            self.fetcher.fetch_instruments(self.clock.now_ns())
            self.pump.flush(self.fetcher)
            await asyncio.wait([asyncio.create_task(self.listed.wait())], timeout=1.0)
        self.oms = PLUGIN.oms(self.settings, self.terms)
        self.pms = PLUGIN.pms(self.settings, self.terms)
        rules = LimitRules(position_total=Decimal(10**6), order_value=Decimal(10**6))
        self.desk = OrderDesk(
            oms=self.oms,
            fetcher=self.fetcher,
            limits=AccountLimits(self.terms, rules),
            budget=self.budget,
            journal=self.journal,
            settings=DeskSettings(audit_every_ns=self.life.audit_ns),
            start_ns=self.clock.now_ns(),
        )
        for codec in (self.oms, self.pms):
            codec.start(self.clock.now_ns())
            self.pump.add(codec)

    def hear(self, _: object, events: Sequence[object]) -> None:
        """Take what a codec concluded."""
        now_ns = self.clock.now_ns()
        for event in events:
            if isinstance(event, InstrumentsListed):
                self.terms = event.terms
                self.budget.learn(event.rules)
                self.listed.set()
            elif self.desk is not None:
                self.desk.hear(event, now_ns)
            if isinstance(event, Faulted):
                kind = event.fault.kind.name
                self.faults[kind] = self.faults.get(kind, 0) + 1
        self.flush()

    def flush(self) -> None:
        """Have in the sockets what was decided, and take note of what somebody is called for."""
        if self.desk is None:
            return
        self.pump.flush(self.oms)
        self.pump.flush(self.fetcher)
        for told in self.desk.take():
            if isinstance(told, DeskAlert) and told.alert.code == "UNKNOWN_ORDER_STATE":
                self.cells[Cell.UNRESOLVED] += 1
                self.desk.resume(told.alert.text.rpartition("symbol=")[2])

    async def trade(self) -> None:
        """Send orders until there were enough; then cancel all but a few, and settle."""
        desk = self.desk
        assert desk is not None, "Invariant: opened before"
        settled_s: float | None = None
        while settled_s is None or time.monotonic() - settled_s < 2 * self.life.audit_ns / 1e9 + 1:
            now_ns = self.clock.now_ns()
            desk.tick(now_ns)
            self.look(desk, now_ns)
            self.cells[Cell.READY] = desk.blocked is None
            is_done = bool(self.cells[Cell.IS_OVER])
            if not is_done and desk.blocked is None:
                self.act(desk, now_ns)
            self.flush()
            if is_done:
                is_settled = self.settle(desk, now_ns)
                settled_s = (settled_s or time.monotonic()) if is_settled else None
            await asyncio.sleep(TURN_S)
        self.last_words(desk)

    def look(self, desk: OrderDesk, now_ns: int) -> None:
        """Tell how many orders are in doubt, and for how long the oldest of them."""
        doubts = [doubt.since_ns for doubt in desk.outcomes.doubts()]
        self.cells[Cell.OPEN] = len(desk.table.open_orders())
        self.cells[Cell.RENEWALS] += self.journal.renewals
        self.journal.renewals = 0
        if doubts:
            cells = self.cells
            cells[Cell.IN_DOUBT_MOST] = max(cells[Cell.IN_DOUBT_MOST], len(doubts))
            age_ms = (now_ns - min(doubts)) // 1_000_000
            cells[Cell.OLDEST_DOUBT_MS] = max(cells[Cell.OLDEST_DOUBT_MS], age_ms)

    def act(self, desk: OrderDesk, now_ns: int) -> None:
        """Send a few orders, change one, and cancel the oldest where too many are open."""
        live = [one for one in desk.table.open_orders() if one.stage is Stage.LIVE]
        window = self.cells[Cell.WINDOW]
        for order in live[: max(0, len(live) - window // 2)][:A_TURN]:
            cancel = CancelOrder(client_order_id=order.client_order_id, symbol=order.symbol)
            desk.cancel(order.trader, cancel, now_ns=now_ns)
        room = min(window - len(desk.table.open_orders()), A_TURN, self.life.orders - self.sent)
        for _ in range(max(room, 0)):
            self.submit(desk, now_ns)
        if live and self.dice.random() < 0.5:
            self.change(desk, self.dice.choice(live), now_ns)

    def submit(self, desk: OrderDesk, now_ns: int) -> None:
        """Send one order; every third would trade at once."""
        symbol, tick, lot, price = self.dice.choice(MARKETS)
        side = self.dice.choice(("buy", "sell"))
        away = Decimal(self.dice.randrange(-5, 30)) / 100_000
        away = -away if side == "buy" else away
        order = NewOrder(
            client_order_id=f"tc-{self.life.number}-{self.sent + 1}",
            symbol=symbol,
            side=side,
            type="limit",
            quantity=lot * self.dice.randint(1, 5),
            price=(price * (1 + away) // tick) * tick,
        )
        refused = desk.submit(self.dice.choice(TRADERS), order, now_ns=now_ns)
        if refused is not None:
            self.cells[Cell.REFUSED] += 1
            return
        self.sent += 1
        self.cells[Cell.SENT] = self.sent

    def change(self, desk: OrderDesk, order: Any, now_ns: int) -> None:
        """Ask for a little more at the same price."""
        lot = next(one[2] for one in MARKETS if one[0] == order.symbol)
        change = ModifyOrder(
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            side=order.new.side,
            price=order.price,
            quantity=order.quantity + lot,
            venue_order_id=order.venue_order_id,
        )
        desk.modify(order.trader, change, now_ns=now_ns)

    def settle(self, desk: OrderDesk, now_ns: int) -> bool:
        """Cancel down to a few orders; return whether nothing is left to wait for."""
        opened = desk.table.open_orders()
        for order in opened[KEPT_OPEN:]:
            cancel = CancelOrder(client_order_id=order.client_order_id, symbol=order.symbol)
            desk.cancel(order.trader, cancel, now_ns=now_ns)
        is_quiet = all(one.stage is Stage.LIVE and not one.is_answer_due for one in opened)
        left = len(desk.outcomes) + desk.queued + max(0, len(opened) - KEPT_OPEN)
        return is_quiet and left == 0 and desk.blocked is None

    def last_words(self, desk: OrderDesk) -> None:
        """Write down what the desk believes."""
        believed = {
            "positions": {symbol: str(desk.limits.position(symbol)) for symbol, *_ in MARKETS},
            "open": sorted(one.client_order_id for one in desk.table.open_orders()),
            "faults": self.faults,
        }
        (self.life.folder / "believed.json").write_text(json.dumps(believed))
        self.cells[Cell.IS_SETTLED] = 1


def live(life: Life, cells: Any) -> None:
    """Trade until killed, or until everything is sent and settled."""

    async def work() -> None:
        trading = Trading(life, cells)
        running = asyncio.create_task(trading.pump.run())
        await trading.open()
        done, _ = await asyncio.wait(
            [running, asyncio.create_task(trading.trade())], return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            task.result()

    asyncio.run(work())
