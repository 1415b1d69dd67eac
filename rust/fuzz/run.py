"""Feed garbage to every decoder: by libFuzzer where a nightly compiler has it, else plainly."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).parent
CORPUS = Path("build") / "fuzz"
INPUT_BYTES_MAX = 4096


def call(*command: str) -> int:
    """Run ``command`` where the reader sees it and return its exit code."""
    return subprocess.run(command, check=False).returncode


def has_libfuzzer() -> bool:
    """Whether `cargo +nightly fuzz` can be called."""
    if shutil.which("cargo-fuzz") is None or shutil.which("rustup") is None:
        return False
    listed = subprocess.run(
        ["rustup", "toolchain", "list"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return "nightly" in listed.stdout


def main() -> int:
    """Run every target for some seconds; 1 if one broke a rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="for each target")
    seconds = parser.parse_args().seconds
    garbage = ["cargo", "run", "--quiet", "--release", "--manifest-path", str(FUZZ / "Cargo.toml")]
    garbage += ["--bin", "garbage", "--"]
    if not has_libfuzzer():
        print("without cargo-fuzz and a nightly compiler: inputs are changed at random", flush=True)
        return call(*garbage, str(seconds))
    if call(*garbage, "seeds", str(CORPUS)) != 0:
        return 1
    failed = []
    for target in sorted(path.stem for path in (FUZZ / "fuzz_targets").glob("*.rs")):
        print(f"{target}: {seconds} s", flush=True)
        fuzz = ["cargo", "+nightly", "fuzz", "run", "--fuzz-dir", str(FUZZ)]
        fuzz += ["--features", "libfuzzer", target, str(CORPUS / target), "--"]
        limits = [f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", "-verbosity=0"]
        if call(*fuzz, *limits, "-print_final_stats=1") != 0:
            failed.append(target)
    print(f"a rule was broken by: {', '.join(failed)}" if failed else "no rule broken")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
