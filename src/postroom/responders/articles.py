"""The responder that answers with the best article, word for word, and knows how sure it is.

The probability of its drafts is a logistic regression on the numbers of knowledge/evidence.py: lead over the next
article and over topics for a person, coverage, category, intent, best sentence, second topics, length. It was fitted on
mail of the mock generator (600 of each of the seeds 1000 to 1011) that the shipped router lets through, with the model
a new installation trains; `python -m postroom.knowledge.fit` repeats it, and `tests/responders/mock_mail.py` writes its
input and measures the result on other seeds.
"""

from postroom.knowledge.confidence import FOREIGN_LANGUAGE_FACTOR, probability
from postroom.knowledge.greeting_name import greeting_name
from postroom.knowledge.letter import letter
from postroom.knowledge.match import Question, match
from postroom.knowledge.search import ArticleSearch, paragraphs
from postroom.model.article import Passage
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Email

FALLBACK_LANGUAGE = "en"
SKELETON_BELOW = 0.15  # A draft this unsure would send the reviewer the wrong way; an empty space does not.


class ArticleResponder:
    """Answers with one article in the customer's language; English, and much less sure, where there is none in it.

    Nothing of the mail enters the text but the sender's checked name.
    """

    def __init__(self, search: ArticleSearch) -> None:
        self._search = search

    @property
    def name(self) -> str:
        """The implementation."""
        return "articles"

    async def respond(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        """Return the reply made of the best article; a skeleton where its probability is below 0.15."""
        return self.draft(email, classification, signature=signature)

    def draft(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        """Return what `respond` returns; for callers without an event loop."""
        spoken = classification.language.name
        language = spoken if spoken in self._search.shelf.languages else FALLBACK_LANGUAGE
        question = Question(
            subject=email.subject,
            text=email.new_text,
            language=language,
            category=classification.category,
            intent=classification.intent,
            second_intent=classification.second_intent,
        )
        found = match(self._search, question)
        if found is None:
            return self._draft(email, language=language, signature=signature, probability=0.0, passages=())
        certainty = probability(found.evidence) * (1.0 if language == spoken else FOREIGN_LANGUAGE_FACTOR)
        if certainty < SKELETON_BELOW:
            return self._draft(email, language=language, signature=signature, probability=certainty, passages=())
        passages = tuple(
            Passage(article_id=found.article.id, language=language, text=text, score=found.score)
            for text in paragraphs(found.article)
        )
        return self._draft(email, language=language, signature=signature, probability=certainty, passages=passages)

    def _draft(
        self, email: Email, *, language: str, signature: str, probability: float, passages: tuple[Passage, ...]
    ) -> Draft:
        sender = email.from_address
        text = letter(
            language,
            name=greeting_name(sender.name) if sender else None,
            paragraphs=[passage.text for passage in passages],
            signature=signature,
        )
        return Draft(text=text, language=language, probability=probability, passages=passages, responder=self.name)
