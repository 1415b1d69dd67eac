"""Where a venue keeps what it keeps, and which secrets it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.store import upgrade
from tradecore.store.identity_secrets import PUBLIC_NAMES, SECRET_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tradecore.gateway.settings import VenueSettings

__all__ = [
    "AUDIT",
    "CHECKPOINT",
    "DAY",
    "INSTRUMENTS",
    "JOURNAL",
    "LIMITS",
    "NOTES",
    "RECORDS",
    "STATES",
    "database_url",
    "secrets_given",
]

JOURNAL: Final = "journal"
NOTES: Final = "notes.tcn"
CHECKPOINT: Final = "books.tcb"
RECORDS: Final = "records.db"
LIMITS: Final = "limits.json"
STATES: Final = "states.json"
DAY: Final = "day.json"
INSTRUMENTS: Final = "instruments.json"
AUDIT: Final = "audit.jsonl"


def secrets_given(settings: VenueSettings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that settings and environment name, by the environment's names."""
    names = {*SECRET_NAMES, *(f"{name}_FILE" for name in SECRET_NAMES), *PUBLIC_NAMES}
    given = {name: value for name, value in environ.items() if name in names and value}
    for name in ("jwt_secret", "admin_token", "encryption_key"):
        secret = getattr(settings.security, name)
        if secret is not None:
            given[name.upper()] = secret.get_secret_value()
    return given


def database_url(settings: VenueSettings, folder: Path) -> str:
    """Return the database's URL; one of our own, in the folder, is brought up to date."""
    given = settings.store.database_url
    if given is not None:
        return given.get_secret_value()
    url = f"sqlite:///{folder / RECORDS}"
    upgrade(url)
    return url
