"""`postroom demo`: generated mail through the real thing, and an honest account of what became of it."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.hints import in_commands
from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import moment, say, short_id, show, show_json, show_table
from postroom.cli.running import errors_in_words, run, stop_signals

if TYPE_CHECKING:
    from postroom.bootstrap import Postroom
    from postroom.cli.demo_run import DemoOutcome
    from postroom.engine.runtime import Engine
    from postroom.settings import Settings
    from postroom.trials.demo import DemoMail

FOLDER = "demo"
COLUMNS = ("id", "time", "from", "subject", "category", "priority", "lang", "route", "final state", "article")
FOR_A_PERSON = ("failed", "uncertain", "quarantined")


def demo(
    emails: Annotated[int, typer.Option(min=1, max=100_000, help="How many mails the mailbox holds.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same mails.")] = 7,
    leave: Annotated[bool, typer.Option("--exit", help="End when every mail is at rest.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Answer generated mail of a made-up shop; nothing leaves this machine.

    The folder (demo in the data folder, or --data-dir) is emptied first. On a terminal it stays up afterwards, so that
    the review queue can be tried; with --exit, EXIT=1 or --json it ends.
    """
    with errors_in_words():
        settings = settings_of()
        folder = data_dir or settings.data_dir / FOLDER
    stay = sys.stdout.isatty() and not leave and not as_json and os.environ.get("EXIT") != "1"
    run(_demo(settings, WantedDemo(folder=folder, emails=emails, seed=seed, stay=stay), _json if as_json else _tables))


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDemo:
    """A demo as it was asked for."""

    folder: Path
    emails: int
    seed: int
    stay: bool


async def _demo(settings: "Settings", wanted: WantedDemo, tell: Callable[["DemoOutcome"], None]) -> None:
    from postroom.bootstrap import models_folder
    from postroom.cli.demo_folder import demo_settings, fresh_folder, share_models
    from postroom.cli.demo_run import play
    from postroom.cli.starting import Start, running

    chosen = demo_settings(settings, folder=wanted.folder, emails=wanted.emails, seed=wanted.seed)
    # What the demo's own log would say stands in its tables.
    level = settings.log_level if "log_level" in settings.model_fields_set else "ERROR"
    with fresh_folder(chosen):
        share_models(models_folder(settings), models_folder(chosen))
        async with running(chosen, Start(log_level=level)) as (postroom, engine):
            tell(await play(postroom, engine))
            if wanted.stay:
                say(f"It stays up until Ctrl-C. Try: postroom review list --data-dir {wanted.folder}")
                await _stay(postroom, engine)


async def _stay(postroom: "Postroom", engine: "Engine") -> None:
    """Serve the API until Ctrl-C; where its address is taken, say so and stay without it."""
    from postroom.bootstrap import follow_forever
    from postroom.bootstrap.web import open_web
    from postroom.cli.address import say_where
    from postroom.errors import ConfigurationError

    with stop_signals() as stop:
        try:
            async with open_web(postroom, engine) as web, asyncio.TaskGroup() as group:
                under_way = [
                    group.create_task(web.serve(postroom.settings)),
                    group.create_task(follow_forever(postroom)),
                ]
                await say_where(postroom, web)
                await stop.wait()
                for task in under_way:
                    task.cancel()
        except ConfigurationError as error:
            say(f"{error.message} {error.hint}")
            await stop.wait()


def _json(outcome: "DemoOutcome") -> None:
    show_json(outcome.report)


def _tables(outcome: "DemoOutcome") -> None:
    show_table("What became of each mail", COLUMNS, [_row(mail) for mail in outcome.mails])
    report = outcome.report
    show_table(
        "Summary",
        ("figure", "value"),
        [(one.name.replace("_", " "), _figure(getattr(report, one.name))) for one in fields(report)],
    )
    people = [mail for mail in outcome.mails if mail.final_state in FOR_A_PERSON]
    if people:
        rows = [
            (short_id(mail.execution_id), mail.final_state, mail.subject, in_commands(mail.note)) for mail in people
        ]
        show_table("For a person", ("id", "state", "subject", "why"), rows)
    for line in outcome.wrong:
        show(f"Answered wrongly: {line}")


def _row(mail: "DemoMail") -> tuple[str, ...]:
    return (
        short_id(mail.execution_id),
        moment(mail.received_at),
        mail.sender[:32],
        mail.subject[:40],
        mail.category,
        mail.priority,
        mail.language,
        mail.route,
        mail.final_state,
        mail.article,
    )


def _figure(value: object) -> str:
    from postroom.trials.judge import Percentiles

    if isinstance(value, Percentiles):
        return f"p50 {value.p50:.2f} s, p95 {value.p95:.2f} s"
    return "nothing was answered" if value is None else str(value)
