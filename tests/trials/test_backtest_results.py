from dataclasses import replace
from pathlib import Path

import pytest

from postroom.errors import ConflictError
from postroom.model.workflow import NodeId
from postroom.trials.backtest_results import RESULTS, Results
from postroom.trials.backtest_tried import Fate, NodeTrace, Tried

ONE = Tried(
    key="0a",
    fate=Fate.ANSWERED,
    subject="Größe\u2028",
    category="returns",
    category_probability=0.9,
    language="en",
    classifier="fixed@1",
    article_ids=(),
    reply="Dear\nAda",
    right=None,
    label_right=None,
    failure="",
    nodes=(NodeTrace(node_id=NodeId("n"), output="o"),),
)


def test_what_was_tried_is_read_again(tmp_path: Path) -> None:
    Results(tmp_path, "this").add([ONE, replace(ONE, key="0b")])
    again = Results(tmp_path, "this")
    again.add([replace(ONE, key="0c")])
    assert [one.key for one in again.tried()] == ["0a", "0b", "0c"]
    assert next(again.tried()) == ONE


@pytest.mark.parametrize("cut", [1, 30, 5000])
def test_a_line_that_was_cut_off_is_tried_again(tmp_path: Path, cut: int) -> None:
    Results(tmp_path, "this").add([ONE, replace(ONE, key="0b", reply="x" * 6000)])
    path = tmp_path / RESULTS
    path.write_bytes(path.read_bytes()[:-cut])
    again = Results(tmp_path, "this")
    assert [one.key for one in again.tried()] == ["0a"]
    again.add([replace(ONE, key="0b")])
    assert [one.key for one in Results(tmp_path, "this").tried()] == ["0a", "0b"]


def test_a_first_line_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / RESULTS).write_bytes(b"th")
    results = Results(tmp_path, "this")
    results.add([ONE])
    assert [one.key for one in Results(tmp_path, "this").tried()] == ["0a"]


def test_results_of_something_else_are_not_gone_on_with(tmp_path: Path) -> None:
    Results(tmp_path, "this").add([ONE])
    before = (tmp_path / RESULTS).read_bytes()
    with pytest.raises(ConflictError):
        Results(tmp_path, "that")
    assert (tmp_path / RESULTS).read_bytes() == before
