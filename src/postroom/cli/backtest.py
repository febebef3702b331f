"""`postroom backtest`: what a workflow would have made of past mail; nothing is sent, and nothing is changed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import printable, progress_bar, say, show, show_json, show_table
from postroom.cli.running import run
from postroom.trials.order import (
    MINUTES_PER_ANSWER,
    MOST_MINUTES,
    MOST_SAMPLE,
    SAMPLE,
    BacktestOrder,
    MailFile,
    MailKind,
    MailOrder,
    Side,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from postroom.interfaces.stores import Stores
    from postroom.settings import Settings
    from postroom.trials.report import BacktestReport, CategoryReport

MailboxName = Annotated[
    str | None, typer.Option("--mailbox", help="The mail of a mailbox; beside a file: by whose rules it is tried.")
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
Result = TypeVar("Result")


def backtest(  # noqa: PLR0913 - a command's options.
    mailbox: MailboxName = None,
    mbox: Mbox = None,
    maildir: Maildir = None,
    csv: Csv = None,
    workflow: Annotated[
        str, typer.Option(help="Its slug, slug@version, or a YAML file; without it the mailbox's.", show_default=False)
    ] = "",
    model: Annotated[str, typer.Option(help="A trained model; without it the one in use.", show_default=False)] = "",
    minutes_per_answer: Annotated[
        float, typer.Option(min=0.01, max=MOST_MINUTES, help="What a person needs for one mail.")
    ] = MINUTES_PER_ANSWER,
    sample: Annotated[int, typer.Option(min=0, max=MOST_SAMPLE, help="How many replies to show.")] = SAMPLE,
    assumed_threshold: Assumed = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many processes work; without it as many as pay.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Keep results in this folder, and go on there.")] = None,
    html: Html = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Try a workflow on past mail without side effects, and report what it would have done and how right that was."""
    order = BacktestOrder(
        mail=place_of(mailbox, mbox=mbox, maildir=maildir, csv=csv, assumed_threshold=assumed_threshold),
        side=Side(workflow=workflow, model=model),
        minutes_per_answer=minutes_per_answer,
        sample=sample,
    )
    report, pace = run(_backtest(order, data_dir, out=out, processes=processes))
    say(f"{pace.tried} e-mails tried in {pace.seconds:.1f} s ({pace.per_second:.0f} a second).")
    if html is not None:
        from postroom.trials.report_page import backtest_page

        write_page(html, backtest_page(report))
    if as_json:
        show_json(report)
    else:
        _show(report)


def write_page(path: Path, page: str) -> None:
    """Write a report as a page and say where; one that cannot be written is said, and loses nobody the rest."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        say(f"Error: The page {str(path)!r} cannot be written: {error.strerror}.")
        return
    say(f"The report is in {path}.")


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


class Pace:
    """Shows progress, and notes how fast it is from the first call on: the start is over by then."""

    def __init__(self, show_progress: "Callable[[int, int], None]") -> None:
        self._show = show_progress
        self._first: tuple[float, int] | None = None
        self.tried = 0
        self.seconds = 0.0

    async def __call__(self, done: int, total: int) -> None:
        """Note that `done` of `total` e-mails were tried."""
        self._first = self._first or (time.monotonic(), done)
        self.seconds, self.tried = time.monotonic() - self._first[0], done - self._first[1]
        self._show(done, total)

    @property
    def per_second(self) -> float:
        """How many e-mails were tried a second, 0 where none were."""
        return self.tried / self.seconds if self.seconds else 0.0


async def _backtest(
    order: BacktestOrder, data_dir: Path | None, *, out: Path | None, processes: int | None
) -> "tuple[BacktestReport, Pace]":
    from postroom.bootstrap.trials_run import Run, run_backtest

    how = Run(out=out, processes=processes)

    with progress_bar() as bar:
        task = bar.add_task("E-mails tried", total=None)
        pace = Pace(lambda done, total: bar.update(task, completed=done, total=total or None))
        report = await with_stores(data_dir, lambda settings, stores: run_backtest(order, stores, settings, pace, how))
    return report, pace


def _show(report: "BacktestReport") -> None:
    from postroom.trials.report_page import FATES

    show(f"{report.emails} e-mails of {report.source}, tried with {report.workflow}. Nothing was sent.")
    if report.assumed_threshold is not None:
        show(f"No guarantee lets anything out yet: automatic from a probability of {report.assumed_threshold} on.")
    show_table("", ("outcome", "e-mails"), [(FATES[name], str(count)) for name, count in report.fates.items()])
    columns = ("category", "e-mails", "automatic", "coverage", "known", "right", "precision", "at least (95 %)")
    show_table("", columns, [_row(one) for one in (*report.categories, report.all)])
    if report.labelled:
        show(f"{report.classified_right} of {report.labelled} labelled e-mails got the category that people gave them.")
    for message, count in report.failures.items():
        show(f"Failed {count} times: {message}")
    show(
        f"About {report.hours_saved} hours saved, if a person takes {report.minutes_per_answer:g} minutes for each "
        "mail that would have been answered."
    )
    for one in report.sample:
        known = {True: ", right", False: ", wrong", None: ""}[one.right]
        show(f"\n--- {printable(one.subject)} ({one.category}, {', '.join(one.article_ids)}{known}) ---")
        show(printable(one.reply))


def _row(one: "CategoryReport") -> tuple[str, ...]:
    from postroom.trials.report_page import share

    counts = (str(one.emails), str(one.automatic), share(one.coverage), str(one.judged), str(one.right))
    return (one.category, *counts, share(one.precision), share(one.precision_at_least))
