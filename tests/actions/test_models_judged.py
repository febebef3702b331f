"""What a draft is held to be worth by what people decided before the model was there."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from actions.training_case import SHELF, Told, example, put, workshop
from contracts.store_nouns import START
from empty_store import open_stores_at
from postroom.actions.guarantee import Promised, standing_of
from postroom.actions.models_judged import (
    Judged,
    Unlearnt,
    attempt_of_way,
    could_go_out,
    fair_sample,
    judge_again,
)
from postroom.classifiers.language_model_cascade import DISPUTED, below_sure, name_beside, name_unvoted
from postroom.interfaces.stores import Stores
from postroom.learning.corpus import OTHER
from postroom.model.article import ArticleId, Passage
from postroom.model.classification import Classification, Label, Voted
from postroom.model.draft import Draft
from postroom.model.email import Email
from postroom.model.example import Example, ExampleId, Origin
from postroom.model.judgement import Judgement
from postroom.model.trained_model import ModelId, TrainedModel

A, B = ArticleId("a"), ArticleId("b")


def draft(*articles: ArticleId) -> Draft:
    passages = tuple(Passage(article_id=one, language="en", text="So.", score=1.0) for one in articles)
    return Draft(text="So.", language="en", probability=0.8, passages=passages, responder="articles")


@pytest.mark.parametrize(
    ("changes", "articles", "right"),
    [
        ({"article_ids": (A,)}, [A], True),
        ({"article_ids": (A, B)}, [A, B], True),
        ({"article_ids": (A, B)}, [A], False),
        ({"article_ids": (A,)}, [B], False),
        ({"article_ids": (A,)}, [A, B], False),
        ({"article_ids": (A,)}, [], False),
        ({"refused_ids": (A,)}, [A], False),
        ({"refused_ids": (A,)}, [B], False),
        ({"answer": "We called you."}, [A], False),
        ({"answer": "We called you.", "origin": Origin.ELSEWHERE}, [A], False),
        ({}, [A], False),
        ({}, [], False),
        ({"category": ""}, [A], False),
        ({"category": OTHER, "article_ids": (A,)}, [A], False),
        ({"category": OTHER}, [], False),
    ],
)
def test_a_draft_could_go_out_where_a_person_let_its_articles_answer(
    changes: dict[str, object], articles: Sequence[ArticleId], right: object
) -> None:
    assert could_go_out(replace(example(1, "claims"), **changes), draft(*articles)) is right  # type: ignore[arg-type]


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "postroom.db")
    yield opened
    await opened.connection.close()


def _earlier(one: Example, **changes: object) -> Judgement:
    fields: dict[str, object] = {"example_id": one.id, "model": "before@1", "category": "claims", "score": 0.5}
    return Judgement(**{**fields, "right": True, "seen": True, "at": one.at, **changes})  # type: ignore[arg-type]


async def test_the_whole_fair_sample_is_judged_again_rejected_mail_and_equal_texts_included(
    stores: Stores, tmp_path: Path
) -> None:
    approved = [example(number, "claims", article_ids=(SHELF.articles[0].id,)) for number in range(6)]
    rejected = [example(number, "", refused_ids=(SHELF.articles[0].id,)) for number in range(6, 10)]
    same = replace(approved[0], id=ExampleId("same"), origin=Origin.AUDIT)
    unfair, shadow = example(10, "claims"), example(11, "claims", origin=Origin.ELSEWHERE)
    imported = example(12, "claims", origin=Origin.IMPORT)
    held = example(13, "claims", refused_ids=(SHELF.articles[0].id,))
    told = [*approved, *rejected, same, held]
    await put(stores, [*told, unfair, shadow, imported])
    await stores.judgements.put([_earlier(one, sampled=one is not held) for one in [*told, imported]])
    # What others would have decided is no sample of its own.
    await stores.judgements.put([_earlier(example(14, "claims"), model="other@1", live=False)])
    await stores.judgements.put([_earlier(unfair, sampled=False, seen=False), _earlier(shadow, agreement=1.0)])
    sample = await fair_sample(stores)
    found = sample.examples
    assert {one.id for one in found} == {one.id for one in told}
    assert sample.held_back == {held.id}

    shop, progress = workshop(stores, tmp_path), Told()
    parts = [Unlearnt(classifier=shop.ground, examples=found)]
    judged = await judge_again(stores, Judged(model=shop.ground.name, responder=shop.responder), parts, progress)
    assert {one.example_id: one.at for one in judged} == {one.id: one.at for one in told}
    assert {(one.model, one.sampled, one.live) for one in judged} == {(shop.ground.name, True, False)}
    # What had gone out wrongly goes on to count against the next model that would send it.
    assert {one.example_id for one in judged if one.automatic} == {same.id}
    assert {one.right for one in judged if one.example_id in {each.id for each in rejected}} == {False}
    assert progress.steps[-1] == (len(told), len(told))
    assert set(await stores.judgements.of_model(shop.ground.name)) == set(judged)


async def test_where_no_model_could_be_trained_it_is_taken_for_wrong(stores: Stores, tmp_path: Path) -> None:
    told = [example(number, "claims", article_ids=(SHELF.articles[0].id,), generated=True) for number in range(3)]
    shop = workshop(stores, tmp_path)
    parts = [Unlearnt(classifier=None, examples=told)]
    judged = await judge_again(stores, Judged(model="m@1", responder=shop.responder), parts, Told())
    assert [(one.right, one.score, one.sampled, one.generated) for one in judged] == [(False, 1.0, True, True)] * 3


async def test_what_people_judged_of_live_decisions_stays(stores: Stores, tmp_path: Path) -> None:
    told = [example(number, "claims", article_ids=(SHELF.articles[0].id,)) for number in range(2)]
    shop = workshop(stores, tmp_path)
    model = shop.ground.name
    audited = _earlier(told[0], model=model, automatic=True, right=False)
    await stores.judgements.put([audited])
    judged = Judged(model=model, responder=shop.responder)
    for _ in range(2):
        await judge_again(stores, judged, [Unlearnt(classifier=shop.ground, examples=told)], Told())
    found = {one.example_id: one for one in await stores.judgements.of_model(model)}
    assert found[told[0].id] == audited
    assert not found[told[1].id].live


@dataclass
class Sorter:
    """Takes every mail for a claim, as sure as it is told."""

    probability: float = 0.6
    name: str = "after@1"

    async def classify(self, email: Email) -> Classification:
        label = Label(name="any", probability=0.9)
        return Classification(
            category=Label(name="claims", probability=self.probability),
            priority=label,
            sentiment=label,
            language=Label(name="en", probability=1.0),
            classifier=self.name,
        )


@dataclass
class Drafter:
    """Answers with the form, as sure as the category is."""

    name: str = "articles@1"

    async def respond(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        made = draft(SHELF.articles[0].id)
        return replace(made, probability=classification.category.probability, responder=self.name)


VOTER = "language_model@9"
BESIDE = name_beside("before@1", VOTER, below_sure)
JUDGED = Judged(model="after@1", responder=Drafter())


async def beside(stores: Stores, told: Sequence[Example], sorter: Sorter) -> dict[ExampleId, Judgement]:
    """Judge these again; return what the model decides beside the language model."""
    await judge_again(stores, JUDGED, [Unlearnt(classifier=sorter, examples=told)], Told())
    found = await stores.judgements.of_model(name_beside("after@1", VOTER, below_sure))
    assert {one.responder for one in found} <= {"articles@1"}
    return {one.example_id: one for one in found}


async def test_votes_are_counted_again_as_they_were_given_and_a_missing_one_speaks_against_the_model(
    stores: Stores,
) -> None:
    form = (SHELF.articles[0].id,)
    agreed, disputed, unasked = (example(number, "claims", article_ids=form) for number in range(3))
    wrong = example(3, "claims", refused_ids=form)
    told = [agreed, disputed, unasked, wrong]
    await put(stores, told)
    votes = {agreed.id: "claims", disputed.id: "billing"}
    await stores.judgements.put(
        [
            _earlier(one, model=BESIDE, vote=Voted(voter=VOTER, category=votes[one.id]) if one.id in votes else None)
            for one in told
        ]
    )
    assert {one.id for one in (await fair_sample(stores)).examples} == {one.id for one in told}
    found = await beside(stores, told, Sorter())
    surer = pytest.approx(0.6 * 0.8 / (0.6 * 0.8 + 0.4 * 0.2))
    assert [(found[one.id].right, found[one.id].score) for one in told] == [
        (True, surer),
        (True, DISPUTED),
        (True, DISPUTED),
        (False, surer),
    ]
    assert found[agreed.id].vote == Voted(voter=VOTER, category="claims")
    # Alone it is judged as well, and where the server is down: by what it would have been asked about.
    for name in ("after@1", name_unvoted(name_beside("after@1", VOTER, below_sure))):
        assert [one.score for one in await stores.judgements.of_model(name)] == [0.6] * 4


async def test_what_the_new_model_is_sure_of_needs_no_vote(stores: Stores) -> None:
    told = [example(0, "claims", article_ids=(SHELF.articles[0].id,))]
    await put(stores, told)
    await stores.judgements.put([_earlier(told[0], model=BESIDE)])
    found = await beside(stores, told, Sorter(probability=0.9))
    assert [(one.right, one.score) for one in found.values()] == [(True, 0.9)]
    # So nothing is known of what it is unsure of, which is what it decides while the server is down.
    assert await stores.judgements.of_model(name_unvoted(name_beside("after@1", VOTER, below_sure))) == ()


async def test_votes_that_were_counted_in_another_way_are_not_counted_again(stores: Stores) -> None:
    told = [example(0, "claims", article_ids=(SHELF.articles[0].id,))]
    await put(stores, told)
    await stores.judgements.put([_earlier(told[0], model=f"before@1+{VOTER}+unsure@00000000")])
    assert await beside(stores, told, Sorter()) == {}


async def test_right_answers_to_what_the_earlier_model_did_not_dare_count_for_nothing_and_wrong_ones_count(
    stores: Stores,
) -> None:
    right = example(0, "claims", article_ids=(SHELF.articles[0].id,))
    wrong = example(1, "", refused_ids=(SHELF.articles[0].id,))
    judged = replace(JUDGED, held_back=frozenset({right.id, wrong.id}))
    found = await judge_again(stores, judged, [Unlearnt(classifier=Sorter(), examples=[right, wrong])], Told())
    assert [(one.right, one.fair) for one in found] == [(True, False), (False, True)]


async def test_a_demotion_goes_on_with_a_new_model_that_would_send_the_same_wrong_replies(stores: Stores) -> None:
    form = (SHELF.articles[0].id,)
    right = [example(number, "claims", article_ids=form) for number in range(200)]
    audits = [example(number, "", refused_ids=form, origin=Origin.AUDIT) for number in range(200, 203)]
    judged = await judge_again(stores, JUDGED, [Unlearnt(classifier=Sorter(), examples=[*right, *audits])], Told())
    standing = standing_of(judged[0].decider, judged[::-1], Promised(target=0.95, strict=False))
    assert standing.guarantee.threshold is not None
    assert standing.drift.pooled is not None
    # What it does not get wrong is no reason to demote it.
    mended = [replace(one, article_ids=form, category="claims") for one in audits]
    judged = await judge_again(stores, JUDGED, [Unlearnt(classifier=Sorter(), examples=[*right, *mended])], Told())
    assert standing_of(judged[0].decider, judged[::-1], Promised(target=0.95, strict=False)).drift.pooled is None


async def test_where_no_language_model_ever_voted_nothing_is_judged_beside_one(stores: Stores) -> None:
    told = [example(0, "claims")]
    await put(stores, told)
    await stores.judgements.put([_earlier(told[0])])
    assert await beside(stores, told, Sorter()) == {}
    assert await stores.judgements.models() == ("after@1", "before@1")


def _trained(number: int) -> TrainedModel:
    return TrainedModel(
        id=ModelId(f"m{number}"), name=f"try@{number}", checksum="c", seed=number, examples=1, by="ann",
        created_at=START, figures={},
    )  # fmt: skip


async def test_each_further_model_that_is_tried_on_the_same_mail_needs_a_stricter_proof(stores: Stores) -> None:
    for number in range(1, 4):
        await stores.models.add(_trained(number))
    # The same data and seed give the same model: one try.
    await stores.models.add(replace(_trained(2), id=ModelId("again")))
    told = [example(number, "claims", article_ids=(SHELF.articles[0].id,)) for number in range(94)]
    await put(stores, told)

    async def proven(name: str, responder: str) -> tuple[int, float | None, int]:
        parts = [Unlearnt(classifier=Sorter(), examples=told)]
        judged = await judge_again(stores, Judged(model=name, responder=Drafter(responder)), parts, Told())
        standing = standing_of(judged[0].decider, judged, Promised(target=0.95, strict=False))
        return judged[0].attempt, standing.guarantee.threshold, standing.guarantee.more_reviews

    # 94 right decisions prove 95 % where the risk is 0.05 / 6, 107 at 0.05 / 12, 125 at 0.05 / 30.
    assert await proven("try@1", "articles@1") == (2, 0.6, 0)
    assert await proven("try@2", "articles@1") == (3, None, 107 - 94)
    assert await proven("try@3", "articles@1") == (5, None, 125 - 94)
    # So does each further way to draft, with whichever model; the same again is no further try.
    assert await proven("try@1", "articles@2") == (3, None, 107 - 94)
    assert await proven("try@1", "articles@1") == (2, 0.6, 0)


async def test_beside_a_language_model_it_is_tried_in_further_ways(stores: Stores) -> None:
    told = [example(0, "claims", article_ids=(SHELF.articles[0].id,))]
    await put(stores, told)
    await stores.judgements.put([_earlier(told[0], model=BESIDE)])
    for _ in range(2):
        judged = await judge_again(stores, JUDGED, [Unlearnt(classifier=Sorter(), examples=told)], Told())
        assert sorted(one.attempt for one in judged) == [attempt_of_way(1, way) for way in (1, 2, 3)]


def test_the_risk_of_everything_that_can_be_tried_together_is_that_of_one() -> None:
    shares = [
        1 / (attempt * (attempt + 1))
        for model in range(1, 200)
        for way in range(1, 200)
        for attempt in [attempt_of_way(model, way)]
    ]
    assert sum(shares) < 1
    assert all(share <= 1 / (1 * 2) / (1 * 2) for share in shares)
