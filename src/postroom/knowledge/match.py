"""The article that fits a mail best, and the evidence for and against it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postroom.knowledge.search import ArticleSearch, Scores
from postroom.knowledge.second_topic import announces_second_topic
from postroom.knowledge.words import sentences, words
from postroom.model.article import Article
from postroom.model.classification import Label

PRIOR_WEIGHT = 2.0  # How many standard deviations of BM25 one natural logarithm of category probability is worth.
_PRIOR_FLOOR = 0.02  # A classifier that is sure and wrong can still be outvoted by the words.
_LONGEST_TEXT = 4_000  # Characters; nobody asks his question later than that.
_MOST_SENTENCES = 12
_SHORTEST_SENTENCE = 2  # Meaningful words; less is a greeting or an order number.


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is searched for: the mail's subject and new text, the language to search in and the classified category."""

    subject: str
    text: str
    language: str
    category: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for the best article; leads are in standard deviations of the scores over all topics, -5..5.

    `lead` is its distance to the next article, `lead_over_person` to the nearest topic for a person, both with the
    category counted in; `plain_lead` is the distance to the next topic by words alone. `coverage` (0..1) is the share
    of the asked words it knows. `agreement` is 1 where its category is the classified one, `category_probability` what
    the classifier gave that. `sentence_fit` is how well it explains the sentence it explains best, `sentence_lead` its
    distance there to the next topic; `rival` (0..2) is how much better another topic explains another sentence, as a
    share of that fit.
    `second_topic` is 1 where words such as "by the way" or "another question" announce a second question.
    `length` is the natural logarithm of the number of words plus 1.
    """

    lead: float
    lead_over_person: float
    plain_lead: float
    coverage: float
    agreement: float
    category_probability: float
    sentence_fit: float
    sentence_lead: float
    rival: float
    second_topic: float
    length: float

    def numbers(self) -> tuple[float, ...]:
        """Return the features in the order of the fitted coefficients."""
        return (
            self.lead,
            self.lead_over_person,
            self.plain_lead,
            self.coverage,
            self.agreement,
            self.category_probability,
            self.sentence_fit,
            self.sentence_lead,
            self.rival,
            self.second_topic,
            self.length,
        )


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
    combined = plain + PRIOR_WEIGHT * _log_priors(found, question.category)
    is_article = np.array([isinstance(topic, Article) for topic in found.topics])
    best = int(np.argmax(np.where(is_article & (found.scores > 0), combined, -np.inf)))
    article = found.topics[best]
    if not isinstance(article, Article) or found.scores[best] <= 0:
        return None
    others = np.arange(len(combined)) != best
    there = fits[int(np.argmax(fits[:, best]))]
    evidence = Evidence(
        lead=_distance(combined, best, is_article & others),
        lead_over_person=_distance(combined, best, ~is_article),
        plain_lead=_distance(plain, best, others),
        coverage=float(found.coverage[best]),
        agreement=float(article.category == question.category.name),
        category_probability=question.category.probability,
        sentence_fit=float(np.log1p(there[best])),
        sentence_lead=_distance(np.log1p(there), best, others),
        rival=_rival(fits, best),
        second_topic=float(announces_second_topic(question.text, question.language)),
        length=float(np.log1p(asked.total())),
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


def _rival(fits: NDArray[np.float64], best: int) -> float:
    """Return how much better another topic fits a sentence than `best` does, as a share of its own best fit; 0..2."""
    own = float(fits[:, best].max())
    ahead = fits.max(axis=1) > fits[:, best]
    if own <= 0 or not ahead.any():
        return 0.0
    return min(2.0, float((fits[ahead].max(axis=1) - fits[ahead, best]).max()) / own)


def _standardised(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 0 else scores * 0.0


def _log_priors(found: Scores, category: Label) -> NDArray[np.float64]:
    categories = {topic.category for topic in found.topics}
    rest = (1 - category.probability) / max(len(categories - {category.name}), 1)
    chances = [category.probability if topic.category == category.name else rest for topic in found.topics]
    return np.log(np.maximum(chances, _PRIOR_FLOOR))


def _distance(values: NDArray[np.float64], best: int, among: NDArray[np.bool_]) -> float:
    """Return how far `best` is ahead (negative: behind), at most 5 and at least -5; 5 where nobody competes."""
    if not among.any():
        return 5.0
    return float(np.clip(values[best] - values[among].max(), -5, 5))
