"""A small workshop: three categories, texts that are easy to tell apart, and linear models that train in a second."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from clocks import SetClock
from contracts.store_nouns import START
from postroom.actions.models import Workshop
from postroom.actions.training_material import is_held_out, whole
from postroom.bootstrap.models_craft import LinearCraft
from postroom.classifiers.linear import LinearClassifier
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.knowledge.search import ArticleSearch
from postroom.learning.corpus import Corpus, LabelledText
from postroom.learning.linear_model import LinearModel
from postroom.learning.train import train
from postroom.model.article import Article, ArticleId
from postroom.model.category import Category
from postroom.model.example import Example, ExampleId, Origin
from postroom.responders.articles import ArticleResponder

WORDS = {
    "claims": ("water damage in the kitchen", "my car was hit", "report a claim", "the burglar took it", "hail broke"),
    "contract": ("end my policy", "cancel the insurance", "change the contract", "new address", "add my wife"),
    "billing": ("the premium went up", "pay by direct debit", "invoice is wrong", "money was taken twice", "refund"),
}
START_OF = ("Hello", "Dear team", "Good morning", "Please help", "Hi there", "To whom it may concern")
END_OF = ("thanks", "regards", "please answer soon", "I am waiting", "number 4711", "what can I do")


def example(number: int, category: str, **changes: object) -> Example:
    """Return an example of a category; each number has a text of its own."""
    choice = random.Random(number)
    said = choice.choice(WORDS.get(category, ("a lottery", "buy our shares", "a warm greeting")))
    text = f"{choice.choice(START_OF)}, {said}, {choice.choice(END_OF)} ({'x' * (number % 7)} {number})"
    made = Example(
        id=ExampleId(f"ex_{number}"),
        origin=Origin.REVIEW,
        subject=f"About {said.split()[-1]}",
        text=text,
        language="en",
        category=category,
        by="ann",
        at=START + timedelta(minutes=number),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # Each test names fields as they are.


def examples(count: int, *, first: int = 0) -> list[Example]:
    """Return that many examples, the categories in turn."""
    names = sorted(WORDS)
    return [example(number, names[number % 3]) for number in range(first, first + count)]


def held(found: Iterable[Example]) -> list[Example]:
    """Return those that no model learns."""
    return [one for one in found if is_held_out(whole(one))]


def category(name: str, *texts: str) -> Category:
    """Return a category with a description and examples."""
    return Category(
        name=name,
        title=name.title(),
        description=f"Mail about {name}: {', '.join(WORDS[name][:2])}",
        examples=texts,
        language="en",
        by="ann",
        updated_at=START,
    )


def article(name: str, about: str, body: str) -> Article:
    """Return an approved article."""
    return Article(id=ArticleId(name), language="en", category=about, title=name, questions=WORDS[about], body=body)


SHELF = ArticleShelf(
    [article("claim_form", "claims", "Use the form."), article("end_policy", "contract", "Write to us a month before.")]
)


def labelled(text: str, name: str, priority: str = "normal") -> LabelledText:
    """Return a text of the model that came with the installation."""
    return LabelledText(text=text, intent="", category=name, priority=priority, sentiment="neutral", language="en")


@cache
def tutor() -> LinearModel:
    """Return a model that knows other categories, as one that came with the installation."""
    texts = [labelled(f"where is my parcel {number}", "delivery") for number in range(4)]
    texts += [labelled(f"it is urgent, my voucher {number}", "voucher", "urgent") for number in range(4)]
    return train(Corpus(texts=tuple(texts), phrases=(), frames=()))


def workshop(stores: Stores, folder: Path, *, shelf: ArticleShelf = SHELF) -> Workshop:
    """Return a workshop in a folder."""
    return Workshop(
        stores=stores,
        clock=SetClock(START),
        by="ann",
        folder=folder / "models",
        craft=LinearCraft(("en", "de"), tutor),
        ground=LinearClassifier(tutor(), "0" * 64, languages=("en", "de")),
        shelf=shelf,
        responder=ArticleResponder(ArticleSearch(shelf)),
        most_examples=20_000,
    )


class Told:
    """A progress that keeps what it was told."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []

    async def __call__(self, done: int, total: int) -> None:
        """Keep it."""
        self.steps.append((done, total))


async def put(stores: Stores, found: Sequence[Example]) -> None:
    """Store examples."""
    await stores.examples.put(found)
