"""An embedder that remembers: whoever asks for a text again, classifier, search or support check, gets its vector."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from postroom.interfaces.embedder import Embedder

MOST_REMEMBERED = 4_096  # Vectors of 384 numbers: 6 MB.

Vector = NDArray[np.float32]


class RememberingEmbedder:
    """Wraps an embedder; a text is embedded once, also when several threads ask for it at the same moment.

    Texts are remembered by their hash only; the one that was asked for longest ago is forgotten first.
    """

    def __init__(self, embedder: Embedder, *, most: int = MOST_REMEMBERED) -> None:
        self._embedder = embedder
        self._most = most
        self._vectors: OrderedDict[bytes, Future[Vector]] = OrderedDict()
        self._lock = Lock()
        self._misses = 0

    @property
    def name(self) -> str:
        """The name of the embedder that does the work."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._embedder.dimensions

    @property
    def misses(self) -> int:
        """How many texts had to be embedded so far."""
        return self._misses

    def embed(self, texts: Sequence[str]) -> Vector:
        """Return one vector of length 1 for each text."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            rows[at] = self._vector(text)
        return rows

    def _vector(self, text: str) -> Vector:
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            known = self._vectors.get(key)
            if known is not None:
                self._vectors.move_to_end(key)
            else:
                made: Future[Vector] = Future()
                self._vectors[key] = made
                self._misses += 1
                while len(self._vectors) > self._most:
                    self._vectors.popitem(last=False)
        return known.result() if known is not None else self._make(key, text, made)

    def _make(self, key: bytes, text: str, made: Future[Vector]) -> Vector:
        try:
            vector: Vector = self._embedder.embed([text])[0]
        except BaseException as error:
            with self._lock:
                self._vectors.pop(key, None)
            made.set_exception(error)
            raise
        made.set_result(vector)
        return vector
