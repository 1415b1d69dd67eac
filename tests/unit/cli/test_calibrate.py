"""`tradecore calibrate`."""

import json

import pytest
import typer
from typer.testing import CliRunner

from tradecore.backtest.assumptions import QUEUE_MODELS
from tradecore.cli.calibrate import calibrate

APP = typer.Typer()
APP.command()(calibrate)


def test_it_prints_the_truth_and_every_model():
    """A table for people: the truth first, then each model with what it gets wrong."""
    done = CliRunner().invoke(APP, ["--duration", "30s", "--seed", "3"])
    assert done.exit_code == 0, done.output
    assert "(truth)" in done.output
    assert all(model in done.output for model in QUEUE_MODELS)
    assert "least misjudged: " in done.output


def test_what_no_fill_lived_to_see_is_left_empty():
    """A market that ends before a horizon has no figure there, and prints none."""
    done = CliRunner().invoke(APP, ["--duration", "20s", "--seed", "3"])
    assert done.exit_code == 0, done.output
    assert "after 30 s" in done.output
    assert "nan" not in done.output


def test_it_prints_a_document_for_programs():
    """The same figures, by name."""
    done = CliRunner().invoke(APP, ["--duration", "30s", "--json"])
    told = json.loads(done.output)
    assert {error["model"] for error in told["models"]} == set(QUEUE_MODELS)
    assert told["true_fills"] > 0


@pytest.mark.parametrize(
    "options",
    [["--lobster", "x"], ["--duration", "0s"], ["--every", "soon"], ["--every", "1ns"]],
    ids=str,
)
def test_what_makes_no_sense_is_a_matter_of_usage(options):
    """Exit code 2, and no table."""
    done = CliRunner().invoke(APP, options)
    assert done.exit_code == 2, done.output
