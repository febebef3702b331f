"""Hints name commands at the command line, and only ones that there are."""

import ast
import re
from pathlib import Path

import pytest

import postroom
from cli.conftest import Postroom
from postroom.cli.hints import ACTS, LISTS, in_commands

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
        ("To connect one, add a mailbox.", "To connect one, add a mailbox (`postroom mailbox add NAME`)."),
        ("The guarantee shows how far.", "`postroom guarantee` shows how far."),
        (
            "Switch one on in the mailbox shop-2.",
            "Switch one on in the mailbox shop-2 (`postroom mailbox change shop-2 --automatic-category CATEGORY`, "
            "or `--all-categories` for all).",
        ),
        ("", ""),
    ],
)
def test_a_list_is_the_command_that_shows_it_and_an_act_has_its_command(hint: str, shown: str) -> None:
    assert in_commands(hint) == shown


def test_every_list_that_a_hint_names_has_its_command_or_none() -> None:
    named = {
        found
        for folder in ("actions", "stores", "engine", "bootstrap")
        for path in (SOURCES / folder).rglob("*.py")
        for found in re.findall(r"[Tt]he list of (?:the )?([a-z]+)[^\"]*\"", path.read_text(encoding="utf-8"))
    }
    assert named - LISTS.keys() <= WITHOUT_COMMAND


COMMANDS = sorted(
    {one for text in (*LISTS.values(), *ACTS.values()) for one in re.findall(r"`(postroom [a-z ]*[a-z])", text)}
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_a_hint_is_there(postroom: Postroom, command: str) -> None:
    assert postroom(*command.split()[1:], "--help").exit_code == 0


@pytest.mark.parametrize("words", ACTS)
def test_every_act_that_has_a_command_is_told_somewhere(words: str) -> None:
    files = [path for folder in ("trials", "bootstrap") for path in (SOURCES / folder).rglob("*.py")]
    assert any(re.search(words, told) for path in files for told in _told(path))


def _told(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    # What is put into the text is left out; a letter stands for it.
    return [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        if isinstance(node, ast.JoinedStr)
        else str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant)
    ]


def test_what_is_not_there_is_told_with_the_command_that_lists_it(postroom: Postroom) -> None:
    found = postroom("job", "show", "jo_none")
    assert found.exit_code == 1
    assert "Hint: `postroom job list` shows their ids." in found.stderr
