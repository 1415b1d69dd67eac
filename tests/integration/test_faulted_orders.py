"""A short run of `make soak`'s faulted orders: the desk is held against the exchange's records."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("TRADECORE_ROOT") or Path(__file__).parents[2])
BENCH = ROOT / "benches" / "faulted_orders.py"


@pytest.mark.skipif(not BENCH.exists(), reason="benches/ is not in this tree")
@pytest.mark.timeout(120)
def test_the_desk_agrees_with_the_exchange_after_everything_went_wrong():
    """Failed requests, lost answers and events, cuts, a ban, a kill: no rule is broken."""
    arguments = ("--orders", "500", "--kills", "1", "--doubted", "0", "--audit-s", "1")

    paths = os.pathsep.join([str(BENCH.parent), *filter(None, [os.environ.get("PYTHONPATH")])])

    ran = subprocess.run(
        [sys.executable, str(BENCH), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths},
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1].startswith(
        "0 executed twice, 0 orphans, 0 false rejections, "
    )
