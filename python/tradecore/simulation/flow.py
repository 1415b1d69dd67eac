"""The market in the background: a seeded crowd, or nobody. It trades as accounts of the house."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from tradecore.venue import OrderRecord, PlaceOrder

if TYPE_CHECKING:
    from tradecore.model.orders import Side
    from tradecore.venue import VenueService

__all__ = ["Crowd", "Flow", "fill_in_part", "open_house"]

MAKER: Final = 900_000_001
TAKER: Final = 900_000_002
HOUSE_MONEY: Final = Decimal(10) ** 12
STEPS_MAX: Final = 64
"""Most things the crowd does in one turn of the server's loop."""
_NS_PER_S: Final = 1_000_000_000
_LEVELS: Final = 20
_BASIS_POINT: Final = Decimal("0.0001")


class Flow(Protocol):
    """Something that trades by itself as time passes."""

    def step(self, now_ns: int, /) -> int:
        """Do what is due by now, a bounded amount; return how many things that were."""


def open_house(service: VenueService) -> None:
    """Open the accounts of the house, if they are not open yet."""
    for account in (MAKER, TAKER):
        if account not in service.state.house:
            service.open_account(account, deposit=HOUSE_MONEY, is_house=True)


def fill_in_part(service: VenueService, account: int, *, now_ns: int) -> int:
    """Let the house trade through an account's resting orders, half of each; return how many."""
    open_house(service)
    filled = 0
    for symbol, listed in service.state.instruments.items():
        for order in service.state.histories.open(account, symbol):
            price, lot = order.price, listed.instrument.lot_size
            if price is None:
                continue
            depth = service.state.depths[symbol]
            levels = depth.bids(1_000) if order.side == "buy" else depth.asks(1_000)
            better = [
                of for at, of in levels if (at > price if order.side == "buy" else at < price)
            ]
            half = max(order.leaves / 2 // lot * lot, lot)
            service.place(
                PlaceOrder(
                    account=TAKER,
                    symbol=symbol,
                    side="sell" if order.side == "buy" else "buy",
                    quantity=sum(better, start=half),
                    price=price,
                    time_in_force="IOC",
                ),
                now_ns=now_ns,
            )
            filled += 1
    return filled


@dataclass(slots=True)
class _Market:
    symbol: str
    tick: Decimal
    lot: Decimal
    fair: Decimal
    anchor: Decimal
    next_ns: int
    quotes: dict[tuple[Side, int], OrderRecord] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Crowd:
    """Makers that quote around a wandering fair value, and takers that come at random.

    Each symbol has a ladder of quotes on either side. A quote is placed anew when its turn comes or
    it traded; takers take about a quote at a time; the fair value moves by a part of a basis point
    and is pulled back to where it began. The same seed and times do the same.

    Args:
        service: Where it trades.
        seed: Chooses all that is left to chance.
        rate: Things done in each symbol and second, on average.
    """

    service: VenueService
    seed: int = 1
    rate: float = 40.0
    _chance: random.Random = field(init=False, repr=False)
    _markets: list[_Market] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - a market, no secret
        open_house(self.service)
        for symbol, listed in self.service.state.instruments.items():
            price = listed.reference_price
            instrument = listed.instrument
            self._markets.append(
                _Market(symbol, instrument.tick_size, instrument.lot_size, price, price, 0)
            )

    def step(self, now_ns: int, /) -> int:
        """Do what is due by now, at most `STEPS_MAX` things; return how many."""
        done = 0
        for market in self._markets:
            if not market.next_ns:
                self._open(market, now_ns)
                market.next_ns = now_ns
                done += 1
        while done < STEPS_MAX:
            market = min(self._markets, key=lambda one: one.next_ns)
            if market.next_ns > now_ns:
                break
            self._act(market, market.next_ns)
            market.next_ns += 1 + int(self._chance.expovariate(self.rate) * _NS_PER_S)
            done += 1
        else:
            # What could not be done in time is left undone: the crowd never falls behind for good.
            for market in self._markets:
                market.next_ns = max(market.next_ns, now_ns)
        return done

    def _open(self, market: _Market, now_ns: int) -> None:
        for rank in range(_LEVELS):
            self._quote(market, "buy", rank, now_ns)
            self._quote(market, "sell", rank, now_ns)

    def _act(self, market: _Market, now_ns: int) -> None:
        chance = self._chance.random()
        if chance < 0.2:  # noqa: PLR2004 - the shares of what happens
            self._move(market, now_ns)
        elif chance < 0.4:  # noqa: PLR2004
            self._take(market, now_ns)
        else:
            side: Side = "buy" if self._chance.random() < 0.5 else "sell"  # noqa: PLR2004
            rank = min(int(self._chance.expovariate(0.3)), _LEVELS - 1)
            self._quote(market, side, rank, now_ns)

    def _move(self, market: _Market, now_ns: int) -> None:
        drift = (market.anchor - market.fair) / market.fair / 200
        shock = Decimal(round(self._chance.gauss(0, 0.5), 6)) * _BASIS_POINT
        market.fair = (market.fair * (1 + drift + shock)).quantize(market.tick)
        self.service.set_index(market.symbol, market.fair, now_ns=now_ns)

    def _price(self, market: _Market, side: Side, rank: int) -> Decimal:
        gap = market.fair * _BASIS_POINT / 4
        away = gap * (1 + rank) + market.tick * self._chance.randrange(3)
        raw = market.fair - away if side == "buy" else market.fair + away
        return self.service.state.instruments[market.symbol].instrument.round_price(raw, side)

    def _quantity(self, market: _Market, rank: int) -> Decimal:
        value = Decimal(2_000 + self._chance.randrange(6_000) * (1 + rank // 4))
        return max((value / market.fair) // market.lot * market.lot, market.lot)

    def _quote(self, market: _Market, side: Side, rank: int, now_ns: int) -> None:
        old = market.quotes.pop((side, rank), None)
        if old is not None and old.is_open:
            self.service.cancel(old, now_ns=now_ns)
        placed = self.service.place(
            PlaceOrder(
                account=MAKER,
                symbol=market.symbol,
                side=side,
                quantity=self._quantity(market, rank),
                price=self._price(market, side, rank),
                self_trade_prevention="cancel_oldest",
            ),
            now_ns=now_ns,
        )
        if isinstance(placed, OrderRecord) and placed.is_open:
            market.quotes[side, rank] = placed

    def _take(self, market: _Market, now_ns: int) -> None:
        self.service.place(
            PlaceOrder(
                account=TAKER,
                symbol=market.symbol,
                side="buy" if self._chance.random() < 0.5 else "sell",  # noqa: PLR2004
                quantity=self._quantity(market, 0),
            ),
            now_ns=now_ns,
        )
