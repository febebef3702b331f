"""`postroom export`: records or executions as NDJSON or CSV."""

import sys
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from postroom.cli.opening import DataDir
from postroom.cli.output import progress_bar, say
from postroom.cli.running import run


class SubjectChoice(StrEnum):
    """What is exported."""

    RECORDS = "records"
    EXECUTIONS = "executions"


class FormChoice(StrEnum):
    """How it is written."""

    NDJSON = "ndjson"
    CSV = "csv"


def export(
    subject: Annotated[SubjectChoice, typer.Argument(help="What to export.")] = SubjectChoice.RECORDS,
    form: Annotated[FormChoice, typer.Option("--format", help="One JSON object a line, or CSV.")] = FormChoice.NDJSON,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; without it standard output.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Write what the data logger recorded, or all executions with their events."""
    run(_export(data_dir, subject, form, output))


async def _export(data_dir: Path | None, subject: SubjectChoice, form: FormChoice, output: Path | None) -> None:
    from postroom.actions.export import ExportForm, Subject
    from postroom.actions.export import export as exported
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        total = sum((await stores.executions.count()).values()) if subject is SubjectChoice.EXECUTIONS else None
        with progress_bar() as bar, _target(output) as file:
            task = bar.add_task("Exported", total=total)
            count = await exported(
                stores,
                Subject(subject.value),
                ExportForm(form.value),
                write=file.write,
                tell=lambda done: bar.update(task, completed=done),
            )
    if output is not None:
        say(f"{count} {subject.value} in {output}.")


def _target(output: Path | None) -> AbstractContextManager[TextIO]:
    return nullcontext(sys.stdout) if output is None else output.open("w", encoding="utf-8", newline="")
