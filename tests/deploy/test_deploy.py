"""What stands in deploy/ fits the commands, settings and metrics there are."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess

import pytest
import yaml
from prometheus_client import CollectorRegistry

from tradecore.cli.commands import COMMANDS
from tradecore.processes.cancel_all import WAIT_S
from tradecore.processes.settings.load import KINDS, kind_of, load_process
from tradecore.processes.settings.monitoring import HEALTH_PORTS
from tradecore.telemetry.metrics import ProcessMetrics

KEYS = {"BINANCE_API_KEY": "a-key-of-a-test", "BINANCE_API_SECRET": "a-secret-of-a-test"}
HARDENING = {
    "NoNewPrivileges",
    "ProtectSystem",
    "PrivateTmp",
    "PrivateDevices",
    "RestrictAddressFamilies",
    "SystemCallFilter",
    "MemoryDenyWriteExecute",
    "LimitCORE",
}


@pytest.fixture
def deploy(project_root):
    """Return the folder."""
    return project_root / "deploy"


def unit(path):
    """Return the sections of a systemd unit."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(path.read_text())
    return parser


def test_every_sample_configuration_is_accepted(deploy):
    """Each file is for one kind of process, and that kind takes it as it stands."""
    files = sorted((deploy / "config").rglob("*.ini"))

    kinds = {kind_of(path) for path in files}
    for path in files:
        load_process(KINDS[kind_of(path)], path, environ=KEYS)

    assert kinds == set(KINDS)


def test_no_sample_holds_a_secret(deploy):
    """Keys come from the environment."""
    for path in (deploy / "config").rglob("*.ini"):
        for line in path.read_text().splitlines():
            if line.startswith(("API_KEY", "API_SECRET")):
                assert re.fullmatch(r"\w+=\$\{\w+\}", line), line


def test_units_run_commands_that_exist_and_are_hardened(deploy):
    """Every unit's command line begins with a command of ours, and no unit may do much else."""
    units = sorted((deploy / "systemd").glob("*.service"))
    assert len(units) == 5
    for path in units:
        service = unit(path)["Service"]
        _, command, *_ = service["ExecStart"].split()
        assert command in COMMANDS, path.name
        assert set(service) >= HARDENING, path.name
        if service["Type"] == "notify":
            assert service["WatchdogSec"] == "3"
            assert service["KillSignal"] == "SIGTERM"


def test_an_engine_that_failed_for_good_leaves_no_orders_behind(deploy):
    """Its unit starts another, whose command has time to end by itself."""
    folder = deploy / "systemd"
    named = unit(folder / "tradecore-trading-engine.service")["Unit"]["OnFailure"]
    service = unit(folder / named)["Service"]
    engine = unit(folder / "tradecore-trading-engine.service")["Service"]

    assert service["Type"] == "oneshot"
    assert float(service["TimeoutStartSec"]) > WAIT_S
    assert service["ExecStart"].split()[1] == "cancel-all"
    # The same venue, file and key.
    assert service["ExecStart"].split()[2:] == engine["ExecStart"].split()[2:]
    assert service["EnvironmentFile"] == engine["EnvironmentFile"]


def test_systemd_itself_has_no_objection(deploy):
    """`systemd-analyze verify` finds nothing but that the program is not installed here."""
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("needs systemd-analyze: not installed")
    paths = [str(path) for path in sorted((deploy / "systemd").glob("*.service"))]
    done = subprocess.run([tool, "verify", *paths], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "tradecore" in line]
    assert not [line for line in ours if "is not executable" not in line and "Command" not in line]


def test_compose_names_files_and_commands_that_exist(deploy):
    """Each service runs a command of ours on a file that is mounted."""
    compose = yaml.safe_load((deploy / "docker" / "compose.yaml").read_text())
    for name, service in compose["services"].items():
        command, *_, file = service["command"]
        assert (command in COMMANDS, command.replace("_", "-")) == (True, name)
        assert (deploy / "config" / "binance" / file.rsplit("/", 1)[1]).is_file()


def test_the_image_copies_what_the_build_needs(deploy, project_root):
    """Every path that the Dockerfile copies from the tree is there."""
    text = (deploy / "docker" / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            assert (project_root / source).exists(), source


def test_prometheus_asks_every_process(deploy):
    """The targets are the ports on which the kinds of processes answer."""
    config = yaml.safe_load((deploy / "prometheus" / "prometheus.yml").read_text())
    targets = config["scrape_configs"][0]["static_configs"][0]["targets"]
    assert {int(target.rsplit(":", 1)[1]) for target in targets} == set(HEALTH_PORTS.values())


def test_the_dashboard_shows_metrics_that_exist(deploy):
    """Each name in a panel's query is a sample that a process exports."""
    registry = CollectorRegistry()
    ProcessMetrics(registry, process="test")
    exported = {
        name
        for family in registry.collect()
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }
    board = json.loads((deploy / "grafana" / "tradecore.json").read_text())
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    named = {name for query in queries for name in re.findall(r"([a-z_]+)\{", query)}
    assert len(board["panels"]) == 15
    assert named <= exported
