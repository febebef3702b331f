"""The starter corpus shares no eight words in a row with the mock mails, so measuring it on them is fair."""

import re
from datetime import UTC, datetime
from importlib import resources

import pytest

from postroom.learning.corpus import Corpus, load_starter
from postroom.mime.parse import parse
from postroom.providers.mock.generate import generate

WORDS = 8
MAILS = 3000


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1)}


@pytest.fixture(scope="module")
def starter() -> dict[tuple[str, ...], str]:
    corpus: Corpus = load_starter()
    lines = [text.text for text in (*corpus.texts, *corpus.phrases)]
    for frame in corpus.frames:
        lines += [*frame.greetings, *frame.fillers, *frame.closings, *frame.urgent, *frame.negative, *frame.positive]
    return {shingle: line for line in lines for shingle in shingles(line)}


def test_no_eight_words_of_the_corpus_occur_in_the_mock_mails(starter: dict[tuple[str, ...], str]) -> None:
    shared: set[str] = set()
    for mock in generate(31, MAILS, start=datetime(2026, 1, 5, tzinfo=UTC)):
        email = parse(mock.content)
        shared |= {starter[shingle] for shingle in shingles(f"{email.subject}\n{email.text}") & starter.keys()}
    assert shared == set()


def test_no_eight_words_of_the_corpus_occur_in_the_templates_of_the_mock_mails(
    starter: dict[tuple[str, ...], str],
) -> None:
    folder = resources.files("postroom.providers.mock") / "texts"
    templates = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".yaml")]
    assert len(templates) >= 6
    assert {starter[shingle] for text in templates for shingle in shingles(text) & starter.keys()} == set()


def test_a_copied_sentence_would_be_found(starter: dict[tuple[str, ...], str]) -> None:
    line = max(starter.values(), key=len)
    assert shingles(f"Hello, {line.upper()} Bye") & starter.keys()
