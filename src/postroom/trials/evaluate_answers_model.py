"""Which embedding model suits a list of questions: one for English, or one for many languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.embeddings.choose import chosen_embedder
from postroom.embeddings.suited import suited_for_search
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder
from postroom.knowledge.language_words import LANGUAGE_WORDS
from postroom.knowledge.spoken_language import SpokenLanguage

ENGLISH = "en"
# Of English lists (Banking77, CLINC150, HINT3, the starter articles) at least .88 of the rows are recognised as such,
# those of slang and product names; of the starter articles in five other languages none.
ONE_LANGUAGE_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenModel:
    """The embedder, None where there is no model, and why it was chosen, in words for a person."""

    embedder: Embedder | None
    reason: str


def named_model(name: str) -> ChosenModel:
    """Return the embedder called `name`: `minilm`, `e5`, a folder, or `none`.

    Raises:
        ConfigurationError: there is no such model, or it is not installed.
    """
    if name == "none":
        return ChosenModel(embedder=None, reason="Only words are compared, as asked.")
    return ChosenModel(embedder=chosen_embedder(name), reason=f"{name}, as asked.")


def spoken_in(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the language of each text; the same for all where four of five are written in it."""
    spoken = SpokenLanguage(sorted(LANGUAGE_WORDS))
    found = [spoken.identify(text).name for text in texts]
    for language in sorted(set(found)):
        if found.count(language) >= ONE_LANGUAGE_SHARE * len(found):
            return (language,) * len(found)
    return tuple(found)


def suited_model(languages: Sequence[str]) -> ChosenModel:
    """Return what articles and queries in `languages` are searched with: words alone where no model is there."""
    english = languages.count(ENGLISH) / len(languages)
    try:
        embedder = suited_for_search(english=english)
    except ConfigurationError as error:
        return ChosenModel(embedder=None, reason=f"{error.message} {error.hint} Only words are compared.")
    return ChosenModel(embedder=embedder, reason=f"{embedder.name}: {english:.0%} of the texts are English.")
