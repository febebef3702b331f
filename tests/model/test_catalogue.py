"""The starter catalogue, which articles, corpus and mock mailbox agree on."""

from postroom.knowledge.articles import starter_shelf
from postroom.model.catalogue import CATEGORIES, INTENTS, LANGUAGES, PRIORITIES, SENTIMENTS


def test_every_intent_has_an_id_of_its_own_and_says_what_it_means() -> None:
    assert len({intent.id for intent in INTENTS}) == len(INTENTS)
    assert all(intent.meaning.endswith((".", "?")) for intent in INTENTS)


def test_an_intent_that_is_answered_has_an_article_of_its_own_name_and_the_shelf_holds_just_those() -> None:
    answered = {intent.article_id for intent in INTENTS if intent.article_id is not None}
    assert answered <= {intent.id for intent in INTENTS}
    assert {article.id for article in starter_shelf().articles} == answered


def test_the_starter_shelf_speaks_every_language_of_the_catalogue() -> None:
    spoken: dict[str, set[str]] = {}
    for article in starter_shelf().articles:
        spoken.setdefault(article.id, set()).add(article.language)
    assert {frozenset(languages) for languages in spoken.values()} == {frozenset(LANGUAGES)}


def test_the_categories_are_those_of_the_intents_each_once() -> None:
    assert len(set(CATEGORIES)) == len(CATEGORIES)
    assert set(CATEGORIES) == {intent.category for intent in INTENTS}


def test_no_label_means_two_things() -> None:
    labels = [*PRIORITIES, *SENTIMENTS, *CATEGORIES, *LANGUAGES]
    assert len(set(labels)) == len(labels)
