"""Users and keys of a venue as a command reaches them: in its database, running or not."""

from __future__ import annotations

import getpass
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.telemetry.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tradecore.gateway.settings import VenueSettings
    from tradecore.store.identity_keys import KeyRecords
    from tradecore.store.identity_users import UserRecords

__all__ = ["ChangeOption", "ConfigOption", "DataOption", "People", "people", "settings_of"]

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings of the venue, INI or YAML."),
]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Folder of the venue's data.")
]
ChangeOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="One more setting."),
]


@dataclass(frozen=True, slots=True)
class People:
    """Users and keys on record, and who changes them.

    Args:
        users: Users.
        keys: Their API keys.
        by: Who runs this command, as the audit log has it.
        now_ns: The time, nanoseconds since the Unix epoch.
    """

    users: UserRecords
    keys: KeyRecords
    by: str
    now_ns: int


def settings_of(
    config: Path | None, data: Path | None, change: Sequence[str] | None
) -> VenueSettings:
    """Return the settings of a venue, whose data are there.

    Raises:
        ConfigError: With everything that is wrong with them.
        FileNotFoundError: If the venue keeps its records in its folder, and has none.
    """
    from tradecore.gateway.places import RECORDS  # noqa: PLC0415 - needs the extra `venue`
    from tradecore.gateway.settings import load_venue  # noqa: PLC0415

    named = [] if data is None else [f"store.data={data}"]
    settings = load_venue(config, overrides=[*named, *(change or ())]).settings
    records = settings.store.data / RECORDS
    if settings.store.database_url is None and not records.exists():
        raise FileNotFoundError(2, "no records of a venue: start it once, or name --data", records)
    return settings


@contextmanager
def people(
    config: Path | None, data: Path | None, change: Sequence[str] | None
) -> Iterator[People]:
    """Lend the users and keys of a venue.

    Raises:
        TradecoreError: If settings, secrets or database are not as they must be.
        FileNotFoundError: If the venue keeps its records in its folder, and has none.
    """
    from tradecore.gateway.places import database_url, secrets_given  # noqa: PLC0415
    from tradecore.identity.passwords import PasswordCost, Passwords  # noqa: PLC0415
    from tradecore.store.identity_keys import KeyRecords  # noqa: PLC0415
    from tradecore.store.identity_secrets import venue_secrets  # noqa: PLC0415
    from tradecore.store.identity_service import open_identity  # noqa: PLC0415
    from tradecore.store.identity_users import UserRecords  # noqa: PLC0415

    settings = settings_of(config, data, change)
    folder = settings.store.data
    secrets = venue_secrets(folder, secrets_given(settings, os.environ))
    database = open_identity(database_url(settings, folder))
    try:
        yield People(
            users=UserRecords(database, Passwords(PasswordCost()), os.urandom),
            keys=KeyRecords(database, secrets.vault, os.urandom),
            by=f"local:{getpass.getuser()}",
            now_ns=SystemClock().now_ns(),
        )
    finally:
        database.close()
