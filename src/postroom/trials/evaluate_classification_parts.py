"""Which embedders an evaluation uses: chosen by the language and the number of the training texts."""

from collections.abc import Sequence
from typing import Literal

from postroom.learning.english import english_share

ClassifierName = Literal["ensemble", "linear", "embedding"]
CLASSIFIERS: tuple[ClassifierName, ...] = ("ensemble", "linear", "embedding")
FEW_TEXTS = 3000
"""Up to here the second, slower embedder pays also in English: Banking77 with 5 for each label .797 to .807 on its
validation texts; with its full training set the gain is not worth an hour's embedding of ten thousand mails."""
ENGLISH_SHARE = 0.9


def embedders_for(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the embedders for `texts`: `minilm` knows English only, `e5` about a hundred languages."""
    if len(texts) <= FEW_TEXTS or english_share(texts) < ENGLISH_SHARE:
        return ("minilm", "e5")
    return ("minilm",)
