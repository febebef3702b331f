"""`postroom backtest`: what a workflow would have made of past mail; nothing is sent, and nothing is changed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import printable, say, show, show_json, show_table
from postroom.cli.running import run
from postroom.cli.trial_stage import (
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
from postroom.trials.order import (
    MINUTES_PER_ANSWER,
    MOST_MINUTES,
    MOST_SAMPLE,
    SAMPLE,
    BacktestOrder,
    Side,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from postroom.trials.report import BacktestReport, SentSample

REASONS = 10


def backtest(  # noqa: PLR0913 - a command's options.
    mailbox: MailboxName = None,
    mbox: Mbox = None,
    maildir: Maildir = None,
    csv: Csv = None,
    workflow: Annotated[
        str, typer.Option(help="Its slug, slug@version, or a YAML file; without it the mailbox's.", show_default=False)
    ] = "",
    model: Annotated[
        str, typer.Option(help="The id of a model, or `starter`; without it the one in use.", show_default=False)
    ] = "",
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


class TrialPace:
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
) -> "tuple[BacktestReport, TrialPace]":
    from postroom.bootstrap.trials_run import TrialRun, run_backtest

    with trial_bar() as (update, told):
        how = TrialRun(out=out, processes=processes, told=told)
        pace = TrialPace(update)
        report = await with_stores(data_dir, lambda settings, stores: run_backtest(order, stores, settings, pace, how))
    return report, pace


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
