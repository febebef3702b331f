"""What commands show, and what mail cannot do to a terminal."""

import json
from datetime import UTC, datetime

import pytest

from contracts.store_nouns import alarm
from postroom.cli.output import (
    moment,
    printable,
    progress_bar,
    say,
    short_id,
    show,
    show_json,
    show_json_list,
    show_table,
    waiting,
)
from postroom.model.alarm import Alarm

Captured = pytest.CaptureFixture[str]


def test_what_is_shown_goes_to_standard_output_and_what_is_said_by_the_way_does_not(capsys: Captured) -> None:
    show("found")
    say("by the way")
    assert tuple(capsys.readouterr()) == ("found\n", "by the way\n")


def test_json_is_one_document(capsys: Captured) -> None:
    show_json(alarm("a"))
    assert json.loads(capsys.readouterr().out)["key"] == "a"
    show_json_list(Alarm, [alarm("a"), alarm("b")])
    assert [one["key"] for one in json.loads(capsys.readouterr().out)] == ["a", "b"]
    show_json_list(Alarm, [])
    assert json.loads(capsys.readouterr().out) == []


def test_a_table_shows_every_cell_as_it_is(capsys: Captured) -> None:
    show_table("Mails", ("id", "subject"), [("em_1", "[bold]Order[/bold] [red]"), ("em_2", "")])
    shown = capsys.readouterr().out
    assert "[bold]Order[/bold] [red]" in shown
    assert all(word in shown for word in ("Mails", "id", "subject", "em_2"))


def test_an_id_is_never_broken_over_two_lines(capsys: Captured) -> None:
    long_id = "ex_" + "0123456789abcdef" * 4
    show_table("", ("id", "note"), [(long_id, "word " * 100)])
    assert long_id in capsys.readouterr().out


@pytest.mark.parametrize("letter", ["\x1b", "\x07", "\r", "\x00", "\x9b", "\u202e", "\u200b"])
def test_mail_neither_moves_the_cursor_nor_turns_the_direction_of_the_text(letter: str, capsys: Captured) -> None:
    assert printable(f"a{letter}b\nc") == "a b\nc"
    show_table("", ("subject",), [(f"a{letter}[2Jb",)])
    assert letter not in capsys.readouterr().out


def test_words_of_every_language_are_printable() -> None:
    words = "Grüße, 5 € – „ganz“ 元のメッセージ спасибо 🙂"
    assert printable(words) == words


def test_ids_and_times_are_short_enough_for_a_row() -> None:
    assert short_id("ex_0123456789abcdef") == "ex_01234567"
    assert short_id("ex_1") == "ex_1"
    assert moment(datetime(2026, 3, 1, 9, 5, 7, 999_000, tzinfo=UTC)) == "2026-03-01 09:05:07"
    assert moment(None) == ""


def test_where_nobody_looks_there_is_no_bar_and_waiting_is_one_line(capsys: Captured) -> None:
    with progress_bar() as bar:
        bar.update(bar.add_task("Mails", total=3), completed=2)
    assert tuple(capsys.readouterr()) == ("", "")
    with waiting("Training"):
        show("done")
    assert tuple(capsys.readouterr()) == ("done\n", "Training …\n")
