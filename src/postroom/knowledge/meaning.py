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

# Of mock mail (200 of each seed 1100 to 1105) words were less than .5 sure of 72 that have an article. With half of
# what category and intent are worth to words, meaning finds 35 of these articles, with all of it 29.
SHARE_OF_PRIORS = 0.5
# Of the same mail, below .15, on a shelf without topics for a person: 16 of 17 right articles score more than this, and
# 79 of 256 wrong ones.
LEAST_SCORE = -0.7
# Characters of articles that one mail waits for: with e5 some .4 ms each, of which the first 1,000 of a text are read,
# and a node has 60 seconds. Larger shelves are embedded over several mails, which are answered by words until then.
MOST_AT_ONCE = 50_000


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

    @property
    def embedder(self) -> str:
        """The name of what embeds."""
        return self._vectors.name

    def renewed(self, search: ArticleSearch) -> "ArticleMeaning":
        """Return the meaning of a shelf as it is now, prepared in the same languages; only new texts are embedded."""
        topics: tuple[Topic, ...] = (*search.shelf.articles, *search.shelf.person_topics)
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
            while self._ranking(language) is None:
                pass

    def nearest(self, question: Question) -> Nearest | None:
        """Return what fits `question` best; None where it says nothing or no article is in its language.

        None as well until a large shelf is embedded, of which each such question does a part.

        Embeds the mail and, at the first question of a language, its articles, on the calling thread. The text is the
        one that classifiers embed, so that a shared memory of vectors has it already.
        """
        topics, asked = self._search.topics(question.language), question.whole()
        is_article = np.array([isinstance(topic, Article) for topic in topics], dtype=np.bool_)
        if not is_article.any() or not words(asked, question.language):
            return None
        ranking = self._ranking(question.language)
        if ranking is None:
            return None
        said = category_gains(topics, question.category) + intent_gains(topics, question.intent)
        scores = ranking.scores(asked, question.language) + SHARE_OF_PRIORS * said
        best = int(np.argmax(np.where(is_article, scores, -np.inf)))
        article = topics[best]
        if not isinstance(article, Article):
            return None
        return Nearest(
            article=article,
            score=float(scores[best]),
            before_persons=bool(scores[best] >= scores.max()),
        )

    def _ranking(self, language: str) -> HybridRanking | None:
        """Return the ranking; None where more than a portion of its texts was missing, of which one is embedded now."""
        waited = not self._lock.acquire(blocking=False)
        if waited:
            self._lock.acquire()
        try:
            found = self._rankings.get(language)
            # Who has waited for one portion does not wait for a second one.
            if found is None and not waited:
                found = self._embedded(language)
        finally:
            self._lock.release()
        return found

    def _embedded(self, language: str) -> HybridRanking | None:
        facets = _facets(self._search.topics(language), language)
        if not self._vectors.learn((text for facet in facets for text in facet.texts), most_characters=MOST_AT_ONCE):
            return None
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
