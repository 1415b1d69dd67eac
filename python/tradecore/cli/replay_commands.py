"""Recorded commands played through the matching engine again, and its answers compared."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from tradecore.cli.match import run_lines
from tradecore.core import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.marketdata import Progress

__all__ = ["AnswerDifference", "CommandReplay", "replay_commands"]

FINDINGS_MAX: Final = 100
"""Findings of one kind kept in full; more are only counted."""
_LINES_A_TURN: Final = 1_000


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """An answer that is not the recorded one.

    Args:
        answer: Which answer, from 1; lines that are blank have none.
        got: What the engine says now, None where it says nothing.
        recorded: What was recorded, None where nothing was.
    """

    answer: int
    got: str | None
    recorded: str | None


@dataclass(slots=True)
class CommandReplay:
    """What became of a command file.

    Args:
        answers: Lines answered.
        unreadable: Lines that are no command.
        compared: Answers compared with recorded ones.
        equal: Those of them that say the same.
        differing: Answers that differ, the first hundred.
        faults: What is wrong with the first hundred lines that are no command.
    """

    answers: int = 0
    unreadable: int = 0
    compared: int = 0
    equal: int = 0
    differing: list[AnswerDifference] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether every compared answer says the same."""
        return self.compared == self.equal


def replay_commands(
    lines: Iterable[str],
    recorded: Iterable[str] | None = None,
    *,
    tick_size: str = "1",
    lot_size: str = "1",
    strict: bool = False,
    progress: Progress | None = None,
    total: int = 0,
) -> CommandReplay:
    """Play the commands of `tradecore match` and compare its answers with recorded ones.

    Answers are compared as JSON, so blanks and the order of keys do not count. The book is asked
    for when the first recorded answer has it.

    Args:
        lines: Commands, one a line.
        recorded: Answers, one a line.
        tick_size: Smallest step of a price.
        lot_size: Smallest step of a quantity.
        strict: Whether a line that is no command ends it.
        progress: Told how many answers of `total` there are.
        total: How many lines there are.

    Raises:
        DataError: If `strict` and a line is no command, or there is no line.
    """
    expected = None if recorded is None else [line for line in recorded if line.strip()]
    with_book = expected is not None and any(map(_has_book, expected[:1]))
    answers = run_lines(lines, tick_size=tick_size, lot_size=lot_size, book=with_book)
    result = CommandReplay()
    for number, (answer, line) in enumerate(zip_longest(answers, expected or ()), start=1):
        if answer is not None:
            _count(result, answer, strict=strict)
        if expected is not None:
            _compare(result, number, answer, line)
        if progress is not None and number % _LINES_A_TURN == 0:
            progress(number, total)
    if result.answers == 0:
        raise DataError("a command file has at least one line: it is empty")
    return result


def _count(result: CommandReplay, answer: str, *, strict: bool) -> None:
    result.answers += 1
    error = json.loads(answer).get("error")
    if error is None:
        return
    if strict:
        raise DataError(error)
    result.unreadable += 1
    if len(result.faults) < FINDINGS_MAX:
        result.faults.append(error)


def _compare(result: CommandReplay, number: int, answer: str | None, line: str | None) -> None:
    result.compared += 1
    if answer is not None and line is not None and _same(answer, line):
        result.equal += 1
    elif len(result.differing) < FINDINGS_MAX:
        result.differing.append(AnswerDifference(number, answer, None if line is None else line))


def _same(answer: str, line: str) -> bool:
    try:
        return bool(json.loads(answer) == json.loads(line))
    except (ValueError, RecursionError):
        return False


def _has_book(line: str) -> bool:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and "book" in answer
