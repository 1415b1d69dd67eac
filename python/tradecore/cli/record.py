"""`tradecore record`: a venue's public data on a tape, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.core import InputError
from tradecore.exchanges.registry import load_exchange
from tradecore.processes.recorder import Recorded, Recorder, RecordSettings, endpoints_of
from tradecore.telemetry.clock import SystemClock
from tradecore.telemetry.logs import configure_logging

__all__ = ["record"]

#: How often a line is printed where there is no terminal, in seconds.
_LINE_EVERY_S: Final = 10.0
_SECOND_NS: Final = 1_000_000_000


def record(
    exchange: Annotated[str, typer.Argument(metavar="EXCHANGE", help="Such as BINANCE.")],
    symbols: Annotated[list[str], typer.Argument(metavar="SYMBOLS...", help="Whose data.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="EXCHANGE-SYMBOL.tape by default."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0.0, help="How long; until Ctrl-C unless given.")
    ] = None,
    depth_ms: Annotated[int, typer.Option(min=0, help="Speed of books.")] = 100,
    assets: Annotated[str, typer.Option(help="What is traded there.")] = "futures",
    testnet: Annotated[bool, typer.Option("--testnet", help="The venue's test addresses.")] = False,
    rest: Annotated[str, typer.Option(metavar="URL", help="Another address of requests.")] = "",
    stream: Annotated[str, typer.Option(metavar="URL", help="Another address of streams.")] = "",
    json: JsonOption = False,
) -> None:
    """Record books, trades, quotes, mark prices and funding of symbols.

    Ctrl-C ends the file; a file that was cut off is read up to its last second. Gaps and lost
    connections are on the tape. The local exchange: --rest http://127.0.0.1:18080 --stream
    ws://127.0.0.1:18080.
    """
    configure_logging("WARNING")
    plugin = load_exchange(exchange)
    if len(set(symbols)) != len(symbols):
        raise InputError(f"a symbol is named once: {', '.join(symbols)}")
    endpoints = endpoints_of(
        plugin, asset_type=assets, is_testnet=testnet, rest=rest, stream=stream
    )
    path = Path(f"{plugin.name}-{symbols[0]}.tape") if output is None else output
    settings = RecordSettings(symbols=tuple(symbols), depth_ms=depth_ms)
    try:
        out = path.open("wb" if overwrite else "xb")
    except FileExistsError as error:
        raise InputError(f"a recording is not written over without --overwrite: {path}") from error
    clock = SystemClock()
    with out:
        recorder = Recorder(plugin, endpoints, settings, out, clock)
        line = _Line(clock, path, shown=not json)
        try:
            state = asyncio.run(_run(recorder, seconds, line))
        finally:
            line.close()
            if recorder.state.byte_count == 0:
                path.unlink(missing_ok=True)
    _tell(Output(json=json), path, state)


async def _run(recorder: Recorder, seconds: float | None, line: _Line) -> Recorded:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform != "win32":  # There Ctrl-C cancels, and the file is ended too.
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
    if seconds is not None:
        loop.call_later(seconds, stop.set)
    return await recorder.run(stop, line.show)


class _Line:
    """How far the recording is, on standard error: one line that changes, or one now and then."""

    def __init__(self, clock: SystemClock, path: Path, *, shown: bool) -> None:
        self._clock = clock
        self._path = path
        self._shown = shown
        self._is_terminal = sys.stderr.isatty()
        self._due_ns = clock.monotonic_ns()

    def show(self, state: Recorded) -> None:
        """Print it, if it is time."""
        now_ns = self._clock.monotonic_ns()
        if not self._shown or now_ns < self._due_ns:
            return
        if not self._is_terminal:
            self._due_ns = now_ns + int(_LINE_EVERY_S * _SECOND_NS)
        text = (
            f"{self._path}: {state.records:,} records, {state.byte_count:,} bytes, "
            f"{state.gaps} gaps, {state.connections_lost} connections lost, {state.faults} faults"
        )
        sys.stderr.write(f"\r\x1b[K{text}" if self._is_terminal else f"{text}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Take the line away."""
        if self._shown and self._is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _tell(out: Output, path: Path, state: Recorded) -> None:
    found = asdict(state)
    found.pop("whole")
    out.value({"file": str(path), **found})
    rows = [
        ("records", f"{state.records:,}"),
        ("bytes", f"{state.byte_count:,}"),
        ("gaps", f"{state.gaps:,}"),
        ("connections lost", f"{state.connections_lost:,}"),
        ("faults", f"{state.faults:,}"),
    ]
    out.table(["what", "found"], rows, title=f"recorded to {path}")
    if state.last_fault:
        out.line(f"last fault: {state.last_fault}")
