"""`tradecore db`: the tables of a venue's records."""

from __future__ import annotations

from typing import Annotated

import typer

from tradecore import store
from tradecore.cli.output import JsonOption, Output

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Look after a venue's records.")

UrlOption = Annotated[
    str,
    typer.Option(
        "--url",
        envvar="DATABASE_URL",
        metavar="URL",
        help="sqlite:///FILE or postgresql://USER@HOST/NAME.",
    ),
]
_DEFAULT = "sqlite:///records.db"


@app.command()
def upgrade(url: UrlOption = _DEFAULT, *, json: JsonOption = False) -> None:
    """Take the tables to what this program needs, all of it or nothing."""
    before = store.upgrade(url)
    out = Output(json=json)
    if before.is_current:
        out.line(f"the tables are at step {before.wanted}, which is the newest")
    else:
        out.line(f"the tables went from step {before.found or 'none'} to {before.wanted}")
    out.value({"before": before.found, "now": before.wanted})


@app.command()
def show(url: UrlOption = _DEFAULT, *, json: JsonOption = False) -> None:
    """Print which step the tables are at, and how far the records are.

    1 where the tables are not this program's.
    """
    state = store.schema(url)
    out = Output(json=json)
    out.line(f"tables: step {state.found or 'none'}, this program needs {state.wanted}")
    said: dict[str, object] = {"found": state.found, "wanted": state.wanted}
    if not state.is_current:
        out.line("run `tradecore db upgrade`" if state.is_known else "a newer program made them")
        out.value(said)
        raise typer.Exit(1)
    records = store.Records.open(url)
    try:
        position, accounts = records.position, len(records.accounts())
    finally:
        records.close()
    out.line(f"records: up to command {position.sequence} and note {position.note}")
    out.line(f"accounts: {accounts}")
    out.value({**said, "sequence": position.sequence, "note": position.note, "accounts": accounts})
