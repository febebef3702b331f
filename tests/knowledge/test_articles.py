import re

import pytest

from postroom.errors import ConfigurationError
from postroom.knowledge.articles import ArticleShelf, starter_shelf
from postroom.model.article import Article, ArticleId
from postroom.model.catalogue import INTENTS, LANGUAGES

AMOUNT = re.compile(r"\d+(?:[.,]\d+)?")


def article(article_id: str = "a", *, language: str = "en", approved: bool = True) -> Article:
    return Article(
        id=ArticleId(article_id),
        language=language,
        category="c",
        title="T",
        questions=("Q?",),
        body="B.",
        approved=approved,
    )


def test_what_is_not_approved_never_gets_onto_the_shelf() -> None:
    shelf = ArticleShelf([article("a"), article("b", approved=False)])
    assert [one.id for one in shelf.articles] == ["a"]
    assert shelf.find("b", "en") is None


def test_an_article_is_found_by_id_and_language() -> None:
    german = article("a", language="de")
    shelf = ArticleShelf([article("a"), german])
    assert shelf.find("a", "de") is german
    assert shelf.find("a", "fr") is None
    assert shelf.languages == ("de", "en")


def test_two_articles_with_one_id_in_one_language_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="two articles 'a' in language 'en'"):
        ArticleShelf([article("a"), article("a")])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_has_an_article_for_every_intent_that_has_one(language: str) -> None:
    found = {one.id: one.category for one in starter_shelf().articles if one.language == language}
    assert found == {intent.article_id: intent.category for intent in INTENTS if intent.article_id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_knows_every_intent_that_only_a_person_can_answer(language: str) -> None:
    found = {one.id: one.category for one in starter_shelf().person_topics if one.language == language}
    assert found.pop("small_talk") == "other"
    assert found == {intent.id: intent.category for intent in INTENTS if intent.article_id is None}


@pytest.mark.parametrize("one", starter_shelf().articles, ids=lambda one: f"{one.language}-{one.id}")
def test_a_starter_article_is_complete_and_plain(one: Article) -> None:
    assert 6 <= len(one.questions) <= 10
    assert len(set(one.questions)) == len(one.questions)
    assert 2 <= len(one.body.split("\n\n")) <= 4
    assert not re.search(r"[<{]|https?:|www\.", one.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_names_the_same_numbers_in_every_language(language: str) -> None:
    for english in (one for one in starter_shelf().articles if one.language == "en"):
        other = starter_shelf().find(english.id, language)
        assert other is not None
        assert numbers(other) == numbers(english), english.id


def numbers(one: Article) -> set[str]:
    # "Noon" is "12" in some languages, and "full euro … 1 point" is written out in none.
    return {found.replace(",", ".") for found in AMOUNT.findall(one.body)} - {"12"}
