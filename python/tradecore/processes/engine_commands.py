"""What a trading engine does with each command, and whom it tells what: no socket in sight."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from tradecore.core import reject_codes
from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder, PositionsListed
from tradecore.exchanges.base.events import BalancesListed
from tradecore.execution import DeskAlert, DeskReconciled, DeskUpdate
from tradecore.execution.desk_strangers import OUR_PREFIX
from tradecore.execution.desk_swaps import told_of
from tradecore.model import Balance, MarginCall, Refused, VenueFill, VenueOrder, VenuePosition
from tradecore.wire import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tradecore.exchanges.base import Event, InstrumentsListed
    from tradecore.execution import DeskOutput, OrderDesk
    from tradecore.execution.desk_orders import DeskOrder
    from tradecore.model import OrderUpdate, Side

__all__ = ["EngineCommands", "Publication", "account_topic", "orders_topic", "status_topic"]

Stream: TypeAlias = Literal["orders", "account", "status"]
_OUR_ID: Final = re.compile(rf"{OUR_PREFIX}[0-9A-Za-z._-]{{1,33}}")
_NUMBERS: Final = {name: number for number, name, _ in reject_codes()}


@dataclass(frozen=True, slots=True)
class Publication:
    """Something to be published: on which stream, under which topic, what."""

    stream: Stream
    topic: str
    value: Any
    ts_event_ns: int


def orders_topic(trader: str) -> str:
    """Return the topic of a trader's order events."""
    return f"orders.{trader}"


def account_topic(exchange: str) -> str:
    """Return the topic of an account's fills, balances and positions."""
    return f"{exchange}.account"


def status_topic(exchange: str) -> str:
    """Return the topic of the states of all orders."""
    return f"{exchange}.orders"


@dataclass(slots=True)
class EngineCommands:
    """Turns commands into calls of a desk and its outputs into publications.

    Args:
        desk: The desk.
        exchange: The venue's name.
        listed: What the venue trades.
    """

    desk: OrderDesk
    exchange: str
    listed: InstrumentsListed
    positions: dict[str, VenuePosition] = field(default_factory=dict)
    balances: dict[str, Balance] = field(default_factory=dict)
    traders: set[str] = field(default_factory=set)
    _waiting: list[Publication] = field(default_factory=list)
    #: Who was given a position that nobody's orders had made.
    _claims: dict[str, str] = field(default_factory=dict)

    # Commands

    def command(self, trader: str, number: int, command: object, *, now_ns: int) -> object:
        """Do what a trader asks for, and return the reply."""
        self.traders.add(trader)
        match command:
            case values.Hello():
                return self._instruments()
            case values.RecoverRequest():
                return self._recover(trader, command.since_ns, now_ns)
            case values.CancelAll():
                self.desk.cancel_all(trader=trader, symbol=command.symbol or None, now_ns=now_ns)
                return self._ack(number, None, now_ns)
            case values.QueryOrder():
                return self._query(trader, number, command, now_ns)
            case values.NewOrder() | values.ModifyOrder() | values.CancelOrder():
                return self._ack(number, self._order(trader, command, now_ns), now_ns)
            case _:
                text = f"an engine does not know this command: {type(command).__name__}"
                return self._ack(number, Refused("UNSUPPORTED", text), now_ns)

    def _order(
        self,
        trader: str,
        command: values.NewOrder | values.ModifyOrder | values.CancelOrder,
        now_ns: int,
    ) -> Refused | None:
        if isinstance(command, values.NewOrder):
            if not _OUR_ID.fullmatch(command.client_order_id):
                # Whoever looks for our orders at the venue would not find this one.
                text = (
                    f"an order of ours is called {OUR_PREFIX} and up to 33 letters, digits, "
                    f"points, dashes: client_order_id={command.client_order_id[:64]!r}"
                )
                return Refused("UNSUPPORTED", text)
            new = NewOrder(
                client_order_id=command.client_order_id,
                symbol=command.symbol,
                side=command.side,
                type=command.type,
                quantity=command.quantity,
                price=command.price,
                time_in_force=command.time_in_force,
                post_only=command.post_only,
                reduce_only=command.reduce_only,
                stop_price=command.stop_price,
                trailing_distance=command.trailing_distance,
            )
            return self.desk.submit(trader, new, now_ns=now_ns)
        if isinstance(command, values.ModifyOrder):
            change = ModifyOrder(
                client_order_id=command.client_order_id,
                symbol=command.symbol,
                side=command.side,
                price=command.price,
                quantity=command.quantity,
                venue_order_id=command.venue_order_id,
                stop_price=command.stop_price,
            )
            return self.desk.modify(trader, change, now_ns=now_ns)
        cancel = CancelOrder(
            client_order_id=command.client_order_id,
            symbol=command.symbol,
            venue_order_id=command.venue_order_id,
        )
        return self.desk.cancel(trader, cancel, now_ns=now_ns)

    def _query(self, trader: str, number: int, command: values.QueryOrder, now_ns: int) -> object:
        order = self.desk.table.current(command.client_order_id)
        if order is None or order.trader != trader:
            text = f"no order of this trader has this id: client_order_id={command.client_order_id}"
            return self._ack(number, Refused("UNKNOWN_ORDER", text), now_ns)
        self._again(trader, told_of(order, self.desk.table))
        return self._ack(number, None, now_ns)

    def _recover(self, trader: str, since_ns: int, now_ns: int) -> values.Recovered:
        """Tell a trader again what may have passed it by, and answer with how things stand.

        That is all that is known of its open orders, and of those that had news since a time.
        """
        for order in self.desk.table.of_trader(trader):
            if order.is_open or any(told.ts_recv_ns >= since_ns for told in order.evidence[-1:]):
                self._again(trader, told_of(order, self.desk.table))
        open_orders = self.desk.table.open_orders(trader=trader)
        return values.Recovered(
            orders=tuple(_listed(order, now_ns) for order in open_orders),
            positions=tuple(self._held(trader, now_ns)),
            balances=tuple(self.balances.values()),
            is_whole=self.desk.blocked is None,
            ts_event_ns=now_ns,
        )

    def _held(self, trader: str, now_ns: int) -> Iterator[VenuePosition]:
        """Yield what a trader holds.

        A symbol that one trader alone trades is its: the venue's position and price, whoever made
        them. One that several trade is shared out by the fills of each one's orders, and what
        is left over is nobody's.
        """
        holdings = self.desk.table.holdings
        for symbol in sorted(self.positions.keys() | holdings.symbols(trader)):
            owners = holdings.traders(symbol) or {self._claims.setdefault(symbol, trader)}
            at_venue = self.positions.get(symbol)
            if owners == {trader}:
                if at_venue is not None:
                    yield at_venue
                continue
            own = holdings.of(trader, symbol)
            if own.quantity:
                yield VenuePosition(
                    symbol=symbol,
                    quantity=own.quantity,
                    entry_price=own.average_price,
                    ts_event_ns=now_ns,
                )
            total = sum((holdings.of(one, symbol).quantity for one in owners), Decimal(0))
            left = (at_venue.quantity if at_venue else Decimal(0)) - total
            if left and trader in owners:
                text = f"{left} of the position was made by no order of ours: symbol={symbol}"
                self.desk.alert("UNOWNED_POSITION", text, now_ns)

    def _again(self, trader: str, evidence: Iterable[OrderUpdate]) -> None:
        for update in evidence:
            topic = orders_topic(trader)
            self._waiting.append(Publication("orders", topic, update, update.ts_event_ns))

    def _instruments(self) -> values.InstrumentsListed:
        rules = tuple(
            values.RateRule(pool=rule.pool, capacity=rule.capacity, period_ns=rule.period_ns)
            for rule in self.listed.rules
        )
        return values.InstrumentsListed(terms=self.listed.terms, rules=rules)

    @staticmethod
    def _ack(number: int, refused: Refused | None, now_ns: int) -> values.CommandAck:
        if refused is None:
            return values.CommandAck(command=number, is_accepted=True, ts_event_ns=now_ns)
        return values.CommandAck(
            command=number,
            is_accepted=False,
            reject_code=refused.code,
            reject_number=_NUMBERS.get(refused.code, 0),
            reject_text=refused.text,
            ts_event_ns=now_ns,
        )

    # What the venue said

    def hear(self, event: Event) -> None:
        """Keep what the venue says of the account, and pass it on."""
        match event:
            case VenuePosition():
                self._position(event)
            case Balance():
                self._balance(event)
            case PositionsListed(positions=positions):
                named = {position.symbol for position in positions}
                for gone in set(self.positions) - named:
                    del self.positions[gone]
                for position in positions:
                    self._position(position)
            case BalancesListed(balances=balances):
                for balance in balances:
                    self._balance(balance)
            case MarginCall():
                self._account(event, event.ts_event_ns)
            case _:
                pass

    def _position(self, position: VenuePosition) -> None:
        if position.quantity:
            self.positions[position.symbol] = position
        else:
            self.positions.pop(position.symbol, None)
        self._account(position, position.ts_event_ns)

    def _balance(self, balance: Balance) -> None:
        self.balances[balance.currency] = balance
        self._account(balance, balance.ts_event_ns)

    def _account(self, value: object, ts_event_ns: int) -> None:
        topic = account_topic(self.exchange)
        self._waiting.append(Publication("account", topic, value, ts_event_ns))

    # What is to be told

    def tell_fills_again(self) -> None:
        """Have every fill published that the journal gave back.

        The last of them may have been written down and not told when a process was killed; who
        counts fills counts each number once.
        """
        for order in self.desk.table:
            for update in order.evidence:
                if update.reply == "filled":
                    fill = _fill(update, update.side or order.new.side)
                    if fill is not None:
                        self._account(fill, update.ts_event_ns)

    def take(self) -> list[Publication]:
        """Return what is to be published, in order, and forget it."""
        outputs = self.desk.take()
        waiting, self._waiting = self._waiting, []
        return [*waiting, *(told for output in outputs for told in self._told(output))]

    def state(self, topic: str) -> Sequence[object]:
        """Return the state behind the topic of the account."""
        if topic != account_topic(self.exchange):
            return ()
        return [*self.positions.values(), *self.balances.values()]

    def _told(self, output: DeskOutput) -> Iterator[Publication]:
        match output:
            case DeskUpdate(trader=trader, update=update):
                at = update.ts_event_ns
                yield Publication("orders", orders_topic(trader), update, at)
                yield Publication("status", status_topic(self.exchange), update, at)
                if update.reply == "filled":
                    order = self.desk.table.get(update.client_order_id)
                    fill = _fill(update, update.side or (order.new.side if order else None))
                    if fill is not None:
                        yield Publication("account", account_topic(self.exchange), fill, at)
            case DeskAlert(alert=alert):
                for trader in sorted(self.traders):
                    yield Publication("orders", orders_topic(trader), alert, alert.ts_recv_ns)
            case DeskReconciled():
                difference = values.Reconciled(
                    symbol=output.symbol,
                    client_order_ids=output.client_order_ids,
                    position_before=output.position_before,
                    position_after=output.position_after,
                    ts_recv_ns=output.ts_recv_ns,
                )
                for trader in sorted(self.traders):
                    at = output.ts_recv_ns
                    yield Publication("orders", orders_topic(trader), difference, at)


def _fill(update: OrderUpdate, side: Side | None) -> VenueFill | None:
    if update.price is None or update.quantity is None or side is None:
        return None
    return VenueFill(
        exec_id=update.exec_id,
        venue_order_id=update.venue_order_id or "",
        symbol=update.symbol,
        side=side,
        price=update.price,
        quantity=update.quantity,
        fee=update.fee or update.quantity * 0,
        fee_currency=update.fee_currency or "",
        liquidity=update.liquidity,
        ts_event_ns=update.ts_event_ns,
    )


def _listed(order: DeskOrder, now_ns: int) -> VenueOrder:
    return VenueOrder(
        client_order_id=order.told_as,
        venue_order_id=order.venue_order_id or "",
        symbol=order.symbol,
        side=order.new.side,
        type=order.new.type,
        time_in_force=order.new.time_in_force,
        price=order.price,
        quantity=order.quantity,
        cumulative=order.cumulative,
        status="partially_filled" if order.cumulative else "new",
        post_only=order.new.post_only,
        reduce_only=order.new.reduce_only,
        ts_event_ns=now_ns,
    )
