"""`postroom category`: the categories that people keep."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import show, show_json, show_json_list, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.actions.categories import CategoryChange

    Act = Callable[[Path | None, str, CategoryChange, bool], Coroutine[object, object, None]]

category = typer.Typer(help="Categories of mail: their names, and in words what belongs to them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name, as classifications carry it.", show_default=False)]
Title = Annotated[str | None, typer.Option("--title", help="What people read.")]
Description = Annotated[str | None, typer.Option("--description", help="In a sentence what mail belongs to it.")]
Texts = Annotated[
    list[str] | None, typer.Option("--example", help="A text as customers write it; may be repeated, replaces all.")
]
Language = Annotated[str | None, typer.Option("--language", help="The language of these words (ISO 639-1).")]
Automatic = Annotated[
    bool | None,
    typer.Option("--automatic/--people", help="Whether its mail may be answered by itself at all.", show_default=False),
]


@category.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show the categories that people keep, with how many examples there are of each, and labels not described yet.

    --json has only those that people keep.
    """
    run(_list(data_dir, as_json=as_json))


def _written(act: "Act") -> Callable[..., None]:
    """Return the command that does `act` with what was typed about a category."""

    def command(  # noqa: PLR0913 - the options of the command.
        name: Name,
        title: Title = None,
        description: Description = None,
        example: Texts = None,
        language: Language = None,
        automatic: Automatic = None,
        as_json: Json = False,
        data_dir: DataDir = None,
    ) -> None:
        from postroom.actions.categories import CategoryChange

        typed = CategoryChange(
            title=title,
            description=description,
            examples=None if example is None else tuple(example),
            language=language,
            automatic=automatic,
        )
        run(act(data_dir, name, typed, as_json))

    return command


@category.command()
def remove(name: Name, data_dir: DataDir = None) -> None:
    """Delete a category; examples of it stay."""
    run(_remove(data_dir, name))


async def _list(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.categories import categories
    from postroom.cli.store import opened
    from postroom.learning.corpus import OTHER
    from postroom.model.category import Category

    async with opened(data_dir) as (_, stores):
        found = await categories(stores)
        counts = await stores.examples.count()
    if as_json:
        show_json_list(Category, found)
        return
    rows = [
        (
            one.name,
            one.title,
            "yes" if one.automatic else "people",
            one.language,
            str(len(one.examples)),
            str(counts.get(one.name, 0)),
            one.description,
        )
        for one in found
    ]
    unknown = sorted(counts.keys() - {one.name for one in found} - {OTHER})
    rows += [(name, "", "", "", "", str(counts[name]), _to_describe(name)) for name in unknown]
    show_table("", ("name", "title", "automatic", "language", "own texts", "examples", "description"), rows)


def _to_describe(name: str) -> str:
    return f"imported or reviewed, not described yet: postroom category add {quote(name)} --description ..."


async def _add(data_dir: Path | None, name: str, typed: "CategoryChange", as_json: bool) -> None:
    from postroom.actions.categories import CategoryForm, add_category
    from postroom.cli.store import desk_of

    form = CategoryForm(
        title=typed.title or "",
        description=typed.description or "",
        examples=typed.examples or (),
        language=typed.language or "en",
        automatic=typed.automatic is not False,
    )
    async with desk_of(data_dir) as desk:
        added = await add_category(desk, name, form)
    if as_json:
        show_json(added)
    else:
        show(f"The category {added.name} is kept.")


async def _change(data_dir: Path | None, name: str, typed: "CategoryChange", as_json: bool) -> None:
    from postroom.actions.categories import answered_lately, change_category
    from postroom.cli.store import desk_of

    async with desk_of(data_dir) as desk:
        changed = await change_category(desk, name, typed)
        answered = await answered_lately(desk, name) if typed.automatic is False else 0
    if as_json:
        show_json(changed)
        return
    show(f"The category {changed.name} is changed.")
    if typed.automatic is False:
        show(_cut_off(changed.name, answered))
    elif typed.automatic:
        show("Its mail may be answered automatically again, as far as `postroom guarantee` shows.")


def _checked(
    data_dir: Path | None, name: str, typed: "CategoryChange", as_json: bool
) -> Coroutine[object, object, None]:
    from postroom.actions.categories import CategoryChange

    if typed == CategoryChange():
        raise typer.BadParameter("Say what is to be changed, as --description or --people.")
    return _change(data_dir, name, typed, as_json)


def _cut_off(name: str, answered: int) -> str:
    from postroom.actions.categories import LATELY_DAYS

    return (
        f"All its mail goes to a person from now on: of the last {LATELY_DAYS} days, {answered} e-mails of it were "
        f"answered automatically. `postroom category change {quote(name)} --automatic` undoes it."
    )


async def _remove(data_dir: Path | None, name: str) -> None:
    from postroom.actions.categories import remove_category
    from postroom.cli.store import desk_of

    async with desk_of(data_dir) as desk:
        await remove_category(desk, name)
    show(f"The category {name} is removed.")


category.command("add", help="Add a category; models learn it when they are trained next.")(_written(_add))
category.command("change", help="Change what is given; --people sends all its mail to a person from now on.")(
    _written(_checked)
)
