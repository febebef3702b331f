"""Hints name commands at the command line, and only ones that there are."""

import re
from pathlib import Path

import pytest

import postroom
from cli.conftest import Postroom
from postroom.cli.hints import LISTS, in_commands

SOURCES = Path(postroom.__file__).parent
WITHOUT_COMMAND = {"articles", "deliveries", "e", "its", "notes", "past", "webhooks"}
"""What people keep on the web page or over the API only; `e` is the beginning of e-mails."""


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("The list of models shows their ids.", "`postroom model list` shows their ids."),
        ("Cancel one; the list of jobs shows them.", "Cancel one; `postroom job list` shows them."),
        ("The list of the quarantine shows ids.", "`postroom quarantine list` shows ids."),
        ("The list of articles shows their ids.", "The list of articles shows their ids."),
        ("Describe the list of what is sold.", "Describe the list of what is sold."),
        ("", ""),
    ],
)
def test_a_list_is_the_command_that_shows_it(hint: str, shown: str) -> None:
    assert in_commands(hint) == shown


def test_every_list_that_a_hint_names_has_its_command_or_none() -> None:
    named = {
        found
        for folder in ("actions", "stores", "engine", "bootstrap")
        for path in (SOURCES / folder).rglob("*.py")
        for found in re.findall(r"[Tt]he list of (?:the )?([a-z]+)[^\"]*\"", path.read_text(encoding="utf-8"))
    }
    assert named - LISTS.keys() <= WITHOUT_COMMAND


@pytest.mark.parametrize("command", sorted({one for text in LISTS.values() for one in re.findall("`([^`]+)`", text)}))
def test_every_command_of_a_hint_is_there(postroom: Postroom, command: str) -> None:
    assert postroom(*command.split()[1:], "--help").exit_code == 0


def test_what_is_not_there_is_told_with_the_command_that_lists_it(postroom: Postroom) -> None:
    found = postroom("job", "show", "jo_none")
    assert found.exit_code == 1
    assert "Hint: `postroom job list` shows their ids." in found.stderr
