from dataclasses import replace

import pytest

from postroom.providers.imap_smtp.imap_cursor import Cursor, Epochs, FolderState, Mark, follow, read_cursor

READ = Cursor(validity=7, epoch=2, uid=100, until=50, modseq=900)


def test_a_cursor_reads_as_it_was_written() -> None:
    assert read_cursor(READ.text()) == READ
    assert read_cursor(None) is None


@pytest.mark.parametrize("text", ["", "x", "7", "[]", "{}", '{"validity":7}', READ.text().replace("100", '"100"')])
def test_what_is_no_cursor_of_an_imap_mailbox_says_nothing(text: str) -> None:
    assert read_cursor(text) is None


def test_a_cursor_keeps_its_generation_its_import_day_and_its_mark() -> None:
    full = replace(
        READ, generation="g2", imports="2026-03-01", mark=Mark(uid=100, seconds=1_700_000_000, size_bytes=78)
    )
    assert read_cursor(full.text(), generation="g2") == full
    assert full.uid_validity == "g2/7.2"


@pytest.mark.parametrize(("written", "read"), [("", "g2"), ("g1", "g2"), ("g2", "")])
def test_a_cursor_of_another_generation_says_nothing(written: str, read: str) -> None:
    assert read_cursor(replace(READ, generation=written).text(), generation=read) is None


@pytest.mark.parametrize("mark", ["1", "[1,2]", '[1,2,"3"]', "null"])
def test_a_mark_that_cannot_be_read_is_not_known(mark: str) -> None:
    assert read_cursor(READ.text()[:-1] + f',"mark":{mark}}}') == READ


def test_a_new_folder_is_read_from_its_beginning_with_all_that_is_there_in_doubt() -> None:
    folder = FolderState(validity=7, uid_next=31, modseq=5)
    assert follow(None, folder) == Cursor(validity=7, until=31, modseq=5)


@pytest.mark.parametrize(
    "folder",
    [
        FolderState(validity=7, uid_next=101, modseq=900),
        FolderState(validity=7, uid_next=101),
        FolderState(validity=7, uid_next=400, modseq=900),
    ],
)
def test_reading_goes_on_in_a_folder_that_only_grew(folder: FolderState) -> None:
    assert follow(READ, folder) == READ


@pytest.mark.parametrize(
    "folder", [FolderState(validity=7, uid_next=100, modseq=950), FolderState(validity=7, uid_next=400, modseq=899)]
)
def test_a_folder_that_went_back_is_read_anew_in_a_new_epoch(folder: FolderState) -> None:
    anew = follow(READ, folder)
    assert anew == Cursor(validity=7, epoch=3, uid=0, until=folder.uid_next, modseq=folder.modseq)
    assert anew.uid_validity == "7.3"


def test_no_place_is_named_twice_when_uid_validity_goes_back_and_forth() -> None:
    cursor, names = None, []
    for validity in (7, 8, 7, 8):
        cursor = follow(cursor, FolderState(validity=validity, uid_next=10))
        names.append(cursor.uid_validity)
    assert names == ["7", "8", "7.1", "8.1"]


def test_a_cursor_that_differs_in_modseq_alone_is_not_worth_storing() -> None:
    assert not READ.at(100, modseq=1000).is_beyond(READ)
    assert READ.at(101).is_beyond(READ)
    assert READ.is_beyond(None)


def test_places_are_named_in_the_epoch_of_the_reader() -> None:
    epochs = Epochs()
    assert epochs.uid_validity(7) == "7"
    epochs.note(READ)
    assert epochs.uid_validity(7) == "7.2"
    assert epochs.uid_validity(8) == "8"


async def test_before_anybody_has_read_places_are_named_as_the_stored_cursor_says() -> None:
    epochs = Epochs()

    async def stored() -> str:
        return READ.text()

    await epochs.learn(stored)
    assert epochs.uid_validity(7) == "7.2"
    epochs.note(replace(READ, epoch=3))
    await epochs.learn(stored)
    assert epochs.uid_validity(7) == "7.3"


def test_places_of_a_folder_that_went_back_are_named_as_its_reader_will_name_them() -> None:
    epochs = Epochs("g")
    epochs.note(replace(READ, generation="g"))
    naming = epochs.naming()
    assert naming(FolderState(validity=7, uid_next=101)) == "g/7.2"
    assert naming(FolderState(validity=7, uid_next=50)) == "g/7.3"
