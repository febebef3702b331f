"""`postroom answer`: what would become of one e-mail, node by node; nothing is sent or kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import printable, show, show_json, show_table
from postroom.cli.running import errors_in_words, run

if TYPE_CHECKING:
    from postroom.cli.answer_run import Trace

# What becomes of a reply that mode automatic would send.
OTHER_MODES = {"review": "a person is asked before anything is sent", "observe": "nothing is sent and nobody is asked"}


def answer(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A mail (.eml).", show_default=False)],
    mailbox: Annotated[
        str | None, typer.Option("--mailbox", help="Which mailbox it is tried for; else the first that was added.")
    ] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Try one mail: how it is classified, which way it takes, what would be answered."""
    with errors_in_words():
        from postroom.cli.answer_run import trace

        settings = settings_of(data_dir)
    found = run(trace(settings, file, name=mailbox))
    if as_json:
        show_json(found)
    else:
        _show(found)


def _show(found: "Trace") -> None:
    rows = [
        (step.node_id, step.status.value, step.output, step.note, step.failure.message if step.failure else "")
        for step in found.steps
    ]
    show_table("", ("node", "status", "output", "note", "failure"), rows)
    show(f"It would be: {found.would_be.replace('_', ' ')}")
    if found.mode in OTHER_MODES:
        show(f"That is in mode automatic; this mailbox is in mode {found.mode}, where {OTHER_MODES[found.mode]}.")
    draft = found.draft
    if draft is not None:
        articles = ", ".join(dict.fromkeys(passage.article_id for passage in draft.passages)) or "no article"
        show(printable(f"\n--- Draft ({articles}, probability {draft.probability:.2f}) ---\n{draft.text}"))
