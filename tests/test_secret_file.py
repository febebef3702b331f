"""The secret file: made once, for us alone, never replaced."""

import multiprocessing
from pathlib import Path

import pytest

from postroom.errors import ConfigurationError
from postroom.secret_file import load_or_make_secret


def test_the_secret_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret.key"
    key = load_or_make_secret(path)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_make_secret(path) == key
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        keys = pool.map(load_or_make_secret, [path] * 16, chunksize=1)
    assert set(keys) == {load_or_make_secret(path)}


@pytest.mark.parametrize("content", ["", "abc", "z" * 64, "a" * 63])
def test_a_damaged_secret_is_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="damaged"):
        load_or_make_secret(path)
    assert path.read_text() == content


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    load_or_make_secret(path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError) as caught:
        load_or_make_secret(path)
    assert "chmod 600" in caught.value.hint
