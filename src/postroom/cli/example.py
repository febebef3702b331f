"""`postroom example`: what people said about texts; models learn from it."""

import sys
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, say, show, show_json_list, show_table
from postroom.cli.running import run
from postroom.errors import InputError

if TYPE_CHECKING:
    from postroom.model.example import ExampleFilter

example = typer.Typer(help="Labelled texts: what people decided, audited and imported.", no_args_is_help=True)

OfOrigin = Annotated[
    str | None, typer.Option("--origin", help="Only those: review, audit, import or elsewhere.", show_default=False)
]
OfCategory = Annotated[str | None, typer.Option("--category", help="Only those of this category.", show_default=False)]
SHOWN_CHARS = 80


class ExampleFormat(StrEnum):
    """How examples are written."""

    JSONL = "jsonl"
    CSV = "csv"


@example.command("list")
def list_(
    origin: OfOrigin = None,
    category: OfCategory = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show examples, the first stored first."""
    run(_list(data_dir, _filter(origin, category), limit=limit, as_json=as_json))


@example.command()
def export(
    form: Annotated[
        ExampleFormat, typer.Option("--format", help="One JSON object a line, or CSV.")
    ] = ExampleFormat.JSONL,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A new file; else standard output.")] = None,
    origin: OfOrigin = None,
    category: OfCategory = None,
    data_dir: DataDir = None,
) -> None:
    """Write examples to a file; the columns text and label of the CSV are what `evaluate` reads."""
    run(_export(data_dir, _filter(origin, category), form, output))


@example.command()
def remove(
    example_id: Annotated[str, typer.Argument(help="The id, as `example list` shows it.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Delete an example and what it says about models."""
    run(_remove(data_dir, example_id))


def _filter(origin: str | None, category: str | None) -> "ExampleFilter":
    from postroom.actions.examples import origin_named
    from postroom.cli.running import errors_in_words
    from postroom.model.example import ExampleFilter

    with errors_in_words():
        return ExampleFilter(origin=None if origin is None else origin_named(origin), category=category)


async def _list(data_dir: Path | None, matching: "ExampleFilter", *, limit: int, as_json: bool) -> None:
    from postroom.actions.examples import examples_page
    from postroom.cli.store import opened
    from postroom.model.example import Example

    async with opened(data_dir) as (_, stores):
        page = await examples_page(stores, matching, limit=limit)
    if as_json:
        show_json_list(Example, page.rows)
        return
    rows = [
        (one.id, one.origin.value, one.category, one.language, one.by, moment(one.at), one.subject[:SHOWN_CHARS])
        for one in page.rows
    ]
    show_table("", ("id", "origin", "category", "language", "by", "at", "subject"), rows)
    if page.next_cursor is not None:
        say(f"There are more than {limit}; see them with --limit.")


async def _export(data_dir: Path | None, matching: "ExampleFilter", form: ExampleFormat, output: Path | None) -> None:
    from postroom.actions.examples import ExampleForm, written_examples
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        with _target(output) as file:
            async for line in written_examples(stores, ExampleForm(form.value), matching):
                file.write(line)
    if output is not None:
        say(f"The examples are in {output}.")


async def _remove(data_dir: Path | None, example_id: str) -> None:
    from postroom.actions.examples import remove_example
    from postroom.cli.store import desk_of
    from postroom.model.example import ExampleId

    async with desk_of(data_dir) as desk:
        await remove_example(desk, ExampleId(example_id))
    show(f"The example {example_id} is removed.")


def _target(output: Path | None) -> AbstractContextManager[TextIO]:
    if output is None:
        return nullcontext(sys.stdout)
    try:
        return output.open("x", encoding="utf-8", newline="")
    except FileExistsError as error:
        raise InputError(f"The file {str(output)!r} exists already.", hint="Name another one.") from error
