"""The file with a process's number: one process of a name, and nobody in the way of the next."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tradecore.processes.daemon import AlreadyRunningError, PidFile


def test_the_file_holds_our_number_until_it_is_released(tmp_path):
    """Its folder is made; releasing twice is harmless."""
    file = PidFile(tmp_path / "deep" / "pid")
    file.take()

    assert file.path.read_text() == f"{os.getpid()}\n"
    file.release()
    file.release()
    assert not file.path.exists()


def test_a_second_process_of_the_name_is_refused_with_the_firsts_number(tmp_path):
    """And the first keeps its file."""
    first, second = PidFile(tmp_path / "pid"), PidFile(tmp_path / "pid")
    first.take()

    with pytest.raises(AlreadyRunningError, match=f"runs once: pid={os.getpid()}, file=.*pid"):
        second.take()
    second.release()

    assert first.path.exists()
    first.release()


def test_a_file_that_a_killed_process_left_is_in_nobodys_way(tmp_path):
    """The lock is the kernel's: it ended with the process."""
    path = tmp_path / "pid"
    code = (
        "import os, sys; from pathlib import Path; from tradecore.processes.daemon import PidFile; "
        "PidFile(Path(sys.argv[1])).take(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    left = path.read_text()
    file = PidFile(path)
    file.take()

    assert left.strip().isdigit()
    assert path.read_text() == f"{os.getpid()}\n"
    file.release()


def test_a_shorter_number_leaves_nothing_of_a_longer_one(tmp_path):
    """The file is emptied first."""
    path = tmp_path / "pid"
    path.write_text("99999999999999\n")
    file = PidFile(path)
    file.take()

    assert path.read_text() == f"{os.getpid()}\n"
    file.release()
