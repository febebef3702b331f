"""What is learnt, what is held out, and what is too little."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from actions.training_case import SHELF, WORDS, article, category, example, examples, held, put
from empty_store import open_stores_at
from postroom.actions.training_material import (
    everything,
    fingerprint,
    is_held_out,
    material_of,
    require_enough,
    whole,
)
from postroom.errors import InputError
from postroom.knowledge.articles import ArticleShelf
from postroom.model.example import Origin

NOTHING = ArticleShelf(())


def test_about_a_fifth_is_held_out_and_always_the_same() -> None:
    found = examples(1000)
    assert 160 <= len(held(found)) <= 240
    assert [is_held_out(whole(one)) for one in found] == [is_held_out(whole(one)) for one in found]
    assert is_held_out("Where is   it?") == is_held_out("where is it?\n")


def test_what_is_held_out_is_learnt_nowhere() -> None:
    found = examples(200)
    copies = [whole(one) for one in held(found)]
    categories = [category("claims", *copies, "a burst pipe"), category("contract")]
    material = material_of(categories, SHELF, found, made_up=False)
    learnt = {fingerprint(text.text) for text in (*material.texts, *material.aside)}
    assert len(material.held_out) == len(copies)
    assert learnt.isdisjoint(fingerprint(text) for text in copies)
    assert fingerprint("a burst pipe") in learnt


def test_the_material_does_not_depend_on_the_order_in_which_things_were_stored() -> None:
    found = examples(50)
    categories = [category("claims"), category("contract")]
    one = material_of(categories, SHELF, found, made_up=False)
    other = material_of(categories[::-1], SHELF, found[::-1], made_up=False)
    assert one == other


def test_what_a_person_said_last_about_a_text_holds() -> None:
    first = example(1, "claims")
    later = replace(example(2, "billing"), subject=first.subject, text=first.text.upper())
    for order in ([first, later], [later, first]):
        material = material_of([], NOTHING, order, made_up=False)
        assert [text.category for text in material.texts] + [one.category for one in material.held_out] == ["billing"]


def test_a_review_outranks_an_imported_label_of_the_same_text_however_its_mail_was_dated() -> None:
    review = example(1, "billing")
    imported = replace(
        example(2, "claims", origin=Origin.IMPORT, at=review.at + timedelta(days=9000)),
        subject=review.subject,
        text=review.text,
    )
    for order in ([review, imported], [imported, review]):
        material = material_of([], NOTHING, order, made_up=False)
        assert [one.category for one in (*material.reviewed, *material.held_out)] == ["billing"]


async def test_only_the_newest_are_taken_and_people_before_imports_whatever_the_order(tmp_path: Path) -> None:
    imported = [example(number, "claims", origin=Origin.IMPORT) for number in range(100, 130)]
    said = examples(10)
    wanted = {one.id for one in (*said, *imported[-10:])}
    for place, order in enumerate(([*imported, *said], [*said, *imported[::-1]])):
        stores = await open_stores_at(tmp_path / f"{place}.db")
        await put(stores, order)
        material = await everything(stores, NOTHING, made_up=False, most=20)
        await stores.connection.close()
        assert {one.id for one in (*material.reviewed, *material.held_out)} == wanted
        assert material.left_out == 20


def test_examples_without_category_or_text_teach_nothing() -> None:
    material = material_of([], NOTHING, [example(1, ""), example(2, "claims", text=" ")], made_up=False)
    assert (material.texts, material.held_out) == ((), ())


def test_questions_of_articles_are_learnt_with_the_article_as_intent() -> None:
    shelf = ArticleShelf([article("claim_form", "claims", "Use the form.")])
    material = material_of([], shelf, [], made_up=False)
    assert {(text.text, text.intent) for text in material.aside} >= {(said, "claim_form") for said in WORDS["claims"]}


def test_a_single_category_is_too_little_and_the_error_says_so() -> None:
    material = material_of([category("claims", "my car")], NOTHING, [example(1, "other")], made_up=False)
    with pytest.raises(InputError, match="claims") as caught:
        require_enough(material)
    assert "import" in caught.value.hint
    require_enough(material_of([category("claims"), category("billing")], NOTHING, [], made_up=False))
    require_enough(material_of([], NOTHING, [], made_up=True))
