from pathlib import Path

import pytest

from postroom.cli.only_one import lock_files, only_one
from postroom.errors import ConflictError
from postroom.settings import Settings


def settings(folder: Path, **places: str) -> Settings:
    return Settings.model_validate({"data_dir": folder, **places})


def test_the_locks_lie_beside_the_databases_and_are_let_go_of(tmp_path: Path) -> None:
    mine = settings(tmp_path / "a", journal_url=f"sqlite:///{tmp_path}/far/journal.db")
    assert lock_files(mine) == (tmp_path / "a" / "postroom.db.lock", tmp_path / "far" / "journal.db.lock")
    for _ in range(2):
        with only_one(mine), pytest.raises(ConflictError), only_one(mine):
            pass


@pytest.mark.parametrize("name", ["store_url", "journal_url"])
def test_two_data_folders_with_one_store_or_journal_exclude_each_other(tmp_path: Path, name: str) -> None:
    place = {name: f"sqlite:///{tmp_path}/shared.db"}
    with (
        only_one(settings(tmp_path / "a", **place)),
        pytest.raises(ConflictError, match="shared"),
        only_one(settings(tmp_path / "b", **place)),
    ):
        pass
    # What was held before the conflict was found is free again.
    with only_one(settings(tmp_path / "b", **place)):
        pass


def test_a_link_to_a_database_has_the_lock_of_the_database(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    linked = settings(tmp_path / "a", store_url=f"sqlite:///{tmp_path}/link.db")
    assert tmp_path / "real.db.lock" in lock_files(linked)


def test_folders_with_databases_of_their_own_run_side_by_side(tmp_path: Path) -> None:
    with only_one(settings(tmp_path / "a")), only_one(settings(tmp_path / "b")):
        assert (tmp_path / "a" / "postroom.db.lock").exists()


def test_another_database_than_sqlite_has_no_lock_file(tmp_path: Path) -> None:
    url = "postgresql://me@db/postroom"
    assert lock_files(settings(tmp_path, store_url=url, journal_url=url)) == ()
