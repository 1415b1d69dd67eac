"""`tradecore demo` as a user runs it: processes, sockets, two drills, and the venue's word."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.timeout(240)
def test_the_demo_is_hurt_twice_and_loses_nothing(tmp_path):
    """Both drills recover, orders and trades and positions are the venue's, and files are there."""
    page, folder = tmp_path / "page.html", tmp_path / "kept"

    ran = subprocess.run(
        [
            *(sys.executable, "-m", "tradecore", "demo", "--json"),
            *("--report", str(page), "--keep", str(folder)),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    live = told["live"]
    drills = [(drill["name"], drill["lost"], drill["differences"]) for drill in live["drills"]]
    assert drills == [("private stream cut", 0, ""), ("engine killed (SIGKILL)", 0, "")]
    assert (live["lost"], live["orders_left"], live["differences_at_the_end"]) == (0, 0, "")
    assert live["replay"]["is_identical"] is True
    assert live["orders"] > 0
    assert live["latency"]["tick_to_order"]["count"] > 0
    assert live["latency"]["order_to_ack"]["count"] > 0
    assert sorted(live["exit_codes"]) == [-9, 0, 0, 0, 0]
    assert told["report"] == str(page)
    assert page.stat().st_size > 10_000
    assert {"config", "journal", "up.log"} <= {path.name for path in folder.iterdir()}
    assert list(tmp_path.glob("tradecore-demo*")) == []


def test_what_is_kept_never_mixes_with_what_is_there(tmp_path):
    """A folder that holds something is refused before anything starts."""
    (tmp_path / "other.txt").write_text("mine")

    ran = subprocess.run(
        [sys.executable, "-m", "tradecore", "demo", "--keep", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode != 0
    assert ran.stderr == f"error: what is kept goes into an empty folder: {tmp_path}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]
