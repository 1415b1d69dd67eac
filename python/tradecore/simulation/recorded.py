"""A recording as the market in the background: its levels rest here, its trades come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tradecore.core import DataError, Simulation, Trader
from tradecore.marketdata.sources import open_recording
from tradecore.simulation.flow import MAKER, TAKER, open_house
from tradecore.venue import OrderRecord, PlaceOrder

if TYPE_CHECKING:
    from decimal import Decimal
    from os import PathLike

    from tradecore.core import Instrument
    from tradecore.marketdata.sources import Recording
    from tradecore.model.orders import Side
    from tradecore.venue import VenueService

__all__ = ["Playback", "Recorded"]

LEVELS: Final = 20
"""How many levels of each side are mirrored."""
STEPS_MAX: Final = 32
"""Most messages played in one turn of the server's loop."""
_MESSAGES_MAX: Final = 10_000
_END, _BOOK, _TRADE = 0, 1, 2


@dataclass(slots=True, eq=False)
class Playback:
    """Plays a recording message by message: where its book stands, and what traded last."""

    recording: Recording
    _simulation: Simulation = field(init=False, repr=False)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Playback:
        """Open a tape or a file of Binance frames.

        Raises:
            DataError: If it is neither, or empty.
            OSError: If it cannot be read.
        """
        return cls(open_recording(path, kind="linear"))

    def __post_init__(self) -> None:
        instrument = self.recording.instrument
        self._simulation = Simulation(
            self.recording.source,
            Trader([instrument], run_id="flow"),
            symbol=instrument.symbol,
            maker_fee=0,
            taker_fee=0,
            feed_latency_ns=0,
            entry_latency_ns=0,
            response_latency_ns=0,
            queue="risk-averse",
        )
        self._simulation.subscribe(book_depth=LEVELS, trades=True)
        self._simulation.prepare()

    @property
    def instrument(self) -> Instrument:
        """Return what it is of."""
        return self.recording.instrument

    @property
    def now_ns(self) -> int:
        """Return when its present message was received."""
        return self._simulation.now_ns

    def advance(self) -> int:
        """Go to the next message of interest; 0 at the end, 1 a book, 2 a trade."""
        while True:
            kind = self._simulation.advance(_MESSAGES_MAX)
            if kind in {_END, _BOOK, _TRADE}:
                return kind

    def levels(self, side: Side) -> dict[Decimal, Decimal]:
        """Return its best levels."""
        rows = self._simulation.book.depth(LEVELS)[0 if side == "buy" else 1]
        instrument = self.instrument
        return {
            instrument.price(instrument.ticks(float(price))): instrument.quantity(
                instrument.lots(float(quantity))
            )
            for price, quantity in rows
        }

    def trade(self) -> tuple[Side, Decimal, Decimal] | None:
        """Return who took in the last trade, at what price and how much."""
        last = self._simulation.last_trade
        if last is None:
            return None
        _, _, ticks, lots, aggressor, *_ = last
        return aggressor, self.instrument.price(ticks), self.instrument.quantity(lots)

    def first_price(self) -> Decimal:
        """Play to the first book with two sides and return its middle.

        Raises:
            DataError: If there is none.
        """
        while self.advance() != _END:
            bid, ask = self._simulation.book.best_bid, self._simulation.book.best_ask
            if bid is not None and ask is not None and bid[0] < ask[0]:
                return (bid[0] + ask[0]) / 2
        raise DataError(
            f"a recording in the background has a book with two sides: {self.recording.path}"
        )


@dataclass(slots=True, eq=False)
class Recorded:
    """A `Flow` that mirrors a recording, from its first whole book on, at its own pace.

    Recorded trades come in as orders at their price, so that what clients have in the queue is
    taken too. At the end the last levels stay.
    """

    service: VenueService
    playback: Playback
    is_over: bool = False
    _offset_ns: int | None = None
    _pending: int = _BOOK
    _quotes: dict[tuple[Side, Decimal], OrderRecord] = field(default_factory=dict)

    def __post_init__(self) -> None:
        open_house(self.service)

    def step(self, now_ns: int, /) -> int:
        """Play what is due by now, at most `STEPS_MAX` messages; return how many."""
        if self._offset_ns is None:
            self._offset_ns = now_ns - self.playback.now_ns
        done = 0
        while not self.is_over and done < STEPS_MAX:
            due_ns = self.playback.now_ns + self._offset_ns
            if due_ns > now_ns:
                return done
            if self._pending == _BOOK:
                self._mirror(now_ns)
            else:
                self._take(now_ns)
            done += 1
            self._pending = self.playback.advance()
            self.is_over = self._pending == _END
        return done

    def _mirror(self, now_ns: int) -> None:
        symbol = self.playback.instrument.symbol
        wanted: dict[tuple[Side, Decimal], Decimal] = {}
        for side in ("buy", "sell"):
            for price, quantity in self.playback.levels(side).items():
                wanted[side, price] = quantity
        for key, order in list(self._quotes.items()):
            if not order.is_open or wanted.get(key) != order.leaves:
                del self._quotes[key]
                if order.is_open:
                    self.service.cancel(order, now_ns=now_ns)
        for (side, price), quantity in wanted.items():
            if (side, price) in self._quotes:
                continue
            placed = self.service.place(
                PlaceOrder(
                    account=MAKER,
                    symbol=symbol,
                    side=side,
                    quantity=quantity,
                    price=price,
                    self_trade_prevention="cancel_oldest",
                ),
                now_ns=now_ns,
            )
            if isinstance(placed, OrderRecord) and placed.is_open:
                self._quotes[side, price] = placed
        best = [self.service.state.depths[symbol].best(side) for side in ("buy", "sell")]
        if best[0] is not None and best[1] is not None:
            index = (best[0][0] + best[1][0]) / 2
            self.service.set_index(symbol, index, now_ns=now_ns)

    def _take(self, now_ns: int) -> None:
        trade = self.playback.trade()
        if trade is None:
            return
        side, price, quantity = trade
        self.service.place(
            PlaceOrder(
                account=TAKER,
                symbol=self.playback.instrument.symbol,
                side=side,
                quantity=quantity,
                price=price,
                time_in_force="IOC",
            ),
            now_ns=now_ns,
        )
