import pytest

from postroom.knowledge.second_topic import announces_second_topic


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thanks. By the way, do you ship to Malta?"),
        ("de", "Außerdem wüsste ich gern, ob …"),
        ("de", "Ausserdem noch etwas"),
        ("fr", "J'ai une autre question."),
        ("es", "Además, ¿hay puntos?"),
        ("it", "Un'altra cosa: quanto dura la garanzia?"),
        ("nl", "Ik heb nog een vraag over punten."),
    ],
)
def test_an_announced_second_question_is_noticed(language: str, text: str) -> None:
    assert announces_second_topic(text, language)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "xx"])
def test_a_single_question_announces_nothing(language: str) -> None:
    assert not announces_second_topic("Order 4711?", language)
