"""The vectors of what stands on the shelf: each text is embedded once, however often the shelf is read anew."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from postroom.interfaces.embedder import Embedder

Vector = NDArray[np.float32]


class ArticleVectors:
    """An embedder that keeps the vectors of the texts it was told to learn; all others pass through and are forgotten.

    Texts are known by their hash. Nothing that was learnt is ever dropped, unlike in a memory of mails, in which a
    thousand mails would push the articles out.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[bytes, Vector] = {}

    @property
    def name(self) -> str:
        """The name of the embedder that does the work."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._embedder.dimensions

    def only(self, texts: Iterable[str]) -> "ArticleVectors":
        """Return a copy that knows those of `texts` that are known here, and no others."""
        found = ArticleVectors(self._embedder)
        for key in map(_key, texts):
            if key in self._vectors:
                found._vectors[key] = self._vectors[key]
        return found

    def learn(self, texts: Iterable[str], *, most_characters: int) -> bool:
        """Embed unknown `texts` until they have `most_characters` together; return whether all are known now."""
        for text in texts:
            key = _key(text)
            if key in self._vectors:
                continue
            if most_characters <= 0:
                return False
            self._vectors[key] = self._embedder.embed([text])[0]
            most_characters -= len(text)
        return True

    def embed(self, texts: Sequence[str]) -> Vector:
        """Return one vector of length 1 for each text."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            known = self._vectors.get(_key(text))
            rows[at] = self._embedder.embed([text])[0] if known is None else known
        return rows


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
