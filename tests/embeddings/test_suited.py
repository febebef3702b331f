"""English is learnt with both models, anything else with one; what is missing is replaced."""

import json
from collections.abc import Callable, Iterator
from io import StringIO

import pytest

from embeddings.hashing_embedder import HashingEmbedder
from postroom.embeddings.suited import ENGLISH, MANY_LANGUAGES, suited_for_learning, suited_for_search
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder
from postroom.logs import configure_logging


@pytest.fixture
def log() -> Iterator[StringIO]:
    stream = StringIO()
    configure_logging("INFO", "json", stream=stream)
    yield stream
    configure_logging("INFO")


class Shelf:
    """Embedders by name, of which some are not installed; `asked` are those that were looked for."""

    def __init__(self, *installed: str) -> None:
        self._installed = {name: HashingEmbedder() for name in installed}
        self.asked: list[str] = []

    def __call__(self, name: str) -> Embedder:
        self.asked.append(name)
        if name not in self._installed:
            raise ConfigurationError(f"{name} is missing.", hint=f"Install {name}.")
        return self._installed[name]

    def names(self, found: tuple[Embedder, ...]) -> list[str]:
        return [name for one in found for name, embedder in self._installed.items() if embedder is one]


@pytest.mark.parametrize(("english", "names"), [(0.9, [ENGLISH, MANY_LANGUAGES]), (0.89, [MANY_LANGUAGES])])
def test_english_texts_are_learnt_with_both_models_and_all_others_with_that_of_many_languages(
    english: float, names: list[str]
) -> None:
    shelf = Shelf(ENGLISH, MANY_LANGUAGES)
    assert shelf.names(suited_for_learning(english=english, choose=shelf)) == names
    assert shelf.asked == names


def test_articles_are_searched_with_the_model_of_their_language() -> None:
    shelf = Shelf(ENGLISH, MANY_LANGUAGES)
    assert shelf.names((suited_for_search(english=0.9, choose=shelf),)) == [ENGLISH]
    assert shelf.names((suited_for_search(english=0.5, choose=shelf),)) == [MANY_LANGUAGES]


@pytest.mark.parametrize(
    "choose",
    [
        lambda shelf: suited_for_learning(english=1.0, choose=shelf),
        lambda shelf: (suited_for_search(english=1.0, choose=shelf),),
    ],
)
def test_the_other_model_stands_in_for_a_missing_one_and_the_log_says_so(
    log: StringIO, choose: Callable[[Shelf], tuple[Embedder, ...]]
) -> None:
    shelf = Shelf(MANY_LANGUAGES)
    assert shelf.names(choose(shelf)) == [MANY_LANGUAGES]
    (line,) = log.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["problem"], told["hint"]) == (
        "embedding_model_missing",
        "minilm is missing.",
        "Install minilm.",
    )


def test_without_any_model_the_wanted_one_is_named() -> None:
    with pytest.raises(ConfigurationError, match="e5 is missing"):
        suited_for_search(english=0.0, choose=Shelf())
    with pytest.raises(ConfigurationError, match="minilm is missing"):
        suited_for_learning(english=1.0, choose=Shelf())
