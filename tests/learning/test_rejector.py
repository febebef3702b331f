"""The signals of a decision, on cases that can be told by hand."""

import numpy as np
import pytest

from postroom.learning.evidence import MemberVotes, Mix, joined
from postroom.learning.rejector import Rejector, signals

SURE, TORN = [4.0, 0.0, 0.0], [1.0, 1.0, 0.0]


def evidence(*rows: list[float], similarity: bool) -> MemberVotes:
    scores = np.array(rows)
    near = np.tile(np.array([0.9, 0.4, 0.1]), (len(rows), 1)) if similarity else None
    return MemberVotes(
        scores=(scores, scores), familiar=np.ones(len(rows)), characters=np.full(len(rows), 20.0), similarity=near
    )


def told(found: MemberVotes, outside: int | None) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    mix = Mix(temperatures=(1.0, 1.0), weights=(0.5, 0.5))
    opinions = mix.opinions(found)
    return signals(
        found, opinions, mix.blend(opinions), chosen=np.zeros(len(found.familiar), dtype=np.int64), outside=outside
    )


def test_a_torn_decision_has_lower_odds_a_smaller_margin_and_more_entropy() -> None:
    sure, torn = told(evidence(SURE, TORN, similarity=False), None)
    assert sure[0] > torn[0]
    assert torn[1] == pytest.approx(0.0)
    assert sure[2] < torn[2]


def test_embeddings_and_mail_of_no_category_add_signals() -> None:
    plain = told(evidence(SURE, similarity=False), None)
    near = told(evidence(SURE, similarity=True), None)
    both = told(evidence(SURE, similarity=True), 2)
    assert plain.shape[1] < near.shape[1] < both.shape[1]
    assert both[0, -1] == pytest.approx(0.9 - 0.1)


def test_certainty_stays_a_probability() -> None:
    one = np.ones(1)
    rejector = Rejector(means=one * 0, scales=one, weights=one, intercept=0.0)
    assert rejector.certainty(np.array([[0.0], [1e9], [-1e9]])).tolist() == pytest.approx([0.5, 1.0, 0.0])


def test_evidence_is_taken_apart_and_put_together() -> None:
    whole = evidence(SURE, TORN, similarity=True)
    parts = [whole.rows(np.array([0])), whole.rows(np.array([False, True]))]
    again = joined(parts)
    assert np.array_equal(again.scores[1], whole.scores[1])
    assert again.similarity is not None
    assert joined([parts[0], evidence(TORN, similarity=False)]).similarity is None
