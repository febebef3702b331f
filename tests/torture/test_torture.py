"""The harness in small, and the harness against a broken outbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def run_harness(folder: Path, *arguments: str) -> tuple[int, dict[str, int]]:
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


def test_nothing_is_lost_or_sent_twice_whatever_is_killed(tmp_path: Path, models: Path) -> None:
    code, figures = run_harness(tmp_path, "--models", str(models), "--kills", "24", "--seed", "11")
    assert figures["kills"] == 24
    assert figures["received"] > 24
    assert figures["answered"] > 0
    assert (figures["lost"], figures["duplicated"], figures["broke_by_itself"]) == (0, 0, 0)
    assert figures["uncertain"] <= figures["sends_cut_off"]
    assert code == 0


def test_a_blind_resend_after_a_crash_is_caught(tmp_path: Path, models: Path) -> None:
    code, figures = run_harness(
        tmp_path, "--models", str(models), "--kills", "12", "--seed", "12", "--blind", "--only", "sender:accepted"
    )
    assert figures["duplicated"] > 0
    assert code == 1
