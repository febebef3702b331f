"""What senders and notifiers have in common."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.conftest import Postroom
from contracts.store_nouns import account
from postroom.actions.accounts import shown
from postroom.cli import app
from postroom.cli.guided_family import asks, shown_lines
from postroom.cli.guided_flags import AccountFlags


def typed(text: str, *arguments: str) -> Result:
    """Run a command that asks, with somebody who types."""
    return CliRunner().invoke(app, list(arguments), input=text)


@pytest.fixture
def out(postroom: Postroom, tmp_path: Path) -> str:
    """The name of a sender that is there."""
    added = postroom("sender", "add", "out", "--kind", "outbox_folder", "--set", f"path={tmp_path / 'out'}")
    assert added.exit_code == 0, added.stderr
    return "out"


def test_an_account_is_shown_with_the_names_of_its_secrets_alone() -> None:
    lines = shown_lines(shown(account("shop")))
    assert lines[0].startswith("shop (imap_smtp), changed 2026-03-01")
    assert "  host: mail.shop.example" in lines
    assert "  password: (secret, kept sealed)" in lines
    assert "v1:" not in "\n".join(lines)


def test_a_person_is_asked_only_where_one_wants_it_or_sits_there() -> None:
    assert asks(AccountFlags(ask=True), given=True)
    assert not asks(AccountFlags(ask=False), given=False)
    assert not asks(AccountFlags(), given=False)


def test_a_sender_is_added_step_by_step(postroom: Postroom, tmp_path: Path) -> None:
    result = typed(f"outbox_folder\n{tmp_path / 'out'}\n", "sender", "add", "out", "--ask")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(postroom("sender", "list", "--json").stdout)
    assert (found["kind"], found["values"]) == ("outbox_folder", {"path": str(tmp_path / "out")})


def test_a_sender_is_forgotten_only_by_who_means_it(postroom: Postroom, out: str) -> None:
    for answer in ("n\n", "\n"):
        assert typed(answer, "sender", "remove", out).exit_code == 1
    assert out in postroom("sender", "list").stdout
    assert typed("y\n", "sender", "remove", out).exit_code == 0
    assert postroom("sender", "remove", out, "--yes").exit_code == 1


def test_what_does_not_work_is_neither_added_nor_changed_untried(postroom: Postroom, out: str, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder", encoding="utf-8")
    wrong = ("--set", f"path={blocked / 'out'}")
    for command in (("add", "next", "--kind", "outbox_folder"), ("change", out)):
        refused = postroom("sender", *command, *wrong)
        assert refused.exit_code == 1
        assert "--no-test" in refused.stderr
    (kept,) = json.loads(postroom("sender", "list", "--json").stdout)
    assert kept["values"] == {"path": str(tmp_path / "out")}
    assert postroom("sender", "change", out, *wrong, "--no-test").exit_code == 0


@pytest.mark.parametrize("name", ["", "a b", "../a"])
def test_a_name_that_cannot_be_used_is_refused_before_anything_is_asked(postroom: Postroom, name: str) -> None:
    result = typed("", "sender", "add", name, "--ask")
    assert result.exit_code == 1
    assert "Error: " in result.stderr
