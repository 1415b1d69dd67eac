"""One command of an engine's journal with what came of it, live or read again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from msgspec import Struct

from tradecore.core import DataError
from tradecore.venue.orders import PlaceOrder
from tradecore.venue.sheets import instrument_of, read_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tradecore.core import ExecutionReport, HistoryEntry
    from tradecore.venue.instruments import VenueInstrument

__all__ = ["Entry", "read_entry"]

EntryKind: TypeAlias = Literal[
    "new", "modify", "cancel", "deposit", "withdraw", "list", "strategy", "other"
]

_CANCELS: Final = frozenset({"cancel", "cancel_all"})
#: Commands that no order and no money follows from, other than by their reports.
_OTHERS: Final = frozenset(
    {
        "set_phase",
        "set_bands",
        "set_reference",
        "advance_time",
        "set_owner",
        "set_limits",
        "set_trading_state",
        "set_mark",
        "start_day",
        "keep_accounts",
        "keep_answers",
        "note",
    }
)


class Entry(Struct, frozen=True, kw_only=True):
    """A command and its reports.

    Args:
        sequence: Its number in the journal.
        ts_event_ns: The engine's time behind it.
        kind: What the books need to know of it.
        reports: What came of it, in order.
        order: Of a new one, what was asked.
        strategy: Of a new one that was read again, the number of its strategy; 0 for none.
        stop_price: Of a change, the new trigger.
        account: Of money that came or went, or of a strategy that was named, whose.
        asset: Which money.
        amount: How much; negative when it went.
        listed: The instrument that came.
        name: What an account calls the strategy it named.
    """

    sequence: int
    ts_event_ns: int
    kind: EntryKind
    reports: Sequence[ExecutionReport] = ()
    order: PlaceOrder | None = None
    strategy: int = 0
    stop_price: Decimal | None = None
    account: int = 0
    asset: str = ""
    amount: Decimal = Decimal(0)
    listed: VenueInstrument | None = None
    name: str = ""


def read_entry(found: HistoryEntry, /) -> Entry:
    """Return an entry of an engine's history in the words of a venue.

    Raises:
        DataError: If the command is of a kind not known here: the program is older than the
            journal.
    """
    kind = found.kind
    said: Mapping[str, Any] = found.arguments
    if kind == "new":
        return _entry(found, "new", order=_order(said), strategy=said.get("strategy", 0))
    if kind == "modify":
        return _entry(found, "modify", stop_price=said.get("stop_price"))
    if kind in {"deposit", "withdraw"}:
        refused = any(report.exec_type == "rejected" for report in found.reports)
        amount = Decimal(0) if refused else said["amount"]
        return _entry(
            found,
            "deposit" if kind == "deposit" else "withdraw",
            account=said["account"],
            asset=said["asset"],
            amount=amount if kind == "deposit" else -amount,
        )
    if kind == "list":
        sheet = read_sheet(said["about"])
        return _entry(found, "list", listed=instrument_of(said["instrument"], sheet))
    if kind == "name_strategy":
        return _entry(found, "strategy", account=said["account"], name=said["name"])
    is_cancel = kind in _CANCELS
    if not is_cancel and kind not in _OTHERS:
        raise DataError(
            f"a venue knows every kind of command in its journal: kind={kind}, "
            f"sequence={found.sequence}"
        )
    return _entry(found, "cancel" if is_cancel else "other")


def _entry(found: HistoryEntry, kind: EntryKind, **rest: Any) -> Entry:  # noqa: ANN401
    return Entry(
        sequence=found.sequence,
        ts_event_ns=found.timestamp_ns,
        kind=kind,
        reports=found.reports,
        **rest,
    )


def _order(said: Mapping[str, Any]) -> PlaceOrder:
    """Return what a command asked for."""
    shown = said.get("display_quantity")
    return PlaceOrder(
        account=said["account"],
        symbol=said["symbol"],
        side=said["side"],
        quantity=said["quantity"],
        price=said.get("price"),
        type="iceberg" if shown is not None else said["type"],
        stop_price=said.get("stop_price"),
        trailing_distance=said.get("trailing_distance"),
        display_quantity=shown,
        time_in_force=said["time_in_force"],
        post_only=said["post_only"],
        reduce_only=said["reduce_only"],
        expire_time_ns=said.get("expire_time_ns"),
        client_order_id=said.get("client_order_id", ""),
        self_trade_prevention=said.get("self_trade_prevention", "none"),
    )
