"""Whether a strategy decides by what it cannot know yet: its run on a part of the recording.

The recording is cut, which alters all that comes after, and the strategy runs on what is left. What
it sent before the cut must be, to the byte, what it sent on the whole. A strategy that read the
file itself, kept something from an earlier run, or was fitted to the whole of it, decides
differently.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradecore.backtest.recorded import Kept
from tradecore.backtest.run import backtest
from tradecore.backtest.samples import sample_path
from tradecore.core import InputError
from tradecore.marketdata.sources import copy_beside, read_file
from tradecore.runs.entries import EntryKind
from tradecore.runs.rerun import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.strategy import AbstractStrategy

__all__ = ["Cut", "LookAhead", "check_look_ahead"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of the recording, and what was decided on it.

    Args:
        end_ns: The last time in it, in nanoseconds since 1970.
        commands: Commands before that, equal on the whole as far as there is no difference.
        on_whole: The first that differs, as sent on the whole recording; `None` for none.
        on_part: The same as sent on the part.
    """

    end_ns: int
    commands: int
    on_whole: str | None = None
    on_part: str | None = None

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return self.on_whole is None and self.on_part is None


@dataclass(frozen=True, slots=True)
class LookAhead:
    """What was found at each cut."""

    cuts: tuple[Cut, ...]

    @property
    def is_clean(self) -> bool:
        """Whether no decision depends on what came later."""
        return all(cut.is_same for cut in self.cuts)

    def __str__(self) -> str:
        """Return the finding in a sentence."""
        commands = sum(cut.commands for cut in self.cuts)
        if self.is_clean:
            return (
                f"no look-ahead found: {commands:,} commands on {len(self.cuts)} parts of the "
                "recording are those on the whole of it"
            )
        first = next(cut for cut in self.cuts if not cut.is_same)
        return (
            f"a decision depends on what came later: on the whole recording "
            f"{first.on_whole or 'nothing'}, on the part until {first.end_ns} "
            f"{first.on_part or 'nothing'}"
        )


def check_look_ahead(
    strategy: type[AbstractStrategy],
    *,
    data: str | PathLike[str],
    params: Mapping[str, object] | None = None,
    cuts: int = 4,
    **assumptions: Any,  # noqa: ANN401 - handed through
) -> LookAhead:
    """Run a strategy on the whole recording and on parts of it, and compare what it sends.

    A setting that is the recording's path, as text, is the part's path in a run on a part.

    Args:
        strategy: A class; it is made anew for each run.
        data: The recording, or `sample`.
        params: Settings of its `Config`.
        cuts: How many parts: with 4 they are a fifth of the bytes, two fifths and so on.
        **assumptions: `venue`, `fees`, `rules`, `seed` and so on, as `backtest` takes them.

    Raises:
        InputError: If `cuts` is not 1 to 100, `data` is not one file, nothing can be read of any
            part, or as `backtest` raises.
        OSError: If the recording cannot be read, or there is no room for parts of it.
    """
    if not 1 <= cuts <= _CUTS_MAX:
        raise InputError(f"a recording is cut 1 to {_CUTS_MAX} times: cuts={cuts}")
    if not isinstance(data, str | PathLike):
        raise InputError(f"what is cut is one recording, a file: data={type(data).__name__}")
    path = sample_path() if data == "sample" else Path(data)
    whole = _sent(strategy, path, params, assumptions)
    raw = read_file(path).data
    found = []
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / path.name.removesuffix(".gz")
        copy_beside(path, part)
        for number in range(1, cuts + 1):
            part.write_bytes(raw[: len(raw) * number // (cuts + 1)])
            named = {
                key: str(part) if value in {data, str(data), str(path)} else value
                for key, value in (params or {}).items()
            }
            sent = _sent(strategy, part, named, assumptions)
            # A tape is read block by block: a part shorter than one has nothing in it.
            if sent.end_ns:
                found.append(_compared(whole, sent))
    if not found:
        raise InputError(f"a recording is too short to be cut: bytes={len(raw)}, file={path}")
    return LookAhead(tuple(found))


_CUTS_MAX = 100


@dataclass(slots=True)
class _Commands:
    """A `Sink` that keeps commands, and when the run ended."""

    sent: list[tuple[int, bytes]] = field(default_factory=list)
    end_ns: int = 0

    def keep(self, kind: EntryKind, payload: bytes, ts_ns: int, /) -> None:
        if kind is EntryKind.SENT:
            self.sent.append((ts_ns, payload))
        elif kind is EntryKind.STOPPED:
            self.end_ns = ts_ns


def _sent(
    strategy: type[AbstractStrategy],
    path: Path,
    params: Mapping[str, object] | None,
    assumptions: Mapping[str, Any],
) -> _Commands:
    commands = _Commands()
    backtest(strategy.from_params(params or {}), data=path, journal=Kept(commands), **assumptions)
    return commands


def _compared(whole: _Commands, part: _Commands) -> Cut:
    """Compare what was sent before the part ended; what is sent at its end is about the end."""
    end_ns = part.end_ns
    on_whole = [one for one in whole.sent if one[0] < end_ns]
    on_part = [one for one in part.sent if one[0] < end_ns]
    same = 0
    for one, other in zip(on_whole, on_part, strict=False):
        if one != other:
            return Cut(end_ns, same, _words(one), _words(other))
        same += 1
    if len(on_whole) != len(on_part):
        return Cut(
            end_ns,
            same,
            _words(on_whole[same]) if len(on_whole) > same else None,
            _words(on_part[same]) if len(on_part) > same else None,
        )
    return Cut(end_ns, same)


def _words(sent: tuple[int, bytes]) -> str:
    return f"{words(EntryKind.SENT, sent[1])} at {sent[0]}"
