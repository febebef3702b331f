"""Runs the harness from a test, and returns its figures."""

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def run_harness(folder: Path, *arguments: str) -> tuple[int, dict[str, int]]:
    """Run it in `folder` and return its exit code and the object that it printed."""
    # A process of its own: the harness forks, which a process with threads must not do.
    done = subprocess.run(
        [sys.executable, "-m", "torture", "--folder", str(folder), *arguments],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.stdout, done.stderr
    figures: dict[str, int] = json.loads(done.stdout)
    return done.returncode, figures
