"""The market in the background, or nobody: it trades as accounts of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from tradecore.core import FlowTraders
from tradecore.venue import PlaceOrder

if TYPE_CHECKING:
    from tradecore.venue import VenueService

__all__ = ["Flow", "Market", "fill_in_part", "open_house"]

MAKER: Final = 900_000_001
TAKER: Final = 900_000_002
HOUSE_MONEY: Final = Decimal(10) ** 12
#: The first of the accounts of the background market, one a symbol.
FLOW: Final = 900_000_011
#: How far a price moves in a calm second, as a part of it.
_CALM_SECOND: Final = Decimal("0.00003")
_VOLATILITY_MAX: Final = 1_000_000
#: Most time that passes for the background market in one turn of the server's loop.
_TURN_NS: Final = 1_000_000_000


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


@dataclass(slots=True, eq=False)
class Market:
    """The core's makers and takers in every symbol, the ones behind recorded tapes of our own.

    What a symbol is worth wanders around what it began at. The same seed and times do the same.

    Args:
        service: Where they trade.
        seed: Chooses all that is left to chance.
    """

    service: VenueService
    seed: int = 1
    _traders: list[tuple[str, FlowTraders]] = field(default_factory=list)
    _until_ns: int = 0

    def __post_init__(self) -> None:
        state = self.service.state
        for number, (symbol, listed) in enumerate(state.instruments.items()):
            account, price = FLOW + number, listed.reference_price
            self.service.open_account(account, deposit=HOUSE_MONEY, is_house=True)
            state.flow_accounts[symbol] = account
            ticks = price * _CALM_SECOND / listed.instrument.tick_size
            traders = FlowTraders(
                symbol,
                seed=self.seed + number,
                price=price,
                volatility_milliticks=min(int(ticks * 1_000), _VOLATILITY_MAX),
                account=account,
            )
            self._traders.append((symbol, traders))

    def step(self, now_ns: int, /) -> int:
        """Let every symbol trade until now; return how many commands that were.

        After a pause they catch up, a second of theirs a turn.
        """
        self._until_ns = min(now_ns, (self._until_ns or now_ns) + _TURN_NS)
        return sum(
            self.service.let_trade(traders, symbol, until_ns=self._until_ns)
            for symbol, traders in self._traders
        )
