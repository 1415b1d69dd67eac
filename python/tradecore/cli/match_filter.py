"""`tradecore match` behind its pipe: commands of one or more engines in, answers out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tradecore.cli import match_line as line_of
from tradecore.cli.match_line import LineError
from tradecore.core import Instrument, MatchingEngine, TradecoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.cli.match_line import SelfTradeMode
    from tradecore.core import ExecutionReport

_DEFAULT_SYMBOL: Final = "-"
_SEMANTICS: Final = ("fix", "cancel_reinsert", "in_flight_mitigation")


class Filter:
    """Answers command lines from one engine a symbol; symbols are opened as they are named.

    Args:
        tick_size: Smallest step of a price, as a decimal number.
        lot_size: Smallest step of a quantity, as a decimal number.
        book: Whether each answer carries the whole book of the command's symbol.
        stp: Self-trade prevention of orders that name no mode of their own.
    """

    def __init__(
        self,
        *,
        tick_size: str = "1",
        lot_size: str = "1",
        book: bool = False,
        stp: SelfTradeMode = "none",
    ) -> None:
        self._tick_size, self._lot_size = tick_size, lot_size
        self._integers = Decimal(tick_size) == 1 == Decimal(lot_size)
        self._with_book = book
        self._stp = stp
        self._engines: dict[str, MatchingEngine] = {}
        self._instruments: dict[str, Instrument] = {}
        self._accounts: dict[tuple[str, str], int] = {}
        self._number: Callable[[Decimal], Any] = int if self._integers else str
        self._open(_DEFAULT_SYMBOL)

    def _open(self, symbol: str) -> MatchingEngine:
        if symbol not in self._engines:
            self._instruments[symbol] = Instrument(
                symbol, tick_size=self._tick_size, lot_size=self._lot_size
            )
            self._engines[symbol] = MatchingEngine([self._instruments[symbol]])
        return self._engines[symbol]

    def answer(self, line: str) -> dict[str, Any]:
        """Execute one line and return its answer, ready for JSON.

        Raises:
            LineError: If the line is no command; nothing has changed then.
        """
        command = line_of.parsed(line)
        symbol = line_of.symbol_of(command, _DEFAULT_SYMBOL)
        try:
            answer = self._executed(self._open(symbol), symbol, command)
        except (TradecoreError, TypeError, OverflowError) as error:
            raise LineError(str(error)) from error
        if self._with_book:
            answer["book"] = {"bids": self._side(symbol, "buy"), "asks": self._side(symbol, "sell")}
            answer["stops"] = len(self._engines[symbol].waiting(symbol))
        return answer

    def _executed(
        self, engine: MatchingEngine, symbol: str, command: dict[str, Any]
    ) -> dict[str, Any]:
        op, order_id = command["op"], line_of.order_id_of(command)
        if op == "cancel":
            return self._answered(engine.cancel(symbol, order_id=order_id))
        if op == "new":
            return self._answered(self._new(engine, symbol, order_id, command))
        if op == "move":
            price = line_of.needed(command, "price")
            return self._answered(engine.modify(symbol, order_id=order_id, price=price))
        if op == "modify":
            return self._answered(_modified(engine, symbol, order_id, command))
        return self._reduced(engine, symbol, order_id, command)

    def _new(
        self, engine: MatchingEngine, symbol: str, order_id: int, command: dict[str, Any]
    ) -> list[ExecutionReport]:
        account = self._account(command)
        stp = line_of.self_trade_mode(command, self._stp)
        return engine.submit(
            symbol,
            side=line_of.needed(command, "side"),
            quantity=line_of.needed(command, "qty"),
            type=command.get("type", "limit"),
            price=command.get("price"),
            stop_price=command.get("stop_price"),
            trailing_distance=command.get("trailing_distance"),
            display_quantity=command.get("display_qty"),
            time_in_force=line_of.time_in_force(command),
            post_only=line_of.flag(command, "post_only"),
            reduce_only=line_of.flag(command, "reduce_only"),
            account=account,
            # An order of nobody's has no owner to meet.
            self_trade_prevention=stp if account else "none",
            order_id=order_id,
        )

    def _account(self, command: dict[str, Any]) -> int:
        owner = line_of.owner_of(command)
        return 0 if owner is None else self._accounts.setdefault(owner, len(self._accounts) + 1)

    def _reduced(
        self, engine: MatchingEngine, symbol: str, order_id: int, command: dict[str, Any]
    ) -> dict[str, Any]:
        """Make an order smaller; one that has nothing left to trade is canceled by `reduce`."""
        qty = line_of.quantity_of(command)
        order = engine.order(order_id)
        if order is None:
            return _rejected("UNKNOWN_ORDER")
        if qty <= 0:
            return _rejected("QTY_NOT_POSITIVE")
        total = qty if command["op"] == "reduce_to" else order.quantity - qty
        if total >= order.quantity:
            return _rejected("QTY_TOO_LARGE")
        if command["op"] == "reduce" and total <= order.cumulative_quantity:
            return self._answered(engine.cancel(symbol, order_id=order_id))
        return self._answered(engine.modify(symbol, order_id=order_id, quantity=total))

    def _answered(self, reports: list[ExecutionReport]) -> dict[str, Any]:
        trades, canceled = [], []
        for report in reports:
            if report.exec_type == "trade" and report.liquidity == "taker":
                trades.append(
                    {
                        "maker": report.counter_order_id,
                        "taker": report.order_id,
                        "price": self._number(report.last_price or Decimal(0)),
                        "qty": self._number(report.last_quantity or Decimal(0)),
                    }
                )
            elif report.exec_type == "canceled":
                rest = report.quantity - report.cumulative_quantity
                canceled.append({"id": report.order_id, "qty": self._number(rest)})
            elif report.exec_type == "rejected":
                return _rejected(report.reject_code)
        return {"trades": trades, "canceled": canceled, "rejected": False}

    def _side(self, symbol: str, side: str) -> list[Any]:
        instrument = self._instruments[symbol]
        queues = self._engines[symbol].book(symbol).queues("buy" if side == "buy" else "sell")
        if self._integers:
            return [[price, qty, queue] for price, qty, queue in queues]
        return [
            [
                str(instrument.price(price)),
                str(instrument.quantity(qty)),
                [[order_id, str(instrument.quantity(left))] for order_id, left in queue],
            ]
            for price, qty, queue in queues
        ]


def _modified(
    engine: MatchingEngine, symbol: str, order_id: int, command: dict[str, Any]
) -> list[ExecutionReport]:
    price, qty, stop = (command.get(field) for field in ("price", "qty", "stop_price"))
    if price is None and qty is None and stop is None:
        raise LineError("modify needs 'price', 'qty' or 'stop_price'")
    semantics = command.get("semantics", "fix")
    if semantics not in _SEMANTICS:
        raise LineError(f"semantics must be one of {', '.join(_SEMANTICS)}: {semantics!r}")
    if semantics == "in_flight_mitigation":
        return engine.modify(symbol, order_id=order_id, price=price, quantity=qty, stop_price=stop)
    return engine.modify(
        symbol,
        order_id=order_id,
        price=price,
        open_quantity=qty,
        stop_price=stop,
        keep_priority=semantics == "fix",
    )


def _rejected(code: str | None) -> dict[str, Any]:
    return {"trades": [], "canceled": [], "rejected": True, "reason": code}
