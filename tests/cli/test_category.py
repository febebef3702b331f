"""`postroom category`: kept, changed and removed from the command line."""

import json
from pathlib import Path

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


def test_a_label_that_was_imported_is_listed_with_how_to_describe_it(postroom: Postroom, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("text,label\nwhere is it,my parcel\nhas it left,my parcel\npay me,refunds\n")
    postroom("import", path)
    postroom("category", "add", "refunds")
    shown = " ".join(postroom("category", "list").stdout.replace("│", " ").split())
    assert "not described yet: postroom category add 'my parcel' --description" in shown
    assert "add refunds" not in shown
    assert [one["name"] for one in json.loads(postroom("category", "list", "--json").stdout)] == ["refunds"]


def test_who_keeps_a_category_for_people_is_told_what_that_cuts_off_and_how_to_undo_it(
    postroom: Postroom, demo: Path
) -> None:
    postroom("category", "add", "orders", "--data-dir", demo)
    shown = postroom("category", "change", "orders", "--people", "--data-dir", demo).stdout
    assert "of the last 30 days, 0 e-mails of it were answered automatically" in shown
    assert "`postroom category change orders --automatic`" in shown
    assert "may be answered" in postroom("category", "change", "orders", "--automatic", "--data-dir", demo).stdout
    assert "people" not in postroom("category", "change", "orders", "--title", "Orders", "--data-dir", demo).stdout


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
