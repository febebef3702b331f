"""Which embedders an evaluation uses: those that the product would train with."""

from collections.abc import Sequence

from postroom.embeddings.suited import suited_for_learning
from postroom.learning.english import english_share


def embedders_for(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the embedders for `texts`, as they are chosen by.

    Raises:
        ConfigurationError: there is no embedding model at all.
    """
    found = suited_for_learning(english=english_share(texts))
    return tuple(embedder.name.partition("@")[0] for embedder in found)
