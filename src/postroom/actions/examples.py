"""Examples: what people said about texts, as lists, files, and gone again."""

import csv
import io
import json
from collections.abc import AsyncIterator
from enum import StrEnum

from postroom.actions.desk import Desk
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.codec import encode
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.learning.table import with_apostrophe
from postroom.model.example import EVERY_EXAMPLE, Example, ExampleFilter, ExampleId, Origin
from postroom.model.page import Page

PAGE = 500
COLUMNS = (
    "id",
    "text",
    "label",
    "subject",
    "language",
    "origin",
    "by",
    "at",
    "article_ids",
    "refused_ids",
    "answer",
    "email_id",
    "mailbox_id",
)


class ExampleForm(StrEnum):
    """How examples are written to a file: one JSON object a line, or a table that begins with its columns."""

    JSONL = "jsonl"
    CSV = "csv"


async def examples_page(
    stores: Stores, matching: ExampleFilter = EVERY_EXAMPLE, *, after: str | None = None, limit: int
) -> Page[Example]:
    """Return a page of the examples, in the order they were first stored.

    Raises:
        InputError: `after` is no cursor of such a list.
    """
    return await stores.examples.list(matching, after=after, limit=limit)


async def written_examples(
    stores: Stores, form: ExampleForm, matching: ExampleFilter = EVERY_EXAMPLE
) -> AsyncIterator[str]:
    """Yield the lines of a file with all examples that match, which can be imported again.

    Those of erased e-mails, which are empty, are left out. In a table a text that a spreadsheet would take for a
    formula begins with an apostrophe.
    """
    if form is ExampleForm.CSV:
        yield _table_line(COLUMNS)
    async for one in every(lambda after: stores.examples.list(matching, after=after, limit=PAGE)):
        if one.subject or one.text or one.answer:
            yield _json_line(one) if form is ExampleForm.JSONL else _table_line(_cells(one))


async def remove_example(desk: Desk, example_id: ExampleId) -> None:
    """Delete an example and what it says about models.

    Raises:
        NotFoundError: there is none.
    """
    if not await desk.stores.examples.remove(example_id):
        raise NotFoundError(f"There is no example {example_id!r}.", hint="The list of examples shows their ids.")


def origin_named(name: str) -> Origin:
    """Return the origin of that name.

    Raises:
        InputError: there is none.
    """
    try:
        return Origin(name)
    except ValueError:
        raise InputError(f"{name[:40]!r} is no origin of examples.", hint=f"Known are: {', '.join(Origin)}.") from None


def _cells(one: Example) -> tuple[str, ...]:
    return (
        one.id,
        with_apostrophe(one.text),
        with_apostrophe(one.category),
        with_apostrophe(one.subject),
        one.language,
        one.origin.value,
        with_apostrophe(one.by),
        one.at.isoformat(),
        " ".join(one.article_ids),
        " ".join(one.refused_ids),
        with_apostrophe(one.answer),
        one.email_id or "",
        one.mailbox_id or "",
    )


def _json_line(one: Example) -> str:
    fields = json.loads(encode(one))
    # Named as in tables: what people write and import calls it a label.
    named = {"label" if name == "category" else name: value for name, value in fields.items()}
    return json.dumps(named, ensure_ascii=False, separators=(",", ":")) + "\n"


def _table_line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
