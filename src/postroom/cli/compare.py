"""`postroom compare`: which decisions flip between two workflow versions or two models, over past mail."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import say, show, show_json, show_table
from postroom.cli.running import FAILED, run
from postroom.cli.trial_stage import (
    USAGE,
    Assumed,
    Csv,
    Html,
    MailboxName,
    Maildir,
    Mbox,
    place_of,
    show_notices,
    trial_bar,
    with_stores,
    write_page,
)
from postroom.trials.order import CompareOrder

if TYPE_CHECKING:
    from postroom.trials.compare import CompareReport

SHOWN = 20
One = Annotated[
    str,
    typer.Argument(
        help="A workflow (slug, slug@version or a YAML file), or model:ID (model:starter: the one installed).",
        show_default=False,
    ),
]


def compare(  # noqa: PLR0913 - a command's options.
    before: One,
    after: One,
    mailbox: MailboxName = None,
    mbox: Mbox = None,
    maildir: Maildir = None,
    csv: Csv = None,
    workflow: Annotated[
        str, typer.Option(help="The workflow that models are tried with; without it the mailbox's.", show_default=False)
    ] = "",
    max_flips: Annotated[
        int | None, typer.Option(min=0, help="Exit code 1 where more e-mails flip; without it there is no limit.")
    ] = None,
    assumed_threshold: Assumed = None,
    html: Html = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Try two workflow versions, or two models, on the same past mail, and show which decisions flip, node by node."""
    order = CompareOrder(
        mail=place_of(mailbox, mbox=mbox, maildir=maildir, csv=csv, assumed_threshold=assumed_threshold),
        before=before,
        after=after,
        workflow=workflow,
    )
    try:
        report = run(_compare(order, data_dir))
    except typer.Exit as ended:
        # A gate must tell "too many flips" from "this could not be compared".
        raise typer.Exit(USAGE if ended.exit_code == FAILED else ended.exit_code) from ended
    if html is not None:
        from postroom.trials.report_page import compare_page

        write_page(html, compare_page(report))
    if as_json:
        show_json(report)
    else:
        _show(report)
    if max_flips is not None and report.flips > max_flips:
        say(f"Error: {report.flips} e-mails flip, more than {max_flips}.")
        raise typer.Exit(FAILED)


async def _compare(order: CompareOrder, data_dir: Path | None) -> "CompareReport":
    from postroom.bootstrap.trials_run import TrialRun, run_compare

    with trial_bar() as (update, told):
        how = TrialRun(told=told)

        async def progress(done: int, total: int) -> None:
            update(done, total)

        return await with_stores(data_dir, lambda settings, stores: run_compare(order, stores, settings, progress, how))


def _show(report: "CompareReport") -> None:
    from postroom.trials.report_page import EXAMPLES, FATES

    show_notices(report.notices)
    show(f"{report.flips} of {report.emails} e-mails of {report.source} are decided differently. Nothing was sent.")
    rows = [(FATES[name], str(count), str(report.fates_after[name])) for name, count in report.fates_before.items()]
    show_table("", ("outcome", report.before, report.after), rows)
    changes = [(one.node_id, one.before, one.after, str(one.emails)) for one in report.changes]
    show_table("", ("first node that differs", report.before, report.after, "e-mails"), changes)
    for change, flips in list(report.by_change())[:SHOWN]:
        if flips:
            first = f", the first {EXAMPLES}" if change.emails > EXAMPLES else ""
            title = (
                f"{change.node_id}: {change.before} → {change.after}, {change.emails} of {report.emails} e-mails{first}"
            )
            rows = [
                (one.subject, one.first_words, f"{one.fate_before.value} → {one.fate_after.value}")
                for one in flips[:EXAMPLES]
            ]
            show_table(title, ("subject", "first words", "outcome"), rows)
