"""`postroom category`: kept, changed and removed from the command line."""

import json

import pytest

from cli.conftest import Postroom


def test_a_category_is_added_listed_changed_and_removed(postroom: Postroom) -> None:
    added = postroom(
        "category",
        *("add", "delivery", "--title", "Delivery", "--description", "Where a parcel is."),
        *("--example", "Where is it?", "--example", "Has it left?", "--language", "en", "--json"),
    )
    assert added.exit_code == 0
    assert json.loads(added.stdout)["examples"] == ["Where is it?", "Has it left?"]
    assert postroom("category", "change", "delivery", "--people").exit_code == 0
    (listed,) = json.loads(postroom("category", "list", "--json").stdout)
    assert (listed["title"], listed["automatic"], listed["revision"]) == ("Delivery", False, 1)
    assert "people" in postroom("category", "list").stdout
    assert postroom("category", "remove", "delivery").exit_code == 1
    assert postroom("category", "change", "delivery", "--automatic").exit_code == 0
    assert postroom("category", "remove", "delivery").exit_code == 0
    assert json.loads(postroom("category", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "a/b"), "cannot be the name"),
        (("add", "orders", "--language", "english"), "is no language"),
        (("add", "delivery"), "already"),
        (("change", "nothing", "--people"), "There is no category 'nothing'"),
        (("change", "delivery"), "Say what is to be changed"),
        (("remove", "nothing"), "There is no category 'nothing'"),
    ],
)
def test_what_is_wrong_is_said(postroom: Postroom, arguments: tuple[str, ...], words: str) -> None:
    postroom("category", "add", "delivery")
    found = postroom("category", *arguments)
    assert found.exit_code != 0
    assert words in " ".join(found.stderr.replace("│", " ").split())
