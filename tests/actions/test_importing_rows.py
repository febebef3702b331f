from dataclasses import replace
from pathlib import Path

from postroom.actions.desk import Desk
from postroom.actions.importing import ImportOrder, import_history
from postroom.actions.importing_rows import LabelledRow, RefusedRow, import_rows
from postroom.model.example import Origin

ROW = LabelledRow(text="Where is it?", label="delivery")


async def _silent(done: int, total: int) -> None:
    del done, total


async def test_rows_become_examples_once(desk: Desk) -> None:
    found = await import_rows(desk, [ROW, replace(ROW, label="tracking"), replace(ROW, text="Money!", label="refund")])
    assert (found.read, found.new, found.repeated) == (3, 2, 1)
    assert found.labels == {"refund": 1, "tracking": 1}
    kept = (await desk.stores.examples.list()).rows
    assert [(one.origin, one.category, one.by) for one in kept] == [
        (Origin.IMPORT, "tracking", "ann"),
        (Origin.IMPORT, "refund", "ann"),
    ]
    assert (await import_rows(desk, [ROW])).new == 0


async def test_a_text_is_the_same_example_whether_it_comes_in_a_request_or_a_file(desk: Desk, tmp_path: Path) -> None:
    await import_rows(desk, [ROW])
    (tmp_path / "old.csv").write_text("text,label\nWhere is it?,delivery\n", encoding="utf-8")
    imported = await import_history(desk, ImportOrder(paths=(tmp_path / "old.csv",)), _silent)
    assert (imported.read, imported.new) == (1, 0)


async def test_a_row_that_cannot_be_taken_is_told_by_its_number(desk: Desk) -> None:
    found = await import_rows(desk, [ROW, replace(ROW, text=" "), replace(ROW, language="Latin")])
    assert found.read == 1
    assert found.refused[0] == RefusedRow(row=2, reason="it has no text")
    assert [one.row for one in found.refused] == [2, 3]


async def test_nothing_is_imported_from_nothing(desk: Desk) -> None:
    found = await import_rows(desk, [])
    assert (found.read, found.new, found.refused) == (0, 0, ())
