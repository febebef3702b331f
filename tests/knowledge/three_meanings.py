"""An embedder that knows a few meanings by heart, in two languages; it counts what it is asked for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MEANINGS = (
    ("parcel", "package", "Paket", "Sendung"),
    ("refund", "money", "Erstattung", "Geld"),
    ("password", "locked out", "Passwort", "ausgesperrt"),
)


class ThreeMeanings:
    """Texts of one meaning have one vector, all others lie apart from them together."""

    dimensions = 4

    def __init__(self, name: str = "meanings@00000000") -> None:
        self.name = name
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors, and note the texts."""
        self.texts.extend(texts)
        return np.array([_vector(text) for text in texts], dtype=np.float32).reshape(-1, 4)


def _vector(text: str) -> NDArray[np.float32]:
    found = (any(word in text for word in meant) for meant in MEANINGS)
    vector = np.zeros(4, dtype=np.float32)
    vector[next((at for at, yes in enumerate(found) if yes), 3)] = 1
    return vector
