"""The article that fits a mail best, and the evidence for and against it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postroom.knowledge.evidence import Evidence, IntentEvidence
from postroom.knowledge.search import ArticleSearch, Scores
from postroom.knowledge.second_topic import announces_second_topic
from postroom.knowledge.words import sentences, words
from postroom.model.article import Article
from postroom.model.classification import Label

# How many standard deviations of BM25 one natural logarithm of probability is worth.
PRIOR_WEIGHT = 2.0
INTENT_WEIGHT = 1.0
_PRIOR_FLOOR = 0.02  # A classifier that is sure and wrong can still be outvoted by the words.
_LONGEST_TEXT = 4_000  # Characters; nobody asks his question later than that.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The best article with its BM25 score and the evidence."""

    article: Article
    score: float
    evidence: Evidence


def match(search: ArticleSearch, question: Question) -> Match | None:
    """Return the best article for `question`; None where no article shares a word with it.

    Words count twice: in the whole mail and in the sentence they stand in, so that small talk around one clear question
    does not drown it. The subject is a sentence. Text after 4,000 characters and 12 sentences is not read.
    """
    text = f"{question.subject}\n{question.text}"[:_LONGEST_TEXT]
    asked = Counter(words(text, question.language))
    found = search.scores(asked, question.language)
    if not found.topics or not found.scores.any():
        return None
    fits = _sentence_fits(search, text, question.language, found)
    plain = _standardised(found.scores) + _standardised(fits.max(axis=0))
    combined = plain + PRIOR_WEIGHT * _log_priors(found, question.category) + _intent_gains(found, question.intent)
    is_article = np.array([isinstance(topic, Article) for topic in found.topics])
    best = int(np.argmax(np.where(is_article & (found.scores > 0), combined, -np.inf)))
    article = found.topics[best]
    if not isinstance(article, Article) or found.scores[best] <= 0:
        return None
    others = np.arange(len(combined)) != best
    there = np.log1p(fits[int(np.argmax(fits[:, best]))])
    evidence = Evidence(
        lead=_distance(combined, best, is_article & others),
        lead_over_person=_distance(combined, best, ~is_article),
        plain_lead=_distance(plain, best, others),
        coverage=float(found.coverage[best]),
        agreement=float(article.category == question.category.name),
        category_probability=question.category.probability,
        sentence_fit=float(there[best]),
        sentence_lead=_distance(there, best, others),
        second_topic=float(announces_second_topic(question.text, question.language)),
        length=float(np.log1p(asked.total())),
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


def _log_priors(found: Scores, category: Label) -> NDArray[np.float64]:
    categories = {topic.category for topic in found.topics}
    rest = (1 - category.probability) / max(len(categories - {category.name}), 1)
    chances = [category.probability if topic.category == category.name else rest for topic in found.topics]
    return np.log(np.maximum(chances, _PRIOR_FLOOR))


def _is_known(found: Scores, intent: Label | None) -> bool:
    """Whether the classifier and the shelf speak of the same topics; a company's own articles have ids of their own."""
    return intent is not None and any(topic.id == intent.name for topic in found.topics)


def _intent_gains(found: Scores, intent: Label | None) -> NDArray[np.float64]:
    if intent is None or not _is_known(found, intent):
        return np.zeros(len(found.topics))
    rest = (1 - intent.probability) / len(found.topics)
    chances = [intent.probability if topic.id == intent.name else rest for topic in found.topics]
    return INTENT_WEIGHT * np.log(np.maximum(chances, _PRIOR_FLOOR))


def _intent_evidence(found: Scores, question: Question, best: Article) -> IntentEvidence | None:
    intent, second = question.intent, question.second_intent
    if intent is None or not _is_known(found, intent):
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
