"""`postroom reconcile`: the mailbox against the ledger."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import progress_bar, say, show, show_json, show_table
from postroom.cli.running import FAILED, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from postroom.actions.reconcile import Place, Reconciliation
    from postroom.model.mailbox import Mailbox


LISTED = 20


Named = Annotated[str | None, typer.Option("--mailbox", help="Which mailbox; needed where there are several.")]


def reconcile(mailbox: Named = None, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Compare every mail of the mailbox with the ledger, and count what became of each; changes nothing.

    Ends with exit code 1 where the mailbox holds a mail that the ledger does not know.
    """
    found = run(_reconcile(data_dir, mailbox))
    if as_json:
        show_json(found)
    else:
        _show(found)
    if found.missing:
        say("Error: The ledger does not know every mail of the mailbox.")
        say("Hint: `postroom serve` receives what is missing; where it does not, see its log.")
        raise typer.Exit(FAILED)


async def _reconcile(data_dir: Path | None, name: str | None) -> "Reconciliation":
    from postroom.actions.reconcile import reconcile as compared
    from postroom.bootstrap import open_directory
    from postroom.cli.store import opened

    async with opened(data_dir) as (settings, stores), open_directory(settings) as directory:
        mailbox = _chosen(directory.mailboxes, name)
        with progress_bar() as bar:
            task = bar.add_task("Mails looked at", total=None)
            return await compared(
                stores,
                mailbox.id,
                lambda known: directory.reader(mailbox, known),
                tell=lambda done: bar.update(task, completed=done),
            )


def _chosen(mailboxes: "Mapping[str, Mailbox]", name: str | None) -> "Mailbox":
    from postroom.errors import NotFoundError

    if name is None and len(mailboxes) == 1:
        return next(iter(mailboxes.values()))
    if name is None or name not in mailboxes:
        said = f"There is no mailbox {name!r}." if name else "There are several mailboxes."
        raise NotFoundError(said, hint=f"Name one with --mailbox: {', '.join(sorted(mailboxes))}.")
    return mailboxes[name]


def _show(found: "Reconciliation") -> None:
    rows = [
        ("in the mailbox", found.in_mailbox),
        ("in the ledger", found.in_ledger),
        ("missing from the ledger", len(found.missing)),
        ("duplicates", found.duplicates),
        *((state.replace("_", " "), number) for state, number in sorted(found.states.items())),
    ]
    show_table("", ("what", "count"), [(what, str(number)) for what, number in rows])
    for place in found.missing[:LISTED]:
        show(f"Missing: uid {place.uid} of {place.uid_validity}")
    if len(found.missing) > LISTED:
        show(f"… and {len(found.missing) - LISTED} more; --json lists all.")
    for place in found.problems:
        named = f", execution {place.execution_id}" if place.execution_id else ""
        show(f"For a person: uid {place.uid} of {place.uid_validity} is {place.state}{named}")
    for hint in dict.fromkeys(_where_to_look(place) for place in found.problems):
        show(hint)


def _where_to_look(place: "Place") -> str:
    if place.execution_id is None:
        return "See `postroom quarantine list` for what is quarantined."
    return "See `postroom status ID` for why an execution failed or is uncertain, `postroom review list` to decide it."
