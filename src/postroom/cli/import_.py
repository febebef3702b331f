"""`postroom import`: labelled history, so that Postroom knows a company's mail from the first day."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import printable, say, show, show_json, show_table
from postroom.cli.running import FAILED, run

if TYPE_CHECKING:
    from postroom.actions.importing import Imported

SHOWN_REFUSED = 20


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            exists=True,
            help="Tables (.csv, .jsonl: text,label[,subject,language]), mbox files, Maildirs, or folders of these.",
            show_default=False,
        ),
    ],
    label: Annotated[str, typer.Option(help="The label of all mail, in place of each folder's name.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read everything and store nothing.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Import labelled texts and mail as examples to learn from; importing again changes nothing.

    Exit code 1 where a row could not be taken; all others were.
    """
    found = run(_import(data_dir, tuple(files), label, dry_run=dry_run))
    if as_json:
        show_json(found)
    else:
        _show(found)
    if found.refused_rows:
        raise typer.Exit(FAILED)


async def _import(data_dir: Path | None, files: tuple[Path, ...], label: str, *, dry_run: bool) -> "Imported":
    from postroom.actions.importing import ImportOrder, import_history
    from postroom.cli.store import desk_of
    from postroom.cli.train_stage import shown

    settings = settings_of(data_dir)
    order = ImportOrder(
        paths=files,
        label=label,
        max_message_bytes=settings.max_message_bytes,
        own_addresses=(settings.mailbox_address, *settings.mailbox_aliases),
        dry_run=dry_run,
    )
    async with desk_of(data_dir) as desk:
        with shown("Bytes imported") as progress:
            return await import_history(desk, order, progress)


def _show(found: "Imported") -> None:
    from postroom.actions.importing import KEPT_REFUSED

    show_table("", ("label", "texts"), [(printable(name), str(count)) for name, count in found.labels.items()])
    for one in found.refused[:SHOWN_REFUSED]:
        say(f"{one.place}: {one.reason}.")
    if found.refused_rows > SHOWN_REFUSED:
        say(f"{found.refused_rows - SHOWN_REFUSED} more could not be taken; --json tells the first {KEPT_REFUSED}.")
    repeated = f", {found.repeated} of them more than once" if found.repeated else ""
    stored = "nothing is stored in a dry run" if found.dry_run else f"{found.new} are new"
    show(f"{found.read} texts were read{repeated}; {stored}.")
    if found.refused_rows:
        total = found.read + found.refused_rows
        show(f"{found.refused_rows} of {total} could not be taken, for reasons as those above; all others were.")
