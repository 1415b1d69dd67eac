"""Everything a venue knows, in one place that its rules read and its reports change."""

from __future__ import annotations

from collections import deque
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.venue.booked import Gathered
from tradecore.venue.conditions import Conditions
from tradecore.venue.depth import Depth
from tradecore.venue.events import AccountChanged, LevelsChanged, MarginWarned
from tradecore.venue.histories import Histories, Income
from tradecore.venue.ledger import Ledger
from tradecore.venue.margin import AccountMargin, Exposure
from tradecore.venue.marks import MarkState
from tradecore.venue.sheets import instrument_of
from tradecore.venue.strategies import Strategies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tradecore.core import MarketUpdate
    from tradecore.venue.events import AccountReason, VenueEvent
    from tradecore.venue.instruments import VenueInstrument
    from tradecore.venue.ledger import PositionState
    from tradecore.venue.orders import Leg
    from tradecore.venue.sheets import Sheet

__all__ = ["FIRST_ORDER_ID", "VenueState"]

#: Numbers of orders begin here, beyond 32 bits as at real venues.
FIRST_ORDER_ID: Final = 8_389_765_000
#: Maintenance margin over equity from which an account is warned.
WARNING_RATIO: Final = Decimal("0.8")
_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class VenueState:
    """What a venue knows. Money is in one margin currency.

    Args:
        instruments: What is traded, by symbol.
        ledger: Money and positions.
        now_ns: The last time told.
    """

    instruments: dict[str, VenueInstrument]
    ledger: Ledger
    now_ns: int
    histories: Histories = field(default_factory=Histories)
    conditions: Conditions = field(default_factory=Conditions)
    strategies: Strategies = field(default_factory=Strategies)
    depths: dict[str, Depth] = field(default_factory=dict)
    marks: dict[str, MarkState] = field(default_factory=dict)
    last_prices: dict[str, Decimal] = field(default_factory=dict)
    house: set[int] = field(default_factory=set)
    #: Whose the orders of a symbol's background market are.
    flow_accounts: dict[str, int] = field(default_factory=dict)
    events: deque[VenueEvent] = field(default_factory=deque)
    next_id: int = FIRST_ORDER_ID
    #: Whether somebody listens; not while a journal is read again.
    is_live: bool = True
    #: Whether somebody hears of an account's orders and money; of its fills everybody does.
    hears: Callable[[int], bool] = lambda _: True
    #: What the present step changed, for records.
    gathered: Gathered = field(default_factory=Gathered)
    #: Number of the last event of market data in each depth.
    depth_numbers: dict[str, int] = field(default_factory=dict)
    #: The journal's number of each account's last trade.
    changes: dict[int, int] = field(default_factory=dict)
    #: When an account's orders of a symbol go, unless it winds again.
    countdowns: dict[tuple[int, str], int] = field(default_factory=dict)
    #: Accounts with a long and a short position of a symbol beside each other.
    hedged: set[int] = field(default_factory=set)
    #: What accounts hold with money of its own.
    isolated: set[tuple[int, str]] = field(default_factory=set)
    #: Accounts whose margin no longer covers what they hold.
    due: dict[int, None] = field(default_factory=dict)
    #: Accounts that were closed by force and not settled with the insurance fund.
    unsettled: set[int] = field(default_factory=set)
    #: Accounts that traded and were not looked at since.
    traders: dict[int, None] = field(default_factory=dict)
    _leverages: dict[tuple[int, str], int] = field(default_factory=dict)
    _warned: set[int] = field(default_factory=set)

    @classmethod
    def begin(cls, instruments: Sequence[VenueInstrument], *, now_ns: int) -> VenueState:
        """Return the state of a venue nobody came to yet."""
        state = cls(
            instruments={one.symbol: one for one in instruments},
            ledger=Ledger(instruments[0].terms.margin_currency),
            now_ns=now_ns,
        )
        for one in instruments:
            state.depths[one.symbol] = Depth()
            state.marks[one.symbol] = MarkState.begin(one, now_ns=now_ns)
        return state

    def add(self, listed: VenueInstrument, /) -> None:
        """Let an instrument be traded from its time on."""
        symbol = listed.symbol
        self.instruments[symbol] = listed
        self.depths.setdefault(symbol, Depth())
        self.marks[symbol] = MarkState.begin(listed, now_ns=listed.listed_ns)

    def revise(self, symbol: str, sheet: Sheet, /) -> None:
        """Let an instrument have other terms."""
        revised = instrument_of(self.instruments[symbol].instrument, sheet)
        self.instruments[symbol] = self.marks[symbol].instrument = revised

    def open_at(self, now_ns: int, /) -> None:
        """Say when the venue opened, which its journal tells first."""
        for mark in self.marks.values():
            mark.next_funding_ns = MarkState.begin(mark.instrument, now_ns=now_ns).next_funding_ns

    def take_id(self) -> int:
        """Return the next number, of orders and whatever else is numbered."""
        self.next_id += 1
        return self.next_id

    def mark(self, symbol: str, /) -> Decimal:
        """Return what a symbol is valued at."""
        return self.marks[symbol].mark

    def leverage(self, account: int, symbol: str, /) -> int:
        """Return the leverage an account trades a symbol at."""
        return self._leverages.get((account, symbol), self.instruments[symbol].leverage)

    def leverages(self) -> dict[tuple[int, str], int]:
        """Return every leverage an account asked for."""
        return dict(self._leverages)

    def set_leverage(self, account: int, symbol: str, leverage: int, /) -> None:
        """Let an account trade a symbol at another leverage."""
        self._leverages[account, symbol] = leverage

    def legs(self, account: int, /) -> tuple[Leg, ...]:
        """Return which positions of a symbol an account may have."""
        return ("long", "short") if account in self.hedged else ("both",)

    def held(self, account: int, symbol: str, /) -> list[PositionState]:
        """Return what an account holds of a symbol."""
        legs = self.legs(account)
        found = [self.ledger.position(account, symbol, leg) for leg in legs]
        return [position for position in found if position.quantity]

    def exposure(self, account: int, symbol: str, leg: Leg = "both", /) -> Exposure:
        """Return what an account has in a symbol; what only closes binds nothing."""
        buys = sells = _ZERO
        for order in self.histories.open(account, symbol):
            request = order.request
            if request.reduce_only or order.price is None or request.closes or request.leg != leg:
                continue
            value = order.price * order.leaves
            if order.side == "buy":
                buys += value
            else:
                sells += value
        return Exposure(
            instrument=self.instruments[symbol],
            position=self.ledger.position(account, symbol, leg),
            mark=self.mark(symbol),
            leverage=self.leverage(account, symbol),
            buys=buys,
            sells=sells,
            is_isolated=(account, symbol) in self.isolated,
        )

    def exposures(self, account: int, /) -> Iterator[Exposure]:
        """Yield what an account has in each symbol and leg."""
        legs = self.legs(account)
        return (self.exposure(account, symbol, leg) for symbol in self.instruments for leg in legs)

    def margin(self, account: int, /) -> AccountMargin:
        """Return what an account's positions and orders bind."""
        margins = (one.margin() for one in self.exposures(account))
        return AccountMargin.of(self.ledger.wallet(account), margins)

    def note_account(
        self,
        account: int,
        reason: AccountReason,
        *,
        positions: tuple[PositionState, ...] = (),
        delta: Decimal = _ZERO,
    ) -> None:
        """Tell that an account's money or positions moved; nobody hears of the house's."""
        for position in positions:
            self.gathered.position(account, position)
        if account in self.house or not self.is_live or not self.hears(account):
            return
        wallet = self.ledger.wallet(account)
        self.events.append(
            AccountChanged(
                account=account,
                reason=reason,
                currency=self.ledger.currency,
                wallet=wallet,
                cross_wallet=wallet - self.ledger.set_aside(account),
                delta=delta,
                positions=tuple([copy(position) for position in positions]),
                ts_event_ns=self.now_ns,
            )
        )

    def note_income(
        self, account: int, kind: str, amount: Decimal, *, symbol: str = "", trade_id: int = 0
    ) -> None:
        """Keep why a wallet changed."""
        if account in self.house or not amount:
            return
        self.histories.add_income(
            Income(
                income_id=self.take_id(),
                account=account,
                symbol=symbol,
                kind=kind,
                amount=amount,
                currency=self.ledger.currency,
                trade_id=trade_id,
                ts_event_ns=self.now_ns,
            )
        )

    def show(self, update: MarketUpdate, /) -> None:
        """Take over what the engine did to a book, and tell it."""
        symbol = update.symbol
        instrument, depth = self.instruments[symbol].instrument, self.depths[symbol]
        bids = tuple((instrument.price(at), instrument.quantity(of)) for at, of in update.bids)
        asks = tuple((instrument.price(at), instrument.quantity(of)) for at, of in update.asks)
        depth.set("buy", bids)
        depth.set("sell", asks)
        self.depth_numbers[symbol] = update.last
        if bids or asks:
            self.events.append(LevelsChanged(symbol, bids, asks, self.now_ns))

    def value(self, symbol: str, /) -> None:
        """Value positions anew by what the market shows."""
        depth = self.depths[symbol]
        bid, ask = depth.best("buy"), depth.best("sell")
        mid = None if bid is None or ask is None else (bid[0] + ask[0]) / 2
        if self.marks[symbol].look(mid, self.last_prices.get(symbol)):
            self.look_at_holders(symbol)

    def look_at_holders(self, symbol: str, /) -> None:
        """Look at the margin of everybody who holds a symbol."""
        for account in self.ledger.accounts():
            if account not in self.house and self.held(account, symbol):
                self.look_at(account)

    def look_at_traders(self) -> None:
        """Look at the margin of everybody who traded since the last call."""
        while self.traders:
            account, _ = self.traders.popitem()
            self.look_at(account)

    def look_at(self, account: int, /) -> None:
        """Warn an account whose margin is nearly used up, and note one whose is."""
        margins = [one.margin() for one in self.exposures(account)]
        margin = AccountMargin.of(self.ledger.wallet(account), margins)
        if margin.is_due or any(one.is_due for one in margins):
            self.due[account] = None
        if margin.cross_maintenance <= margin.cross_equity * WARNING_RATIO:
            self._warned.discard(account)
        elif account not in self._warned:
            self._warned.add(account)
            held = tuple(
                copy(one)
                for one in self.ledger.positions(account)
                if one.quantity and (account, one.symbol) not in self.isolated
            )
            self.events.append(
                MarginWarned(
                    account=account,
                    wallet=margin.cross_wallet,
                    equity=margin.cross_equity,
                    maintenance=margin.cross_maintenance,
                    positions=held,
                    ts_event_ns=self.now_ns,
                )
            )
