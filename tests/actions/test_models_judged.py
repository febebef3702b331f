"""What a draft is held to be worth by what people decided before the model was there."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from actions.training_case import SHELF, Told, example, put, workshop
from empty_store import open_stores_at
from postroom.actions.models_judged import Judged, Unlearnt, could_go_out, fair_sample, judge_again
from postroom.interfaces.stores import Stores
from postroom.learning.corpus import OTHER
from postroom.model.article import ArticleId, Passage
from postroom.model.draft import Draft
from postroom.model.example import Example, ExampleId, Origin
from postroom.model.judgement import Judgement

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
    return Judgement(**{**fields, "right": True, "at": one.at, **changes})  # type: ignore[arg-type]


async def test_the_whole_fair_sample_is_judged_again_rejected_mail_and_equal_texts_included(
    stores: Stores, tmp_path: Path
) -> None:
    approved = [example(number, "claims", article_ids=(SHELF.articles[0].id,)) for number in range(6)]
    rejected = [example(number, "", refused_ids=(SHELF.articles[0].id,)) for number in range(6, 10)]
    same = replace(approved[0], id=ExampleId("same"), origin=Origin.AUDIT)
    unfair, shadow = example(10, "claims"), example(11, "claims", origin=Origin.ELSEWHERE)
    imported = example(12, "claims", origin=Origin.IMPORT)
    told = [*approved, *rejected, same]
    await put(stores, [*told, unfair, shadow, imported])
    await stores.judgements.put([_earlier(one) for one in [*told, imported]])
    await stores.judgements.put([_earlier(unfair, sampled=False), _earlier(shadow, agreement=1.0)])
    found = await fair_sample(stores, "before@1")
    assert {one.id for one in found} == {one.id for one in told}

    shop, progress = workshop(stores, tmp_path), Told()
    parts = [Unlearnt(classifier=shop.ground, examples=found)]
    judged = await judge_again(stores, Judged(model=shop.ground.name, responder=shop.responder), parts, progress)
    assert {one.example_id: one.at for one in judged} == {one.id: one.at for one in told}
    assert {(one.model, one.sampled, one.live, one.automatic) for one in judged} == {
        (shop.ground.name, True, False, False)
    }
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
