"""How near the known texts of each label are, and what is chosen among labels."""

import numpy as np

from postroom.learning.ensemble_model import Space, best, nearness_of, top_label


def test_the_nearest_text_of_each_label_counts_and_unknown_labels_do_not() -> None:
    nearness = nearness_of(np.array([2, 0, -1, 2]))
    similarity = np.array([[0.1, 0.5, 0.99, 0.3]], dtype=np.float32)
    assert nearness.nearest(similarity, 4)[0].tolist() == [0.5, -1.0, np.float32(0.3), -1.0]
    assert nearness_of(np.array([-1])).nearest(similarity[:, :1], 2).tolist() == [[-1.0, -1.0]]


def test_vectors_are_seen_from_what_all_texts_have_in_common() -> None:
    space = Space(embedder="x", mean=np.array([1.0, 0.0], dtype=np.float32))
    placed = space.place(np.array([[1.0, 2.0], [1.0, 0.0]], dtype=np.float32))
    assert placed.tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_mail_of_no_category_is_named_but_not_chosen() -> None:
    blend = np.log(np.array([[0.2, 0.7, 0.1]]))
    assert best(blend, 1).tolist() == [0]
    assert best(blend, None).tolist() == [1]
    assert top_label(("a", "b", "c"), blend[0]).name == "b"
