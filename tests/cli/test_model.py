"""Which model is in use, where people have trained none."""

import json

import pytest

from cli.conftest import Postroom
from postroom.cli.model import share


@pytest.mark.parametrize(
    ("value", "words"), [(0.5, "50.0%"), (1, "100.0%"), (0, "0.0%"), (True, ""), (None, ""), ("0.5", ""), ([], "")]
)
def test_a_share_is_told_as_a_percentage_and_nothing_else_is(value: object, words: str) -> None:
    assert share(value) == words  # type: ignore[arg-type]  # Anything that JSON holds.


def test_the_one_that_came_with_the_installation_is_listed_as_in_use(postroom: Postroom) -> None:
    (row,) = [line for line in postroom("model", "list").stdout.splitlines() if "starter" in line]
    assert "came with the installation" in row
    assert "in use" in row
    assert json.loads(postroom("model", "list", "--json").stdout) == []
    assert json.loads(postroom("model", "history", "--json").stdout) == []


def test_where_nothing_was_promoted_there_is_nothing_to_go_back_to(postroom: Postroom) -> None:
    refused = postroom("model", "rollback")
    assert refused.exit_code == 1
    assert "Hint: " in refused.stderr


def test_a_model_that_there_is_not_is_told(postroom: Postroom) -> None:
    for command in ("show", "promote"):
        refused = postroom("model", command, "md_nothing")
        assert refused.exit_code == 1
        assert "md_nothing" in refused.stderr
