"""What this machine is, for whoever reads a measurement or looks for a fault."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tradecore

__all__ = ["Machine", "cpu_features", "describe_machine"]

_CPUINFO: Final = Path("/proc/cpuinfo")
_GIT_SECONDS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Machine:
    """What a measurement was made on.

    Args:
        cpu: Name of the processor.
        cores: Processors this process may use.
        system: Operating system and its release.
        python: Version of the interpreter.
        tradecore: Version of the package.
        commit: Short hash of the source tree it runs from; empty where it is installed.
    """

    cpu: str
    cores: int
    system: str
    python: str
    tradecore: str
    commit: str


def describe_machine(version: str) -> Machine:
    """Return what runs this process; `version` is the package's."""
    return Machine(
        cpu=_cpuinfo("model name") or platform.processor() or platform.machine(),
        cores=_cores(),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        tradecore=version,
        commit=_commit(),
    )


def cpu_features() -> frozenset[str]:
    """Return the instruction sets the processor reports; empty where it does not tell."""
    return frozenset((_cpuinfo("flags") or _cpuinfo("Features")).split())


def _cpuinfo(key: str) -> str:
    """Return the first value of `key` in what Linux says about the processor."""
    try:
        lines = _CPUINFO.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    pairs = (line.partition(":") for line in lines)
    return next((value.strip() for name, _, value in pairs if name.strip() == key), "")


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _commit() -> str:
    """Return the commit of the source tree, if the package runs from one."""
    package = Path(tradecore.__file__).parent
    git = shutil.which("git")
    if git is None or "site-packages" in package.parts:
        return ""
    command = [git, "-C", str(package), "rev-parse", "--short", "HEAD"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            command, capture_output=True, text=True, timeout=_GIT_SECONDS_MAX, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
