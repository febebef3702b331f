"""`postroom serve`: receives, answers and waits for people until told to stop."""

import asyncio
from typing import TYPE_CHECKING

from postroom.cli.opening import DataDir, settings_of
from postroom.cli.output import say
from postroom.cli.running import run, stop_signals

if TYPE_CHECKING:
    from pathlib import Path

    from postroom.bootstrap import Postroom


def serve(data_dir: DataDir = None) -> None:
    """Receive mail and work on it until SIGTERM or Ctrl-C; what is under way then goes on at the next start."""
    run(_serve(data_dir))


async def _serve(data_dir: "Path | None") -> None:
    from postroom.bootstrap import Receptions
    from postroom.cli.only_one import only_one
    from postroom.cli.starting import Start, running
    from postroom.logs import configure_logging

    settings = settings_of(data_dir)
    configure_logging(settings.log_level, settings.log_format)
    with only_one(settings), stop_signals() as stop:
        async with running(settings, Start(log_level=settings.log_level)) as (postroom, engine):
            for name in postroom.directory.open:
                await _first_look(postroom, name)
                say(_in_one_line(postroom, name))
            receiving = asyncio.create_task(Receptions(postroom, engine).receive_forever())
            await stop.wait()
            say("Stopping: what runs may end …")
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)


async def _first_look(postroom: "Postroom", name: str) -> None:
    """Pass where the mailbox can be read or may be later; end the command where the only one never can be."""
    from postroom.errors import PluginError, TransientError

    one = postroom.directory.open[name]
    try:
        cursor = await postroom.stores.ledger.cursor(one.mailbox.id)
        await one.opened.receiver.fetch(cursor, limit=1)
    except TransientError as error:
        say(f"The mailbox {name!r} cannot be read now: {error.message} It is tried again.")
    except PluginError as error:
        if len(postroom.directory.open) == 1:
            raise
        say(f"The mailbox {name!r} cannot be read: {error.message} {error.hint}")


def _in_one_line(postroom: "Postroom", name: str) -> str:
    from postroom.bootstrap import MAILBOX_ID

    settings, mailbox = postroom.settings, postroom.directory.open[name].mailbox
    rest = f"mode {mailbox.mode}, workflow {mailbox.workflow}."
    if name != MAILBOX_ID:
        sender = f"sends through {mailbox.sender}" if mailbox.sender else "sends through the only sender"
        return f"Postroom reads the mailbox {name} of {mailbox.address.address}, {sender}, {rest}"
    place = f" {settings.mailbox_path}" if settings.mailbox_path else ""
    return (
        f"Postroom reads the {settings.mailbox_kind} mailbox{place} of {settings.mailbox_address}, writes replies to "
        f"{settings.outbox_dir}, {rest}"
    )
