"""A model's folder appears whole or not at all."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel, ConfigDict

from postroom.errors import ConfigurationError
from postroom.learning.model_folder import (
    ARRAYS,
    MANIFEST,
    checksum,
    load_sealed,
    read_folder,
    save_sealed,
    write_folder,
)


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


class Said(BaseModel):
    """What a manifest of these tests says."""

    model_config = ConfigDict(extra="forbid")
    name: str
    share: float


def sealed(folder: Path) -> str:
    return save_sealed(Said(name="Öl", share=1e-05), {"numbers": np.arange(3)}, folder, format_number=7)


def test_a_sealed_model_comes_back_with_its_checksum(tmp_path: Path) -> None:
    written = sealed(tmp_path / "model")
    fields, arrays, found = load_sealed(Said, tmp_path / "model", format_number=7)
    assert (fields, found) == (Said(name="Öl", share=1e-05), written)
    assert arrays["numbers"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Öl", "Ol", "was changed"),
        ('"format": 7', '"format": 8', "has format 8"),
        ('"share"', '"part"', "another kind"),
        ('"checksum"', '"sum"', "another kind"),
        ('"arrays_sha256": "', '"arrays_sha256": "0', "was changed"),
        ("{", "[", "another kind"),
    ],
)
def test_a_changed_seal_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    sealed(tmp_path / "model")
    path = tmp_path / "model" / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load_sealed(Said, tmp_path / "model", format_number=7)
