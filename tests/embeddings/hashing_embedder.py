"""A tiny deterministic embedder for tests: words and their beginnings, hashed; close where words are shared."""

import hashlib
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray


class HashingEmbedder:
    """Embeds without a model; `texts` are all that were asked for, in order."""

    name = "hashing@00000000"
    dimensions = 64

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:
            self.texts.extend(texts)
        return np.array([_vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimensions)


def _vector(text: str) -> NDArray[np.float64]:
    vector = np.zeros(64)
    vector[0] = 1e-3
    for word in text.casefold().split():
        for part in (word, word[:4]):
            digest = hashlib.blake2b(part.encode("utf-8", "replace"), digest_size=4).digest()
            vector[digest[0] % 64] += 1 if digest[1] % 2 else -1
    length = np.linalg.norm(vector)
    return np.asarray(vector / length)
