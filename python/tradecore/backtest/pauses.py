"""Where a run is stopped, or held against the one that was."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tradecore.backtest.checkpoint import Checkpoint
from tradecore.backtest.host import Pause
from tradecore.core import DataError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from tradecore.backtest.listings import Listing
    from tradecore.core import Simulation
    from tradecore.strategy import AbstractStrategy

__all__ = ["Pauses"]


@dataclass(frozen=True, slots=True)
class Pauses:
    """The moments of one run.

    Args:
        strategy: Who trades.
        listings: What is played.
        simulation: The clock.
        stop_ns: When to stop.
        checkpoint: Where the stopped run goes.
    """

    strategy: AbstractStrategy
    listings: Sequence[Listing]
    simulation: Simulation
    stop_ns: int | None
    checkpoint: str | PathLike[str] | None
    _awaited: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        """Refuse a file without a moment."""
        if self.checkpoint is not None and self.stop_ns is None:
            raise InputError("a checkpoint is of a run that is stopped: stop_ns=None")

    def at_stop(self) -> Pause | None:
        """Return when the run ends, and keep it then; None if it goes to its end."""
        if self.stop_ns is None:
            return None
        return Pause(at_ns=self.stop_ns, stops=self._keep)

    def at_resume(self, path: str | PathLike[str]) -> Pause:
        """Return when the run has to stand as another one stood.

        Raises:
            InputError: If it is to be stopped again; it can be, as a run of its own.
            DataError: If the file keeps no stopped run.
            OSError: If it cannot be read.
        """
        if self.stop_ns is not None:
            raise InputError(f"a run is resumed or stopped, not both: stop_ns={self.stop_ns}")
        kept = Checkpoint.read(Path(path))
        self._awaited.append(kept.at_ns)

        def compare() -> bool:
            self._awaited.clear()
            kept.check(self._now(kept.at_ns))
            return False

        return Pause(at_ns=kept.at_ns, stops=compare)

    def finish(self) -> None:
        """Say whether the run came to the moment at which it was to be compared.

        Raises:
            DataError: If it did not.
        """
        if self._awaited:
            raise DataError(
                "a run that is played again comes the same way, this one ended before: "
                f"at_ns={self._awaited[0]}"
            )

    def _keep(self) -> bool:
        if self.checkpoint is not None and self.stop_ns is not None:
            self._now(self.stop_ns).write(Path(self.checkpoint))
        return True

    def _now(self, at_ns: int) -> Checkpoint:
        return Checkpoint.of(self.strategy, self.listings, self.simulation, at_ns=at_ns)
