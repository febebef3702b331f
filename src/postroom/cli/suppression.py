"""`postroom suppression`: addresses that nothing is sent to any more."""

from pathlib import Path
from typing import Annotated

import typer

from postroom.cli.opening import DataDir, Json
from postroom.cli.output import moment, show, show_json, show_json_list, show_table
from postroom.cli.running import run

suppression = typer.Typer(help="Addresses that nothing is sent to, as mail to them bounced.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(help="The address.", show_default=False)]


@suppression.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show the list, by address."""
    run(_list(data_dir, as_json=as_json))


@suppression.command()
def add(
    address: Address,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the record.")] = "",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Send nothing more to an address."""
    run(_add(address, reason, data_dir, as_json=as_json))


@suppression.command()
def remove(address: Address, data_dir: DataDir = None) -> None:
    """Let replies go to an address again."""
    run(_remove(address, data_dir))


async def _list(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.suppressions import suppressions
    from postroom.cli.store import opened
    from postroom.model.suppression import Suppression

    async with opened(data_dir) as (_, stores):
        found = await suppressions(stores)
    if as_json:
        show_json_list(Suppression, found)
        return
    rows = [(one.address, moment(one.at), one.reply_id or "by hand", one.reason) for one in found]
    show_table("", ("address", "since", "reply", "why"), rows)


async def _add(address: str, reason: str, data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.suppressions import suppress
    from postroom.cli.store import desk_of

    async with desk_of(data_dir) as desk:
        added = await suppress(desk, address, reason=reason)
    if as_json:
        show_json(added)
    else:
        show(f"Nothing more is sent to {added.address}.")


async def _remove(address: str, data_dir: Path | None) -> None:
    from postroom.actions.suppressions import unsuppress
    from postroom.cli.store import opened

    async with opened(data_dir) as (_, stores):
        await unsuppress(stores, address)
    show(f"Replies go to {address} again.")
