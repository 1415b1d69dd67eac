"""`tradecore audit`: check and read the audit log of a venue."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.venue_people import ChangeOption, ConfigOption, DataOption, settings_of
from tradecore.identity.audit import GENESIS, AuditHead, canonical, entries_of, verify
from tradecore.store.audit_file import audit_lines
from tradecore.telemetry.logs import iso_utc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.identity.audit import AuditEntry

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Check and read the audit log of a venue."
)

LOG_NAME: Final = "audit.jsonl"

#: Where a venue keeps its data that nobody named a folder for.
FOLDER: Final = Path("venue-data")

PathArgument = Annotated[
    Path, typer.Argument(metavar="PATH", help="The log, or the folder of a venue it is in.")
]
HeadOption = Annotated[
    str | None,
    typer.Option("--head", metavar="SEQ:DIGEST", help="A head it had once, kept elsewhere."),
]


@app.command("verify")
def verify_log(
    path: PathArgument = FOLDER, *, head: HeadOption = None, json: JsonOption = False
) -> None:
    """Check every byte of a log; 1 and the line where it is not as it was written.

    Keep the head it prints somewhere else: with `--head` it shows later that nothing was cut off.
    """
    kept = GENESIS if head is None else AuditHead.parse(head)
    log = _log(path)
    with log.open("rb") as file:
        found = verify(audit_lines(file), kept=kept)
    _tell(Output(json=json), str(log), found, kept)


@app.command("verify-records")
def verify_records(
    *,
    head: HeadOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Check the log in a venue's database the same way, and that it is the one in the folder."""
    from tradecore.gateway.places import database_url  # noqa: PLC0415 - needs the extra `venue`
    from tradecore.store import audit_table  # noqa: PLC0415
    from tradecore.store.database import open_database  # noqa: PLC0415

    kept = GENESIS if head is None else AuditHead.parse(head)
    settings = settings_of(config, data, change)
    log = settings.store.data / LOG_NAME
    in_file = GENESIS
    if log.exists():
        with log.open("rb") as file:
            in_file = verify(audit_lines(file))
    database = open_database(database_url(settings, settings.store.data))
    try:
        with database.reading() as connection:
            audit_table.check(connection, kept=in_file)
            found = audit_table.check(connection, kept=kept)
    finally:
        database.close()
    _tell(Output(json=json), f"the log at {database.name}", found, kept)


@app.command()
def show(
    path: PathArgument = FOLDER,
    *,
    after: Annotated[int, typer.Option(min=0, help="Number of the entry to begin behind.")] = 0,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Of this type, such as `key`.")
    ] = None,
    actor: Annotated[str | None, typer.Option(help="By this one.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    json: JsonOption = False,
) -> None:
    """Print entries in order, each checked before it is printed.

    A type is meant with everything below it: `key` with `key.added`.
    """
    out = Output(json=json)
    shown: list[object] = []
    with _log(path).open("rb") as file:
        wanted = (
            fields
            for entry in _behind(entries_of(audit_lines(file)), after)
            if _is_wanted(fields := entry.fields, kind, actor)
        )
        for fields in islice(wanted, limit):
            when = iso_utc(fields["ts_ns"])
            who, what = canonical(fields["actor"])[1:-1], canonical(fields["data"])
            out.line(_printable(f"{fields['seq']} {when} {fields['type']} by {who} {what}"))
            if json:
                shown.append(fields)
    out.value(shown)


def _log(path: Path) -> Path:
    return path / LOG_NAME if path.is_dir() else path


def _behind(entries: Iterator[AuditEntry], after: int) -> Iterator[AuditEntry]:
    return (entry for entry in entries if entry.seq > after)


def _is_wanted(fields: dict[str, object], kind: str | None, actor: str | None) -> bool:
    of_kind = kind is None or f"{fields['type']}.".startswith(f"{kind}.")
    return of_kind and actor in {None, fields["actor"]}


def _printable(text: str) -> str:
    """Escape what could drive a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _tell(out: Output, name: str, found: AuditHead, kept: AuditHead) -> None:
    out.line(f"{name} is whole: {found.seq} entries")
    if kept.seq:
        out.line(f"it goes on from the head that was kept, {kept.seq}")
    out.line(f"head {found}")
    out.value({"log": name, "entries": found.seq, "head": str(found), "kept": kept.seq})
