"""Members are learnt from what is known of each text."""

from dataclasses import replace

import numpy as np

from embeddings.hashing_embedder import HashingEmbedder
from learning.small_mail import mails, text
from postroom.learning.learn_members import Recipe, TrainingText, learn_members, prior_mix, with_vectors


def toned(place: int, one: TrainingText) -> TrainingText:
    """Return every second text with a tone, the others with none that is known."""
    tones = ("positive", "", "negative", "")
    return replace(one, labels=replace(one.labels, sentiment=tones[place % 4]))


def test_a_question_is_learnt_where_several_answers_are_known() -> None:
    texts = [toned(place, one) for place, one in enumerate(mails(60, seed=50))]
    learnt = with_vectors(texts, [HashingEmbedder()], Recipe())
    model = learn_members(learnt, ["hashing@00000000"], Recipe())
    assert {head.name: head.labels for head in model.linear.heads} == {
        "category": ("account", "delivery", "invoice", "refund"),
        "sentiment": ("negative", "positive"),
    }
    assert [head.name for head in model.heads] == ["category"]
    assert len(prior_mix(model)) == 3


def test_only_as_many_texts_are_embedded_as_the_recipe_says() -> None:
    embedder = HashingEmbedder()
    learnt = with_vectors(mails(60, seed=51), [embedder], Recipe(most_embedded=20))
    assert len(embedder.texts) == len(learnt.places) == 20
    assert learnt.places.tolist() == with_vectors(mails(60, seed=51), [], Recipe(most_embedded=20)).places.tolist()


def test_a_text_is_left_out_with_its_variants_and_the_vectors_stay_with_their_texts() -> None:
    texts = [replace(text(str(place), "a"), group=place // 2) for place in range(6)]
    learnt = with_vectors(texts, [HashingEmbedder()], Recipe())
    left = learnt.without(np.array([2]))
    assert [one.text for one in left.texts] == ["0", "1", "4", "5"]
    assert left.places.tolist() == [0, 1, 2, 3]
    assert np.array_equal(left.vectors[0][2], learnt.vectors_of(np.array([4]))[0][0])
