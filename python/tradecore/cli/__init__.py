"""The command line: `tradecore COMMAND`."""

from __future__ import annotations

from tradecore.cli.door import main

__all__ = ["main"]
