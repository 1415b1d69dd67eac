"""Keeps a backtest while it runs, and holds it at a moment."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tradecore.backtest.recipe import recipe_of
from tradecore.core import InputError, __version__
from tradecore.runs.code import code_of
from tradecore.runs.entries import Begin, End, EntryKind, Facts
from tradecore.runs.journal import RunJournal
from tradecore.runs.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from os import PathLike

    from tradecore.backtest.listings import Listing
    from tradecore.core import Simulation, Trader
    from tradecore.runs.witness import Sink
    from tradecore.strategy import AbstractStrategy, StrategyContainer

__all__ = ["BreakReached", "Kept", "Onlooker", "begin_of", "keeping"]

_TOLD: Final = frozenset({"start", "stop"})
#: Of every backtest's file: the same run is to make the same bytes.
_SALT: Final = 0


class BreakReached(Exception):  # noqa: N818 - no error: it was asked for
    """A run came to the moment at which it was to be held."""


@dataclass(slots=True)
class Kept:
    """Where the records of a run go, and how far it goes.

    Args:
        sink: Takes the records.
        break_at_ns: The first thing at or behind this time is not told: `BreakReached`.
        at_break: Called there instead, and the run goes on.
        trader: The run's orders, once it has begun.
        simulation: The same.
    """

    sink: Sink
    break_at_ns: int | None = None
    at_break: Callable[[], object] | None = None
    trader: Trader | None = None
    simulation: Simulation | None = None

    def hold(self) -> None:
        """Do what is to be done at the moment, once.

        Raises:
            BreakReached: If that is to end.
        """
        if self.at_break is None:
            raise BreakReached
        self.break_at_ns = None
        self.at_break()


@contextmanager
def keeping(journal: str | PathLike[str] | Kept | None) -> Iterator[Kept | None]:
    """Open a run's file, and let go of it however the run ends.

    Raises:
        FileExistsError: If there is one of this name.
        OSError: If it cannot be made.
    """
    if journal is None or isinstance(journal, Kept):
        yield journal
        return
    file = RunJournal(journal, salt=_SALT)
    try:
        yield Kept(file)
    finally:
        file.close()


class Onlooker:
    """A strategy's container with somebody who looks on.

    Each thing the strategy is told goes through here: what was sent and heard since is handed on
    before and behind it, so the records stand in the order of what happened.
    """

    def __init__(
        self,
        container: StrategyContainer,
        trader: Trader,
        simulation: Simulation,
        *,
        kept: Kept,
        begin: Begin,
    ) -> None:
        """Stand before a container.

        Args:
            container: Who is told.
            trader: Its orders.
            simulation: The clock and the book.
            kept: Where the records go.
            begin: The first of them.
        """
        kept.trader, kept.simulation = trader, simulation
        self._container, self._simulation, self._kept = container, simulation, kept
        self._begin: Begin | None = begin
        books = {book.symbol: book for book in simulation.books}
        self._look = Witness(trader, kept.sink, books.__getitem__).look

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a container has
        """Hand everything to the container, and look on where it tells the strategy something."""
        value = getattr(self._container, name)
        return self._watched(value) if name.startswith("deliver") or name in _TOLD else value

    def _watched(self, tell: Callable[..., object]) -> Callable[..., None]:
        simulation, look, kept = self._simulation, self._look, self._kept
        is_last = tell == self._container.stop

        def watched(*arguments: object) -> None:
            now_ns = simulation.now_ns
            if self._begin is not None:
                payload, self._begin = msgspec.json.encode(self._begin), None
                self._kept.sink.keep(EntryKind.BEGIN, payload, now_ns)
            look(now_ns)
            if kept.break_at_ns is not None and now_ns >= kept.break_at_ns:
                kept.hold()
            if is_last:
                kept.sink.keep(EntryKind.STOPPED, b"", now_ns)
            tell(*arguments)
            look(now_ns)

        return watched

    def finish(self) -> None:
        """Look for the last time, and say how the run ended."""
        now_ns, container = self._simulation.now_ns, self._container
        self._look(now_ns)
        marks = {}
        for book in self._simulation.books:
            bid, ask = book.best_bid, book.best_ask
            if bid is not None and ask is not None:
                marks[book.symbol] = (bid[0] + ask[0]) / 2
        end = End(
            exit_code=max(container.exit_code, int(container.is_halted)),
            reason=container.reason,
            marks=marks,
        )
        self._kept.sink.keep(EntryKind.END, msgspec.json.encode(end), now_ns)


def begin_of(
    strategy: AbstractStrategy, trader: Trader, listings: Sequence[Listing], *, strict: bool
) -> Begin:
    """Return what a backtest is played from.

    Raises:
        InputError: If the strategy's settings cannot be written down.
        OSError: If a recording cannot be read.
    """
    return Begin(
        host="backtest",
        version=__version__,
        run_id=trader.run_id,
        venue=listings[0].venue.name,
        code=code_of(type(strategy)),
        params=params_of(strategy),
        instruments=tuple(Facts.of(listing.instrument) for listing in listings),
        recipes=tuple(recipe_of(listing, strict=strict) for listing in listings),
    )


def params_of(strategy: AbstractStrategy) -> dict[str, Any]:
    """Return a strategy's settings as `from_params` takes them.

    Raises:
        InputError: If one has no form in JSON.
    """
    try:
        params: dict[str, Any] = strategy.config.model_dump(mode="json")
    except ValueError as error:
        name = type(strategy).__name__
        raise InputError(f"settings that are kept have a form in JSON: {name}: {error}") from error
    return params
