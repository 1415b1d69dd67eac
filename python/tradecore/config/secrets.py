"""Which secrets may be used from where: not placeholders, not from what others can read."""

from __future__ import annotations

from dataclasses import dataclass

from tradecore.telemetry import is_placeholder

__all__ = ["Source", "refusal", "warning"]


@dataclass(frozen=True, slots=True)
class Source:
    """How a secret came in.

    Args:
        is_literal: If any of it was written in a file.
        is_open: If others can read that file.
        is_argument: If it was given on the command line.
        file: The file, for the message.
    """

    is_literal: bool
    is_open: bool
    is_argument: bool
    file: str


def refusal(value: str, source: Source) -> str | None:
    """Return why a secret cannot be used, or None; the reason never shows it."""
    if source.is_argument:
        return "a secret on the command line is seen by every user of this machine: use ${VAR}"
    if not value.strip():
        return "a secret is not empty"
    if is_placeholder(value):
        return "a placeholder stands where a secret belongs"
    if source.is_literal and source.is_open:
        return f"a secret in a file others can read: use ${{VAR}}, or chmod 600 {source.file}"
    return None


def warning(source: Source) -> str | None:
    """Return what is unwise about a secret that may be used, or None."""
    if source.is_literal:
        return f"a secret written in {source.file}: better use ${{VAR}}"
    return None
