from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clocks import SetClock
from past_mails import MBOX
from postroom.actions.desk import Desk
from postroom.actions.importing import ImportOrder
from postroom.actions.past_mail import PastMailFile, PastMailFolder, Sent
from postroom.actions.past_mail_import import SHOWN_REFUSED, ImportFile, import_file, order_import
from postroom.actions.past_mail_kinds import FileKind
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.example import ExampleFilter
from postroom.model.job import JobKind
from postroom.model.workflow import JsonValue

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RULES = ImportOrder(paths=(), own_addresses=("help@shop.example",))


async def silent(done: int, total: int) -> None:
    """Tell nobody."""
    assert done <= total


async def kept(folder: PastMailFolder, kind: FileKind, content: bytes) -> PastMailFile:
    async def parts() -> AsyncIterator[bytes]:
        yield content

    return await folder.receive(parts(), Sent(kind=kind, name=f"old.{kind.value}", by="ann", at=NOW))


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores=stores, clock=SetClock(NOW), by="ann")


async def imported(desk: Desk, folder: PastMailFolder, order: ImportFile, file: PastMailFile) -> dict[str, JsonValue]:
    job = await order_import(desk, order, file)
    assert (job.kind, job.by) == (JobKind.IMPORT, "ann")
    return dict(await import_file(desk, {**job.order, "by": job.by}, folder, RULES, silent))


@pytest.mark.parametrize(
    ("kind", "told_row", "content"),
    [
        (FileKind.CSV, 3, b"text,label\nWhere is my parcel?,delivery\n,delivery\n"),
        (
            FileKind.JSONL,
            2,
            b'{"text": "Where is my parcel?", "label": "delivery"}\n{"text": "", "label": "delivery"}\n',
        ),
    ],
)
async def test_a_table_becomes_examples(
    desk: Desk, tmp_path: Path, kind: FileKind, told_row: int, content: bytes
) -> None:
    folder = PastMailFolder(tmp_path)
    file = await kept(folder, kind, content)
    told = await imported(desk, folder, ImportFile(past_mail_id=file.id), file)
    assert (told["read"], told["new"], told["labels"], told["refused_rows"]) == (1, 1, {"delivery": 1}, 1)
    assert told["refused"] == [{"row": told_row, "reason": "it has no text"}]
    assert str(tmp_path) not in str(told)
    (example,) = (await desk.stores.examples.list(ExampleFilter())).rows
    assert (example.text, example.category, example.by) == ("Where is my parcel?", "delivery", "ann")
    again = await imported(desk, folder, ImportFile(past_mail_id=file.id), file)
    assert (again["read"], again["new"]) == (1, 0)


async def test_mail_gets_the_label_that_is_given_and_our_own_is_left_out(desk: Desk, tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    file = await kept(folder, FileKind.MBOX, MBOX)
    dry = await imported(desk, folder, ImportFile(past_mail_id=file.id, label="delivery", dry_run=True), file)
    assert (dry["read"], dry["new"], dry["dry_run"]) == (1, 0, True)
    told = await imported(desk, folder, ImportFile(past_mail_id=file.id, label="delivery"), file)
    assert (told["read"], told["new"], told["refused_rows"]) == (1, 1, 1)


async def test_what_was_refused_is_counted_and_its_first_rows_are_told(desk: Desk, tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    file = await kept(folder, FileKind.CSV, b"text,label\n" + b"x,\n" * (SHOWN_REFUSED + 5))
    told = await imported(desk, folder, ImportFile(past_mail_id=file.id), file)
    assert told["refused_rows"] == SHOWN_REFUSED + 5
    assert isinstance(told["refused"], list)
    assert len(told["refused"]) == SHOWN_REFUSED


async def test_a_table_without_labels_is_refused_without_telling_where_it_lies(desk: Desk, tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    file = await kept(folder, FileKind.CSV, b"text\nWhere is my parcel?\n")
    with pytest.raises(InputError, match=r"old\.csv, line 1: the column 'label' is missing") as refused:
        await imported(desk, folder, ImportFile(past_mail_id=file.id), file)
    assert str(tmp_path) not in refused.value.message


async def test_a_file_that_was_deleted_meanwhile_is_told(desk: Desk, tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    file = await kept(folder, FileKind.CSV, b"text,label\na,b\n")
    await folder.remove(file.id)
    with pytest.raises(NotFoundError):
        await imported(desk, folder, ImportFile(past_mail_id=file.id), file)


async def test_mail_needs_a_label_and_tables_have_their_own(desk: Desk, tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    mail = await kept(folder, FileKind.MBOX, MBOX)
    table = await kept(folder, FileKind.CSV, b"text,label\na,b\n")
    with pytest.raises(InputError, match="what this mail is about"):
        await order_import(desk, ImportFile(past_mail_id=mail.id), mail)
    with pytest.raises(InputError, match="names its labels itself"):
        await order_import(desk, ImportFile(past_mail_id=table.id, label="x"), table)
