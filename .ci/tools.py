"""Make the environment that builds and checks tradecore: `python tools.py VENV CARGO`.

Runs on any Python, even one too old, to be able to say so.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)


def refuse(reason):
    """End with one line that says what is missing."""
    sys.exit("make: " + reason)


def requirements():
    """Return what tradecore and the development group need, as pip arguments."""
    import tomllib  # noqa: PLC0415 - not there before 3.11, which main has checked by now

    with open("pyproject.toml", "rb") as stream:
        project = tomllib.load(stream)["project"]
    return project["dependencies"]


def main(venv, cargo):
    """Create ``venv`` if need be and install the tools; idempotent."""
    version = "%d.%d.%d" % sys.version_info[:3]
    if sys.version_info < OLDEST:
        refuse(
            "tradecore needs python %d.%d or newer: %s is %s; try make PYTHON=python3.12 ..."
            % (OLDEST + (sys.executable, version))
        )
    if shutil.which(cargo) is None:
        refuse("tradecore needs rust: %r is not on PATH; see rust-lang.org/tools/install" % cargo)
    python = os.path.join(venv, "bin", "python")
    if not os.path.exists(python):
        made = subprocess.call([sys.executable, "-m", "venv", venv])
        if made != 0:
            shutil.rmtree(venv, ignore_errors=True)
            refuse("python %s cannot make environments: on Debian, install python3-venv" % version)
    pip = [python, "-m", "pip", "install", "--quiet"]
    # --group needs pip 25.1.
    if subprocess.call(pip + ["--upgrade", "pip>=25.1"]) != 0:
        refuse("pip could not be brought to 25.1 or newer")
    if subprocess.call(pip + ["--group", "dev"] + requirements()) != 0:
        refuse("the tools of the group dev could not be installed")


if __name__ == "__main__":
    main(*sys.argv[1:])
