"""Which topic of the shelf a mail means, where its words alone do not tell: words and embeddings together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from postroom.knowledge.article_vectors import ArticleVectors
from postroom.knowledge.hybrid import Facet, HybridRanking
from postroom.knowledge.match import Question
from postroom.knowledge.priors import category_gains, intent_gains
from postroom.knowledge.search import ArticleSearch, Topic
from postroom.knowledge.words import words
from postroom.model.article import Article

# Chosen on mock mail (200 of each seed 1100 to 1105) of which words were less than .5 sure, 72 of it answerable: with
# half of what match.py gives them, category and intent name the right article 37 times, with all of it 34 times.
SHARE_OF_PRIORS = 0.5
# Of the same mail, below .15, on a shelf without topics for a person: nine in ten of the right articles score more than
# this, and three in ten or so of the wrong ones.
LEAST_SCORE = -0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The best article; `score` orders articles of one shelf, higher is better, and is no probability.

    `before_persons` is true where no topic for a person fits better.
    """

    article: Article
    score: float
    before_persons: bool

    @property
    def could_answer(self) -> bool:
        """Whether it is near enough to be shown to a person where words have found nothing."""
        return self.before_persons and self.score >= LEAST_SCORE


class ArticleMeaning:
    """Ranks the topics of a shelf by meaning. A language is embedded when it is first asked about, and kept."""

    def __init__(self, search: ArticleSearch, vectors: ArticleVectors) -> None:
        self._search = search
        self._vectors = vectors
        self._rankings: dict[str, HybridRanking] = {}
        self._lock = Lock()

    def renewed(self, search: ArticleSearch) -> "ArticleMeaning":
        """Return the meaning of a shelf as it is now, prepared in the same languages; only new texts are embedded."""
        topics = (*search.shelf.articles, *search.shelf.person_topics)
        known = self._vectors.only(text for topic in topics for text in (*topic.questions, _whole(topic)))
        found = ArticleMeaning(search, known)
        found.prepare(language for language in self.prepared if language in search.shelf.languages)
        return found

    @property
    def prepared(self) -> tuple[str, ...]:
        """The languages whose articles are embedded."""
        return tuple(self._rankings)

    def prepare(self, languages: Iterable[str]) -> None:
        """Embed the articles of `languages`: some hundredths of a second a question, some tenths an article."""
        for language in languages:
            self._ranking(language)

    def nearest(self, question: Question) -> Nearest | None:
        """Return what fits `question` best; None where it says nothing or no article is in its language.

        Embeds the mail and, at the first question of a language, its articles, on the calling thread. The text is the
        one that classifiers embed, so that a shared memory of vectors has it already.
        """
        topics, asked = self._search.topics(question.language), question.whole()
        is_article = np.array([isinstance(topic, Article) for topic in topics], dtype=np.bool_)
        if not is_article.any() or not words(asked, question.language):
            return None
        said = category_gains(topics, question.category) + intent_gains(topics, question.intent)
        scores = self._ranking(question.language).scores(asked, question.language) + SHARE_OF_PRIORS * said
        best = int(np.argmax(np.where(is_article, scores, -np.inf)))
        article = topics[best]
        if not isinstance(article, Article):
            return None
        return Nearest(
            article=article,
            score=float(scores[best]),
            before_persons=bool(scores[best] >= scores.max()),
        )

    def _ranking(self, language: str) -> HybridRanking:
        with self._lock:
            found = self._rankings.get(language)
            if found is None:
                facets = _facets(self._search.topics(language), language)
                self._vectors.learn(text for facet in facets for text in facet.texts)
                found = self._rankings[language] = HybridRanking(facets, self._vectors)
            return found


def _facets(topics: Sequence[Topic], language: str) -> tuple[Facet, Facet]:
    """Return the single questions, and what each topic says as a whole."""
    questions = [(text, at) for at, topic in enumerate(topics) for text in topic.questions]
    whole = [(_whole(topic), at) for at, topic in enumerate(topics)]
    return _facet(questions, language), _facet(whole, language)


def _facet(texts: Sequence[tuple[str, int]], language: str) -> Facet:
    return Facet(
        texts=tuple(text for text, _ in texts),
        owners=tuple(owner for _, owner in texts),
        languages=(language,) * len(texts),
    )


def _whole(topic: Topic) -> str:
    return f"{topic.title}\n{topic.body}" if isinstance(topic, Article) else "\n".join(topic.questions)
