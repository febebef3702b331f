"""The tree of errors: what callers on the command line and of the API are told."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import postroom
from postroom.errors import (
    ConfigurationError,
    ConflictError,
    InputError,
    NotFoundError,
    PluginError,
    PostroomError,
    StoreError,
    TransientError,
)

SOURCES = Path(postroom.__file__).parent
FOLDERS = ("actions", "bootstrap", "stores", "trials")
ALARMS = {SOURCES / "bootstrap" / "assured_watch.py", SOURCES / "bootstrap" / "models.py"}
"""Alarms reach whoever runs Postroom by chat and e-mail too, where nothing could add the command afterwards."""
FILES = sorted({path for folder in FOLDERS for path in (SOURCES / folder).rglob("*.py")} - ALARMS)
ALL = (ConfigurationError, InputError, NotFoundError, ConflictError, StoreError, PluginError, TransientError)


def words(file: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(SOURCES).as_posix())
def test_no_words_for_people_name_a_command(file: Path) -> None:
    assert [f"{file.name}:{line}" for line, text in words(file) if "`postroom " in text] == []


def test_an_error_reads_as_its_message_and_the_hint_stands_apart() -> None:
    error = ConflictError("It is decided.", hint="Load it anew.")
    assert (str(error), error.message, error.hint) == ("It is decided.", "It is decided.", "Load it anew.")
    assert PostroomError("It broke.").hint == ""


def test_each_kind_has_a_code_of_its_own_and_is_a_failure_to_http() -> None:
    assert len({kind.code for kind in (PostroomError, *ALL)}) == len(ALL) + 1
    assert all(400 <= kind.http_status < 600 for kind in ALL)


def test_waiting_helps_exactly_where_the_other_side_may_come_back() -> None:
    assert {kind for kind in ALL if kind.retryable} == {StoreError, TransientError}
    assert {kind for kind in ALL if kind.http_status == 503} == {StoreError, TransientError}


def test_what_the_caller_can_mend_is_never_blamed_on_the_server() -> None:
    at_fault = {kind for kind in ALL if kind.http_status < 500}
    assert at_fault == {ConfigurationError, InputError, NotFoundError, ConflictError}
    assert NotFoundError("x").retry_after_seconds == 0
