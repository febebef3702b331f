"""What commands that try past mail stand on: which mail is meant, the stores, a bar, and where a report goes."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from postroom.cli.hints import in_commands
from postroom.cli.opening import settings_of
from postroom.cli.output import progress_bar, say, show
from postroom.trials.order import MailFile, MailKind, MailOrder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from postroom.interfaces.stores import Stores
    from postroom.settings import Settings
    from postroom.trials.terms import Notice

MailboxName = Annotated[
    str | None,
    typer.Option(
        "--mailbox",
        help="The mail of a mailbox (`main`: that of the settings); beside a file: by whose rules it is tried.",
    ),
]
Mbox = Annotated[Path | None, typer.Option("--mbox", help="An mbox file of past mail.")]
Maildir = Annotated[Path | None, typer.Option("--maildir", help="A Maildir of past mail.")]
Csv = Annotated[
    Path | None, typer.Option("--csv", help="A table with the columns text,label[,subject,from,answer,article].")
]


def _in_a_folder(path: Path | None) -> Path | None:
    """Return `path`; said before the work, not after it, where its folder is missing."""
    if path is not None and not path.absolute().parent.is_dir():
        raise typer.BadParameter(f"There is no folder {str(path.parent)!r}: make it first.")
    return path


Html = Annotated[
    Path | None,
    typer.Option("--html", dir_okay=False, callback=_in_a_folder, help="Write the report as a page into this file."),
]
Assumed = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="The probability from which on a reply counts as automatic before any guarantee."),
]
USAGE = 2
TRIED = "E-mails tried"
Result = TypeVar("Result")


def place_of(
    mailbox: str | None,
    *,
    mbox: Path | None,
    maildir: Path | None,
    csv: Path | None,
    assumed_threshold: float | None,
) -> MailOrder:
    """Return which past mail is meant; ends with exit code 2 where it is not one place."""
    named = {MailKind.MBOX: mbox, MailKind.MAILDIR: maildir, MailKind.CSV: csv}
    files = [MailFile(kind=kind, path=str(path)) for kind, path in named.items() if path is not None]
    if len(files) > 1 or not (files or mailbox):
        say("Error: It is not clear which mail is meant.")
        say("Hint: Name one of --mailbox, --mbox, --maildir and --csv.")
        raise typer.Exit(USAGE)
    return MailOrder(mailbox_id=mailbox or "", file=files[0] if files else None, assumed_threshold=assumed_threshold)


async def with_stores(
    data_dir: Path | None, work: "Callable[[Settings, Stores | None], Awaitable[Result]]"
) -> "Result":
    """Return what `work` gives; it gets no stores where there is no store yet, for none is made."""
    from postroom.bootstrap import open_store
    from postroom.engine.journal import Journal

    settings = settings_of(data_dir)
    file = Journal(url=settings.store_url).file
    if file is not None and not file.exists():
        return await work(settings, None)
    async with open_store(settings) as stores:
        return await work(settings, stores)


@contextmanager
def trial_bar() -> "Iterator[tuple[Callable[[int, int], None], Callable[[str], None]]]":
    """Give what shows how many e-mails were tried, and what tells in words of the work before the first one."""
    with progress_bar() as bar:
        task = bar.add_task(TRIED, total=None)

        def update(done: int, total: int) -> None:
            bar.update(task, description=TRIED, completed=done, total=total or None)

        def told(text: str) -> None:
            if bar.disable:
                say(f"{text} …")
            bar.update(task, description=text)

        yield update, told


def show_notices(notices: "Sequence[Notice]") -> None:
    """Write what must be known before any figure is read."""
    for one in notices:
        show(f"{one.text} {in_commands(one.hint)}".rstrip())
    if notices:
        show("")


def write_page(path: Path, page: str) -> None:
    """Write a report as a page and say where; one that cannot be written is said, and loses nobody the rest."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        say(f"Error: The page {str(path)!r} cannot be written: {error.strerror}.")
        return
    say(f"The report is in {path}.")
