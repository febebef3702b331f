"""`/categories`: the categories that people keep, which models learn."""

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.categories import (
    MAX_EXAMPLES,
    MAX_NAME_CHARS,
    MAX_TEXT_CHARS,
    CategoryChange,
    CategoryForm,
    add_category,
    change_category,
    remove_category,
)
from postroom.api.access import Configurer, Reader
from postroom.api.audit import note_subject
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import NO_NUL, NOT_BLANK, CategoryName, Language, Revision, YesNo
from postroom.model.category import Category
from postroom.model.page import Page

ROUTER = router("/categories", "categories")

_Title = Annotated[str, Field(max_length=MAX_NAME_CHARS, pattern=NOT_BLANK, description="What people read.")]
_Description = Annotated[
    str,
    Field(max_length=MAX_TEXT_CHARS, pattern=NO_NUL, description="In a sentence what mail belongs to it."),
]
_Examples = Annotated[
    tuple[Annotated[str, Field(max_length=MAX_TEXT_CHARS, pattern=NOT_BLANK)], ...],
    Field(max_length=MAX_EXAMPLES, description="Texts as customers write them."),
]
_Automatic = Annotated[YesNo, Field(description="False: its mail always goes to a person.")]


class NewCategoryForm(BaseModel):
    """A category to be kept."""

    model_config = ConfigDict(extra="forbid")

    name: CategoryName
    title: _Title | None = Field(default=None, description="Without it the name.")
    description: _Description = ""
    examples: _Examples = ()
    language: Language = "en"
    automatic: _Automatic = True


class CategoryChangeForm(BaseModel):
    """What is to be changed; what is left out, or null, stays."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision
    title: _Title | None = None
    description: _Description | None = None
    examples: _Examples | None = None
    language: Language | None = None
    automatic: _Automatic | None = None


@ROUTER.get("")
async def list_categories(
    _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[Category]:
    """List the categories that people keep, by name."""
    return await office.stores.categories.list(after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409))
async def create_category(request: Request, body: NewCategoryForm, caller: Configurer, office: OfficeHere) -> Category:
    """Keep a category; models learn it when they are trained next."""
    form = CategoryForm(
        title=body.title or "",
        description=body.description,
        examples=body.examples,
        language=body.language,
        automatic=body.automatic,
    )
    note_subject(request, body.name)
    return await add_category(office.desk(caller), body.name, form)


@ROUTER.get("/{name}", responses=problems(404))
async def get_category(name: str, _caller: Reader, office: OfficeHere) -> Category:
    """Read one category."""
    return await office.stores.categories.get(name)


@ROUTER.patch("/{name}", responses=problems(404, 409))
async def update_category(name: str, body: CategoryChangeForm, caller: Configurer, office: OfficeHere) -> Category:
    """Change what is given; `automatic` counts within seconds, texts when models are trained next."""
    change = CategoryChange(
        title=body.title,
        description=body.description,
        examples=body.examples,
        language=body.language,
        automatic=body.automatic,
    )
    return await change_category(office.desk(caller), name, change, revision=body.revision)


@ROUTER.delete("/{name}", status_code=204, responses=problems(404, 409))
async def delete_category(name: str, caller: Configurer, office: OfficeHere) -> None:
    """Delete a category; examples of it stay."""
    await remove_category(office.desk(caller), name)
