"""What stands in deploy/venue/ fits the command, the settings and the metrics there are."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import signal
import subprocess
import sys

import pytest
import yaml

from support.program import Program, until
from support.venue_server import quick_folder
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


def test_systemd_has_no_objection_to_the_unit(deploy):
    """`systemd-analyze verify` finds nothing but that the program is not installed here."""
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("needs systemd-analyze: not installed")
    unit = str(deploy / "tradecore-venue.service")
    done = subprocess.run([tool, "verify", unit], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "tradecore" in line]
    assert not [line for line in ours if "is not executable" not in line]


def test_the_manifests_name_what_they_have(deploy):
    """Selectors find their pod, volumes that are mounted are there, ports are named as asked."""
    found = {
        one["kind"]: one
        for one in yaml.safe_load_all((deploy / "kubernetes" / "venue.yaml").read_text())
    }
    work = found["StatefulSet"]["spec"]
    labels, pod = work["template"]["metadata"]["labels"], work["template"]["spec"]
    (container,) = pod["containers"]
    volumes = {one["name"]: one for one in pod["volumes"]}
    claims = {one["metadata"]["name"] for one in work["volumeClaimTemplates"]}

    assert found["Service"]["spec"]["selector"] == labels == work["selector"]["matchLabels"]
    assert found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert work["serviceName"] == found["Service"]["metadata"]["name"]
    assert {one["name"] for one in container["volumeMounts"]} == {*volumes} | claims
    assert volumes["settings"]["configMap"]["name"] == found["ConfigMap"]["metadata"]["name"]
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    asked = [container[name]["httpGet"]["port"] for name in ("livenessProbe", "readinessProbe")]
    asked += [one["targetPort"] for one in found["Service"]["spec"]["ports"]]
    assert {*asked} <= {*ports}
    assert ports["http"] == ServerSettings().port
    assert container["readinessProbe"]["initialDelaySeconds"] == 15
    assert container["resources"]["requests"] == {"memory": "512Mi", "cpu": "500m"}


@pytest.mark.timeout(120)
def test_what_the_container_runs_is_run(deploy, tmp_path):
    """Its command on its settings starts, its own health check says so, and SIGTERM ends it."""
    service = yaml.safe_load((deploy / "compose.yaml").read_text())["services"]["venue"]
    program = Program(tmp_path)
    settings = tmp_path / "venue.ini"
    settings.write_text((deploy / "venue.ini").read_text())
    command = [str(settings) if "/" in part else part for part in service["command"]]
    try:
        with quick_folder() as folder:
            small = ("--set", "store.segment_bytes=8388608")
            child = program.start(*command, "--data", folder, "--port", 0, "--json", *small)
            said = json.loads(child.stdout.readline())
            port = said["urls"]["rest"].rpartition(":")[2]
            check = [sys.executable, *service["healthcheck"]["test"][2:]]
            until(
                lambda: (
                    subprocess.run(
                        check, env={"PORT": port}, capture_output=True, check=False
                    ).returncode
                    == 0
                ),
                child.log.read_text,
            )
            child.send_signal(signal.Signals.SIGTERM)
            assert child.wait(30) == 0
    finally:
        program.end()
