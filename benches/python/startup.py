"""What a user pays before the first line: the import, and the size of what is installed."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

import tradecore

ROUNDS = 15
TIMED = """
import time
started = time.perf_counter_ns()
import {module}
print(time.perf_counter_ns() - started)
"""


def import_ms(module: str) -> float:
    """Return the median time of importing ``module`` in a fresh interpreter."""
    taken = []
    for _ in range(ROUNDS):
        code = TIMED.format(module=module)
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        taken.append(int(run.stdout) / 1e6)
    return statistics.median(taken)


def run() -> list[dict[str, object]]:
    """Measure the import beside numpy's, which is most of it, and the package's bytes."""
    ours, numpys = import_ms("tradecore"), import_ms("numpy")
    package = Path(tradecore.__file__).parent
    files = [path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    size_mb = sum(path.stat().st_size for path in files) / 1e6
    return [
        {
            "name": "import tradecore",
            "value": ours,
            "unit": "ms",
            "baseline_name": "import numpy",
            "baseline_value": numpys,
            "ratio": numpys / ours,
        },
        {
            "name": "installed package",
            "value": size_mb,
            "unit": "MB",
            "baseline_name": None,
            "baseline_value": None,
            "ratio": None,
        },
    ]
