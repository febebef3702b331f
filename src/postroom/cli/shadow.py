"""`postroom shadow`: what mode observe would have answered, beside what people really answered."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import show, show_json, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.actions.shadow import ShadowSummary
    from postroom.actions.summary import Stretch
    from postroom.trials.shadow import ShadowCategory


def shadow(
    mailbox: Annotated[
        str | None,
        typer.Option("--mailbox", help="Of which mailbox (`main`: that of the settings); without it of all."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(help="From when on (UTC); without it seven days before the end.", show_default=False),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(help="Until when (UTC), at most 366 days later; without it now.", show_default=False),
    ] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show how much of what people answered the drafts of mode observe said as well, category by category."""
    from postroom.actions.summary import Stretch
    from postroom.model.email import MailboxId

    stretch = Stretch(since=_utc(since), until=_utc(until), mailbox_id=MailboxId(mailbox) if mailbox else None)
    found = run(_shadow(stretch, data_dir))
    if as_json:
        show_json(found)
        return
    show(
        f"{found.observed} e-mails were observed from {found.since:%Y-%m-%d %H:%M} to {found.until:%Y-%m-%d %H:%M} UTC."
    )
    if not found.all.drafts:
        show(
            "No draft could be compared. Mail is observed by a mailbox in mode observe (`postroom mailbox change "
            f"{mailbox or 'NAME'} --mode observe`), and what people answer it with is read from its Sent folder, "
            "over IMAP alone."
        )
    columns = ("category", "drafts", "agreement", "right", "share", "at least (95 %)")
    show_table("", columns, [_row(one) for one in (*found.categories, found.all)])


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None else None


async def _shadow(stretch: "Stretch", data_dir: Path | None) -> "ShadowSummary":
    from postroom.actions.shadow import shadow_summary
    from postroom.bootstrap.models import ground_classifier
    from postroom.bootstrap.trials_terms import chosen_mailbox
    from postroom.cli.store import opened
    from postroom.interfaces.clock import SystemClock

    async with opened(data_dir) as (settings, stores):
        if stretch.mailbox_id is not None:
            await chosen_mailbox(settings, stores, stretch.mailbox_id)
        ground = await asyncio.to_thread(ground_classifier, settings)
        return await shadow_summary(stores, SystemClock(), [ground.name] if ground else [], stretch)


def _row(one: "ShadowCategory") -> tuple[str, ...]:
    from postroom.trials.report_page import share

    return (
        one.category,
        str(one.drafts),
        share(one.agreement),
        str(one.right),
        share(one.right_share),
        share(one.right_at_least),
    )
