"""The starter model learns what the articles on the shelf answer."""

import re
from importlib import resources

from learning.trained import starter_model
from postroom.classifiers.starter import shelf_questions
from postroom.knowledge.articles import starter_shelf
from postroom.learning.corpus import load_starter

WORDS = 8


def test_every_topic_on_the_shelf_becomes_an_intent() -> None:
    intents = next(head.labels for head in starter_model().heads if head.name == "intent")
    shelf = starter_shelf()
    topics = {topic.id for topic in shelf.articles} | {topic.id for topic in shelf.person_topics}
    assert topics <= set(intents)
    assert starter_model().examples > len(load_starter().texts) + len(load_starter().phrases)


def test_no_eight_words_of_the_questions_occur_in_the_templates_of_the_mock_mails() -> None:
    folder = resources.files("postroom.providers.mock") / "texts"
    templates = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".yaml")]
    known = {shingle for question in shelf_questions(starter_shelf()) for shingle in shingles(question.text)}
    assert known
    assert {shingle for text in templates for shingle in shingles(text) & known} == set()


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1)}
