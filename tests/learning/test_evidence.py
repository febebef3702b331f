"""What members say of some texts, cut, joined and mixed."""

import numpy as np
import pytest

from postroom.learning.evidence import LOWEST_LOG, NEVER, Floats, MemberVotes, Mix, joined, log_softmax


def evidence(*first_scores: float, similarity: bool = True) -> MemberVotes:
    """Two members and two labels; each text is known by its first score."""
    scores = np.array([[score, 0.0] for score in first_scores])
    numbers = np.array(first_scores)
    return MemberVotes(
        scores=(scores, -scores),
        familiar=numbers,
        characters=numbers * 10,
        similarity=scores / 10 if similarity else None,
    )


def probabilities(logs: Floats) -> list[list[float]]:
    found: list[list[float]] = np.exp(logs).tolist()
    return found


def test_rows_are_chosen_by_place_and_by_mask_in_every_part() -> None:
    said = evidence(1, 2, 3)
    for chosen in (np.array([2, 0]), np.array([True, False, True])):
        rows = said.rows(chosen)
        wanted = [3.0, 1.0] if chosen.dtype == np.int64 else [1.0, 3.0]
        assert rows.familiar.tolist() == wanted
        assert rows.characters.tolist() == [10 * one for one in wanted]
        assert [score[:, 0].tolist() for score in rows.scores] == [wanted, [-one for one in wanted]]
        assert rows.similarity is not None
        assert rows.similarity[:, 0].tolist() == [one / 10 for one in wanted]


def test_rows_without_an_embedding_stay_without() -> None:
    assert evidence(1, 2, similarity=False).rows(np.array([1])).similarity is None


def test_what_was_cut_apart_is_joined_to_what_it_was() -> None:
    said = evidence(1, 2, 3)
    whole = joined([said.rows(np.array([0])), said.rows(np.array([1, 2]))])
    assert whole.familiar.tolist() == said.familiar.tolist()
    assert [score.tolist() for score in whole.scores] == [score.tolist() for score in said.scores]
    assert whole.similarity is not None


def test_one_part_without_similarity_leaves_the_whole_without() -> None:
    assert joined([evidence(1), evidence(2, similarity=False)]).similarity is None


def test_softmax_rows_are_probabilities_however_large_the_scores() -> None:
    found = probabilities(log_softmax(np.array([[1000.0, 1000.0], [NEVER, 0.0], [-1e9, 1e9]])))
    assert found[0] == pytest.approx([0.5, 0.5])
    assert found[1] == pytest.approx([0.0, 1.0], abs=1e-9)
    assert all(sum(row) == pytest.approx(1.0) for row in found)


def test_a_temperature_makes_a_member_less_sure_and_never_changes_its_mind() -> None:
    mix = Mix(temperatures=(1.0, 4.0), weights=(1.0, 1.0))
    hot, cool = (probabilities(opinion)[0] for opinion in mix.opinions(evidence(4)))
    assert hot[0] > 0.9
    assert 0.5 < cool[1] < hot[0]


def test_no_member_vetoes_a_label_alone() -> None:
    said = evidence(1e6)
    opinions = Mix(temperatures=(1.0, 1.0), weights=(1.0, 1.0)).opinions(said)
    assert min(float(opinion.min()) for opinion in opinions) == LOWEST_LOG


def test_members_of_equal_weight_that_contradict_each_other_leave_it_open() -> None:
    mix = Mix(temperatures=(1.0, 1.0), weights=(1.0, 1.0))
    opinions = mix.opinions(evidence(3))
    assert probabilities(mix.blend(opinions))[0] == pytest.approx([0.5, 0.5])
    one_sided = Mix(temperatures=(1.0, 1.0), weights=(1.0, 0.0))
    assert one_sided.blend(opinions)[0] == pytest.approx(opinions[0][0])


def test_a_mix_of_another_number_of_members_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Mix(temperatures=(1.0,), weights=(1.0,)).opinions(evidence(1))
