"""`tradecore journal`: look at the journal of a venue without writing to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.core import journal_inspect

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Look at the journal of a venue."
)

PathArgument = Annotated[Path, typer.Argument(metavar="PATH", help="Folder of the journal.")]
ShardOption = Annotated[int, typer.Option("--shard", help="Which part of a venue it is of.")]


@app.command()
def verify(path: PathArgument, *, shard: ShardOption = 0, json: JsonOption = False) -> None:
    """Check every byte: checksums, chain, watermark, snapshots; 1 and the place where one is wrong.

    A torn last write is no damage: nobody was told of it.
    """
    found = journal_inspect(path, shard=shard)
    out = Output(json=json)
    out.line(f"{path} is whole: records {found['first']} to {found['last']}")
    out.line(f"{found['blocks']} blocks in {found['segments']} segments")
    out.line(f"snapshots behind records {found['snapshots']}, broken {found['broken_snapshots']}")
    out.line(f"{found['torn_bytes']} bytes of a torn write behind the last record")
    out.value(found)


@app.command()
def show(path: PathArgument, *, shard: ShardOption = 0, json: JsonOption = False) -> None:
    """Print each command in the journal, in order, with its sequence."""
    out = Output(json=json)
    records: list[dict[str, object]] = []

    def each(sequence: int, command: str) -> None:
        out.line(f"{sequence} {command}")
        if json:
            records.append({"sequence": sequence, "command": command})

    journal_inspect(path, shard=shard, each=each)
    out.value(records)
