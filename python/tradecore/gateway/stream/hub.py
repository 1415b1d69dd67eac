"""What happened at the venue, brought to the channels it belongs to."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tradecore.gateway.holdings import positions_of
from tradecore.gateway.instruments import instrument_row
from tradecore.gateway.numbers import written
from tradecore.gateway.stream.channel import Channel, ChannelName
from tradecore.gateway.views import OrderView, fill_of, order_of
from tradecore.telemetry.logs import iso_utc
from tradecore.venue.events import (
    AccountChanged,
    LevelsChanged,
    MarginWarned,
    OrderChanged,
    TradePrinted,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from tradecore.gateway.directory import Directory
    from tradecore.gateway.floor import Floor
    from tradecore.venue import TradeRecord, VenueEvent

__all__ = ["Hub"]

#: Channels nobody hears that are kept for who comes back.
IDLE_MAX: Final = 20_000
SNAPSHOT_TRADES: Final = 50
Levels = dict["Decimal", "Decimal"]


@dataclass(slots=True, eq=False)
class Hub:
    """Channels, and what they show.

    Args:
        floor: The venue.
        directory: Whose accounts are.
        epoch: Names this run of the venue: numbers of another one mean nothing here.
    """

    floor: Floor
    directory: Directory
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    _accounts: set[int] = field(default_factory=set)
    _channels: OrderedDict[ChannelName, Channel] = field(default_factory=OrderedDict)
    _books: dict[str, dict[ChannelName, tuple[Levels, Levels]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Nobody hears of orders and money of an account before it has a channel.
        self.floor.service.state.hears = self._accounts.__contains__

    def channel(self, name: ChannelName) -> Channel:
        """Return a channel, made where there was none."""
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = Channel(name)
            if name.account is not None:
                self._accounts.add(name.account)
            if name.topic == "book":
                self._books.setdefault(name.symbol, {})[name] = self._top(name)
            self._forget_idle()
        self._channels.move_to_end(name)
        return channel

    def _forget_idle(self) -> None:
        if len(self._channels) <= IDLE_MAX:
            return
        for name, channel in [*self._channels.items()]:
            if not channel.listeners:
                del self._channels[name]
                self._books.get(name.symbol, {}).pop(name, None)
                return

    # What happened

    def take(self, events: Sequence[VenueEvent]) -> None:
        """Bring events to their channels, in their order; books once at the end."""
        if not self._channels:
            return
        changed: dict[str, int] = {}
        for event in events:
            match event:
                case LevelsChanged():
                    changed[event.symbol] = event.ts_event_ns
                case TradePrinted():
                    self._print(event)
                case OrderChanged():
                    self._order(event)
                case AccountChanged():
                    self._account(event)
                case MarginWarned():
                    self._warn(event)
                case _:
                    pass
        for symbol, ts_ns in changed.items():
            self._show_books(symbol, ts_ns)

    def _publish(self, name: ChannelName, data: Callable[[], object], event: Any) -> None:  # noqa: ANN401 - any event
        channel = self._channels.get(name)
        if channel is not None:
            channel.publish(data(), ts_ns=event.ts_event_ns)

    def _print(self, event: TradePrinted) -> None:
        self._publish(ChannelName("trades", event.symbol), lambda: _print(event), event)

    def _order(self, event: OrderChanged) -> None:
        account = event.order.account
        self._publish(
            ChannelName("orders", account=account),
            lambda: {"change": event.change, **self._order_data(OrderView.of_record(event.order))},
            event,
        )
        trade = event.trade
        if trade is not None:
            self._publish(ChannelName("fills", account=account), lambda: _fill_data(trade), event)

    def _account(self, event: AccountChanged) -> None:
        name = ChannelName("positions", account=event.account)

        def data() -> object:
            return {
                "reason": event.reason,
                "currency": event.currency,
                "cash": written(event.wallet),
                "positions": self._positions(event.account),
            }

        self._publish(name, data, event)

    def _warn(self, event: MarginWarned) -> None:
        data = {
            "warning": "margin",
            "equity": written(event.equity),
            "maintenanceMargin": written(event.maintenance),
        }
        self._publish(ChannelName("risk", account=event.account), lambda: data, event)

    def tell_state(self, ts_ns: int) -> None:
        """Tell every account that listens how it may trade now."""
        for name, channel in [*self._channels.items()]:
            if name.topic == "risk" and name.account is not None:
                channel.publish(self._risk(name.account), ts_ns=ts_ns)

    def tell_instrument(self, symbol: str, ts_ns: int) -> None:
        """Tell everybody who listens what an instrument is like now."""
        channel = self._channels.get(ChannelName("instruments"))
        if channel is not None:
            channel.publish(self._instrument(symbol), ts_ns=ts_ns)

    def _instrument(self, symbol: str) -> dict[str, Any]:
        row = instrument_row(self.floor.service, symbol)
        # Prices have channels of their own.
        return row.model_dump(mode="json", by_alias=True, exclude={"mark_price", "index_price"})

    # Books

    def _top(self, name: ChannelName) -> tuple[Levels, Levels]:
        depth = self.floor.service.state.depths[name.symbol]
        return dict(depth.bids(name.depth)), dict(depth.asks(name.depth))

    def _show_books(self, symbol: str, ts_ns: int) -> None:
        sequence = 0
        for name, before in self._books.get(symbol, {}).items():
            after = self._top(name)
            bids, asks = _changes(before[0], after[0]), _changes(before[1], after[1])
            if not bids and not asks:
                continue
            self._books[symbol][name] = after
            sequence = sequence or self.floor.service.depth(symbol, 1).sequence
            data = {"symbol": symbol, "sequence": sequence, "bids": bids, "asks": asks}
            self._channels[name].publish(data, ts_ns=ts_ns)

    # Snapshots

    def snapshot(self, channel: Channel) -> str:
        """Return how things stand, with the number of the last change in it."""
        state = self.floor.service.state
        return channel.message("snapshot", self._data(channel.name), ts_ns=state.now_ns)

    def _data(self, name: ChannelName) -> object:
        service = self.floor.service
        if name.topic == "book":
            bids, asks = self._books[name.symbol][name]
            return {
                "symbol": name.symbol,
                "sequence": service.depth(name.symbol, 1).sequence,
                "bids": _levels(bids.items()),
                "asks": _levels(asks.items()),
            }
        if name.topic == "instruments":
            return [self._instrument(symbol) for symbol in service.state.instruments]
        if name.topic == "trades":
            prints = service.state.histories.prints(name.symbol)[-SNAPSHOT_TRADES:]
            return [_print(one) for one in prints]
        return self._private(name)

    def _private(self, name: ChannelName) -> object:
        service, account = self.floor.service, name.account or 0
        histories, symbols = service.state.histories, service.state.instruments
        if name.topic == "orders":
            found = [one for symbol in symbols for one in histories.open(account, symbol)]
            found.sort(key=lambda one: one.order_id)
            return [self._order_data(OrderView.of_record(one)) for one in found]
        if name.topic == "fills":
            trades = [one for symbol in symbols for one in histories.trades(account, symbol)]
            trades.sort(key=lambda one: (one.ts_event_ns, one.trade_id))
            return [_fill_data(one) for one in trades[-SNAPSHOT_TRADES:]]
        if name.topic == "positions":
            ledger = service.state.ledger
            return {
                "reason": "snapshot",
                "currency": ledger.currency,
                "cash": written(ledger.wallet(account)),
                "positions": self._positions(account),
            }
        return self._risk(account)

    def _risk(self, account: int) -> dict[str, object]:
        return {"tradingState": self.floor.switches.of(account)}

    def _positions(self, account: int) -> list[dict[str, Any]]:
        found = positions_of(self.floor.service.state, account)
        return [one.model_dump(mode="json", by_alias=True) for one in found]

    def _order_data(self, view: OrderView) -> dict[str, Any]:
        order = order_of(view, user_id=self.directory.user_of(view.account), fills=())
        return order.model_dump(mode="json", by_alias=True, exclude={"fills"})


def _changes(before: Levels, after: Levels) -> list[list[str]]:
    """Return the levels that are not as before, 0 where one is gone, from the best."""
    gone = [[written(price), "0"] for price in before if price not in after]
    return gone + _levels(
        (price, quantity) for price, quantity in after.items() if before.get(price) != quantity
    )


def _levels(levels: Iterable[tuple[Decimal, Decimal]]) -> list[list[str]]:
    return [[written(price), written(quantity)] for price, quantity in levels]


def _print(trade: TradePrinted) -> dict[str, Any]:
    return {
        "tradeId": str(trade.trade_id),
        "symbol": trade.symbol,
        "price": written(trade.price),
        "quantity": written(trade.quantity),
        "aggressorSide": trade.aggressor,
        "executedAt": iso_utc(trade.ts_event_ns),
    }


def _fill_data(trade: TradeRecord) -> dict[str, Any]:
    fill = fill_of(trade).model_dump(mode="json", by_alias=True)
    return {
        "orderId": str(trade.order_id),
        "symbol": trade.symbol,
        "side": trade.side,
        "strategyId": trade.strategy or None,
        "realizedPnl": written(trade.realized),
        **fill,
    }
