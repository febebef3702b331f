"""The durable function across crashes: what was recorded stays, what was not runs again, and nobody swaps outputs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine import crash_child
from engine.house import House, open_house
from postroom.engine.execution import execute, work_with
from postroom.model.execution import ExecutionStatus
from postroom.model.workflow import NodeId

TESTS = Path(__file__).resolve().parents[1]


def die(folder: Path, *victims: str) -> None:
    """Run a child in this folder until it kills itself."""
    ended = subprocess.run(
        [sys.executable, str(Path(crash_child.__file__)), str(folder), *victims],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        timeout=60,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def throws(folder: Path) -> dict[str, list[str]]:
    """Return what fell in each node, in order."""
    found: dict[str, list[str]] = {}
    for line in (folder / "ran.log").read_text().splitlines():
        node_id, fallen = line.split()
        found.setdefault(node_id, []).append(fallen)
    return found


@pytest.mark.parametrize(
    "victims",
    [
        # With `first` and one, two or all three neighbours recorded, and before anything of the branches was.
        pytest.param({"p0": 2}, marks=pytest.mark.long),
        {"p2": 4},
        pytest.param({"p3": 4}, marks=pytest.mark.long),
        {"p0": 3, "p1": 3},
        pytest.param({"first": 0}, marks=pytest.mark.long),
        pytest.param({"join": 5}, marks=pytest.mark.long),
    ],
    ids=str,
)
async def test_after_a_kill_among_parallel_branches_what_was_recorded_neither_runs_again_nor_changes(
    tmp_path: Path, victims: dict[str, int]
) -> None:
    die(tmp_path, *(f"{name}={count}" for name, count in victims.items()))
    before = throws(tmp_path)
    kept = crash_child.recorded(tmp_path)
    assert kept >= min(victims.values())
    async with open_house(tmp_path) as house:
        ended = await crash_child.go_on(house)
    assert ended.status is ExecutionStatus.SUCCEEDED
    assert ended.progress is not None
    after = throws(tmp_path)
    # Exactly those that had run without being recorded ran once more.
    again = [node_id for node_id in before if len(after[node_id]) == 2]
    assert len(again) == len(before) - kept
    assert set(victims) <= set(again)
    assert all(len(fallen) == 1 for node_id, fallen in after.items() if node_id not in again)
    # Each node kept its own throw: nobody got a neighbour's.
    for node_id in ("first", *crash_child.PARALLEL, "join"):
        outcome = ended.progress.outcomes[NodeId(node_id)]
        assert outcome.draft is not None
        assert (outcome.draft.responder, outcome.draft.text) == (node_id, after[node_id][-1])
    assert ended.progress.outcomes[NodeId("end")].note == after["join"][-1]


async def test_nothing_runs_before_the_engine_is_ready(house: House) -> None:
    async with house.engine():
        work_with(None)
        with pytest.raises(RuntimeError, match="before the engine was ready"):
            await execute("{}")
