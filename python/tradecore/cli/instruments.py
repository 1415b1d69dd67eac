"""`tradecore instruments`: what a venue that runs trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.venue_api import PortOption, ReasonOption, venue_api

# typer reads them
from tradecore.cli.venue_people import ChangeOption, ConfigOption, DataOption  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="What a venue that runs trades.")
PATH: Final = "/admin/instruments"

SymbolArgument = Annotated[str, typer.Argument(metavar="SYMBOL", help="Name of the instrument.")]
TermOption = Annotated[
    list[str] | None,
    typer.Option(
        "--term",
        metavar="NAME=VALUE",
        help="One more term, by its name in the API, such as leverageMax=10; may be repeated.",
    ),
]
_COUNTS: Final = frozenset({"leverageMax", "bandBps", "haltMs"})
_COLUMNS: Final = ("symbol", "phase", "tickSize", "lotSize", "leverageMax", "markPrice")


@app.command("list")
def list_instruments(
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Print what is traded, and how each stands."""
    found = venue_api(config, data, change, port).ask("GET", PATH)["data"]
    out = Output(json=json)
    out.table(
        ["index", "symbol", "phase", "tick", "lot", "leverage", "mark"],
        [(one["index"], *_cells(one)) for one in found],
    )
    out.value(found)


@app.command()
def add(
    symbol: SymbolArgument,
    *,
    base: Annotated[str, typer.Option(help="What is bought.")],
    quote_: Annotated[str, typer.Option("--quote", help="What it is paid with.")],
    tick: Annotated[str, typer.Option(help="Smallest step of a price.")],
    lot: Annotated[str, typer.Option(help="Smallest step of a quantity.")],
    price: Annotated[str, typer.Option(help="What it is worth before anybody traded.")],
    reason: ReasonOption,
    term: TermOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """List an instrument; it trades from then on, and after every restart."""
    body = {
        "symbol": symbol,
        "base": base,
        "quote": quote_,
        "tickSize": tick,
        "lotSize": lot,
        "price": price,
        "reason": reason,
        **_terms(term or ()),
    }
    made = venue_api(config, data, change, port).ask("POST", PATH, body)
    _tell(Output(json=json), "listed", made)


@app.command("change")
def change_terms(
    symbol: SymbolArgument,
    *,
    term: TermOption = None,
    reason: ReasonOption,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Change terms, the state (state=halted) or the index (indexPrice=...) of an instrument."""
    body = {**_terms(term or ()), "reason": reason}
    made = venue_api(config, data, change, port).ask("PATCH", _path(symbol), body)
    _tell(Output(json=json), "changed", made)


@app.command()
def delist(
    symbol: SymbolArgument,
    *,
    reason: ReasonOption,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    port: PortOption = None,
    json: JsonOption = False,
) -> None:
    """Take a closed instrument out of trading for good, once nothing is left in it."""
    path = f"{_path(symbol)}?reason={quote(reason, safe='')}"
    made = venue_api(config, data, change, port).ask("DELETE", path)
    _tell(Output(json=json), "delisted", made)


def _path(symbol: str) -> str:
    return f"{PATH}/{quote(symbol, safe='')}"


def _terms(terms: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in terms:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(f"a term is NAME=VALUE: {text!r}")
        if name in found:
            raise typer.BadParameter(f"a term is given once: {name}")
        is_count = name in _COUNTS and value.isascii() and value.isdigit()
        found[name] = int(value) if is_count else value
    return found


def _cells(one: Mapping[str, Any]) -> list[object]:
    shown = dict(one) if one["isTrading"] else {**one, "phase": "delisted"}
    return [shown[name] for name in _COLUMNS]


def _tell(out: Output, done: str, one: Mapping[str, Any]) -> None:
    symbol, phase, tick, lot, leverage, mark = _cells(one)
    out.line(
        f"{done} {symbol}: index {one['index']}, {phase}, tick {tick}, lot {lot}, "
        f"leverage {leverage}, mark {mark}"
    )
    out.value(one)
