"""Which embedding models suit some texts: one knows English, one a hundred languages; a missing one is replaced."""

from collections.abc import Callable, Sequence

import structlog

from postroom.embeddings.choose import chosen_embedder
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder

ENGLISH, MANY_LANGUAGES = "minilm", "e5"
PACKAGED = (ENGLISH, MANY_LANGUAGES)
ENGLISH_SHARE = 0.9
"""Below this share of English texts the English model only costs time: of the starter corpus in six languages, the
fitted mix gave it a weight of .003 beside the other's .69. Above it both are better than either: on 2,000 texts held
out of Banking77's training set .968 was decided at 95 % right with both, .958 with the English one."""
Choose = Callable[[str], Embedder]

log = structlog.get_logger()


def suited_for_learning(*, english: float, choose: Choose = chosen_embedder) -> tuple[Embedder, ...]:
    """Return what a model of texts is trained with, of which the share `english` (0..1) is English.

    Raises:
        ConfigurationError: neither model is there.
    """
    return _there(PACKAGED if english >= ENGLISH_SHARE else (MANY_LANGUAGES,), choose)


def suited_for_search(*, english: float, choose: Choose = chosen_embedder) -> Embedder:
    """Return what articles are searched with where the share `english` (0..1) of what is written is English.

    Raises:
        ConfigurationError: neither model is there.
    """
    return _there((ENGLISH if english >= ENGLISH_SHARE else MANY_LANGUAGES,), choose)[0]


def _there(wanted: Sequence[str], choose: Choose) -> tuple[Embedder, ...]:
    """Return the embedders `wanted` as far as they are there; the other where none of them is."""
    found: list[Embedder] = []
    missing: list[ConfigurationError] = []
    for name in (*wanted, *(name for name in PACKAGED if name not in wanted)):
        if found and name not in wanted:
            break
        try:
            found.append(choose(name))
        except ConfigurationError as error:
            missing.append(error)
    if not found:
        raise missing[0]
    for problem in missing:
        log.warning(
            "embedding_model_missing",
            problem=problem.message,
            hint=problem.hint,
            instead=[embedder.name for embedder in found],
        )
    return tuple(found)
