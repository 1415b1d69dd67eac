"""A bar on whatever takes longer than two seconds, and silence otherwise."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Self, TextIO

from tradecore.telemetry.clock import Clock, SystemClock

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

__all__ = ["APPEARS_AFTER_NS", "Progress"]

APPEARS_AFTER_NS: Final = 2_000_000_000
REDRAWS_AFTER_NS: Final = 100_000_000


class Progress:
    """Shows how far a task is, on a terminal, from its third second on.

    Args:
        label: What is being done.
        total: How much there is to do, in the unit of `update`; None if unknown.
        enabled: False where nothing may be shown, as with `--json`.
        stream: Where it is drawn; standard error by default. Not a terminal: nothing is drawn.
        clock: What measures the two seconds.
    """

    def __init__(
        self,
        label: str,
        *,
        total: int | None = None,
        enabled: bool = True,
        stream: TextIO | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._label = label
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._enabled = enabled and self._stream.isatty()
        self._clock: Clock = SystemClock() if clock is None else clock
        self._due_ns = self._clock.monotonic_ns() + APPEARS_AFTER_NS
        self._bar: tuple[RichProgress, TaskID] | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the bar is on the terminal."""
        return self._bar is not None

    def update(self, done: int) -> None:
        """Say that `done` of the total is done; cheap enough for every batch."""
        if not self._enabled:
            return
        now_ns = self._clock.monotonic_ns()
        if now_ns < self._due_ns:
            return
        self._due_ns = now_ns + REDRAWS_AFTER_NS
        if self._bar is None:
            self._bar = self._start()
        bar, task = self._bar
        bar.update(task, completed=done, refresh=True)

    def _start(self) -> tuple[RichProgress, TaskID]:
        from rich.console import Console  # noqa: PLC0415 - only where a bar is drawn
        from rich.progress import Progress as RichProgress  # noqa: PLC0415

        bar = RichProgress(console=Console(file=self._stream), transient=True, auto_refresh=False)
        bar.start()
        return bar, bar.add_task(self._label, total=self._total)

    def __enter__(self) -> Self:
        """Start the two seconds."""
        self._due_ns = self._clock.monotonic_ns() + APPEARS_AFTER_NS
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar[0].stop()
            self._bar = None
