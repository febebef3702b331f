"""What a draft is held to be worth by what people decided before the model was there."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from actions.training_case import SHELF, Told, example, held, put, workshop
from empty_store import open_stores_at
from postroom.actions.models_judged import Judged, Unlearnt, could_go_out, judge_again
from postroom.learning.corpus import OTHER
from postroom.model.article import ArticleId, Passage
from postroom.model.draft import Draft
from postroom.model.example import Example, Origin
from postroom.model.judgement import Judgement

A, B = ArticleId("a"), ArticleId("b")


def draft(*articles: ArticleId) -> Draft:
    passages = tuple(Passage(article_id=one, language="en", text="So.", score=1.0) for one in articles)
    return Draft(text="So.", language="en", probability=0.8, passages=passages, responder="articles")


@pytest.mark.parametrize(
    ("changes", "articles", "right"),
    [
        ({"article_ids": (A,)}, [A], True),
        ({"article_ids": (A, B)}, [A], True),
        ({"article_ids": (A,)}, [B], False),
        ({"article_ids": (A,)}, [A, B], False),
        ({"article_ids": (A,)}, [], False),
        ({"refused_ids": (A,)}, [A], False),
        ({"refused_ids": (A,)}, [B], None),
        ({"answer": "We called you."}, [A], False),
        ({"answer": "We called you.", "origin": Origin.ELSEWHERE}, [A], None),
        ({}, [A], None),
        ({}, [], None),
        ({"category": OTHER}, [A], False),
        ({"category": OTHER}, [], False),
    ],
)
def test_a_draft_could_go_out_where_a_person_let_its_articles_answer(
    changes: dict[str, object], articles: Sequence[ArticleId], right: object
) -> None:
    assert could_go_out(replace(example(1, "claims"), **changes), draft(*articles)) is right  # type: ignore[arg-type]


async def test_each_mail_is_judged_once_and_a_fair_sample_stays_one(tmp_path: Path) -> None:
    stores = await open_stores_at(tmp_path / "postroom.db")
    found = [example(number, "claims", article_ids=(SHELF.articles[0].id,)) for number in range(60)]
    await put(stores, found)
    fair, unfair = held(found)[:2]
    await stores.judgements.put([_earlier(fair, sampled=True), _earlier(unfair, sampled=False)])
    shop = workshop(stores, tmp_path)
    told = Told()

    whose = Judged(model=shop.ground.name, responder=shop.responder, previous="before@1")
    parts = [Unlearnt(classifier=shop.ground, examples=held(found))]
    judged = await judge_again(stores, whose, parts, told)

    assert [one.example_id for one in judged] == [one.id for one in held(found)]
    assert {one.model for one in judged} == {shop.ground.name}
    assert [one.example_id for one in judged if one.sampled] == [fair.id]
    assert {one.example_id: one.at for one in judged} == {one.id: one.at for one in held(found)}
    assert told.steps[-1] == (len(held(found)), len(held(found)))
    assert set(await stores.judgements.of_model(shop.ground.name)) == set(judged)
    await stores.connection.close()


def _earlier(one: Example, *, sampled: bool) -> Judgement:
    return Judgement(
        example_id=one.id, model="before@1", category="claims", score=0.5, right=True, at=one.at, sampled=sampled
    )
