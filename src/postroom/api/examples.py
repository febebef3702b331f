"""`/examples`: texts and what people said they are about, which models learn from."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.examples import examples_page, remove_example
from postroom.actions.importing_rows import ImportedRows, LabelledRow, import_rows
from postroom.api.access import Configurer, Decider
from postroom.api.audit import note_detail
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import NO_NUL, NOT_BLANK, CategoryName, Language
from postroom.model.email import MailboxId
from postroom.model.example import Example, ExampleFilter, ExampleId, Origin
from postroom.model.page import Page

MAX_ROWS = 1_000
MAX_TEXT_CHARS = 50_000
MAX_SUBJECT_CHARS = 1_000

ROUTER = router("/examples", "examples")


class LabelledRowForm(BaseModel):
    """One text and what it is about."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MAX_TEXT_CHARS, pattern=NOT_BLANK, description="What the customer wrote.")
    label: CategoryName
    subject: str = Field(default="", max_length=MAX_SUBJECT_CHARS, pattern=NO_NUL)
    language: Language | None = Field(default=None, description="Null: nobody knows.")


class ImportForm(BaseModel):
    """Labelled texts; more are imported by further requests."""

    model_config = ConfigDict(extra="forbid")

    rows: tuple[LabelledRowForm, ...] = Field(min_length=1, max_length=MAX_ROWS)


async def _wanted(
    origin: Annotated[Origin | None, Query(description="Those that come from there.")] = None,
    category: Annotated[
        str | None, Query(max_length=200, pattern=NO_NUL, description="Those that a person put there.")
    ] = None,
    mailbox_id: Annotated[str | None, Query(max_length=200, pattern=NO_NUL, description="Those of a mailbox.")] = None,
) -> ExampleFilter:
    return ExampleFilter(
        origin=origin, category=category, mailbox_id=None if mailbox_id is None else MailboxId(mailbox_id)
    )


@ROUTER.get("")
async def list_examples(
    wanted: Annotated[ExampleFilter, Depends(_wanted)],
    _caller: Decider,
    office: OfficeHere,
    after: After = None,
    limit: Limit = 50,
) -> Page[Example]:
    """List examples, the first stored first."""
    return await examples_page(office.stores, wanted, after=after, limit=limit)


@ROUTER.post("/import")
async def import_examples(request: Request, body: ImportForm, caller: Configurer, office: OfficeHere) -> ImportedRows:
    """Import labelled texts; one that is there already gets its new label, so that doing it again changes nothing."""
    rows = [
        LabelledRow(text=one.text, label=one.label, subject=one.subject, language=one.language or "")
        for one in body.rows
    ]
    imported = await import_rows(office.desk(caller), rows)
    note_detail(request, f"{imported.read} read, {imported.new} new, {len(imported.refused)} refused")
    return imported


@ROUTER.delete("/{example_id:path}", status_code=204, responses=problems(404))
async def delete_example(example_id: ExampleId, caller: Configurer, office: OfficeHere) -> None:
    """Delete an example, and what it says about models."""
    await remove_example(office.desk(caller), example_id)


@ROUTER.get("/{example_id:path}", responses=problems(404))
async def get_example(example_id: ExampleId, _caller: Decider, office: OfficeHere) -> Example:
    """Read one example."""
    return await office.stores.examples.get(example_id)
