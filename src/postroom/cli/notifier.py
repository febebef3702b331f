"""`postroom notifier`: the ways that people are told at once."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from postroom.cli.guided import one_trial
from postroom.cli.guided_family import Family, Name, common_commands
from postroom.cli.opening import DataDir
from postroom.cli.output import printable, show
from postroom.cli.running import run

if TYPE_CHECKING:
    from postroom.model.account import Account
    from postroom.settings import Settings

notifier = typer.Typer(help="The ways that people are told: webhooks, Slack, e-mail.", no_args_is_help=True)


@notifier.command("test")
def try_(name: Name, data_dir: DataDir = None) -> None:
    """Really tell a notifier that this is a trial."""
    run(_test(name, data_dir))


async def _test(name: str, data_dir: Path | None) -> None:
    from postroom.actions.accounts import get_account
    from postroom.actions.notifiers import FAMILY
    from postroom.bootstrap import try_notifier
    from postroom.cli.store import opened

    async with opened(data_dir) as (settings, stores):
        account = await get_account(stores, FAMILY, name)
        with one_trial():
            line = await try_notifier(settings, account)
        show(printable(f"Told: {line}"))


def _family() -> Family:
    from postroom.actions import notifiers
    from postroom.bootstrap import try_notifier

    async def told(settings: "Settings", account: "Account") -> str:
        return f"{await try_notifier(settings, account)}; a trial message was sent"

    return Family(
        family=notifiers.FAMILY,
        first_kind="email",
        plugins=lambda setup: setup.notifiers,
        draft=notifiers.draft_notifier,
        add=notifiers.add_notifier,
        draft_change=notifiers.draft_notifier_change,
        change=notifiers.change_notifier,
        remove=notifiers.remove_notifier,
        try_it=told,
    )


common_commands(notifier, "notifier", _family)
