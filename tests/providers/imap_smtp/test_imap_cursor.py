import pytest

from postroom.errors import PluginError
from postroom.providers.imap_smtp.imap_cursor import Cursor, Epochs, FolderState, follow, read_cursor

READ = Cursor(validity=7, epoch=2, uid=100, until=50, modseq=900)


def test_a_cursor_reads_as_it_was_written() -> None:
    assert read_cursor(READ.text()) == READ
    assert read_cursor(None) is None


@pytest.mark.parametrize("text", ["", "x", "7", "[]", "{}", '{"validity":7}', READ.text().replace("100", '"100"')])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(PluginError, match="is not how far"):
        read_cursor(text)


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
