"""`postroom review`: the queue of questions to people, and their decisions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, printable, say, short_id, show, show_json, show_json_list, show_table
from postroom.cli.running import run
from postroom.errors import InputError

if TYPE_CHECKING:
    from postroom.actions.desk import Desk
    from postroom.actions.queue import ReviewSheet
    from postroom.model.review import Review, ReviewId

    Act = Callable[[Desk, ReviewId], Awaitable[Review]]

review = typer.Typer(help="Questions to people: look at them, decide them.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The review's id, as `review list` shows it.", show_default=False)]
By = Annotated[str | None, typer.Option("--by", help="Who decides; without it the user of this system.")]
Category = Annotated[
    str | None, typer.Option("--category", help="What the e-mail is really about, where that was wrong.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
COLUMNS = ("id", "kind", "rank", "since", "status", "from", "subject", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who acts where, and how the answer is shown."""

    by: str | None
    data_dir: Path | None
    as_json: bool


@review.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Decided and closed ones, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show the queue, the most urgent first."""
    run(_list(data_dir, everything=everything, limit=limit, as_json=as_json))


@review.command("show")
def show_(review_id: Id, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show one review: the question, the mail and the draft."""
    run(_show(data_dir, review_id, as_json=as_json))


@review.command()
def claim(review_id: Id, by: By = None, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Take a review, so that nobody else decides it."""

    async def act(desk: "Desk", found: "ReviewId") -> "Review":
        from postroom.actions import decide

        return await decide.claim(desk, found)

    run(_act(act, review_id, Who(by=by, data_dir=data_dir, as_json=as_json)))


@review.command()
def release(
    review_id: Id,
    by: By = None,
    anybody: Annotated[bool, typer.Option("--anybody", help="Whoever has it, not only you.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Give a review back that was claimed, so that others can decide it."""

    async def act(desk: "Desk", found: "ReviewId") -> "Review":
        from postroom.actions import decide
        from postroom.actions.audit import note_at_machine

        if not anybody:
            return await decide.release(desk, found)
        released = await decide.release_of_anybody(desk, found)
        await note_at_machine(desk, "release_review", found)
        return released

    run(_act(act, review_id, Who(by=by, data_dir=data_dir, as_json=as_json)))


@review.command()
def approve(  # noqa: PLR0913 - the options of the command.
    review_id: Id,
    by: By = None,
    reason: Reason = "",
    category: Category = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Send the draft as it is; try a failure again; send an uncertain reply again; call an audited reply right."""

    async def act(desk: "Desk", found: "ReviewId") -> "Review":
        from postroom.actions import decide

        return await decide.approve(desk, found, reason=reason, category=category)

    run(_act(act, review_id, Who(by=by, data_dir=data_dir, as_json=as_json)))


@review.command()
def edit(  # noqa: PLR0913 - the options of the command.
    review_id: Id,
    text: Annotated[str | None, typer.Option("--text", help="The reply.")] = None,
    file: Annotated[Path | None, typer.Option("--file", exists=True, dir_okay=False, help="A file with it.")] = None,
    by: By = None,
    reason: Reason = "",
    category: Category = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Send another text: of --text, of --file, or written now in $EDITOR."""
    if text is not None and file is not None:
        raise typer.BadParameter("Give either --text or --file.")

    async def act(desk: "Desk", found: "ReviewId") -> "Review":
        from postroom.actions import decide

        written = text if text is not None else _read(file) if file else await _written(desk, found)
        return await decide.edit(desk, found, text=written, reason=reason, category=category)

    run(_act(act, review_id, Who(by=by, data_dir=data_dir, as_json=as_json)))


@review.command()
def reject(  # noqa: PLR0913 - the options of the command.
    review_id: Id,
    by: By = None,
    reason: Reason = "",
    category: Category = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Send nothing; leave a failure, or an uncertain send, as it is; call an audited reply wrong."""

    async def act(desk: "Desk", found: "ReviewId") -> "Review":
        from postroom.actions import decide

        return await decide.reject(desk, found, reason=reason, category=category)

    run(_act(act, review_id, Who(by=by, data_dir=data_dir, as_json=as_json)))


@review.command("attachment")
def attachment_(
    review_id: Id,
    digest: Annotated[str, typer.Argument(help="Its digest, or the beginning, as `review show` tells it.")],
    output: Annotated[Path, typer.Option("--output", help="The file to write; it must not exist.")],
    data_dir: DataDir = None,
) -> None:
    """Save an attachment of the mail. It comes from a stranger: mind what you open it with."""
    run(_attachment(data_dir, review_id, digest, output))


async def _act(act: "Act", beginning: str, who: Who) -> None:
    from postroom.actions.find import find_review
    from postroom.cli.store import desk_of, say_when
    from postroom.model.review import ReviewStatus

    async with desk_of(who.data_dir, who.by) as desk:
        done = await act(desk, await find_review(desk.stores, beginning))
        if who.as_json:
            show_json(done)
        else:
            verdict = f" by {done.decision.by}: {done.decision.verdict.value}" if done.decision else ""
            holder = f" by {done.claimed_by}" if done.claimed_by else ""
            show(f"{done.id} is {done.status.value}{verdict or holder}.")
        if done.status is ReviewStatus.DECIDED:
            await say_when(desk)


async def _list(data_dir: Path | None, *, everything: bool, limit: int, as_json: bool) -> None:
    from postroom.actions.find import MAX_LOOKED_AT
    from postroom.actions.queue import ReviewSheet, queue
    from postroom.cli.store import opened
    from postroom.model.review import ReviewStatus

    statuses = tuple(ReviewStatus) if everything else (ReviewStatus.OPEN, ReviewStatus.CLAIMED)
    async with opened(data_dir) as (_, stores):
        sheets = await queue(stores, statuses, limit=limit)
        counts = await stores.reviews.count()
        # Among more executions a beginning is not found, so the whole id is shown.
        whole = sum((await stores.executions.count()).values()) > MAX_LOOKED_AT
    if as_json:
        show_json_list(ReviewSheet, sheets)
        return
    show_table("", COLUMNS, [_row(sheet, sheet.review.id if whole else decidable(sheet.review)) for sheet in sheets])
    total = sum(counts.get(status, 0) for status in statuses)
    if total > len(sheets):
        say(f"{len(sheets)} of {total}; more with --limit.")


async def _show(data_dir: Path | None, beginning: str, *, as_json: bool) -> None:
    from postroom.actions.find import find_review
    from postroom.actions.queue import sheet
    from postroom.actions.sequel import sequel
    from postroom.cli.review_words import in_words
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found = await sheet(stores, await find_review(stores, beginning))
        since = await sequel(stores, found)
    if as_json:
        show_json(found)
    else:
        show(printable(in_words(found, since)))


async def _attachment(data_dir: Path | None, beginning: str, digest: str, output: Path) -> None:
    from postroom.actions.find import find_review
    from postroom.actions.queue import sheet
    from postroom.actions.sequel import attachment
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found, content = await attachment(stores, await sheet(stores, await find_review(stores, beginning)), digest)
    try:
        with output.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise InputError(f"The file {str(output)!r} exists already.", hint="Name another one.") from error
    say(printable(f"{found.filename or 'The attachment'} ({found.content_type}, {len(content)} bytes): {output}"))


def decidable(found: "Review") -> str:
    """Return a short id that goes on to mean this review, whatever else is asked: `ex_9b1572f3/human_review`."""
    return short_id(found.execution_id) + found.id.removeprefix(found.execution_id)


def _row(found: "ReviewSheet", shown_id: str) -> tuple[str, ...]:
    one, email = found.review, found.email.email
    status = f"claimed by {one.claimed_by}" if one.claimed_by else one.status.value
    sender = email.from_address.address if email.from_address else ""
    return (
        shown_id,
        one.kind.value,
        str(one.rank),
        moment(one.created_at),
        status,
        sender[:40],
        email.subject[:60],
        one.reason,
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"The file {str(file)!r} is not UTF-8.", hint="Save it as UTF-8.") from error


async def _written(desk: "Desk", found: "ReviewId") -> str:
    import asyncio

    import click

    draft = (await desk.stores.reviews.get(found)).draft
    written = await asyncio.to_thread(click.edit, draft.text if draft else "", extension=".txt")
    if written is None:
        raise InputError("Nothing was written.", hint="Save the text before you leave the editor, or give --text.")
    return written
