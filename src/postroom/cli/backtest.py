"""`postroom backtest`: what a workflow would have made of past mail; nothing is sent, and nothing is changed."""

import time
from contextlib import contextmanager
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
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from postroom.interfaces.stores import Stores
    from postroom.settings import Settings
    from postroom.trials.report import BacktestReport, SentSample
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
REASONS = 10
TRIED = "E-mails tried"
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

    with trial_bar() as (update, told):
        how = Run(out=out, processes=processes, told=told)
        pace = Pace(update)
        report = await with_stores(data_dir, lambda settings, stores: run_backtest(order, stores, settings, pace, how))
    return report, pace


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
        show(f"{one.text} {one.hint}".rstrip())
    if notices:
        show("")


def _show(report: "BacktestReport") -> None:
    from postroom.trials.report_page import COLUMNS, FATES, cells

    show_notices(report.notices)
    show(f"{report.emails} e-mails of {report.source}, tried with {report.workflow}. Nothing was sent.")
    show_table("", ("outcome", "e-mails"), [(FATES[name], str(count)) for name, count in report.fates.items()])
    _show_reasons(report)
    show_table("", COLUMNS, [cells(one) for one in (*report.categories, report.all)])
    if report.if_switched_on:
        show_table(
            "The same if every category were switched on", COLUMNS, [cells(one) for one in report.if_switched_on]
        )
    if report.labelled:
        show(f"{report.classified_right} of {report.labelled} labelled e-mails got the category that people gave them.")
    if report.learnt and report.unlearnt_labelled:
        show(f"Of those that the model has not learnt: {report.unlearnt_right} of {report.unlearnt_labelled}.")
    for message, count in report.failures.items():
        show(f"Failed {count} times: {message}")
    show(
        f"About {report.hours_saved} hours saved, if a person takes {report.minutes_per_answer:g} minutes for each "
        "mail that would have been answered."
    )
    if report.if_switched_on:
        answered = report.if_switched_on[-1].automatic
        show(f"If every category were switched on: {answered * report.minutes_per_answer / 60:.2f} hours.")
    for one in report.sample:
        _show_sample(one)


def _show_reasons(report: "BacktestReport") -> None:
    from postroom.trials.report_page import most_of

    if report.reasons:
        rows = [(one.words, str(one.emails), most_of(one)) for one in report.reasons[:REASONS]]
        show_table("", ("why mail went to people", "e-mails", "most of them"), rows)
    if len(report.reasons) > REASONS:
        show(f"There are {len(report.reasons) - REASONS} more reasons: --json and --html show all.")


def _show_sample(one: "SentSample") -> None:
    known = {True: ", right", False: ", wrong", None: ""}[one.right]
    off = f", only if {one.category} were switched on" if one.held_back else ""
    show(f"\n=== {printable(one.subject)} ({one.category}, {', '.join(one.article_ids)}{known}{off}) ===")
    show("\n".join(f"> {line}" for line in printable(one.question).splitlines()))
    show(printable(f"\n{one.reply}"))
