"""Categories that people keep: add, change, remove."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from postroom.actions.articles_kept import LANGUAGE_CODES
from postroom.actions.desk import Desk
from postroom.classifiers.language_model import catalogue_categories
from postroom.errors import ConflictError, InputError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.learning.corpus import OTHER
from postroom.model.category import Category
from postroom.model.trained_model import TrainedModel

PAGE = 200
LATELY_DAYS = 30
MAX_NAME_CHARS = 100
MAX_TEXT_CHARS = 2_000
MAX_EXAMPLES = 200
_NAME = re.compile(r"[^\W_][\w.+-]*(?: [\w.+-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryForm:
    """What people write of a category; its title is its name where none is given."""

    title: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()
    language: str = "en"
    automatic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChange:
    """What is to be changed of a category; None stays as it is."""

    title: str | None = None
    description: str | None = None
    examples: tuple[str, ...] | None = None
    language: str | None = None
    automatic: bool | None = None


async def categories(stores: Stores) -> tuple[Category, ...]:
    """Return every category that people keep, by name."""
    return tuple([one async for one in every(lambda after: stores.categories.list(after=after, limit=PAGE))])


async def known_categories(stores: Stores) -> Mapping[str, str]:
    """Return every category that people keep or the classifier in use tells apart, with what it means (empty: unknown).

    Those of the starter catalogue, and `OTHER`, are told apart where no model of the store is in use.
    """
    starter = catalogue_categories()
    told = told_apart(await stores.models.in_use())
    kept = {one.name: one.description or one.title for one in await categories(stores)}
    return kept | {name: starter.get(name, "") for name in told if name not in kept}


async def asked_categories(stores: Stores) -> Mapping[str, str]:
    """Return the categories that a language model is asked about, with what they mean: those that people keep.

    So a promotion changes nothing of what it is asked, and what was proven of its votes goes on to count. Where people
    keep none, they are those that the classifier in use tells apart. `OTHER` is not among them.
    """
    kept = {one.name: one.description or one.title for one in await categories(stores)}
    found = kept or await known_categories(stores)
    return {name: meaning for name, meaning in found.items() if name != OTHER}


def told_apart(model: TrainedModel | None) -> tuple[str, ...]:
    """Return the categories that a model tells apart, None for the one that came with the installation."""
    return (*catalogue_categories(), OTHER) if model is None else model.categories


async def add_category(desk: Desk, name: str, form: CategoryForm) -> Category:
    """Return the new category.

    Raises:
        InputError: a text is wrong. ConflictError: there is one of that name.
    """
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_CHARS:
        raise InputError(
            f"{name[:MAX_NAME_CHARS]!r} cannot be the name of a category.",
            hint=f"Use up to {MAX_NAME_CHARS} letters and digits, with single spaces, _, -, . or + in between.",
        )
    made = _checked(
        Category(
            name=name,
            title=form.title or name,
            description=form.description,
            examples=form.examples,
            language=form.language,
            by=desk.by,
            updated_at=desk.clock.now(),
            automatic=form.automatic,
        )
    )
    if not await desk.stores.categories.add(made):
        raise ConflictError(f"There is a category {name!r} already.", hint="Change that one, or choose another name.")
    return made


async def change_category(desk: Desk, name: str, change: CategoryChange, *, revision: int | None = None) -> Category:
    """Return the changed category; without a `revision` whichever is stored now is changed.

    Raises:
        NotFoundError: there is none. InputError: a text is wrong. ConflictError: somebody else changed it meanwhile.
    """
    kept = await desk.stores.categories.get(name)
    changed = replace(
        kept,
        title=kept.title if change.title is None else change.title,
        description=kept.description if change.description is None else change.description,
        examples=kept.examples if change.examples is None else change.examples,
        language=kept.language if change.language is None else change.language,
        automatic=kept.automatic if change.automatic is None else change.automatic,
        by=desk.by,
        updated_at=desk.clock.now(),
        revision=kept.revision if revision is None else revision,
    )
    if not await desk.stores.categories.change(_checked(changed)):
        raise ConflictError(
            f"Somebody else changed the category {name!r} meanwhile.", hint="Look at it, then change it again."
        )
    return replace(changed, revision=changed.revision + 1)


async def answered_lately(desk: Desk, name: str) -> int:
    """Return how many e-mails of a category, of the last `LATELY_DAYS` days, a machine answered."""
    now = desk.clock.now()
    found = await desk.stores.figures.answered_automatically(since=now - timedelta(days=LATELY_DAYS), until=now)
    return found.get(name, 0)


async def remove_category(desk: Desk, name: str) -> None:
    """Delete a category; examples of it stay.

    Raises:
        NotFoundError: there is none. ConflictError: people keep it for themselves, which must be ended first.
    """
    kept = await desk.stores.categories.get(name)
    if not kept.automatic:
        raise ConflictError(
            f"People keep the category {name!r} for themselves: without it, its mail could be answered automatically.",
            hint="If it may be, let it be automatic first, then remove it.",
        )
    await desk.stores.categories.remove(name)


def _checked(category: Category) -> Category:
    if not category.title.strip() or len(category.title) > MAX_NAME_CHARS:
        raise InputError(
            f"The title of the category {category.name!r} is empty or too long.",
            hint=f"Write up to {MAX_NAME_CHARS} characters.",
        )
    for text in (category.description, *category.examples):
        if len(text) > MAX_TEXT_CHARS:
            raise InputError(
                f"A text of the category {category.name!r} is longer than {MAX_TEXT_CHARS} characters.",
                hint="Shorten it: a few words are enough.",
            )
    if len(category.examples) > MAX_EXAMPLES or not all(text.strip() for text in category.examples):
        raise InputError(
            f"The category {category.name!r} has an empty example, or more than {MAX_EXAMPLES}.",
            hint="Give texts as customers write them; whole histories are imported as examples of their own.",
        )
    if category.language not in LANGUAGE_CODES:
        raise InputError(
            f"{category.language[:20]!r} is no language.", hint="Write the code of ISO 639-1, such as en or de."
        )
    return category
