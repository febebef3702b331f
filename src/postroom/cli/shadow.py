"""`postroom shadow`: what mode observe would have answered, beside what people really answered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import show, show_json, show_table
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.trials.shadow import ShadowCategory, ShadowReport


def shadow(
    mailbox: Annotated[str | None, typer.Option("--mailbox", help="Of which mailbox; without it of all.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show how much of what people answered the drafts of mode observe said as well, category by category."""
    report = run(_shadow(mailbox, data_dir))
    if as_json:
        show_json(report)
        return
    show(f"{report.observed} e-mails were observed, {report.answered} of them answered by people.")
    columns = ("category", "drafts", "agreement", "right", "share", "at least (95 %)")
    show_table("", columns, [_row(one) for one in (*report.categories, report.all)])


async def _shadow(mailbox: str | None, data_dir: Path | None) -> "ShadowReport":
    from postroom.cli.store import opened
    from postroom.model.email import MailboxId
    from postroom.trials.shadow import shadow_report

    async with opened(data_dir) as (_, stores):
        if mailbox is not None:
            await stores.mailboxes.get(MailboxId(mailbox))
        return await shadow_report(stores, MailboxId(mailbox) if mailbox is not None else None)


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
