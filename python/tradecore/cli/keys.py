"""`tradecore keys`: API keys of a venue's users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.venue_people import ChangeOption, ConfigOption, DataOption, people
from tradecore.identity.scopes import scopes_from_text
from tradecore.telemetry.logs import iso_utc

if TYPE_CHECKING:
    from tradecore.identity import ApiKey

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="API keys of a venue's users.")

DAY_NS: Final = 24 * 3600 * 1_000_000_000
DAYS_MAX: Final = 3650


@app.command()
def add(
    user: Annotated[str, typer.Argument(metavar="USER", help="Login or id.")],
    *,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="What it may do, such as orders:read; all its user may without; may be repeated.",
        ),
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            "--network",
            metavar="NETWORK",
            help="Where it may be used, such as 192.0.2.0/24; anywhere without; may be repeated.",
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=DAYS_MAX, help="How long it lives; no end without.")
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a key; its secret is shown once."""
    try:
        scopes = None if scope is None else scopes_from_text(" ".join(scope))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with people(config, data, change) as venue:
        key, secret = venue.keys.add(
            user,
            label=label,
            scopes=scopes,
            networks=network or (),
            expires_ns=None if days is None else venue.now_ns + days * DAY_NS,
            by=venue.by,
            now_ns=venue.now_ns,
        )
    out = Output(json=json)
    out.line(f"added {key.id} for {user}: {' '.join(sorted(key.scopes))}")
    out.line(f"secret, shown once: {secret}")
    out.value(_shown(key) | {"secret": secret})


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key.")],
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """End a key for good, and the tokens of its user with it."""
    with people(config, data, change) as venue:
        ended = venue.keys.revoke(key, by=venue.by, now_ns=venue.now_ns)
    out = Output(json=json)
    out.line(f"revoked {ended.id}")
    out.value(_shown(ended))


@app.command("list")
def list_keys(
    user: Annotated[
        str | None, typer.Argument(metavar="[USER]", help="Login or id; everybody's without.")
    ] = None,
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Print keys with what they may do, and when they were used; no secret is shown."""
    with people(config, data, change) as venue:
        found = venue.keys.list(user)
    out = Output(json=json)
    out.table(
        ["id", "user", "label", "scopes", "networks", "ends", "used", "state"],
        [
            (
                key.id,
                key.user,
                key.label,
                " ".join(sorted(key.scopes)),
                " ".join(map(str, key.networks)) or "any",
                _time(key.expires_ns),
                _time(key.last_used_ns),
                "revoked" if key.revoked_ns is not None else "live",
            )
            for key in found
        ],
    )
    out.value([_shown(key) for key in found])


@app.command()
def reseal(
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Seal every secret under the present ENCRYPTION_KEY, opened by ENCRYPTION_KEY_PREVIOUS."""
    with people(config, data, change) as venue:
        count = venue.keys.reseal(by=venue.by, now_ns=venue.now_ns)
    out = Output(json=json)
    out.line(f"{count} secrets were sealed anew; the previous key is needed no more")
    out.value({"resealed": count})


def _time(ns: int | None) -> str:
    return "-" if ns is None else f"{iso_utc(ns)[:19]}Z"


def _shown(key: ApiKey) -> dict[str, object]:
    """Return what may be printed of a key."""
    return {
        "id": key.id,
        "user": key.user,
        "label": key.label,
        "scopes": sorted(key.scopes),
        "networks": [str(network) for network in key.networks],
        "created_ns": key.created_ns,
        "expires_ns": key.expires_ns,
        "revoked_ns": key.revoked_ns,
        "last_used_ns": key.last_used_ns,
    }
