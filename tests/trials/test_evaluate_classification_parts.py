"""Which embedders an evaluation trains with."""

from postroom.learning.english import english_share
from postroom.trials.evaluate_classification_parts import embedders_for


def test_the_embedders_follow_the_language_and_are_told_without_their_version() -> None:
    english = ["Where is the parcel that I ordered last week?"] * 40
    german = ["Wo bleibt das Paket, das ich letzte Woche bestellt habe?"] * 40
    assert english_share(english) == 1.0
    assert english_share(english + german) == 0.5
    assert embedders_for(english) == ("minilm", "e5")
    assert embedders_for(english + german) == embedders_for(german) == ("e5",)
