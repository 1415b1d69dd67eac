"""The engine without Python: `benches/rust` builds, measures, and tells the figures as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CARGO = os.environ.get("CARGO", "cargo")
COMMAND = [CARGO, "run", "--quiet", "--release", "--locked", "-p", "tradecore-benches", "--"]
GENERATOR = Path(os.environ.get("TRADECORE_SHARED", ROOT.parent / "shared"), "bench/gen_stream.py")
LENGTH, SEED = 1_000_000, 7


@cache
def measured() -> dict[str, Any]:
    """Return what the program printed; it also gets the team's stream where that is at hand."""
    with tempfile.TemporaryDirectory() as folder:
        options = []
        if GENERATOR.exists():
            path = Path(folder) / "stream.bin"
            writer = [sys.executable, str(GENERATOR), str(LENGTH), str(SEED), str(path)]
            subprocess.run(writer, stdout=subprocess.DEVNULL, check=True)
            options = ["--stream", str(path)]
        printed = subprocess.run(
            [*COMMAND, *options], stdout=subprocess.PIPE, cwd=ROOT, check=True
        ).stdout
    figures: dict[str, Any] = json.loads(printed)
    return figures


def run() -> list[dict[str, object]]:
    """Return the figures, each beside a book of sorted maps and queues."""
    return measured()["rows"]


def curves() -> list[dict[str, object]]:
    """Return how an operation's cost grows with the book."""
    return measured()["curves"]
