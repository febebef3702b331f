"""The article that fits a mail best, and the evidence for and against it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postroom.knowledge.evidence import Evidence, IntentEvidence
from postroom.knowledge.priors import category_gains, intent_gains, is_known
from postroom.knowledge.search import ArticleSearch, Scores
from postroom.knowledge.second_topic import announces_second_topic
from postroom.knowledge.words import sentences, words
from postroom.model.article import Article
from postroom.model.classification import Label

LONGEST_TEXT = 4_000  # Characters; nobody asks his question later than that.
_MOST_SENTENCES = 12
_SHORTEST_SENTENCE = 2  # Meaningful words; less is a greeting or an order number.


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is searched for: the mail's subject and new text, the language to search in and what the classifier said."""

    subject: str
    text: str
    language: str
    category: Label
    intent: Label | None = None
    second_intent: Label | None = None

    def whole(self) -> str:
        """Return subject and text as they are read: the first 4,000 characters."""
        return f"{self.subject}\n{self.text}"[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The best article with its BM25 score and the evidence."""

    article: Article
    score: float
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """Every topic of the language weighed for one question; arrays have one number a topic, `fits` a row a sentence."""

    asked: Counter[str]
    found: Scores
    fits: NDArray[np.float64]
    plain: NDArray[np.float64]
    combined: NDArray[np.float64]
    is_article: NDArray[np.bool_]


def match(search: ArticleSearch, question: Question) -> Match | None:
    """Return the best article for `question`; None where no article shares a word with it.

    Words count twice: in the whole mail and in the sentence they stand in, so that small talk around one clear question
    does not drown it. The subject is a sentence. Text after 4,000 characters and 12 sentences is not read.
    """
    weighed = _weigh(search, question)
    if weighed is None:
        return None
    possible = weighed.is_article & (weighed.found.scores > 0)
    return _match_at(weighed, question, int(np.argmax(np.where(possible, weighed.combined, -np.inf))))


def match_of(search: ArticleSearch, question: Question, article: Article) -> Match | None:
    """Return what words say for and against `article`, be it the best or not; None where it shares none."""
    weighed = _weigh(search, question)
    return None if weighed is None else _match_at(weighed, question, weighed.found.topics.index(article))


def _weigh(search: ArticleSearch, question: Question) -> _Weighed | None:
    text = question.whole()
    asked = Counter(words(text, question.language))
    found = search.scores(asked, question.language)
    if not found.topics or not found.scores.any():
        return None
    fits = _sentence_fits(search, text, question.language, found)
    plain = _standardised(found.scores) + _standardised(fits.max(axis=0))
    return _Weighed(
        asked=asked,
        found=found,
        fits=fits,
        plain=plain,
        combined=plain + category_gains(found.topics, question.category) + intent_gains(found.topics, question.intent),
        is_article=np.array([isinstance(topic, Article) for topic in found.topics]),
    )


def _match_at(weighed: _Weighed, question: Question, best: int) -> Match | None:
    found, combined = weighed.found, weighed.combined
    article = found.topics[best]
    if not isinstance(article, Article) or found.scores[best] <= 0:
        return None
    others = np.arange(len(combined)) != best
    there = np.log1p(weighed.fits[int(np.argmax(weighed.fits[:, best]))])
    evidence = Evidence(
        lead=_distance(combined, best, weighed.is_article & others),
        lead_over_person=_distance(combined, best, ~weighed.is_article),
        plain_lead=_distance(weighed.plain, best, others),
        coverage=float(found.coverage[best]),
        agreement=float(article.category == question.category.name),
        category_probability=question.category.probability,
        sentence_fit=float(there[best]),
        sentence_lead=_distance(there, best, others),
        second_topic=float(announces_second_topic(question.text, question.language)),
        length=float(np.log1p(weighed.asked.total())),
        intent=_intent_evidence(found, question, article),
    )
    return Match(article=article, score=float(found.scores[best]), evidence=evidence)


def _sentence_fits(search: ArticleSearch, text: str, language: str, whole: Scores) -> NDArray[np.float64]:
    """Return BM25 times coverage per sentence (rows) and topic; one row of all if none is long enough."""
    rows = []
    for sentence in sentences(text)[:_MOST_SENTENCES]:
        asked = Counter(words(sentence, language))
        if len(asked) >= _SHORTEST_SENTENCE:
            found = search.scores(asked, language)
            rows.append(found.scores * found.coverage)
    return np.array(rows or [whole.scores * whole.coverage])


def _standardised(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 0 else scores * 0.0


def _intent_evidence(found: Scores, question: Question, best: Article) -> IntentEvidence | None:
    intent, second = question.intent, question.second_intent
    if intent is None or not is_known(found.topics, intent):
        return None
    elsewhere = second is not None and second.name != best.id
    return IntentEvidence(
        agreement=intent.probability if intent.name == best.id else -intent.probability,
        second=second.probability if second is not None and elsewhere else 0.0,
    )


def _distance(values: NDArray[np.float64], best: int, among: NDArray[np.bool_]) -> float:
    """Return how far `best` is ahead (negative: behind), at most 5 and at least -5; 5 where nobody competes."""
    if not among.any():
        return 5.0
    return float(np.clip(values[best] - values[among].max(), -5, 5))
