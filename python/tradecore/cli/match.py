"""`tradecore match`: the matching engine as a filter, one JSON command and answer a line."""

from __future__ import annotations

import io
import json as json_text
import sys
from contextlib import nullcontext
from decimal import Decimal, InvalidOperation
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TextIO

import typer

from tradecore.core import Instrument, MatchingEngine, TradecoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tradecore.core import ExecutionReport

_DEFAULT_SYMBOL: Final = "-"
_COMMON: Final = {"op", "id", "symbol", "user", "group"}
_FIELDS: Final = {
    "new": _COMMON | {"type", "side", "qty", "price", "tif", "post_only", "reduce_only", "stp"},
    "cancel": _COMMON,
    "modify": _COMMON | {"price", "qty", "semantics"},
    "move": _COMMON | {"price"},
    "reduce_to": _COMMON | {"qty"},
}
_WORDS_OF_TIF: Final[dict[str, Literal["GTC", "IOC", "FOK"]]] = {
    "gtc": "GTC",
    "ioc": "IOC",
    "fok": "FOK",
}
_ID_MAX: Final = 2**64 - 1
_NO_SELF_TRADE_RULE: Final = ("none", "allow")


class _LineError(Exception):
    """A line that is no command."""


class Filter:
    """Answers command lines from one engine; symbols are opened as they are named.

    Args:
        tick_size: Smallest step of a price, as a decimal number.
        lot_size: Smallest step of a quantity, as a decimal number.
        book: Whether each answer carries the whole book of the command's symbol.
    """

    def __init__(self, *, tick_size: str = "1", lot_size: str = "1", book: bool = False) -> None:
        self._tick_size, self._lot_size = tick_size, lot_size
        self._integers = _is_one(tick_size) and _is_one(lot_size)
        self._with_book = book
        self._engines: dict[str, MatchingEngine] = {}
        self._instruments: dict[str, Instrument] = {}
        self._accounts: dict[str, int] = {}
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
            _LineError: If the line is no command; nothing has changed then.
        """
        command = _parsed(line)
        symbol = command.get("symbol", _DEFAULT_SYMBOL)
        if not isinstance(symbol, str):
            raise _LineError(f"symbol must be text: symbol={symbol!r}")
        try:
            engine = self._open(symbol)
            reports = self._execute(engine, symbol, command)
        except (TradecoreError, TypeError, OverflowError) as error:
            raise _LineError(str(error)) from error
        answer = self._answered(reports)
        if self._with_book:
            answer["book"] = {"bids": self._side(symbol, "buy"), "asks": self._side(symbol, "sell")}
            answer["stops"] = 0
        return answer

    def _execute(
        self, engine: MatchingEngine, symbol: str, command: dict[str, Any]
    ) -> list[ExecutionReport]:
        op, order_id = command["op"], _order_id(command)
        if op == "cancel":
            return engine.cancel(symbol, order_id=order_id)
        if op == "new":
            return self._new(engine, symbol, order_id, command)
        if op == "reduce_to":
            return engine.modify(symbol, order_id=order_id, quantity=_needed(command, "qty"))
        price = _needed(command, "price")
        if op == "move":
            return engine.modify(symbol, order_id=order_id, price=price)
        semantics = command.get("semantics", "fix")
        if semantics not in {"fix", "cancel_reinsert"}:
            raise _LineError(f"semantics must be 'fix' or 'cancel_reinsert': {semantics!r}")
        return engine.modify(
            symbol,
            order_id=order_id,
            price=price,
            open_quantity=_needed(command, "qty"),
            keep_priority=semantics == "fix",
        )

    def _new(
        self, engine: MatchingEngine, symbol: str, order_id: int, command: dict[str, Any]
    ) -> list[ExecutionReport]:
        kind = command.get("type", "limit")
        _refuse_what_is_not_here(command)
        tif = command.get("tif", "gtc")
        if not isinstance(tif, str) or tif not in _WORDS_OF_TIF:
            raise _LineError(f"tif must be one of {', '.join(_WORDS_OF_TIF)}: tif={tif!r}")
        return engine.submit(
            symbol,
            side=_needed(command, "side"),
            quantity=_needed(command, "qty"),
            type=kind,
            price=None if kind == "market" else _needed(command, "price"),
            time_in_force=_WORDS_OF_TIF[tif],
            post_only=_flag(command, "post_only"),
            account=self._account(command.get("user")),
            order_id=order_id,
        )

    def _account(self, user: object) -> int:
        if user is None:
            return 0
        return self._accounts.setdefault(str(user), len(self._accounts) + 1)

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
                return {
                    "trades": [],
                    "canceled": [],
                    "rejected": True,
                    "reason": report.reject_code,
                }
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


def _parsed(line: str) -> dict[str, Any]:
    try:
        command = json_text.loads(line, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise _LineError(f"not JSON: {error}") from error
    if not isinstance(command, dict):
        raise _LineError(f"a command is a JSON object: got {type(command).__name__}")
    op = command.get("op")
    if not isinstance(op, str) or op not in _FIELDS:
        raise _LineError(f"op must be one of {', '.join(_FIELDS)}: op={op!r}")
    unknown = sorted(set(command) - _FIELDS[op])
    if unknown:
        raise _LineError(f"{op} does not take {', '.join(map(repr, unknown))}")
    return command


def _refuse_what_is_not_here(command: dict[str, Any]) -> None:
    """Orders may trade with their owner's, and nobody here has a position to reduce."""
    stp = command.get("stp", "none")
    if stp not in _NO_SELF_TRADE_RULE:
        raise _LineError(f"stp must be 'none' (or its alias 'allow') in this version: stp={stp!r}")
    if _flag(command, "reduce_only"):
        raise _LineError("reduce_only needs positions, and this engine keeps none")


def _is_one(step: str) -> bool:
    return _is_step(step) and Decimal(step) == 1


def _is_step(step: str) -> bool:
    try:
        return Decimal(step).is_finite() and Decimal(step) > 0
    except InvalidOperation:
        return False


def _order_id(command: dict[str, Any]) -> int:
    order_id = _needed(command, "id")
    if type(order_id) is not int or not 1 <= order_id <= _ID_MAX:
        raise _LineError(f"id must be an integer from 1 to 2^64-1: id={order_id!r}")
    return order_id


def _needed(command: dict[str, Any], field: str) -> Any:  # noqa: ANN401 -- checked by the engine
    if field not in command:
        raise _LineError(f"{command['op']} needs {field!r}")
    return command[field]


def _flag(command: dict[str, Any], field: str) -> bool:
    value = command.get(field, False)
    if not isinstance(value, bool):
        raise _LineError(f"{field} must be true or false: {field}={value!r}")
    return value


def run_lines(
    lines: Iterable[str],
    *,
    tick_size: str = "1",
    lot_size: str = "1",
    book: bool = False,
) -> Iterator[str]:
    """Yield one JSON answer for each line that is not blank.

    A line that is no command answers ``{"error": "line 7: ..."}`` and changes nothing.
    """
    matcher = Filter(tick_size=tick_size, lot_size=lot_size, book=book)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = matcher.answer(line)
        except _LineError as error:
            answer = {"error": f"line {number}: {error}"}
        yield json_text.dumps(answer, separators=(",", ":"))


def match(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The commands; standard input if none.")
    ] = None,
    *,
    book: Annotated[
        bool, typer.Option("--book", help="Answer with the whole book, queues included.")
    ] = False,
    tick_size: Annotated[str, typer.Option(help="Smallest step of a price.")] = "1",
    lot_size: Annotated[str, typer.Option(help="Smallest step of a quantity.")] = "1",
    stp: Annotated[
        str, typer.Option(metavar="MODE", help="Self-trade prevention; only none in this version.")
    ] = "none",
    json: Annotated[
        bool, typer.Option("--json", help="Accepted, as by every command: answers are JSON anyway.")
    ] = False,
) -> None:
    """Match orders as a filter: one JSON command a line in, one JSON answer a line out.

    A line that is no command answers {"error": "line 7: ..."}; the lines after it still run.
    The exit code is 1 then.
    """
    del json  # there is no other way to answer
    if stp not in _NO_SELF_TRADE_RULE:
        raise typer.BadParameter(f"must be 'none' in this version: {stp!r}", param_hint="--stp")
    for option, step in (("--tick-size", tick_size), ("--lot-size", lot_size)):
        if not _is_step(step):
            raise typer.BadParameter(f"a step is a number above 0: {step!r}", param_hint=option)
    if not _answers(file, sys.stdout, tick_size=tick_size, lot_size=lot_size, book=book):
        raise typer.Exit(1)


def _answers(file: Path | None, out: TextIO, *, tick_size: str, lot_size: str, book: bool) -> bool:
    """Write one answer a line; return whether every line was a command."""
    clean = True
    # Bytes that are no text make one line wrong, not the whole run.
    if file is None and isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    source = None if file is None else file.open(encoding="utf-8", errors="surrogateescape")
    with nullcontext(sys.stdin) if source is None else source as lines:
        for text in run_lines(lines, tick_size=tick_size, lot_size=lot_size, book=book):
            clean = clean and not text.startswith('{"error"')
            out.write(f"{text}\n")
            out.flush()
    return clean
