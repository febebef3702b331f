"""Which embedding model serves what, by the setting `embedder`."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.embeddings.choose import chosen_embedder
from postroom.embeddings.suited import PACKAGED, suited_for_learning, suited_for_search
from postroom.interfaces.embedder import Embedder
from postroom.learning.english import english_share
from postroom.settings import Settings

NONE, AUTO = "none", "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """The embedders of an installation; each is loaded when it is first asked for."""

    setting: str
    languages: tuple[str, ...]

    def for_texts(self, texts: Sequence[str]) -> tuple[Embedder, ...]:
        """Return what a model that learns from `texts` is trained with; nothing where embeddings are not wanted.

        Raises:
            ConfigurationError: the model is missing or damaged.
        """
        match self.setting:
            case "none":
                return ()
            case "auto":
                return suited_for_learning(english=english_share(texts))
            case _:
                return (chosen_embedder(self.setting),)

    def named(self, names: Sequence[str]) -> tuple[Embedder, ...]:
        """Return the embedders that a model was trained with, by their names, as far as they are there.

        Raises:
            ConfigurationError: one of them is missing or damaged.
        """
        known = {name: chosen_embedder(name.partition("@")[0]) for name in names if name.partition("@")[0] in PACKAGED}
        others = () if self.setting in {NONE, AUTO} else (chosen_embedder(self.setting),)
        return (*known.values(), *(one for one in others if one.name not in known))

    def for_search(self) -> Embedder | None:
        """Return what articles are searched with; None where embeddings are not wanted.

        Raises:
            ConfigurationError: the model is missing or damaged.
        """
        match self.setting:
            case "none":
                return None
            case "auto":
                return suited_for_search(english=float(self.languages == ("en",)))
            case _:
                return chosen_embedder(self.setting)


def embedding_of(settings: Settings) -> Embedding:
    """Return the embedders of the settings; nothing is loaded."""
    return Embedding(setting=settings.embedder, languages=settings.languages)
