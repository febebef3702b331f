"""What a model is trained on and held against: texts that people labelled, a stable fifth of them never learnt."""

import hashlib
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from postroom.actions.categories import categories
from postroom.errors import InputError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.knowledge.articles import ArticleShelf, PersonTopic
from postroom.learning.corpus import OTHER, LabelledText
from postroom.model.article import Article
from postroom.model.category import Category
from postroom.model.example import Example, Origin

PAGE = 200
HELD_OUT_ONE_IN = 5
"""One fifth: enough to compare two models by, and four fifths to learn from, as in a five-fold cross-validation
(Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", 1995)."""
PARTS = HELD_OUT_ONE_IN - 1
"""So that a model without one of them has learnt almost as much as the one with all."""
USUAL_PRIORITY = "normal"
USUAL_SENTIMENT = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything to train on. `texts` are learnt, and so are `aside` ones, which are no mail: what people wrote about
    categories, and the questions of articles.

    `reviewed` are the examples behind some of `texts`; `held_out` ones are never learnt. `left_out` counts labelled
    examples that are neither, as there are newer ones in plenty. `starter` is true where the
    made-up shop is answered: its corpus is learnt too. Nobody has said how urgent a text is, or in which tone it is
    written: all have the usual priority and sentiment.
    """

    texts: tuple[LabelledText, ...]
    aside: tuple[LabelledText, ...]
    reviewed: tuple[Example, ...]
    held_out: tuple[Example, ...]
    starter: bool = False
    left_out: int = 0

    def without(self, examples: Iterable[Example]) -> "Material":
        """Return the same without the texts of some examples, wherever these stand in it."""
        out = {fingerprint(whole(example)) for example in examples}
        return replace(
            self,
            texts=tuple(text for text in self.texts if fingerprint(text.text) not in out),
            aside=tuple(text for text in self.aside if fingerprint(text.text) not in out),
        )


def whole(example: Example) -> str:
    """Return the text of an example as classifiers read an e-mail: the subject, then the customer's words."""
    return f"{example.subject}\n{example.text}"


def fingerprint(text: str) -> str:
    """Return what two texts have in common that say the same, however they are spaced and capitalised."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()


def is_held_out(text: str) -> bool:
    """Return whether a text belongs to the fifth that no model ever learns: always the same answer."""
    return int(fingerprint(text)[:8], 16) % HELD_OUT_ONE_IN == 0


def part_of(example: Example) -> int:
    """Return which of `PARTS` parts a text belongs to that is learnt: always the same one."""
    return int(fingerprint(whole(example))[8:16], 16) % PARTS


async def gather(stores: Stores, shelf: ArticleShelf, *, made_up: bool, most: int) -> Material:
    """Return what people have written down to learn from; `made_up` where the made-up shop is answered.

    Of examples the `most` that count most are taken: what people said before what was imported, then the newest.

    Raises:
        InputError: it is too little, with what is missing. StoreError: it cannot be read.
    """
    material = await everything(stores, shelf, made_up=made_up, most=most)
    require_enough(material)
    return material


async def everything(stores: Stores, shelf: ArticleShelf, *, made_up: bool, most: int) -> Material:
    """Return the same, be it enough to train on or not.

    Raises:
        StoreError: it cannot be read.
    """
    kept = _Kept(most)
    async for one in every(lambda after: stores.examples.list(after=after, limit=PAGE)):
        kept.take(one)
    examples = kept.in_order()
    found = material_of(await categories(stores), shelf, examples, made_up=made_up)
    return replace(found, left_out=kept.left_out)


def material_of(
    categories: Sequence[Category], shelf: ArticleShelf, examples: Iterable[Example], *, made_up: bool
) -> Material:
    """Return what there is to learn, each text once; of two that say the same, what a person said last holds.

    An imported label never stands against what a person decided here: its date may be the one that a sender wrote.
    """
    every_one = list(examples)
    of_text = _Kept(max(1, len(every_one)))
    for example in every_one:
        of_text.take(example)
    kept = of_text.in_order()
    held_out = tuple(one for one in kept if is_held_out(whole(one)))
    reviewed = tuple(one for one in kept if not is_held_out(whole(one)))
    texts = [_of_example(one) for one in reviewed]
    for category in categories:
        texts += [_labelled(text, category.name, category.language) for text in category.examples]
    aside = [
        _labelled(text, category.name, category.language)
        for category in categories
        for text in (category.title, category.description)
    ]
    topics: tuple[Article | PersonTopic, ...] = (*shelf.articles, *shelf.person_topics)
    for topic in topics:
        aside += _questions(topic)
    found = Material(texts=_once(texts), aside=_once(aside), reviewed=reviewed, held_out=held_out, starter=made_up)
    # A held-out mail may also stand among the examples of its category.
    return found.without(held_out)


def require_enough(material: Material) -> None:
    """Pass where a model can be trained.

    Raises:
        InputError: it cannot, with what is missing.
    """
    if material.starter:
        return
    names = sorted({text.category for text in (*material.texts, *material.aside)} - {OTHER})
    if len(names) >= 2:
        return
    have = f"only of {names[0]!r}" if names else "of none"
    raise InputError(
        f"There is too little to train on: texts of at least two categories are needed, and there are some {have}.",
        hint="Describe the categories, write articles with their category, or import labelled history.",
    )


class _Kept:
    """At most `most` labelled examples, one for each text: those that count most of all that were taken."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of_text: dict[str, Example] = {}
        self.left_out = 0

    def take(self, one: Example) -> None:
        """Keep an example with a label and a text, unless a better one of the same text is there."""
        if not one.category or not one.text.strip():
            return
        key = fingerprint(whole(one))
        other = self._of_text.get(key)
        if other is None or _rank(other) < _rank(one):
            self._of_text[key] = one
        # Seldom, so that it costs little; at twice the number, so that memory is bounded.
        if len(self._of_text) >= 2 * self._most:
            self._cut()

    def in_order(self) -> list[Example]:
        """Return them in an order that does not depend on when they were stored."""
        self._cut()
        return [self._of_text[key] for key in sorted(self._of_text)]

    def _cut(self) -> None:
        best = heapq.nlargest(self._most, self._of_text.items(), key=lambda entry: _rank(entry[1]))
        self.left_out += len(self._of_text) - len(best)
        self._of_text = dict(best)


def _rank(one: Example) -> tuple[bool, datetime, str]:
    """Return by what examples are compared: what people decided counts more than what was imported, then the newer."""
    return one.origin is not Origin.IMPORT, one.at, one.id


def _once(texts: Iterable[LabelledText]) -> tuple[LabelledText, ...]:
    """Return the texts that say something, each once for each label, in an order of their own."""
    found = {(fingerprint(text.text), text.category, text.intent): text for text in texts if text.text.strip()}
    return tuple(found[key] for key in sorted(found))


def _of_example(example: Example) -> LabelledText:
    # The article that a person let answer is the intent; where there were several, nobody knows which part asked what.
    intent = example.article_ids[0] if len(example.article_ids) == 1 else ""
    return replace(_labelled(whole(example), example.category, example.language), intent=intent)


def _questions(topic: Article | PersonTopic) -> list[LabelledText]:
    title = (topic.title,) if isinstance(topic, Article) else ()
    return [
        replace(_labelled(text, topic.category, topic.language), intent=topic.id) for text in (*title, *topic.questions)
    ]


def _labelled(text: str, category: str, language: str) -> LabelledText:
    return LabelledText(
        text=text.strip(),
        intent="",
        category=category,
        priority=USUAL_PRIORITY,
        sentiment=USUAL_SENTIMENT,
        language=language,
    )
