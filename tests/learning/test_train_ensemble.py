"""An ensemble learns from many, few, one and no examples, repeatably, and its cascade saves embeddings."""

from dataclasses import replace

import numpy as np
import pytest

from embeddings.hashing_embedder import HashingEmbedder
from learning.small_mail import OUTSIDE, mails, small_ensemble, text
from postroom.errors import ConfigurationError
from postroom.learning.ensemble_model import Choice, EnsembleModel
from postroom.learning.learn_members import Recipe, TrainingText
from postroom.learning.train_ensemble import train_ensemble


def choose(model: EnsembleModel, texts: list[TrainingText], embedder: HashingEmbedder | None = None) -> Choice:
    used = embedder or HashingEmbedder()
    return model.choose([one.text for one in texts], lambda some: [used.embed(some)] if model.spaces else [])


def share_right(model: EnsembleModel, texts: list[TrainingText]) -> float:
    labels = model.heads[0].labels
    chosen = choose(model, texts).chosen
    return float(np.mean([labels[one] == real.labels.category for one, real in zip(chosen, texts, strict=True)]))


def test_mail_that_was_not_learnt_is_recognised_and_certainty_tells_right_from_wrong() -> None:
    trained = small_ensemble()
    asked = mails(300, seed=2)
    assert share_right(trained.model, asked) > 0.9
    sure = [one for one in trained.decided if one.score > 0.9]
    unsure = [one for one in trained.decided if one.score < 0.5]
    assert len(sure) > 100
    assert sum(one.right for one in sure) > 0.9 * len(sure)
    assert sum(one.right for one in unsure) < 0.5 * len(unsure)


def test_mail_of_no_category_is_never_chosen_and_less_certain() -> None:
    trained = small_ensemble()
    asked = mails(400, seed=3, outside=True)
    choice = choose(trained.model, asked)
    labels = trained.model.heads[0].labels
    assert OUTSIDE in labels
    assert labels.index(OUTSIDE) not in choice.chosen
    stray = np.array([one.labels.category == OUTSIDE for one in asked])
    assert choice.certainty[stray].mean() < choice.certainty[~stray].mean() - 0.3


def test_the_same_texts_and_seed_give_the_same_model() -> None:
    texts = mails(80, seed=4)
    first, second = (
        train_ensemble(texts, [HashingEmbedder()], recipe=Recipe(seed=9), reviewed=mails(40, seed=6)) for _ in range(2)
    )
    assert first.decided == second.decided
    assert np.array_equal(first.model.linear.weights, second.model.linear.weights)
    assert first.model.heads[0].mix == second.model.heads[0].mix
    asked = mails(50, seed=7)
    assert np.array_equal(choose(first.model, asked).certainty, choose(second.model, asked).certainty)


def test_the_cascade_says_what_the_whole_ensemble_says_and_embeds_less() -> None:
    model = small_ensemble().model
    assert model.first_look is not None
    whole = replace(model, first_look=None)
    cascade = replace(model, first_look=replace(model.first_look, sure_from=0.97))
    asked = mails(500, seed=8)
    few, all_ = HashingEmbedder(), HashingEmbedder()
    same = choose(cascade, asked, few).chosen == choose(whole, asked, all_).chosen
    assert np.mean(same) >= 0.99
    assert 0 < len(few.texts) < 0.8 * len(all_.texts)
    assert len(all_.texts) == len(asked)


def test_words_alone_decide_only_where_that_is_proven() -> None:
    many = small_ensemble().model.first_look
    few = train_ensemble(mails(40, seed=1), [HashingEmbedder()], recipe=Recipe()).model.first_look
    assert many is not None
    assert few is not None
    assert few.sure_from > 1.0
    assert many.sure_from < 1.0


def test_reviewed_mail_is_what_the_guarantee_is_given_for() -> None:
    reviewed = [*mails(30, seed=11), text("something unheard of", "a label nobody trained")]
    trained = train_ensemble(mails(80, seed=12), [HashingEmbedder()], recipe=Recipe(), reviewed=reviewed)
    assert len(trained.decided) == 31
    assert not trained.decided[-1].right


def test_natural_mail_among_the_examples_is_judged_out_of_fold() -> None:
    natural = [replace(one, natural=True) for one in mails(30, seed=13)]
    trained = train_ensemble([*mails(80, seed=14), *natural], [HashingEmbedder()], recipe=Recipe())
    assert len(trained.decided) == 30


def test_a_category_with_nothing_but_its_name_is_recognised() -> None:
    known = mails(60, seed=15)
    named = replace(text("gift voucher code", "voucher"), aside=True)
    model = train_ensemble([*known, named], [HashingEmbedder()], recipe=Recipe()).model
    chosen = choose(model, [text("my gift voucher code", "voucher")]).chosen
    assert model.heads[0].labels[chosen[0]] == "voucher"


@pytest.mark.parametrize(("per_category", "least"), [(2, 0.3), (10, 0.6)])
def test_a_few_examples_are_enough_to_begin(per_category: int, least: float) -> None:
    model = train_ensemble(mails(4 * per_category, seed=16), [HashingEmbedder()], recipe=Recipe()).model
    assert share_right(model, mails(200, seed=17)) > least


def test_one_example_of_each_label_can_be_learnt() -> None:
    examples = mails(4, seed=16)
    model = train_ensemble(examples, [HashingEmbedder()], recipe=Recipe()).model
    assert share_right(model, examples) == 1.0


def test_odd_examples_do_no_harm() -> None:
    odd = [text("", "refund"), text("", "invoice"), text("the same", "refund"), text("the same", "account")]
    model = train_ensemble([*mails(60, seed=18), *odd], [HashingEmbedder()], recipe=Recipe()).model
    choice = choose(model, [text("", "refund"), text("\ud800", "refund"), *mails(50, seed=19)])
    assert np.isfinite(choice.certainty).all()
    assert np.isfinite(choice.log_probabilities).all()
    assert share_right(model, mails(100, seed=19)) > 0.7


@pytest.mark.parametrize("words_count", [True, False])
def test_words_and_meaning_each_work_without_the_other(words_count: bool) -> None:  # noqa: FBT001
    embedders = [] if words_count else [HashingEmbedder()]
    model = train_ensemble(mails(200, seed=20), embedders, recipe=Recipe(words_count=words_count)).model
    assert model.first_look is None
    assert share_right(model, mails(200, seed=21)) > 0.7


def test_variants_of_a_text_are_never_learnt_where_it_judges() -> None:
    # Each text stands twice; were a variant learnt, words alone would recognise its word of its own.
    singles = [replace(one, group=place) for place, one in enumerate(mails(60, seed=22))]
    doubled = [*singles, *(replace(one, text=f"{one.text} indeed", aside=True) for one in singles)]
    apart = train_ensemble(doubled, [HashingEmbedder()], recipe=Recipe()).decided
    leaking = train_ensemble([replace(one, group=-1) for one in doubled], [HashingEmbedder()], recipe=Recipe()).decided
    assert sum(one.right for one in apart) < sum(one.right for one in leaking)


def test_one_category_cannot_be_learnt() -> None:
    with pytest.raises(ConfigurationError, match="too few"):
        train_ensemble([text("a", "refund"), text("b", OUTSIDE)], [], recipe=Recipe(outside=OUTSIDE))
