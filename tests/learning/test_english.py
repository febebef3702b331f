from postroom.learning.english import english_share


def test_texts_are_told_apart_by_their_neighbours() -> None:
    english = ["Where is my parcel?", "I want my money back", "The lamp is broken"] * 20
    german = ["Wo ist mein Paket?", "Ich möchte mein Geld zurück", "Die Lampe ist kaputt"] * 20
    assert english_share(english) == 1.0
    assert english_share(german) == 0.0
    assert english_share(english + german) == 0.5


def test_without_texts_nothing_speaks_against_english() -> None:
    assert english_share([]) == 1.0
