"""Agreement: how much of what a draft says a person said as well, in words of his own."""

import re

from postroom.knowledge.search import ArticleSearch
from postroom.knowledge.words import sentences, words
from postroom.model.draft import Draft

# Chosen on the 32 pairs of tests/trials/answer_pairs.py, which that file measures anew: there 14 of 14 answers that
# say the same reach 0.57, and 18 of 18 others stay at 0.52 or below. Pairs of our own, so no proof for real mail.
RIGHT_FROM = 0.55
SAID_FROM = 0.5
"""A sentence counts as said where this share of its content words is."""
ARTICLE_WEIGHT = 0.5
WORDS_WEIGHT = 0.3
SENTENCES_WEIGHT = 0.2

_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")


class Agreement:
    """Compares drafts with what people wrote; `search` finds which article their words are about."""

    def __init__(self, search: ArticleSearch) -> None:
        self._search = search

    def between(self, draft: Draft, answer: str) -> float:
        """Return 0..1: how much of the draft's passages the answer says. Quotations must be cut from it before.

        Half of it is whether the answer's own words lead to the draft's article, the rest the share of content words
        and of sentences. It knows no negation: an answer that denies the draft word for word agrees with it.
        """
        said = set(words(_plain(answer), draft.language))
        proposed = [passage.text for passage in draft.passages]
        asked = [set(words(_plain(part), draft.language)) for text in proposed for part in sentences(text)]
        asked = [part for part in asked if part]
        if not said or not asked:
            return 0.0
        everything = set().union(*asked)
        shared = len(everything & said) / len(everything)
        told = sum(len(part & said) / len(part) >= SAID_FROM for part in asked) / len(asked)
        return ARTICLE_WEIGHT * self._same_article(draft, answer) + WORDS_WEIGHT * shared + SENTENCES_WEIGHT * told

    def _same_article(self, draft: Draft, answer: str) -> bool:
        found = self._search.search(_plain(answer), language=draft.language, category=None, limit=1)
        return bool(found) and found[0].article_id in {passage.article_id for passage in draft.passages}


def is_right(agreement: float) -> bool:
    """Return whether a draft that agrees this much with a person's answer could have gone out in its place."""
    return agreement >= RIGHT_FROM


def _plain(text: str) -> str:
    # Addresses are the same in every letter of a company, and say nothing of what it answers.
    return _ADDRESS.sub(" ", text)
