"""All commands under one name."""

import json
from pathlib import Path

import pytest
import typer

from cli.conftest import Postroom
from postroom.cli.app import COMMANDS, app


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("review", "list"),
        ("logs",),
        ("reconcile",),
        ("check",),
        ("workflow", "list"),
        ("workflow", "show", "customer_support"),
        ("quarantine", "list"),
        ("stop-sending",),
        ("allow-sending",),
        ("pause", "--workflow", "customer_support"),
    ],
)
def test_json_is_one_document_and_nothing_else(postroom: Postroom, demo: Path, arguments: tuple[str, ...]) -> None:
    result = postroom(*arguments, "--json", "--data-dir", demo)
    assert result.exit_code == 0, result.stderr
    assert isinstance(json.loads(result.stdout), dict | list)
    plain = postroom(*(("resume", *arguments[1:]) if arguments[0] == "pause" else arguments), "--data-dir", demo)
    assert plain.exit_code == 0, plain.stderr
    assert plain.stdout


def test_help_needs_nothing_and_wrong_usage_has_an_exit_code_of_its_own(postroom: Postroom) -> None:
    assert "demo" in postroom("--help").stdout
    assert postroom("nonsense").exit_code == 2
    assert postroom("status", "--nonsense").exit_code == 2


def test_every_command_is_there_once_and_says_what_it_does() -> None:
    known = getattr(typer.main.get_command(app), "commands", {})
    assert {command.__name__.replace("_", "-") for command in COMMANDS} < set(known)
    assert len(known) == len(COMMANDS) + len(app.registered_groups) + 1
    assert [name for name, command in known.items() if not command.help] == []
