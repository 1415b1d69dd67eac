"""The whole system at work for some seconds: it trades, is hurt twice, and nothing is lost."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from decimal import Decimal
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from tradecore.drills.journal import first_answer_ns, read_journal
from tradecore.drills.latency import Stage
from tradecore.drills.system import System
from tradecore.drills.truth import compare, intents_of, settle

if TYPE_CHECKING:
    from pathlib import Path

    from tradecore.drills.configs import Setup
    from tradecore.drills.truth import Comparison
    from tradecore.telemetry.clock import Clock

__all__ = ["DEPOSIT", "Drill", "LiveRun", "Profit", "run_live"]

#: What the exchange gives an account to start with, in USDT.
DEPOSIT: Final = Decimal(100_000)
#: How long the strategy trades undisturbed, before and after each drill.
CALM_S: Final = 1.5
_NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What was done to the system, and how it came through.

    Args:
        name: What was done.
        recovered_s: Until it worked again as before, in seconds.
        trades: How many trades the venue made with our orders meanwhile.
        after: What the venue and we then held to be true.
    """

    name: str
    recovered_s: float
    trades: int
    after: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """Where the money came from, in USDT, as the venue counts it.

    Args:
        trading: Realized, and what the open position would bring at the mark price.
        fees: Paid, below 0.
        funding: Received, below 0 if paid.
        net: What the account is worth more than was put in.
    """

    trading: Decimal
    fees: Decimal
    funding: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """What was measured.

    Args:
        ready_s: From nothing to four processes that are ready, in seconds.
        traded_s: From the first quote to the end, in seconds.
        orders: How many orders the venue had of us.
        trades: How many trades came of them.
        maker: How many of those we made.
        volume: What traded, in USDT.
        position: What is held at the end.
        latency: How long stages took.
        profit: What came of it.
        drills: What was done to the system.
        end: What the venue and we held to be true after the stop.
        left: How many orders rested after the stop.
        exit_codes: Of every process that ended, in the order they did.
        replay: How the exchange's log replays.
        entries: How many entries the engine's journal has.
    """

    ready_s: float
    traded_s: float
    orders: int
    trades: int
    maker: int
    volume: Decimal
    position: Decimal
    latency: dict[str, Stage]
    profit: Profit
    drills: tuple[Drill, ...]
    end: Comparison
    left: int
    exit_codes: tuple[int, ...]
    replay: dict[str, Any]
    entries: int

    @property
    def lost(self) -> int:
        """How many things differ between the venue and us, over all drills and at the end."""
        return self.end.lost + sum(drill.after.lost for drill in self.drills)

    @property
    def is_good(self) -> bool:
        """Whether everything recovered, nothing was lost or left, and the replay is identical."""
        is_whole = not self.lost and not self.left and self.has_stopped
        return is_whole and bool(self.replay["is_identical"])

    @property
    def has_stopped(self) -> bool:
        """Whether every process ended by itself when it was told to, but for the one killed."""
        return sorted(self.exit_codes) == [-signal.SIGKILL, 0, 0, 0, 0]


def run_live(folder: Path, setup: Setup, *, clock: Clock, seed: int = 1) -> LiveRun:
    """Start everything in a folder, let a strategy trade, hurt the system twice, and stop it.

    Args:
        folder: An empty folder; what is written there stays.
        setup: Which strategy, and how.
        clock: Measures.
        seed: Chooses the exchange's market.

    Raises:
        DrillError: If something does not start, recover or stop in time.
    """
    with System(folder, setup, clock=clock, seed=seed) as system:
        return _Live(system, clock).run()


@dataclass(slots=True)
class _Live:
    """One run, step by step."""

    system: System
    clock: Clock
    latency: dict[str, Stage] = field(default_factory=dict)

    def run(self) -> LiveRun:
        system = self.system
        began_ns = self.clock.monotonic_ns()
        system.up()
        system.until(system.is_ready, "the four processes get ready")
        system.until(system.account.open_orders, "the strategy's first quotes rest")
        traded_ns = self.clock.monotonic_ns()
        sleep(CALM_S)
        drills = (self._cut_stream(), self._kill_engine())
        sleep(CALM_S)
        self._measure("trader", "tick_to_order")
        self._measure("trading_engine", "order_to_ack")
        system.stop()
        return self._judge(
            drills,
            ready_s=(traded_ns - began_ns) / _NS_PER_S,
            traded_s=(self.clock.monotonic_ns() - traded_ns) / _NS_PER_S,
        )

    # Drills

    def _cut_stream(self) -> Drill:
        """Cut the engine's private stream, and wait until it is live again."""
        system, began_ns = self.system, self.clock.now_ns()
        system.cut("private")
        heard: dict[str, int] = {}

        def is_back() -> bool:
            for line in system.lines():
                if line.get("code") == "STREAM_LOST" and line["ts_ns"] >= began_ns:
                    heard.setdefault("lost", line["ts_ns"])
                elif line["event"] == "stream ready" and line["ts_ns"] > heard.get(
                    "lost", line["ts_ns"]
                ):
                    heard.setdefault("ready", line["ts_ns"])
            return "ready" in heard and system.is_ready()

        system.until(is_back, "the private stream is live again")
        return self._done("private stream cut", heard["lost"], heard["ready"])

    def _kill_engine(self) -> Drill:
        """Kill the engine, and wait until the venue takes orders or changes of a new one."""
        system, journal = self.system, intents_of(self.system)
        sleep(CALM_S)
        self._measure("trading_engine", "order_to_ack")
        killed, began_ns = system.kill("trading_engine"), self.clock.now_ns()
        system.until(
            lambda: system.pids()["trading_engine"] != killed,
            "the supervisor starts the engine again",
        )
        system.until(
            lambda: first_answer_ns(journal, after_ns=began_ns) is not None and system.is_ready(),
            "the venue takes orders of the new engine",
        )
        answered_ns = first_answer_ns(journal, after_ns=began_ns)
        assert answered_ns is not None, "Invariant: it was waited for"  # noqa: S101
        return self._done("engine killed (SIGKILL)", began_ns, answered_ns)

    def _done(self, name: str, began_ns: int, ended_ns: int) -> Drill:
        after = settle(self.system)
        # The venue tells milliseconds.
        stamps = [trade.ts_event_ns for trade in self.system.account.trades()]
        return Drill(
            name=name,
            recovered_s=(ended_ns - began_ns) / _NS_PER_S,
            trades=sum(began_ns <= at <= ended_ns for at in stamps),
            after=after,
        )

    # Measures

    def _measure(self, kind: str, stage: str) -> None:
        """Add what a process measured in its present life, which ends before the next call."""
        found = self.system.stages(kind).get(stage)
        if found is not None:
            self.latency.setdefault(stage, Stage()).add(found)

    def _judge(self, drills: tuple[Drill, ...], *, ready_s: float, traded_s: float) -> LiveRun:
        system = self.system
        account = system.account
        trades = account.trades()
        wallet, unrealized = account.balance()
        profit = Profit(
            trading=sum((trade.realized for trade in trades), unrealized),
            fees=-sum((trade.fee for trade in trades), Decimal(0)),
            funding=account.funding(),
            net=wallet + unrealized - DEPOSIT,
        )
        return LiveRun(
            ready_s=ready_s,
            traded_s=traded_s,
            orders=len(account.orders()),
            trades=len(trades),
            maker=sum(trade.is_maker for trade in trades),
            volume=sum((trade.notional for trade in trades), Decimal(0)),
            position=account.position(),
            latency=self.latency,
            profit=profit,
            drills=drills,
            end=compare(system, is_up=False),
            left=len(account.open_orders()),
            exit_codes=tuple(
                line["exit_code"] for line in system.lines() if line["event"] == "ended"
            ),
            replay=system.replay(),
            entries=read_journal(intents_of(system), system.setup.symbol).entries,
        )
