"""Real servers for tests: PostgreSQL and Redis in folders of their own, on no fixed port."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

_POSTGRES_HOMES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


def _postgres_bin():
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    for home in _POSTGRES_HOMES:
        versions = sorted(Path(home).glob("*/bin/initdb"), reverse=True)
        if versions:
            return versions[0].parent
    pytest.skip("needs a PostgreSQL server: initdb not found")
    return None


def _as_postgres(folder):
    """Return what lets a command run as a user PostgreSQL accepts, since it refuses root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("needs a PostgreSQL server: setpriv not found, and root may not run it")
    try:
        shutil.chown(folder, "postgres", "postgres")
    except LookupError:
        pytest.skip("needs a PostgreSQL server: no user postgres, and root may not run it")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@contextmanager
def postgres_server():
    """Run a PostgreSQL on a socket in a folder, and give its URL without a database."""
    programs = _postgres_bin()
    folder = Path(tempfile.mkdtemp(prefix="tc-pg-", dir="/tmp"))
    user = _as_postgres(folder)
    data = folder / "data"
    try:
        subprocess.run(
            [
                *user,
                programs / "initdb",
                f"--pgdata={data}",
                "--username=tests",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        control = [*user, programs / "pg_ctl", f"--pgdata={data}", "--wait", "--silent"]
        start = [*control, f"--log={folder / 'log'}", f"--options={options}", "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        try:
            yield f"postgresql://tests@/{{name}}?host={folder}"
        finally:
            subprocess.run([*control, "--mode=immediate", "stop"], check=True, cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server():
    """Run a Redis on a socket in a folder, and give its URL and its process."""
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("needs a Redis server: redis-server not found")
    folder = Path(tempfile.mkdtemp(prefix="tc-redis-", dir="/tmp"))
    path = folder / "redis.sock"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for line in process.stdout:
            if "ready to accept connections" in line.lower():
                break
        else:
            pytest.fail("redis-server did not start")
        yield f"unix://{path}", process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)
