"""What commands show: tables and JSON on standard output, everything said by the way on standard error."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 160
SHORT_ID_CHARS = 11


def say(text: str) -> None:
    """Write a line on standard error."""
    typer.echo(text, err=True)


def show(text: str) -> None:
    """Write a line on standard output."""
    typer.echo(text)


def show_json(noun: object) -> None:
    """Write `noun` (a frozen dataclass, or plain values) as one JSON document on standard output."""
    from postroom.interfaces.codec import encode

    typer.echo(encode(noun))


def show_json_list(kind: type, nouns: Sequence[object]) -> None:
    """Write nouns of one class as one JSON array on standard output."""
    from postroom.interfaces.codec import encode_all

    typer.echo(encode_all(kind, nouns))


def table(title: str, columns: Sequence[str]) -> "Table":
    """Return an empty table for `show_table`."""
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        # Ids are copied: one that is broken over two lines cannot be.
        made.add_column(column, overflow="fold", no_wrap=column == "id")
    return made


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table on standard output, as wide as the terminal."""
    from rich.console import Console
    from rich.text import Text

    made = table(title, columns)
    for row in rows:
        # As Text: a subject in brackets is no mark-up.
        made.add_row(*(Text(printable(cell)) for cell in row))
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH_WITHOUT_TERMINAL, file=sys.stdout)
    console.print(made)


def progress_bar() -> "Progress":
    """Return a progress bar on standard error; invisible where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def waiting(text: str) -> AbstractContextManager[object]:
    """Return a sign on standard error that something takes a while; a plain line where that is no terminal."""
    from rich.console import Console

    if sys.stderr.isatty():
        return Console(stderr=True).status(f"{text} …")
    say(f"{text} …")
    return nullcontext()


def printable(text: str) -> str:
    """Return `text` without control characters: mail must not move the cursor or colour the screen."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def short_id(text: str) -> str:
    """Return the beginning of an id, enough to tell it from others; commands accept it."""
    return text[:SHORT_ID_CHARS]


def moment(at: datetime | None) -> str:
    """Return a time for people, UTC to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""
