"""The starter corpus covers every intent in every language, and a bad corpus file is refused with its reason."""

from collections import Counter

import pytest

from postroom.errors import ConfigurationError
from postroom.learning.corpus import OTHER, Corpus, load_starter, parse_corpus
from postroom.model.catalogue import INTENTS, LANGUAGES, PRIORITIES, SENTIMENTS

FRAMES = """
frames:
  greetings: [Hello]
  fillers: [It is about my order.]
  closings: [Regards]
  urgent: [Hurry!]
  negative: [I am angry.]
  positive: [I am glad.]
"""


@pytest.fixture(scope="module")
def starter() -> Corpus:
    return load_starter()


def test_every_intent_has_ten_texts_and_some_phrases_in_every_language(starter: Corpus) -> None:
    texts = Counter((text.language, text.intent) for text in starter.texts)
    phrases = Counter((phrase.language, phrase.intent) for phrase in starter.phrases)
    wanted = [(language, intent.id) for language in LANGUAGES for intent in INTENTS]
    assert [key for key in wanted if texts[key] < 10] == []
    assert [key for key in wanted if phrases[key] < 5] == []


def test_every_language_has_fifteen_texts_of_no_category(starter: Corpus) -> None:
    others = Counter(text.language for text in starter.texts if text.category == OTHER)
    assert [language for language in LANGUAGES if others[language] < 15] == []


def test_every_label_is_one_of_the_catalogue_and_each_occurs_in_each_language(starter: Corpus) -> None:
    category_of = {intent.id: intent.category for intent in INTENTS} | {OTHER: OTHER}
    assert all(text.category == category_of[text.intent] for text in starter.texts)
    for language in LANGUAGES:
        texts = [text for text in starter.texts if text.language == language]
        assert {text.priority for text in texts} == set(PRIORITIES)
        assert {text.sentiment for text in texts} == set(SENTIMENTS)


def test_only_the_chosen_languages_are_loaded() -> None:
    corpus = load_starter(("nl", "it"))
    assert {text.language for text in corpus.texts} == {"nl", "it"}
    assert [frame.language for frame in corpus.frames] == ["nl", "it"]


def test_a_phrase_has_the_priority_that_is_usual_for_its_intent(starter: Corpus) -> None:
    priorities = {phrase.priority for phrase in starter.phrases if phrase.intent == "account_hacked"}
    assert priorities == {"urgent"}


def test_an_entry_may_be_a_plain_text_or_one_with_labels() -> None:
    corpus = parse_corpus(
        FRAMES + "texts:\n  invoice_copy:\n    - A copy\n    - {text: Now, priority: urgent, sentiment: negative}\n",
        "en",
    )
    plain, labelled = corpus.texts
    assert (plain.category, plain.priority, plain.sentiment) == ("invoice", "normal", "neutral")
    assert (labelled.text, labelled.priority, labelled.sentiment) == ("Now", "urgent", "negative")


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ("texts: {nonsense: [Hello]}", "nonsense"),
        ("texts: {invoice_copy: [Hello, Hello]}", "twice"),
        ("texts: {invoice_copy: [{text: Hello, priority: soon}]}", "priority"),
        ("texts: {invoice_copy: ['']}", "invoice_copy"),
        ("texts: [", "cannot be read"),
    ],
)
def test_a_wrong_corpus_file_is_refused_with_its_reason(texts: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_corpus(FRAMES + texts, "en")


@pytest.mark.parametrize("language", ["xx", "../en", ""])
def test_an_unknown_language_is_refused(language: str) -> None:
    with pytest.raises(ConfigurationError, match="no starter corpus"):
        load_starter((language,))
