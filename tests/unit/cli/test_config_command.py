"""`tradecore config`: check, show, init; as a process and within one."""

from __future__ import annotations

import pytest

from tradecore.config import RunConfig, sample

GOOD = sample(RunConfig, "ini")
BAD = GOOD.replace("MAKER=", "MAKRE=").replace("FEED=5ms", "FEED=5")


@pytest.fixture
def write(tmp_path):
    """Return a function that writes `x.ini` where commands run."""

    def write(text: str) -> None:
        (tmp_path / "x.ini").write_text(text)
        (tmp_path / "x.ini").chmod(0o600)

    return write


def test_a_configuration_in_order_is_said_to_be(run, write):
    """With what was given, for people and for programs."""
    write(GOOD)

    assert run("config", "check", "x.ini").out == "x.ini is in order: 7 settings given\n"
    assert run("config", "check", "x.ini", "--json").json == {
        "file": "x.ini", "given": 7, "warnings": [],
    }  # fmt: skip


def test_everything_wrong_is_told_with_code_4(run_apart, write):
    """As a process, with the places."""
    write(BAD)

    ran = run_apart("config", "check", "x.ini")

    assert ran.code == 4
    assert ran.out == ""
    assert ran.err == (
        "error: 3 problems in the configuration\n"
        "  missing key ([FEES] MAKER, x.ini:18)\n"
        "  unknown key 'MAKRE'; did you mean MAKER? ([FEES] MAKRE, x.ini:20)\n"
        "  a duration is a number with a unit, one of ns us ms s m h d: '5'"
        " ([LATENCY] FEED, x.ini:27)\n"
    )


def test_programs_get_each_problem(run, write):
    """One text each, with its place."""
    write(BAD)

    ran = run("config", "show", "x.ini", "--json")

    assert ran.code == 4
    assert len(ran.json["problems"]) == 3


def test_a_missing_file_has_code_3(run_apart):
    """As a process."""
    ran = run_apart("config", "check", "gone.ini")

    assert (ran.code, ran.err) == (3, "error: no such file (gone.ini)\n")


def test_settings_are_shown_with_their_origin(run, write, monkeypatch):
    """Every layer is named."""
    write(GOOD)
    monkeypatch.setenv("TRADECORE__RUN__VENUE", "binance-spot")

    ran = run("config", "show", "x.ini", "--set", "fees.maker=1bps", "--json")

    rows = {f"{row['section']}.{row['key']}": row for row in ran.json["settings"]}
    assert rows["fees.maker"]["value"] == "0.0001"
    assert rows["fees.maker"]["origin"] == "cli"
    assert rows["fees.taker"]["origin"] == "x.ini:22"
    assert rows["run.venue"]["origin"] == "env TRADECORE__RUN__VENUE"
    assert rows["report.path"] == {
        "section": "report", "key": "path", "value": "", "origin": "default",
    }  # fmt: skip


def test_people_see_a_table_and_no_secret(run, write):
    """Section, key, value, origin; warnings under it."""
    write(GOOD.replace("[STRATEGY.PARAMS]\n", "[STRATEGY.PARAMS]\nAPI_TOKEN=CaNaRy7w3Zq9\n"))

    ran = run("config", "show", "x.ini")

    assert ran.code == 0
    assert ran.out.split()[:4] == ["section", "key", "value", "from"]
    assert ["strategy.params", "api_token", "***", "x.ini:44"] in map(
        str.split, ran.out.splitlines()
    )
    assert "warning: a secret written in x.ini: better use ${VAR}" in ran.out
    assert "CaNaRy" not in ran.out + ran.err


def test_a_variable_may_come_from_a_named_file(run, write, tmp_path):
    """`--env-file` adds to the environment."""
    write(GOOD.replace("DATA=sample", "DATA=${TAPE}"))
    (tmp_path / "my.env").write_text("TAPE=a.tape\n")

    ran = run("config", "show", "x.ini", "--env-file", "my.env", "--json")

    assert next(row["value"] for row in ran.json["settings"] if row["key"] == "data") == "a.tape"


@pytest.mark.parametrize("name", ["run.ini", "run.yaml", "run.yml"])
def test_a_first_configuration_is_written_and_passes(run, name):
    """Whatever kind is asked for."""
    written = run("config", "init", name)

    assert (written.code, written.out) == (
        0, f"wrote {name}; next: tradecore config check {name}\n",
    )  # fmt: skip
    assert run("config", "check", name).code == 0


def test_an_existing_file_is_left_alone(run, write, tmp_path):
    """Somebody's work may be in it."""
    write("mine")

    ran = run("config", "init", "x.ini")

    assert ran.code == 2
    assert "there is a file already: x.ini" in ran.err
    assert (tmp_path / "x.ini").read_text() == "mine"


def test_a_kind_nobody_reads_is_not_written(run):
    """The ending decides the kind."""
    ran = run("config", "init", "run.toml")

    assert ran.code == 2
    assert "a configuration ends in .ini or .yaml: run.toml" in ran.err
