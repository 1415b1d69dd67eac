"""A run that was stopped, kept in a file: what it was played from, and how it stood.

A run is a function of its recordings, its assumptions and its strategy, so what is kept is how to
come back: it is played again from the start, and must stand at the moment as it stood before. So
nothing that a strategy holds has to be written down, and what was not seen before is known to be
the same.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from tradecore.core import DataError, InputError, __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tradecore.backtest.listings import Listing
    from tradecore.core import Simulation
    from tradecore.strategy import AbstractStrategy

__all__ = ["Checkpoint", "digest"]

_FORMAT: Final = 1
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A run at a moment.

    Args:
        version: Of the package that ran it.
        strategy: Its class.
        params: Its settings.
        markets: What was played, under which assumptions, with the digest of each recording.
        at_ns: The moment, by the run's clock.
        state: Digest of what had happened by then.
        format: Of this file.
    """

    version: str
    strategy: str
    params: dict[str, Any]
    markets: tuple[dict[str, str], ...]
    at_ns: int
    state: str
    format: int = _FORMAT

    @classmethod
    def of(
        cls,
        strategy: AbstractStrategy,
        listings: Sequence[Listing],
        simulation: Simulation,
        *,
        at_ns: int,
    ) -> Self:
        """Return how a run stands.

        Raises:
            InputError: If a setting of the strategy has no form in JSON.
        """
        kind = type(strategy)
        try:
            params = strategy.config.model_dump(mode="json")
        except ValueError as error:
            raise InputError(
                f"settings that are kept have a form in JSON: {kind.__name__}: {error}"
            ) from error
        return cls(
            version=__version__,
            strategy=f"{kind.__module__}:{kind.__qualname__}",
            params=params,
            markets=tuple(_market(listing) for listing in listings),
            at_ns=at_ns,
            state=digest(simulation),
        )

    def write(self, path: Path) -> None:
        """Write it to a new file.

        Raises:
            FileExistsError: If there is one of this name.
            OSError: If it cannot be written.
        """
        with path.open("x", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
            file.write("\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what a file keeps.

        Raises:
            DataError: If it is no such file.
            OSError: If it cannot be read.
        """
        try:
            told = json.loads(path.read_bytes())
            checkpoint = cls(**{**told, "markets": tuple(told["markets"])})
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(f"a stopped run is kept as JSON: {error}: {path}") from error
        if checkpoint.format != _FORMAT or not isinstance(checkpoint.at_ns, int):
            raise DataError(
                f"a stopped run is kept in format {_FORMAT}: format={checkpoint.format}: {path}"
            )
        return checkpoint

    def check(self, now: Checkpoint) -> None:
        """Say whether a run that was played again stands as this one stood.

        Raises:
            DataError: If it was played from something else, or came another way.
        """
        for name in ("version", "strategy", "params", "markets"):
            kept, came = getattr(self, name), getattr(now, name)
            if kept != came:
                raise DataError(
                    f"a run is resumed with what it was stopped with: {name} was {kept}, is {came}"
                )
        if self.state != now.state:
            raise DataError(
                "a run that is played again comes the same way, this one did not: its strategy is "
                f"another, or asks a clock or chance: at_ns={self.at_ns}"
            )


def digest(simulation: Simulation) -> str:
    """Return the SHA-256 of all that a simulation has recorded so far."""
    state = hashlib.sha256()
    state.update(repr((simulation.now_ns, sorted(simulation.counts.items()))).encode())
    for place in range(len(simulation.books)):
        for columns in (
            simulation.fills(place),
            simulation.orders(place),
            simulation.equity(place),
            simulation.round_trips(place),
        ):
            for name in sorted(columns):
                state.update(columns[name].tobytes())
    return state.hexdigest()


def _market(listing: Listing) -> dict[str, str]:
    recording = listing.recording
    named = {
        "symbol": listing.instrument.symbol,
        "venue": listing.venue.name,
        "fees": listing.fees,
        "latency": listing.latency,
        "queue": listing.queue,
        "data": recording.path.name,
        "sha256": _sha256(recording.path),
    }
    return {name: str(value) for name, value in named.items()}


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            total.update(chunk)
    return total.hexdigest()
