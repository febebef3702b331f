"""`postroom compare`: a gate that says what a change to a workflow flips."""

import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from postroom.workflows.load import write_workflow
from trials.past import TEMPLATE, mock_contents, with_config, write_mbox


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up shop, asked for in so many words."""
    monkeypatch.setenv("POSTROOM_MAILBOX_KIND", "mock")


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    return write_mbox(tmp_path / "past.mbox", mock_contents(20))


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    path = tmp_path / "changed.yaml"
    path.write_text(write_workflow(with_config(TEMPLATE, "priority_router", max_words=1)))
    return path


def test_a_version_compared_with_itself_has_no_flips(postroom: Postroom, mbox: Path) -> None:
    result = postroom("compare", "customer_support", "model:starter", "--mbox", mbox, "--json", "--max-flips", "0")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["flips"] == 0


def test_a_change_flips_what_it_is_about_and_the_exit_code_says_so(
    postroom: Postroom, mbox: Path, changed: Path, tmp_path: Path
) -> None:
    command = ("compare", "customer_support", changed, "--mbox", mbox)
    found = postroom(*command, "--json", "--html", tmp_path / "c.html")
    assert found.exit_code == 0, found.stderr
    report = json.loads(found.stdout)
    assert {one["node_id"] for one in report["changes"]} == {"priority_router"}
    assert {(one["before"], one["after"]) for one in report["changes"]} == {("common", "complex")}
    # Whatever went to the responder now goes to a person.
    answered = report["fates_before"]["answered"]
    assert answered > 3
    assert report["fates_after"]["answered"] == 0
    assert report["fates_after"]["person"] == report["fates_before"]["person"] + answered
    assert "priority_router" in (tmp_path / "c.html").read_text()
    flips = str(report["flips"])
    assert postroom(*command, "--max-flips", flips).exit_code == 0
    gate = postroom(*command, "--max-flips", str(report["flips"] - 1))
    assert gate.exit_code == 1
    assert "flip" in gate.stderr


def test_flips_are_shown_node_by_node_with_the_first_words_of_the_mail(
    postroom: Postroom, tmp_path: Path, changed: Path
) -> None:
    path = tmp_path / "past.csv"
    path.write_text("text,subject\nHow do I return a parcel? Call +49 170 1234567.,A return\n")
    found = postroom("compare", "customer_support", changed, "--csv", path, "--html", tmp_path / "c.html")
    assert found.stdout.startswith("THE MADE-UP SHOP")
    for text in (found.stdout, (tmp_path / "c.html").read_text()):
        shown = " ".join(text.split())
        assert "priority_router: common → complex, 1 of 1 e-mails" in shown
        assert "How do I return a parcel? Call [PHONE_1]." in shown
        assert "+49" not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("customer_support",),
        ("customer_support", "customer_support"),
        ("customer_support", "customer_support", "--mailbox", "main", "--max-flips", "-1"),
        ("customer_support", "nothing", "--mailbox", "main"),
        ("customer_support", "model:nothing", "--mailbox", "main"),
        ("customer_support", "nothing.yaml", "--mailbox", "main"),
    ],
)
def test_what_cannot_be_compared_is_told_apart_from_too_many_flips(
    postroom: Postroom, arguments: tuple[str, ...]
) -> None:
    result = postroom("compare", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
