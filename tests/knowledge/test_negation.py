import pytest

from postroom.knowledge.negation import denies

PAIRS = [
    ("en", "We refund shipping.", "We don't refund shipping."),
    ("de", "Wir erstatten das.", "Wir erstatten das nicht."),
    ("fr", "Nous remboursons.", "Nous ne remboursons pas."),
    ("es", "Devolvemos el dinero.", "No devolvemos el dinero."),
    ("it", "Rimborsiamo la spedizione.", "Non rimborsiamo la spedizione."),
    ("nl", "Wij vergoeden dat.", "Wij vergoeden dat niet."),
    ("xx", "We refund.", "Kein Geld."),
]


@pytest.mark.parametrize(("language", "affirms", "denying"), PAIRS)
def test_a_denial_is_told_from_an_affirmation(language: str, affirms: str, denying: str) -> None:
    assert not denies(affirms, language)
    assert denies(denying, language)
