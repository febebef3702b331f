"""Whether each sentence of a reply is supported by a passage that it cites; computed here, believing nobody.

A sentence is supported when all of this holds, and it is refused for the first that does not:
it is one line of plain text; it cites passages that were given; every link, address and number in it stands in a cited
passage, numbers with the same thing they count; one single cited sentence holds all of its numbers and every meaningful
word and name, in some form (save the customer's own name); it denies what that one denies, and nothing else; and its
meaning lies close to a cited sentence.

That is strict on purpose: one new word ("free", "always") can be a promise, and words of two true sentences can make a
false one. Measured on the 974 sentences of the starter articles, cited to their own article: all pass but one fragment
of a word; cited to another article of their language, drawn at random: one passes, which stands in both. Of 18 true
rewordings written by hand 12 passed, of 10 false ones out of an article's own words none.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from postroom.interfaces.embedder import Embedder
from postroom.knowledge.facts import facts
from postroom.knowledge.negation import denies
from postroom.knowledge.words import sentences, words
from postroom.model.article import Passage

MOST_CHARACTERS = 600
FEWEST_WORDS = 2  # Meaningful ones: "You will get it" promises something and says nothing that could be checked.
SHORTEST_COMMON = 5  # Letters that two forms of one word share at least.
LEAST_CLOSENESS = 0.5

_MARKUP = re.compile(r"[<>{}\[\]|`*_\\]|&\w+;")
_CLAUSE_END = re.compile(r"[,;:–—()]\s*")
# Of nothing in common: how close an embedder puts such texts is the zero of its scale (0.1 for some, 0.8 for others).
_UNRELATED = (
    "The orchestra rehearses on Thursday evenings.",
    "Granite is harder than limestone.",
    "Der Zug nach Basel hat zwölf Wagen.",
    "Ma grand-mère cultive des tomates.",
    "El río nace en las montañas.",
    "Il gatto dorme sul tetto.",
    "De dijk beschermt het dorp.",
    "Quarterly rainfall was measured with a new gauge.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSentence:
    """One sentence of a reply and the ids of the articles that are said to support it."""

    text: str
    article_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsupportedSentence:
    """Why the sentence with `number` (from 1) is not supported; `reason` holds none of its words."""

    number: int
    reason: str


class SupportCheck:
    """Checks replies; `embedder` says how close meanings are."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._zero: float | None = None

    def doubts(
        self, reply: Sequence[CitedSentence], passages: Sequence[Passage], *, language: str, own_name: str | None
    ) -> tuple[UnsupportedSentence, ...]:
        """Return a doubt for each sentence of `reply` that is not supported; a reply without sentences has one, too.

        `language` is that of the passages and the reply, `own_name` the customer's checked name. Takes milliseconds a
        sentence on the calling thread.
        """
        found = [
            UnsupportedSentence(number=number, reason=reason)
            for number, sentence in enumerate(reply, start=1)
            if (reason := self._reason(sentence, passages, language, own_name or ""))
        ]
        return tuple(found) if reply else (UnsupportedSentence(number=1, reason="nothing is said"),)

    def _reason(self, sentence: CitedSentence, passages: Sequence[Passage], language: str, own_name: str) -> str:
        reason = _form(sentence.text)
        if reason:
            return reason
        cited = [passage.text for passage in passages if passage.article_id in sentence.article_ids]
        known_ids = {passage.article_id for passage in passages}
        if not cited or not known_ids.issuperset(sentence.article_ids):
            return "it cites no passage that was given"
        for part in sentences(sentence.text):
            said = _said_words(part, language, own_name)
            reason = (
                _invented_facts(part, cited, language)
                or _invented_words(said, cited, language)
                or _recombined(part, said, cited, language)
                or self._far(part, cited)
            )
            if reason:
                return reason
        return ""

    def _far(self, text: str, cited: Sequence[str]) -> str:
        units = [unit for passage in cited for unit in sentences(passage)]
        vectors = self._embedder.embed([text, *units])
        nearest = float(np.max(vectors[1:] @ vectors[0]))
        zero = self._zero_of_scale()
        close = (nearest - zero) / (1 - zero) >= LEAST_CLOSENESS
        return "" if close else "its meaning is far from every cited sentence"

    def _zero_of_scale(self) -> float:
        if self._zero is None:
            self._zero = _mean_similarity(self._embedder.embed(_UNRELATED))
        return self._zero


def _mean_similarity(vectors: NDArray[np.float32]) -> float:
    pairs = (vectors @ vectors.T)[np.triu_indices(len(vectors), k=1)]
    return float(np.clip(pairs.mean(), -1.0, 0.95))


def _form(text: str) -> str:
    if not text.strip() or len(text) > MOST_CHARACTERS:
        return "it is empty or too long"
    # Zs: only blanks; Cf, Cc: invisible or line-breaking signs have no place in a sentence.
    if any(unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in {"Zl", "Zp"} for sign in text):
        return "it holds signs that nobody sees"
    return "it holds markup" if _MARKUP.search(text) else ""


def _invented_facts(text: str, cited: Sequence[str], language: str) -> str:
    said, known = facts(text, language), [facts(passage, language) for passage in cited]
    if not said.links.issubset(link for one in known for link in one.links):
        return "a link or an address in it stands in no cited passage"
    if not said.numbers.issubset(number for one in known for number in one.numbers):
        return "a number in it stands in no cited passage"
    if not said.counted.issubset(pair for one in known for pair in one.counted):
        return "a number in it counts something else in the cited passages"
    return ""


def _said_words(text: str, language: str, own_name: str) -> list[str]:
    own = set(words(own_name, language))
    return [word for word in words(text, language) if word not in own]


def _invented_words(said: Sequence[str], cited: Sequence[str], language: str) -> str:
    if len(said) < FEWEST_WORDS:
        return "it says nothing that could be checked"
    known = {word for passage in cited for word in words(passage, language)}
    return "" if _holds(known, said) else "a word or a name in it stands in no cited passage"


def _holds(known: set[str], said: Sequence[str]) -> bool:
    return all(word in known or any(_is_inflected(word, other) for other in known) for word in said)


def _is_inflected(word: str, other: str) -> bool:
    """Whether two stems are forms of one word: all but a fifth of the longer one is the same."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    return same >= SHORTEST_COMMON and same >= 0.8 * max(len(word), len(other))


def _recombined(text: str, said: Sequence[str], cited: Sequence[str], language: str) -> str:
    """Return why no single cited sentence says `text`: words of several, put together, can say the opposite of each."""
    numbers = facts(text, language).numbers
    whole = [unit for passage in cited for unit in sentences(passage)]
    whole = [unit for unit in whole if _holds(set(words(unit, language)), said)]
    if not whole:
        return "its words stand in several cited sentences, in none together"
    whole = [unit for unit in whole if numbers.issubset(facts(unit, language).numbers)]
    if not whole:
        return "a number in it stands in another sentence than its words"
    # A clause may affirm what its sentence denies elsewhere, so each is compared by itself, too.
    clauses = [clause for unit in whole for clause in _CLAUSE_END.split(unit) if words(clause, language)]

    def fit(unit: str) -> tuple[int, int]:
        theirs = set(words(unit, language))
        return len(theirs.intersection(said)), -len(theirs.difference(said))

    same = denies(text, language) == denies(max((*whole, *clauses), key=fit), language)
    return "" if same else "it denies what the passage affirms, or the reverse"
