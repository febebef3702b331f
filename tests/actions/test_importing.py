"""Importing history: twice is once, and nothing is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions.training_case import Told
from empty_store import open_stores_at
from postroom.actions.desk import Desk
from postroom.actions.importing import BATCH, KEPT_REFUSED, ImportOrder, import_history
from postroom.errors import InputError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.progress import StoppedError
from postroom.model.example import Origin


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    stores = await open_stores_at(tmp_path / "postroom.db")
    yield Desk(stores=stores, clock=SystemClock(), by="ann")
    await stores.connection.close()


def table(folder: Path, *rows: str, name: str = "old.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(["text,label", *rows]) + "\n")
    return path


async def test_importing_twice_is_importing_once(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, *(f"text {number},{'ab'[number % 2]}" for number in range(BATCH + 10)))
    first = await import_history(desk, ImportOrder(paths=(path,)), Told())
    before = await desk.stores.examples.list(limit=1000)
    again = await import_history(desk, ImportOrder(paths=(path,)), Told())
    assert (first.new, again.new) == (BATCH + 10, 0)
    assert (first.read, first.labels) == (again.read, again.labels)
    assert await desk.stores.examples.list(limit=1000) == before
    assert {one.origin for one in before.rows} == {Origin.IMPORT}


async def test_an_import_that_was_stopped_goes_on_where_it_was(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, *(f"text {number},a" for number in range(2 * BATCH)))

    async def stopping(done: int, total: int) -> None:
        raise StoppedError("Stop.")

    with pytest.raises(StoppedError):
        await import_history(desk, ImportOrder(paths=(path,)), stopping)
    assert await desk.stores.examples.count() == {"a": BATCH}
    assert (await import_history(desk, ImportOrder(paths=(path,)), Told())).new == BATCH


async def test_of_a_text_that_stands_there_twice_the_last_label_holds(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, "same,a", "other,a", "same,b")
    found = await import_history(desk, ImportOrder(paths=(path,)), Told())
    assert (found.read, found.new, found.repeated, found.labels) == (3, 2, 1, {"a": 1, "b": 1})
    assert await desk.stores.examples.count() == {"a": 1, "b": 1}


async def test_every_row_is_read_or_refused(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, "good,a", ",a", "bad,", "fine,b")
    found = await import_history(desk, ImportOrder(paths=(path,)), Told())
    assert (found.read, [(one.file, one.row) for one in found.refused]) == (2, [(path, 3), (path, 4)])


async def test_of_many_refused_rows_the_first_are_kept_and_all_are_counted(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, *([",a"] * (KEPT_REFUSED + 20)))
    found = await import_history(desk, ImportOrder(paths=(path,)), Told())
    assert found.refused_rows == KEPT_REFUSED + 20
    assert [one.row for one in found.refused] == list(range(2, KEPT_REFUSED + 2))


async def test_a_dry_run_tells_the_same_and_stores_nothing(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path, "good,a", ",a")
    found = await import_history(desk, ImportOrder(paths=(path,), dry_run=True), Told())
    assert (found.read, found.new, found.labels, len(found.refused)) == (1, 0, {"a": 1}, 1)
    assert await desk.stores.examples.count() == {}


async def test_progress_grows_to_the_size_of_all_files(desk: Desk, tmp_path: Path) -> None:
    paths = (table(tmp_path, "one,a"), table(tmp_path, "two,b", name="more.csv"))
    told = Told()
    await import_history(desk, ImportOrder(paths=paths), told)
    total = sum(path.stat().st_size for path in paths)
    assert told.steps == sorted(told.steps)
    assert told.steps[-1] == (total, total)


async def test_a_missing_file_and_a_label_for_a_table_are_refused_before_anything_is_stored(
    desk: Desk, tmp_path: Path
) -> None:
    path = table(tmp_path, "one,a")
    for order in (ImportOrder(paths=(path, tmp_path / "none.csv")), ImportOrder(paths=(path,), label="x")):
        with pytest.raises(InputError):
            await import_history(desk, order, Told())
    assert await desk.stores.examples.count() == {}


async def test_mail_of_the_settings_mailbox_is_the_companys_own(desk: Desk, tmp_path: Path) -> None:
    letter = tmp_path / "Support" / "own.eml"
    letter.parent.mkdir()
    letter.write_text(
        "From: help@workshop.example\nTo: ann@example.com\nSubject: Hello\n\nYour parcel is on its way.\n"
    )
    order = ImportOrder(paths=(letter.parent,), own_addresses=("Help@Workshop.example",))
    assert (await import_history(desk, order, Told())).new == 0
    assert (await import_history(desk, ImportOrder(paths=(letter.parent,)), Told())).new == 1
