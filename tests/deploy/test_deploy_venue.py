"""What stands in deploy/venue/ fits the command, the settings and the metrics there are."""

from __future__ import annotations

import configparser
import json
import re

import pytest
import yaml

from tradecore.cli.commands import COMMANDS
from tradecore.config.dotenv import read_dotenv
from tradecore.gateway.app import make_api
from tradecore.gateway.metrics import VenueMetrics
from tradecore.gateway.settings import PLAIN_NAMES, ServerSettings, load_venue


@pytest.fixture
def deploy(project_root):
    """Return the folder."""
    return project_root / "deploy" / "venue"


def paths():
    """Return every path a venue serves."""
    return {*make_api().openapi()["paths"]}


def test_the_sample_of_variables_is_whole_and_harmless(deploy):
    """It has each variable there is, no secret, and what it sets is taken as it stands."""
    said = {name: value for name, (value, _) in read_dotenv(deploy / ".env.example").items()}

    assert {*said} == {*PLAIN_NAMES}
    assert not any(said[name] for name in ("JWT_SECRET", "ADMIN_TOKEN", "ENCRYPTION_KEY"))
    assert load_venue(environ=said).settings == load_venue(environ={}).settings


def test_the_settings_of_the_container_are_accepted(deploy):
    """The file that is mounted, and the one in the manifests."""
    manifests = [*yaml.safe_load_all((deploy / "kubernetes" / "venue.yaml").read_text())]
    (text,) = (one["data"]["venue.ini"] for one in manifests if one["kind"] == "ConfigMap")

    mounted = load_venue(deploy / "venue.ini", environ={}).settings
    ini = configparser.ConfigParser()
    ini.read_string(text)

    assert mounted.server.host == "0.0.0.0"  # noqa: S104 - within a container
    assert ini["SERVER"]["HOST"] == mounted.server.host
    assert ini["STORE"]["DATA"] == str(mounted.store.data)


def test_the_composition_runs_the_venue_with_its_stores(deploy):
    """Its files are there, its command exists, and nothing but loopback is reached from outside."""
    compose = yaml.safe_load((deploy / "compose.yaml").read_text())
    services = compose["services"]

    assert {*services} == {"venue", "postgres", "redis", "prometheus", "grafana"}
    assert services["venue"]["command"][0] in COMMANDS
    assert services["venue"]["read_only"] is True
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (deploy / source).exists(), source


def test_the_manifests_probe_what_the_venue_serves(deploy):
    """One writer, with the probes and resources asked for, and time to drain."""
    manifests = [*yaml.safe_load_all((deploy / "kubernetes" / "venue.yaml").read_text())]
    (workload,) = (one["spec"] for one in manifests if one["kind"] == "StatefulSet")
    (container,) = workload["template"]["spec"]["containers"]

    assert workload["replicas"] == 1
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in paths()
    assert container["livenessProbe"]["initialDelaySeconds"] == 30
    assert container["resources"]["limits"] == {"memory": "1Gi", "cpu": "1000m"}
    grace_s = workload["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace_s * 1_000 > ServerSettings().drain_ms
    assert container["args"][0] in COMMANDS


def test_the_unit_runs_the_venue_and_may_do_little_else(deploy):
    """Hardened as the others are, with time to drain."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string((deploy / "tradecore-venue.service").read_text())
    service = parser["Service"]

    assert service["ExecStart"].split()[1] in COMMANDS
    assert float(service["TimeoutStopSec"]) * 1_000 > ServerSettings().drain_ms
    assert {"NoNewPrivileges", "ProtectSystem", "SystemCallFilter", "LimitCORE"} <= {*service}


def test_the_dashboard_shows_metrics_that_exist(deploy):
    """Each name in a panel's query is a sample that a venue exports."""
    exported = {
        name
        for family in VenueMetrics().registry.collect()
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }
    board = json.loads((deploy / "grafana" / "venue.json").read_text())
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    named = {name for query in queries for name in re.findall(r"tradecore_[a-z_]+", query)}

    assert named
    assert named <= exported
