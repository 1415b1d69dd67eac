"""A venue that runs, as a command on its own machine asks it: by its token, over its own door."""

from __future__ import annotations

import http.client
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tradecore.cli.venue_people import settings_of
from tradecore.core import TradecoreError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["PortOption", "ReasonOption", "VenueApi", "VenueRefusedError", "venue_api"]

TIMEOUT_S: Final = 10.0
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what it listens on

PortOption = Annotated[
    int | None,
    typer.Option("--port", min=1, max=65_535, help="Where the venue listens, unless as set."),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why; it stands in the audit log.", metavar="TEXT")
]


class VenueRefusedError(TradecoreError):
    """The venue said no, and why."""


@dataclass(frozen=True, slots=True)
class VenueApi:
    """Asks a venue.

    Args:
        host: Where it listens.
        port: At which port.
        token: The venue's own token; never printed.
    """

    host: str
    port: int
    token: str

    def __repr__(self) -> str:
        """Return where it is."""
        return f"VenueApi({self.host}:{self.port})"

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - what it answers
        """Return what the venue answers.

        Raises:
            VenueRefusedError: If it refuses.
            OSError: If nobody listens there.
            TimeoutError: If no answer comes.
        """
        line = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
        headers = {"X-Admin-Token": self.token, "Content-Type": "application/json"}
        try:
            said = None if body is None else json.dumps(body)
            line.request(method, path, said, headers)
            answer = line.getresponse()
            found = json.loads(answer.read() or b"null")
        except (http.client.HTTPException, ValueError) as error:
            raise VenueRefusedError(f"a venue answers with JSON: {self!r}") from error
        finally:
            line.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise VenueRefusedError(_reason(answer.status, found))
        return found


def _reason(status: int, found: Any) -> str:  # noqa: ANN401 - the same
    said = found if isinstance(found, dict) else {}
    places = [f"{one.get('pointer')}: {one.get('detail')}" for one in said.get("errors") or ()]
    text = "; ".join([str(said.get("detail", "no reason given")), *places])
    return f"the venue refuses, {status} {said.get('code', '')}: {text}"


def venue_api(
    config: Path | None, data: Path | None, change: Sequence[str] | None, port: int | None
) -> VenueApi:
    """Return the way to a venue of these settings.

    Raises:
        TradecoreError: If settings or secrets are not as they must be, or no port is known.
        FileNotFoundError: If there is no such venue.
    """
    from tradecore.gateway.places import secrets_given  # noqa: PLC0415 - needs the extra `venue`
    from tradecore.store.identity_secrets import venue_secrets  # noqa: PLC0415

    settings = settings_of(config, data, change)
    secrets = venue_secrets(settings.store.data, secrets_given(settings, os.environ))
    if secrets.admin_token is None:
        raise VenueRefusedError("a venue lets commands in by its own token: ADMIN_TOKEN is not set")
    known = port or settings.server.port
    if not known:
        raise typer.BadParameter("the venue listens at a port of the system's: name it by --port")
    host = settings.server.host
    return VenueApi(_ANYWHERE.get(host, host), known, secrets.admin_token)
