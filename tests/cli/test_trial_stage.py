"""What commands that try past mail stand on."""

from pathlib import Path

import pytest
import typer

from postroom.cli.trial_stage import USAGE, place_of, show_notices, trial_bar, with_stores, write_page
from postroom.interfaces.stores import Stores
from postroom.settings import Settings
from postroom.trials.order import MailFile, MailKind, MailOrder
from postroom.trials.terms import Notice


def place(mailbox: str | None = None, *, mbox: Path | None = None, csv: Path | None = None) -> MailOrder:
    return place_of(mailbox, mbox=mbox, maildir=None, csv=csv, assumed_threshold=0.5)


def test_one_place_is_meant_and_beside_a_file_a_mailbox_gives_the_rules() -> None:
    found = place("shop", csv=Path("past.csv"))
    assert found.file == MailFile(kind=MailKind.CSV, path="past.csv")
    assert (found.mailbox_id, found.assumed_threshold) == ("shop", 0.5)


def test_no_place_and_two_files_are_refused() -> None:
    for mbox, csv in ((None, None), (Path("a"), Path("b"))):
        with pytest.raises(typer.Exit) as ended:
            place(mbox=mbox, csv=csv)
        assert ended.value.exit_code == USAGE


def test_a_notice_is_told_with_the_command_that_changes_it(capsys: pytest.CaptureFixture[str]) -> None:
    show_notices([Notice(text="No mailbox is connected yet.", hint="To connect one, add a mailbox.")])
    show_notices([])
    told = " ".join(capsys.readouterr().out.split())
    assert told == "No mailbox is connected yet. To connect one, add a mailbox (`postroom mailbox add NAME`)."


def test_a_page_that_cannot_be_written_is_said_and_loses_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_page(tmp_path / "page.html", "<p>")
    assert (tmp_path / "page.html").read_text() == "<p>"
    write_page(tmp_path, "<p>")
    assert "cannot be written" in capsys.readouterr().err


async def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    async def work(settings: Settings, stores: Stores | None) -> bool:
        return stores is None and not (settings.data_dir / "postroom.db").exists()

    assert await with_stores(tmp_path / "data", work)


def test_what_takes_a_while_is_told_where_no_bar_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    with trial_bar() as (update, told):
        told("Training the starter model")
        update(1, 2)
    assert capsys.readouterr().err == "Training the starter model …\n"
