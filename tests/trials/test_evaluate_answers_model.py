import pytest

from postroom.errors import ConfigurationError
from postroom.trials.evaluate_answers_model import named_model, spoken_in, suited_model

ENGLISH = ["Where is my parcel?", "I need a copy of the invoice", "How do I cancel my order?", "My password is lost"]
GERMAN = ["Wo ist mein Paket?", "Ich brauche eine Rechnung", "Wie storniere ich?", "Mein Passwort ist weg"]


def test_lists_of_one_language_are_of_one_language_throughout() -> None:
    assert spoken_in([*ENGLISH, "OK Lindenhof"]) == ("en",) * 5
    assert spoken_in(GERMAN) == ("de",) * 4


def test_mixed_lists_are_told_apart_text_by_text() -> None:
    assert spoken_in([*ENGLISH, *GERMAN]) == ("en",) * 4 + ("de",) * 4


def test_english_gets_the_english_model() -> None:
    chosen = suited_model(["en"] * 9 + ["fr"])
    assert chosen.embedder is not None
    assert chosen.embedder.name.startswith("minilm@")


def test_other_languages_get_the_multilingual_model_where_it_is_installed() -> None:
    chosen = suited_model(["en", "de"])
    assert chosen.embedder is not None
    assert chosen.embedder.name.startswith("e5@") or "e5" in chosen.reason


def test_a_model_can_be_named_or_left_out() -> None:
    assert named_model("none").embedder is None
    chosen = named_model("minilm")
    assert chosen.embedder is not None
    with pytest.raises(ConfigurationError):
        named_model("maxilm")
