import pytest

from postroom.knowledge.spoken_language import SpokenLanguage
from postroom.trials.evaluate_language import LabelledLanguage, evaluate_language, language_code

SPOKEN = SpokenLanguage(("en", "de"))


def labelled(text: str, language: str) -> LabelledLanguage:
    return LabelledLanguage(text=text, language=language)


def test_accuracy_is_counted_together_and_in_each_language() -> None:
    told: list[int] = []
    texts = [
        labelled("Where is my parcel?", "en"),
        labelled("I need a copy of the invoice", "de"),
        labelled("Wo ist mein Paket?", "DE-at"),
        labelled("¿Dónde está mi paquete?", "es"),
    ]
    found = evaluate_language(SPOKEN, texts, done=told.append)
    assert found.accuracy == 0.5
    assert found.per_language == {"de": 0.5, "en": 1.0, "es": 0.0}
    assert found.n_test == 4
    assert found.ms_per_text > 0
    assert told == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("written", "code"), [("de", "de"), ("de-AT", "de"), ("pt_BR", "pt"), (" EN ", "en"), ("nb", "no"), ("fra", "fr")]
)
def test_regions_and_other_names_are_the_same_language(written: str, code: str) -> None:
    assert language_code(written) == code
