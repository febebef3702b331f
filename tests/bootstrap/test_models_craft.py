"""What a linear model is taught, without training one."""

from actions.training_case import SHELF, article, category, example, tutor
from postroom.actions.training_material import material_of
from postroom.bootstrap.models_craft import corpus_of
from postroom.knowledge.articles import ArticleShelf
from postroom.learning.corpus import load_starter


def test_a_company_learns_nothing_of_the_made_up_shop_but_how_letters_begin_and_end() -> None:
    found = [example(number, ("claims", "billing")[number % 2]) for number in range(20)]
    corpus = corpus_of(material_of([], SHELF, found, made_up=False), tutor())
    starter = load_starter()
    assert {text.category for text in corpus.texts} == {"claims", "billing"}
    assert {text.text for text in corpus.texts}.isdisjoint(text.text for text in starter.texts)
    assert corpus.frames == starter.frames
    assert {phrase.intent for phrase in corpus.phrases} == {"claim_form", "end_policy"}


def test_the_made_up_shop_learns_its_corpus_and_what_people_decided() -> None:
    found = [example(number, "delivery") for number in range(20)]
    shelf = ArticleShelf([article("delivery_abroad", "claims", "We do.")])
    corpus = corpus_of(material_of([], shelf, found, made_up=True), tutor())
    starter = load_starter()
    assert corpus.texts[: len(starter.texts)] == starter.texts
    assert {text.category for text in corpus.texts[len(starter.texts) :]} == {"delivery"}
    assert len(corpus.phrases) > len(starter.phrases)


def test_where_nobody_has_labelled_a_mail_descriptions_are_what_is_learnt() -> None:
    material = material_of([category("claims"), category("billing")], ArticleShelf(()), [], made_up=False)
    corpus = corpus_of(material, tutor())
    assert {text.text for text in corpus.texts} >= {"Claims", "Billing"}
    assert corpus.phrases == ()


def test_the_model_that_came_with_the_installation_says_how_urgent_reviewed_mail_is() -> None:
    urgent = [example(number, "claims", text=f"it is urgent, my voucher {number}") for number in range(10)]
    calm = [example(number, "billing", text=f"where is my parcel {number}") for number in range(10, 20)]
    corpus = corpus_of(material_of([], ArticleShelf(()), [*urgent, *calm], made_up=False), tutor())
    assert {(text.category, text.priority) for text in corpus.texts} == {("claims", "urgent"), ("billing", "normal")}
