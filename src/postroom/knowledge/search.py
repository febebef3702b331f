"""Which articles fit a text: BM25 over questions, title and body, one inverted index per language.

Own implementation of about a page: field weights and down-weighted letter fragments are needed, which `bm25s` does not
offer, and `rank-bm25` is no longer kept up. Scoring follows BM25F (Robertson & Zaragoza 2009, section 3.6).
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postroom.knowledge.articles import ArticleShelf, PersonTopic
from postroom.knowledge.words import fragments, words
from postroom.model.article import Article, Passage

_K1 = 1.2
_B = 0.5  # Long lists of questions are a virtue here: half of the usual punishment for length.
_FIELD_WEIGHTS = (3.0, 2.0, 1.0)  # questions, title, body
_FRAGMENT_WEIGHT = 0.12  # A word of 8 letters has 9 fragments; together they may weigh about as much as the word.

Topic = Article | PersonTopic


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How well each of `topics` fits: BM25 in `scores`, and in `coverage` the share (0..1) of the asked words it knows.

    Both arrays have one number per topic, in the order of the shelf.
    """

    topics: tuple[Topic, ...]
    scores: NDArray[np.float64]
    coverage: NDArray[np.float64]


class _Index:
    """The postings of one language: term → topics (positions in `topics`) and what the term adds to each."""

    def __init__(self, topics: tuple[Topic, ...], language: str) -> None:
        self.topics = topics
        fields = [[words(text, language) for text in _fields(topic)] for topic in topics]
        self._rarest = math.log(1 + (len(topics) + 0.5) / 0.5)
        self.words = _postings([[Counter(field) for field in topic] for topic in fields])
        self.fragments = _postings([[_fragment_counts(field) for field in topic] for topic in fields])

    def scores(self, asked: Counter[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return score and coverage of each topic for counted stems."""
        total = np.zeros(len(self.topics))
        known = np.zeros(len(self.topics))
        mass = 0.0
        for word, count in asked.items():
            emphasis = 1 + math.log(count)
            posting = self.words.get(word)
            mass += emphasis * (posting.rarity if posting else self._rarest)
            if posting:
                total[posting.topics] += emphasis * posting.gains
                known[posting.topics] += emphasis * posting.rarity
        found = [self.fragments[part] for word in asked for part in fragments(word) if part in self.fragments]
        if found:
            ids = np.concatenate([posting.topics for posting in found])
            gains = np.concatenate([posting.gains for posting in found])
            total += _FRAGMENT_WEIGHT * np.bincount(ids, gains, minlength=len(self.topics))
        return total, known / mass if mass else known


@dataclass(frozen=True, slots=True)
class _Posting:
    """Where one term occurs: `gains` is its BM25 part in each of `topics`, `rarity` its inverse document frequency."""

    topics: NDArray[np.intp]
    gains: NDArray[np.float64]
    rarity: float


class ArticleSearch:
    """Finds topics on a shelf. Deterministic: equal scores keep the order of the shelf."""

    def __init__(self, shelf: ArticleShelf) -> None:
        self.shelf = shelf
        topics: tuple[Topic, ...] = (*shelf.articles, *shelf.person_topics)
        self._indexes = {
            language: _Index(tuple(topic for topic in topics if topic.language == language), language)
            for language in shelf.languages
        }

    def search(self, text: str, *, language: str, category: str | None, limit: int) -> list[Passage]:
        """Return up to `limit` passages, best first: the best paragraph of each article that shares a word with `text`.

        Only articles of `language` and, unless it is None, of `category`. Empty where nothing fits.
        """
        found = self.scores(Counter(words(text, language)), language)
        passages = []
        for at in np.argsort(-found.scores, kind="stable"):
            topic, score = found.topics[at], float(found.scores[at])
            if score > 0 and isinstance(topic, Article) and category in (None, topic.category):
                best = _best_paragraph(topic, text)
                passages.append(Passage(article_id=topic.id, language=language, text=best, score=score))
        return passages[:limit]

    def topics(self, language: str) -> tuple[Topic, ...]:
        """Return the articles and then the topics for a person of `language`, in the order of `scores`."""
        index = self._indexes.get(language)
        return index.topics if index else ()

    def scores(self, asked: Counter[str], language: str) -> Scores:
        """Return the scores of every topic of `language` for counted stems; no topics where nothing is in it."""
        index = self._indexes.get(language)
        if index is None:
            return Scores(topics=(), scores=np.zeros(0), coverage=np.zeros(0))
        scores, coverage = index.scores(asked)
        return Scores(topics=index.topics, scores=scores, coverage=coverage)


def _fields(topic: Topic) -> tuple[str, str, str]:
    questions = "\n".join(topic.questions)
    return (questions, topic.title, topic.body) if isinstance(topic, Article) else (questions, "", "")


def _fragment_counts(stems: Iterable[str]) -> Counter[str]:
    return Counter(part for stem in stems for part in fragments(stem))


def _postings(topics: list[list[Counter[str]]]) -> dict[str, _Posting]:
    sizes = np.array([[field.total() for field in topic] for topic in topics], dtype=np.float64).reshape(-1, 3)
    lengths = 1 - _B + _B * sizes / np.maximum(sizes.mean(axis=0), 1)
    weighted: dict[str, dict[int, float]] = {}
    for at, topic in enumerate(topics):
        for weight, field, length in zip(_FIELD_WEIGHTS, topic, lengths[at], strict=True):
            for term, count in field.items():
                places = weighted.setdefault(term, {})
                places[at] = places.get(at, 0.0) + weight * count / float(length)
    postings = {}
    for term, places in weighted.items():
        rarity = math.log(1 + (len(topics) - len(places) + 0.5) / (len(places) + 0.5))
        counts = np.fromiter(places.values(), dtype=np.float64)
        gains = rarity * counts * (_K1 + 1) / (counts + _K1)
        postings[term] = _Posting(np.fromiter(places, dtype=np.intp), gains, rarity)
    return postings


def _best_paragraph(article: Article, text: str) -> str:
    asked = set(words(text, article.language))
    return max(paragraphs(article), key=lambda part: len(asked.intersection(words(part, article.language))))


def paragraphs(article: Article) -> tuple[str, ...]:
    """Return the paragraphs of an article's body, in order."""
    return tuple(part.strip() for part in article.body.split("\n\n") if part.strip())
