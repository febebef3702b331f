"""Errors in words, with the exit codes that scripts rely on."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path

import pytest
import typer

from cli.conftest import Postroom
from postroom.cli.running import FAILED, INTERRUPTED, run
from postroom.errors import ConflictError


def test_an_unexpected_error_shows_no_traceback(postroom: Postroom, tmp_path: Path) -> None:
    (tmp_path / "data" / "postroom.db").write_text("this is no database, it only has its name" * 50, encoding="utf-8")
    result = postroom("status")
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


async def failing(error: BaseException) -> None:
    raise error


def ended(work: Coroutine[object, object, object], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Return the exit code of a command and what it said."""
    with pytest.raises(typer.Exit) as caught:
        run(work)
    return caught.value.exit_code, capsys.readouterr().err


async def test_what_the_work_gives_is_returned() -> None:
    async def work() -> int:
        return 7

    assert await asyncio.to_thread(run, work()) == 7


def test_our_errors_are_told_with_their_hint(capsys: pytest.CaptureFixture[str]) -> None:
    told = ended(failing(ConflictError("It is decided.", hint="Look.")), capsys)
    assert told == (FAILED, "Error: It is decided.\nHint: Look.\n")
    assert ended(failing(ConflictError("It is decided.")), capsys) == (FAILED, "Error: It is decided.\n")


def test_a_file_that_cannot_be_used_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, words = ended(failing(PermissionError(13, "Permission denied", "/box")), capsys)
    assert (code, words.splitlines()[0]) == (FAILED, "Error: /box: Permission denied.")
    assert "Hint: " in words


def test_a_bug_tells_its_kind_and_not_its_words_unless_somebody_debugs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, words = ended(failing(ValueError("secret")), capsys)
    assert code == FAILED
    assert "ValueError" in words
    assert "secret" not in words
    monkeypatch.setenv("POSTROOM_LOG_LEVEL", "debug")
    with pytest.raises(ValueError, match="secret"):
        run(failing(ValueError("secret")))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError()])
def test_who_interrupts_is_told_nothing(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(failing(error), capsys) == (INTERRUPTED, "")


def test_an_exit_with_a_code_of_its_own_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(failing(typer.Exit(3)), capsys) == (3, "")
