"""`tradecore backup` and `tradecore restore`: a venue's folder as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.cli.output import JsonOption, Output

if TYPE_CHECKING:
    from tradecore.gateway.backup import Saved

__all__ = ["backup", "restore"]

DataArgument = Annotated[Path, typer.Argument(metavar="DATA", help="Folder of the venue.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup(data: DataArgument, file: FileArgument, *, json: JsonOption = False) -> None:
    """Write a venue's folder into one file; the venue may run meanwhile.

    Its secrets are in it: keep it as you keep them. A database elsewhere (DATABASE_URL) is not.
    """
    from tradecore.gateway.backup import back_up  # noqa: PLC0415 - reads archives

    _tell(Output(json=json), "saved to", back_up(data, file))


def restore(file: FileArgument, data: DataArgument, *, json: JsonOption = False) -> None:
    """Make a venue's folder from a backup, and check every byte of it."""
    from tradecore.gateway.backup import restore as made  # noqa: PLC0415 - reads archives

    _tell(Output(json=json), "restored to", made(file, data))


def _tell(out: Output, done: str, saved: Saved) -> None:
    out.value(saved)
    out.line(f"{done} {saved.path}")
    out.line(f"{saved.files} files, {saved.bytes:,} bytes, commands up to {saved.sequence}")
