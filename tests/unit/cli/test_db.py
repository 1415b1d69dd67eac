"""`tradecore db`: where the tables are, and taking them further."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra venue")


def test_tables_are_made_and_shown(run, tmp_path):
    """None at first, then all; twice changes nothing."""
    path = tmp_path / "records.db"
    url = f"sqlite:///{path}"
    shown = run("db", "show", "--url", url)
    assert (shown.code, path.exists()) == (1, False)
    assert "step none" in shown.out
    assert "tradecore db upgrade" in shown.out

    assert "went from step none to" in run("db", "upgrade", "--url", url).out
    assert "which is the newest" in run("db", "upgrade", "--url", url).out

    shown = run("db", "show", "--url", url, "--json")
    said = json.loads(shown.out)
    assert shown.code == 0
    assert said["found"] == said["wanted"]
    assert (said["sequence"], said["note"], said["accounts"]) == (0, 0, 0)


def test_the_environment_names_the_database(run, tmp_path, monkeypatch):
    """`DATABASE_URL` is what every part of a venue reads."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'here.db'}")
    assert run("db", "upgrade").code == 0
    assert (tmp_path / "here.db").exists()


def test_a_password_is_not_printed(run):
    """An error says where, and not how one gets in."""
    ran = run("db", "upgrade", "--url", "postgresql://me:hush@127.0.0.1:1/x")
    assert ran.code == 1
    assert "hush" not in ran.out + ran.err
    assert "127.0.0.1" in ran.err
