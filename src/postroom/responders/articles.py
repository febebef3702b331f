"""The responder that answers with the best article, word for word, and knows how sure it is.

The probability of its drafts is a logistic regression on the numbers of knowledge/evidence.py: lead over the next
article and over topics for a person, coverage, category, intent, best sentence, second topics, length. It was fitted on
mail of the mock generator (600 of each of the seeds 1000 to 1011) that the shipped router lets through, with the model
a new installation trains; `python -m postroom.knowledge.fit` repeats it, and `tests/responders/mock_mail.py` writes its
input and measures the result on other seeds.

Given the meaning of the articles, it asks that where words are not sure: which article a person sees then is chosen by
words and embeddings together. Such a draft is at most as probable as words made the best article: meaning gives a
person something better to begin with, and never a machine a reason to send.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from postroom.knowledge.confidence import FOREIGN_LANGUAGE_FACTOR, confidence_version, probability
from postroom.knowledge.greeting_name import greeting_name
from postroom.knowledge.letter import letter
from postroom.knowledge.match import Match, Question, match, match_of
from postroom.knowledge.meaning import ArticleMeaning
from postroom.knowledge.search import ArticleSearch, paragraphs
from postroom.model.article import Article, Passage
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Email

SCORING = 1
"""Raise it with every change after which a draft's probability is another one, so that what was proven of the old
probabilities lets nothing out by the new ones. `tests/responders/test_articles.py` notices such a change."""
FALLBACK_LANGUAGE = "en"
SKELETON_BELOW = 0.15  # A draft this unsure would send the reviewer the wrong way; an empty space does not.
# Of mock mail (200 of each seed 1100 to 1105) meaning finds the right article more often than words below this, and as
# often or less above it. Three mails in ten are below, most of them for a person.
UNSURE_BELOW = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What is answered with: the article (None: an empty space), its score, and how probable it is that it is right."""

    question: Question
    article: Article | None
    score: float
    probability: float


class ArticleResponder:
    """Answers with one article in the customer's language; English, and much less sure, where there is none in it.

    Nothing of the mail enters the text but the sender's checked name. Without `meaning` only words count. `languages`
    (ISO 639-1 codes) are those that mail is told apart in: others would choose other articles, so they are in the name.
    """

    def __init__(
        self, search: ArticleSearch, meaning: ArticleMeaning | None = None, *, languages: Iterable[str] = ()
    ) -> None:
        self._search = search
        self._meaning = meaning
        told_apart = ",".join(sorted(set(languages)))
        parts = (str(SCORING), confidence_version(), meaning.embedder if meaning else "", told_apart)
        self._name = f"articles@{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:8]}"

    @property
    def name(self) -> str:
        """The implementation and a checksum of what its probabilities are made with."""
        return self._name

    async def respond(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        """Return the reply made of the best article; a skeleton where nothing fits. Embeds beside the event loop."""
        choice = self._by_words(email, classification)
        if self._meaning is not None and choice.probability < UNSURE_BELOW:
            choice = await asyncio.to_thread(self._by_meaning, self._meaning, choice, classification)
        return self._draft(email, choice, signature)

    def draft(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        """Return what `respond` returns; for callers without an event loop."""
        choice = self._by_words(email, classification)
        if self._meaning is not None and choice.probability < UNSURE_BELOW:
            choice = self._by_meaning(self._meaning, choice, classification)
        return self._draft(email, choice, signature)

    def _by_words(self, email: Email, classification: Classification) -> _Choice:
        spoken = classification.language.name
        question = Question(
            subject=email.subject,
            text=email.new_text,
            language=spoken if spoken in self._search.shelf.languages else FALLBACK_LANGUAGE,
            category=classification.category,
            intent=classification.intent,
            second_intent=classification.second_intent,
        )
        found = match(self._search, question)
        if found is None:
            return _Choice(question=question, article=None, score=0.0, probability=0.0)
        certainty = _certainty(found, question, classification)
        article = found.article if certainty >= SKELETON_BELOW else None
        return _Choice(question=question, article=article, score=found.score, probability=certainty)

    def _by_meaning(self, meaning: ArticleMeaning, choice: _Choice, classification: Classification) -> _Choice:
        """Return another article where meaning finds one; never more probable than `choice`."""
        nearest = meaning.nearest(choice.question)
        if nearest is None or (choice.article is None and not nearest.could_answer):
            return choice
        if choice.article is not None and choice.article == nearest.article:
            return choice
        words_say = match_of(self._search, choice.question, nearest.article)
        certainty = _certainty(words_say, choice.question, classification) if words_say else 0.0
        return replace(
            choice,
            article=nearest.article,
            score=words_say.score if words_say else 0.0,
            probability=min(choice.probability, certainty),
        )

    def _draft(self, email: Email, choice: _Choice, signature: str) -> Draft:
        article, sender = choice.article, email.from_address
        language = choice.question.language
        passages = tuple(_passages(article, choice.score)) if article else ()
        text = letter(
            language,
            name=greeting_name(sender.name) if sender else None,
            paragraphs=[passage.text for passage in passages],
            signature=signature,
        )
        return Draft(
            text=text, language=language, probability=choice.probability, passages=passages, responder=self.name
        )


def _passages(article: Article, score: float) -> Iterator[Passage]:
    for text in paragraphs(article):
        yield Passage(article_id=article.id, language=article.language, text=text, score=score)


def _certainty(found: Match, question: Question, classification: Classification) -> float:
    """Return how probable the answer is: never more than what it rests on, the category being right."""
    spoken = classification.language.name == question.language
    by_words = probability(found.evidence) * (1.0 if spoken else FOREIGN_LANGUAGE_FACTOR)
    return by_words if classification.certainty is None else min(by_words, classification.certainty)
