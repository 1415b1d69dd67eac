"""What a process takes of the machine: memory and processor time."""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Usage", "usage_now"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Resident memory in bytes, and processor time since the start in nanoseconds."""

    memory_bytes: int
    cpu_ns: int


def usage_now() -> Usage:
    """Return what this process takes now; the highest memory so far where `/proc` is missing."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    cpu_ns = int((spent.ru_utime + spent.ru_stime) * 1e9)
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return Usage(pages * os.sysconf("SC_PAGE_SIZE"), cpu_ns)
    except (OSError, IndexError, ValueError):
        unit = 1 if sys.platform == "darwin" else 1024
        return Usage(spent.ru_maxrss * unit, cpu_ns)
