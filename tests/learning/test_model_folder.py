"""A model's folder appears whole or not at all."""

from pathlib import Path

import pytest

from postroom.errors import ConfigurationError
from postroom.learning.model_folder import ARRAYS, MANIFEST, checksum, read_folder, write_folder


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_folder(tmp_path / "deep" / "model", {MANIFEST: b"{}", ARRAYS: b"numbers"})
    assert read_folder(tmp_path / "deep" / "model") == (b"{}", b"numbers")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["model"]


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    write_folder(tmp_path / "model", {MANIFEST: b"first", ARRAYS: b""})
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_folder(tmp_path / "model", {MANIFEST: b"second", ARRAYS: b""})
    assert read_folder(tmp_path / "model")[0] == b"first"


def test_a_missing_file_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no model"):
        read_folder(tmp_path)


def test_the_order_of_fields_changes_no_checksum() -> None:
    assert checksum({"a": 1, "b": [2]}) == checksum({"b": [2], "a": 1}) != checksum({"a": 1, "b": [3]})
