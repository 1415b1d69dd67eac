"""Several symbols and venues on one clock: one strategy, an account for each venue."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from numpy.lib.recfunctions import repack_fields

import tradecore as tc
from support.frames import FrameWriter
from support.strategies import Silent
from tradecore.backtest import RecordedMarket
from tradecore.backtest.listings import LISTINGS_MAX
from tradecore.core import DataError, InputError, Instrument, generate_tape

S = 1_000_000_000
START_NS = 1_700_000_000 * S
NAMED = {"fees": "2bps,5bps", "latency": "1ms,2ms,3ms", "queue": "power"}


def tape(path, symbol, *, seed, begin_s=0, seconds=12, tick="0.1"):
    """Write a generated market; return the path."""
    instrument = Instrument(symbol, tick_size=tick, lot_size="0.001", kind="linear")
    path.write_bytes(
        generate_tape(
            instrument,
            seed=seed,
            start_ns=START_NS + begin_s * S,
            duration_ns=seconds * S,
            price="60000",
            volatility_milliticks=2_000,
        )
    )
    return path


@pytest.fixture(scope="module")
def tapes(tmp_path_factory):
    """Return two symbols over the same time, one that begins late and one that ends early."""
    folder = tmp_path_factory.mktemp("tapes")
    return {
        "btc": tape(folder / "btc.tape", "BTCUSDT", seed=7),
        "eth": tape(folder / "eth.tape", "ETHUSDT", seed=8),
        "late": tape(folder / "late.tape", "LATEUSDT", seed=9, begin_s=8),
        "short": tape(folder / "short.tape", "SHORTUSDT", seed=10, seconds=4),
    }


class Both(tc.AbstractStrategy):
    """Quotes the touch of every symbol it is told, and writes down what it hears."""

    class Config(tc.StrategyConfig):
        """What to trade."""

        symbols: tuple[str, ...] = ("BTCUSDT", "ETHUSDT")

    def on_start(self):
        """Hear of all."""
        self.heard = []
        for symbol in self.config.symbols:
            self.subscribe(symbol, book=1, trades=True)

    def on_book(self, book):
        """Quote."""
        self.heard.append((self.now_ns, book.symbol))
        held = self.position(book.symbol).quantity
        size = Decimal("0.010")
        bids = [(book.bid_price, size)] if held < 5 * size else []
        asks = [(book.ask_price, size)] if held > -5 * size else []
        self.quote(book.symbol, bids=bids, asks=asks)

    def on_trade(self, trade):
        """Note whose it was."""
        self.heard.append((trade.ts_recv_ns, trade.instrument.symbol))


def run(data, strategy=Both, **changes):
    """Run with the shared assumptions."""
    return tc.backtest(strategy, data=data, **{**NAMED, **changes})


def rows_of(result, table, place):
    """Return the rows of one symbol, without its number."""
    rows = getattr(result, table)
    rows = rows[rows["symbol"] == place]
    named = [name for name in rows.dtype.names if name not in {"symbol", "key", "order_key"}]
    return repack_fields(rows[named])


def test_every_symbol_gets_what_it_gets_alone(tapes):
    """A strategy without ties between its symbols trades each as if it were the only one."""
    both = run([tapes["btc"], tapes["eth"]])

    assert both.symbols == ("BTCUSDT", "ETHUSDT")
    for place, name in enumerate(("btc", "eth")):
        alone = run(tapes[name], params={"symbols": (both.symbols[place],)})
        assert alone.fills.size > 5
        for table in ("fills", "orders"):
            ours, theirs = rows_of(both, table, place), rows_of(alone, table, 0)
            assert ours.tobytes() == theirs.tobytes()
        assert both.summary().symbols[place].pnl == alone.summary().pnl
        assert both.summary().symbols[place].position == alone.summary().position


def test_what_was_received_first_is_heard_first(tapes):
    """Of both recordings; the same run gives the same bytes."""
    strategy, again = Both(), Both()
    first, second = (run([tapes["eth"], tapes["btc"]], one) for one in (strategy, again))

    times = [time for time, _ in strategy.heard]
    assert times == sorted(times)
    assert {symbol for _, symbol in strategy.heard} == {"BTCUSDT", "ETHUSDT"}
    assert strategy.heard == again.heard
    for name in ("fills", "orders", "equity", "symbol_equity"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()


def test_the_whole_is_the_sum_of_its_symbols(tapes):
    """Money of one currency is added up, and the curve ends at the net profit."""
    result = run([tapes["btc"], tapes["eth"]])
    told = result.summary()

    assert told.pnl.net == sum(symbol.pnl.net for symbol in told.symbols)
    assert told.fills == sum(symbol.fills for symbol in told.symbols) == result.fills.size
    assert told.events == sum(symbol.events for symbol in told.symbols)
    assert told.accounts() == {("binance-usdm", "USDT"): told.pnl}
    assert told.position.is_nan()
    assert np.isnan(result.equity["mid"]).all()
    assert result.equity["equity"][-1] == pytest.approx(float(told.pnl.net), abs=1e-9)
    assert (np.diff(result.equity["ts_ns"]) > 0).all()
    assert (np.diff(result.symbol_equity["ts_ns"]) >= 0).all()
    assert "BTCUSDT: Fees: maker 2 bps" in result.assumptions[0]


def test_one_symbol_on_two_venues_has_two_names_two_accounts_and_two_fees(tapes):
    """`VENUE:SYMBOL` where several list it, whole."""
    markets = [
        RecordedMarket(data=tapes["btc"], venue="binance-usdm", fees="zero"),
        RecordedMarket(data=tapes["btc"], venue="binance-spot", fees="0bps,10bps"),
    ]
    names = ("BINANCE-USDM:BTCUSDT", "BINANCE-SPOT:BTCUSDT")

    result = run(markets, params={"symbols": names})
    told = result.summary()

    assert result.symbols == names
    assert [account for account, _ in told.accounts()] == ["binance-usdm", "binance-spot"]
    assert told.symbols[0].fills == told.symbols[1].fills > 5
    assert told.symbols[0].pnl.fees == 0
    assert result.meta["venue"] == "Binance USD-M futures, Binance spot"


class Early(tc.AbstractStrategy):
    """Trades each symbol by the clock, whether its recording has begun, goes on or is over."""

    def on_start(self):
        """Trade each second and hear of every fill."""
        self.told, self.stale = [], {}
        self.set_timer("trade", every="1s")

    def on_timer(self, name):
        """Buy a little of everything."""
        assert name == "trade"
        for symbol in ("BTCUSDT", "LATEUSDT", "SHORTUSDT"):
            self.stale.setdefault(symbol, []).append(self.book(symbol).is_stale)
            self.buy(symbol, "0.003")

    def on_fill(self, fill):
        """Note."""
        self.told.append((fill.symbol, fill.quantity))


def test_no_fill_is_lost_when_a_symbol_begins_late_or_ends_early(tapes):
    """What a venue filled is what the strategy heard; before and after, orders are refused."""
    strategy = Early()
    result = run([tapes["btc"], tapes["late"], tapes["short"]], strategy, latency="2ms,3ms,900ms")
    told = {symbol.symbol: symbol for symbol in result.summary().symbols}

    for symbol, totals in told.items():
        heard = [quantity for name, quantity in strategy.told if name == symbol]
        assert len(heard) == totals.fills > 0
        assert sum(heard) == totals.position
    refused = result.orders[result.orders["reject_code"] > 0]
    full, late, short = (refused[refused["symbol"] == n]["ts_submit_ns"] for n in range(3))
    assert full.min() >= START_NS + 12 * S - S // 10
    assert late.max() <= START_NS + 8 * S
    assert short.min() >= START_NS + 4 * S - S // 10
    assert strategy.stale["LATEUSDT"][:7] == [True] * 7
    assert strategy.stale["SHORTUSDT"][-5:] == [True] * 5
    assert not any(strategy.stale["BTCUSDT"][1:11])
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("data", "changes", "told"),
    [
        ([], {}, r"1 to 256 recordings: data=0"),
        (["sample"] * (LISTINGS_MAX + 1), {}, r"1 to 256 recordings: data=257"),
        (["sample", "sample"], {}, r"played from one recording: twice binance-usdm:BTCUSDT"),
        (["sample", "x"], {"fees": None}, r"fees must be named"),
        (
            ["sample", "sample"],
            {"instrument": Instrument("X", tick_size=1, lot_size=1)},
            r"each names its instrument, .*instrument=X",
        ),
    ],
)
def test_recordings_that_make_no_run_are_refused(data, changes, told):
    """With the rule and the values."""
    with pytest.raises(InputError, match=told):
        run(data, Silent, **changes)


def test_a_record_that_cannot_be_read_names_its_recording(tapes, tmp_path):
    """In a strict run of several; else it is counted."""
    writer = FrameWriter()
    writer.snapshot([["100.0", "1"]], [["100.2", "1"]])
    writer.raw('1700000000011000000 {"e":"trade","p":')
    broken = tmp_path / "broken.txt"
    broken.write_text(writer.text())
    frames = Instrument("X", tick_size="0.1", lot_size="0.001", kind="linear")
    markets = [tapes["btc"], RecordedMarket(data=broken, instrument=frames)]

    assert run(markets, Silent).summary().counts["corrupt"] == 1
    with pytest.raises(DataError, match=r"record \d+, .*broken\.txt$"):
        run(markets, Silent, strict=True)
