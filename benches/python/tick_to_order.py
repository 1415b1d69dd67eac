"""Tick to order: from a depth frame's bytes to the order's bytes in the socket, and where it goes.

A strategy in Python that sends one new order for each change of its book trades at the local
exchange, which is a process of its own on this machine. Everything a live order passes is on: the
WebSocket frame, the book, the strategy, limits, the journal, the budget, the signature, the frame
that leaves over a socket and is answered. Depth frames are handed to the connection as the event
loop does, on a schedule. Beside the time on the clock stands the time of the processor, which
other processes of this machine do not lengthen.

The whole way is measured by its two ends alone, and then once more for its stages, since to note
them takes time as well. All that twice: as a process runs by itself, asleep between two ticks, so
that each finds the caches cold; and with `BUSY_POLL_US`, which is for this. Then the exchange polls
as well: it stands for a network, and on the way to one no other process is woken in the call that
sends.
"""
# ruff: noqa: SLF001 - the edges that are timed are inside

from __future__ import annotations

import asyncio
import contextlib
import gc
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import httpx
from pydantic import SecretStr

import tradecore as tc
from tradecore.processes import direct
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.one_process import OneProcess
from tradecore.processes.runs import RunFolder
from tradecore.processes.settings import EngineSettings, TraderSettings
from tradecore.simulation.catalog import perpetuals
from tradecore.simulation.flow import MAKER, open_house
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry import SystemClock, configure_logging
from tradecore.transport import websocket
from tradecore.transport.eager_loop import eager_loop
from tradecore.venue import PlaceOrder

ORDERS = 1_000
STAGED = 300
WARM = 200
GAP_S = 0.004
BID = 60_000
SYMBOL = "BTCUSDT"
KEY = "key-of-the-bench"
SECRET = "secret-of-the-bench"  # noqa: S105 - of an exchange on this machine
STAGES = ("frame to book", "book to strategy", "strategy", "limits, journal, desk", "to socket")
ASKED = {0.5: 60.0, 0.99: 200.0}
POLL_NS = 10_000_000


class Hitter(tc.AbstractStrategy):
    """Bids far below the market at each change of the best level, and takes the bid back."""

    def on_start(self) -> None:
        """Follow the best level."""
        self.subscribe(SYMBOL, book=1)

    def on_book(self, book: tc.BookView) -> None:
        """Bid."""
        if MARKS.is_on:
            if MARKS.is_staged:
                MARKS.here("strategy")
            self.buy(SYMBOL, "0.010", int(book.bid_price) - 500)

    def on_order_accepted(self, event: tc.OrderEvent) -> None:
        """Take it back."""
        self.cancel(event.order)


class Marks:
    """The times of one tick's way, and those of every tick that became an order."""

    def __init__(self) -> None:
        self.now: dict[str, int] = {}
        self.ways: list[tuple[int, ...]] = []
        self.cpu: list[int] = []
        self.is_on = False
        self.is_staged = False

    def begin(self) -> None:
        """Bytes came."""
        self.now = {"cpu": time.thread_time_ns(), "begin": time.perf_counter_ns()}

    def here(self, place: str) -> None:
        """Note the first time a place is passed."""
        if self.is_on:
            self.now.setdefault(place, time.perf_counter_ns())

    def sent(self) -> None:
        """Bytes left: a way is whole if it began with a frame and was not told already."""
        if self.is_on and self.now:
            end_ns, cpu_ns = time.perf_counter_ns(), time.thread_time_ns()
            self.cpu.append(cpu_ns - self.now.pop("cpu"))
            self.ways.append((*self.now.values(), end_ns))
            self.now = {}
            self.is_on = False


MARKS = Marks()


@contextlib.contextmanager
def marked():
    """Note the time at both ends while this lasts."""
    receive, send = websocket._Connection.data_received, websocket.WebSocket.send

    def data_received(self, data):
        if MARKS.is_on:
            MARKS.begin()
        receive(self, data)

    def send_(self, text):
        if MARKS.is_staged:
            MARKS.here("desk")
        said = send(self, text)
        MARKS.sent()
        return said

    websocket._Connection.data_received, websocket.WebSocket.send = data_received, send_
    try:
        yield
    finally:
        websocket._Connection.data_received, websocket.WebSocket.send = receive, send


@contextlib.contextmanager
def staged():
    """Note the time at each edge between them, too."""
    market, submit = OneProcess.market, direct.DirectOrders.submit

    def market_(self, events):
        MARKS.here("book")
        market(self, events)

    def submit_(self, order, /):
        MARKS.here("order")
        submit(self, order)

    OneProcess.market, direct.DirectOrders.submit, MARKS.is_staged = market_, submit_, True
    try:
        yield
    finally:
        OneProcess.market, direct.DirectOrders.submit, MARKS.is_staged = market, submit, False


def serve(poll_ns: int) -> None:
    """Be the exchange: one bid and one ask that rest, and whatever comes over the sockets."""
    clock = SystemClock()
    dialect, _ = make_binance(
        keys={KEY: SecretStr(SECRET)},
        now_ns=clock.now_ns(),
        instruments=[one for one in perpetuals() if one.symbol == SYMBOL],
        is_unlimited=True,
    )
    open_house(dialect.service)
    for side, price in (("buy", BID - 100), ("sell", BID + 100)):
        order = PlaceOrder(
            account=MAKER, symbol=SYMBOL, side=side, quantity=Decimal(1), price=Decimal(price)
        )
        dialect.service.place(order, now_ns=clock.now_ns())
    local = LocalExchange(dialect, clock)
    print(local.bind(), flush=True)
    _run(local.run(), poll_ns)


def _run(main, poll_ns: int) -> None:
    with asyncio.Runner(loop_factory=lambda: eager_loop(poll_ns)) as runner:
        runner.run(main)


@contextlib.contextmanager
def exchange(poll_ns: int):
    """Yield the addresses of a local exchange in a process of its own."""
    command = [sys.executable, __file__, "serve", str(poll_ns)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        at = f"127.0.0.1:{int(child.stdout.readline())}"
        paths = {"public": "public/ws", "market": "market/ws", "private": "private/ws"}
        yield {
            "rest": f"http://{at}",
            "api": f"ws://{at}/ws-fapi/v1",
            **{name: f"ws://{at}/{path}" for name, path in paths.items()},
        }
    finally:
        child.terminate()
        child.wait()


def engine_settings(urls: dict[str, str]) -> EngineSettings:
    """Return the settings of an engine at these addresses, its limits on."""
    return EngineSettings.model_validate(
        {
            "global_": {"exchange_name": "BINANCE", "api_key": KEY, "api_secret": SECRET},
            "http_api": {
                "http_base_url": urls["rest"],
                "api_requests_per_second": 10_000,
                "api_requests_per_minute": 600_000,
                "api_burst_limit": 10_000,
            },
            "websocket": {f"ws_{n}_url": urls[n] for n in ("public", "market", "private", "api")},
            "order_management": {"max_orders_per_second": 10_000},
            "risk_management": {
                "max_position_size": "100",
                "max_position_per_symbol": "100",
                "max_order_notional": "1000000",
            },
            "performance": {"memory_limit_mb": None, "cpu_limit_percent": None},
        }
    )


async def one_process(urls: dict[str, str], folder: Path, orders: int) -> None:
    """Trade until there are so many orders."""
    engine = engine_settings(urls)
    trader = TraderSettings.model_validate(
        {
            "global_": {"process_name": "bench"},
            "strategy": {"class_": "bench", "symbols": [SYMBOL]},
        }
    )
    service = OneProcess(
        engine, trader, Hitter(), folder=RunFolder(folder), name="bench", depth_ms=0
    )
    options = HostOptions(
        name="bench",
        kind="trader",
        performance=engine.performance,
        monitoring=engine.monitoring,
        stop_budget_ms=10_000,
    )
    await service.start(Host(options, SystemClock()))
    running = asyncio.create_task(service.run())
    book = service.live.face.book(SYMBOL)
    url = f"{urls['rest']}/fapi/v1/depth?symbol={SYMBOL}"
    asked = await asyncio.to_thread(httpx.get, url, trust_env=False)
    last = asked.json()["lastUpdateId"] + 1
    # The market stands still but for our frames; the first has the book asked for, and joins it.
    while (public := _connection(service)) is None:  # noqa: ASYNC110 - it opens by itself
        await asyncio.sleep(0.01)
    public.data_received(_frame(last, 0, first=last - 1))
    while book.is_stale:  # noqa: ASYNC110 - it comes over a socket
        await asyncio.sleep(0.01)
    # What our own orders do to the exchange's book would not be in line with our frames.
    public.transport.pause_reading()
    gc.collect()
    gc.freeze()
    for turn in range(WARM + orders):
        last += 1
        MARKS.is_on = turn > 0
        public.data_received(_frame(last, turn))
        MARKS.is_on = False
        await asyncio.sleep(GAP_S)
    ways, cpu = MARKS.ways[:], MARKS.cpu[:]
    await service.stop()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    MARKS.ways, MARKS.cpu = ways, cpu


def _connection(service: OneProcess) -> websocket._Connection | None:
    """Return the connection that books come by, once it is open."""
    account = service.account_desk
    channel = account.link.pump._driven[id(account.market)].channels["public"]
    live = next(iter(channel.live.values()), None)
    return None if live is None else live.socket._connection


def _frame(last: int, turn: int, *, first: int | None = None) -> bytes:
    """Return a depth change as it comes from a server: the best bid moves."""
    now_ms = SystemClock().now_ns() // 1_000_000
    gone, fresh = BID + (turn - 1) % 7, BID + turn % 7
    text = (
        f'{{"e":"depthUpdate","E":{now_ms},"T":{now_ms},"s":"{SYMBOL}","U":{first or last},'
        f'"u":{last},"pu":{last - 1},"b":[["{gone}.00","0.000"],["{fresh}.00","1.000"]],"a":[]}}'
    ).encode()
    assert 126 <= len(text) < 65_536
    return b"\x81\x7e" + len(text).to_bytes(2) + text


def quantile(values: list[float], part: float) -> float:
    """Return the value below which a part of all lies."""
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


def run() -> list[dict[str, object]]:
    """Measure the one-process form, asleep between ticks and polling."""
    return [*measure("one process", 0), *measure("one process that polls", POLL_NS)]


def measure(name: str, poll_ns: int) -> list[dict[str, object]]:
    """Return the whole way at three quantiles, each stage at the median."""
    configure_logging("CRITICAL")
    ways, cpu = _ways(poll_ns, ORDERS)
    whole = [(way[-1] - way[0]) / 1e3 for way in ways]
    rows: list[dict[str, object]] = [
        _row(f"{name}, frame to order in the socket, p{part * 100:g}", quantile(whole, part))
        | {"asked": f"<= {ASKED[part]:g} us" if part in ASKED else None}
        for part in (0.5, 0.99, 0.999)
    ]
    spent_cpu = [used / 1e3 for used in cpu]
    rows += [
        _row(f"{name}, the same in processor time, p{part * 100:g}", quantile(spent_cpu, part))
        for part in ASKED
    ]
    with staged():
        ways, _ = _ways(poll_ns, STAGED)
    for place, stage in enumerate(STAGES):
        spent = [(way[place + 1] - way[place]) / 1e3 for way in ways]
        rows.append(_row(f"{name}, of that: {stage}, p50", quantile(spent, 0.5)))
    return rows


def _ways(poll_ns: int, orders: int) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the times on the way of each order but the first, and the processor's of the whole."""
    MARKS.ways, MARKS.cpu = [], []
    with exchange(poll_ns) as urls, tempfile.TemporaryDirectory() as folder, marked():
        _run(one_process(urls, Path(folder), orders), poll_ns)
    return MARKS.ways[WARM:], MARKS.cpu[WARM:]


def _row(name: str, value: float) -> dict[str, object]:
    return {
        "name": name,
        "value": value,
        "unit": "us",
        "baseline_name": None,
        "baseline_value": None,
        "ratio": None,
    }


if __name__ == "__main__" and sys.argv[1:2] == ["serve"]:
    with contextlib.suppress(KeyboardInterrupt):
        serve(int(sys.argv[2]))
elif __name__ == "__main__":
    for row in run():
        print(f"{row['value']:8.1f} {row['name']}")
