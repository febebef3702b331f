"""`postroom quarantine`: messages that could not be accepted."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from postroom.cli.opening import By, DataDir, Json
from postroom.cli.output import moment, say, show, show_json, show_json_list, show_table
from postroom.cli.running import run

quarantine = typer.Typer(help="Messages that could not be accepted, kept with their bytes.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The id that `list` shows.", show_default=False)]
CUT = "Only its beginning was kept; the whole message lies in the mailbox."


@quarantine.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show what is in quarantine, oldest first."""
    run(_list(data_dir, as_json=as_json))


@quarantine.command("show")
def show_(
    quarantine_id: Id,
    raw: Annotated[bool, typer.Option("--raw", help="Print the bytes of the message and nothing else.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show one message: why it is there, or with --raw its bytes."""
    run(_raw(data_dir, quarantine_id) if raw else _show(data_dir, quarantine_id, as_json=as_json))


@quarantine.command("accept")
def accept_(quarantine_id: Id, by: By = None, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Read one message again and let it in, where it can be read now; only a person may answer it."""
    run(_accept(data_dir, quarantine_id, by, as_json=as_json))


@quarantine.command("dismiss")
def dismiss_(quarantine_id: Id, by: By = None, data_dir: DataDir = None) -> None:
    """Delete one message with its bytes, once somebody has looked at it; it is not received again."""
    run(_dismiss(data_dir, quarantine_id, by))


async def _list(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.quarantine import is_cut, quarantined
    from postroom.cli.store import opened
    from postroom.model.ledger import Quarantined

    async with opened(data_dir) as (_, stores):
        found = await quarantined(stores)
    if as_json:
        show_json_list(Quarantined, found)
        return
    rows = [
        (one.id, one.mailbox_id, moment(one.at), f"{one.size_bytes}{', cut' if is_cut(one) else ''}", one.reason)
        for one in found
    ]
    show_table("", ("id", "mailbox", "since", "bytes", "why"), rows)


async def _show(data_dir: Path | None, quarantine_id: str, *, as_json: bool) -> None:
    from postroom.actions.quarantine import is_cut, one_quarantined
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found = await one_quarantined(stores, quarantine_id)
    if as_json:
        show_json(found)
        return
    show(f"{found.id}: {found.size_bytes} bytes kept, since {moment(found.at)}")
    if is_cut(found):
        show(CUT)
    show(f"Mailbox {found.mailbox_id}, uid {found.uid} of {found.uid_validity}")
    show(f"Why: {found.reason}")


async def _raw(data_dir: Path | None, quarantine_id: str) -> None:
    from postroom.actions.quarantine import is_cut, one_quarantined
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        found = await one_quarantined(stores, quarantine_id)
        content = await stores.ledger.quarantined_bytes(quarantine_id)
    if is_cut(found):
        say(CUT)
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


async def _accept(data_dir: Path | None, quarantine_id: str, by: str | None, *, as_json: bool) -> None:
    from postroom.actions.audit import note_at_machine
    from postroom.actions.quarantine import Rules, accept_again
    from postroom.bootstrap import mailboxes_beside
    from postroom.cli.opening import settings_of
    from postroom.cli.store import desk_of, say_when

    settings = settings_of(data_dir)
    async with desk_of(data_dir, by) as desk:
        known = mailboxes_beside(settings, await desk.stores.mailboxes.list())
        rules = Rules(mailboxes={str(one.id): one for one in known}, secret=settings.secret_bytes())
        found = await accept_again(desk, quarantine_id, rules)
        await note_at_machine(desk, "accept_quarantined", quarantine_id)
        if as_json:
            show_json(found)
        else:
            show(f"{quarantine_id} is in: {found.kind.value}, e-mail {found.email_id}.")
        if found.execution_id is not None:
            await say_when(desk)


async def _dismiss(data_dir: Path | None, quarantine_id: str, by: str | None) -> None:
    from postroom.actions.audit import note_at_machine
    from postroom.actions.quarantine import dismiss
    from postroom.cli.store import desk_of

    async with desk_of(data_dir, by) as desk:
        found = await dismiss(desk, quarantine_id)
        await note_at_machine(desk, "dismiss_quarantined", quarantine_id)
        show(f"{found.id} and its {found.size_bytes} bytes are deleted.")
