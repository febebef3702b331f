"""`postroom quarantine`: messages that could not be accepted."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, say, show, show_json, show_json_list, show_table
from postroom.cli.running import run

quarantine = typer.Typer(help="Messages that could not be accepted, kept with their bytes.", no_args_is_help=True)

CUT = "Only its beginning was kept; the whole message lies in the mailbox."


@quarantine.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show what is in quarantine, oldest first."""
    run(_list(data_dir, as_json=as_json))


@quarantine.command("show")
def show_(
    quarantine_id: Annotated[str, typer.Argument(help="The id that `list` shows.", show_default=False)],
    raw: Annotated[bool, typer.Option("--raw", help="Print the bytes of the message and nothing else.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show one message: why it is there, or with --raw its bytes."""
    run(_raw(data_dir, quarantine_id) if raw else _show(data_dir, quarantine_id, as_json=as_json))


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
