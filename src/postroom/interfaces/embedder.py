"""What an embedder promises."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into vectors that lie close together where the texts mean the same; works on the processor alone."""

    @property
    def name(self) -> str:
        """The model and the beginning of its checksum, as `minilm@8199be6f`: vectors of other names cannot be mixed."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector of length 1 for each text, as rows (texts x dimensions).

        The vector of a text never depends on the texts beside it. Milliseconds for each text, on the calling thread;
        never raises on odd text, of which only the beginning may be read.
        """
        ...
