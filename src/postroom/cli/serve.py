"""`postroom serve`: receives, answers and waits for people until told to stop."""

import asyncio
from typing import TYPE_CHECKING

from postroom.cli.opening import DataDir, settings_of
from postroom.cli.output import say
from postroom.cli.running import run, stop_signals

if TYPE_CHECKING:
    from pathlib import Path

    from postroom.intake.receive import Reception
    from postroom.settings import Settings


def serve(data_dir: DataDir = None) -> None:
    """Receive mail and work on it until SIGTERM or Ctrl-C; what is under way then goes on at the next start."""
    run(_serve(data_dir))


async def _serve(data_dir: "Path | None") -> None:
    from postroom.cli.only_one import only_one
    from postroom.cli.starting import Start, running
    from postroom.intake.receive import receive_forever
    from postroom.logs import configure_logging

    settings = settings_of(data_dir)
    configure_logging(settings.log_level, settings.log_format)
    with only_one(settings), stop_signals() as stop:
        async with running(settings, Start(log_level=settings.log_level)) as (postroom, engine):
            reception = postroom.reception(engine)
            await _first_look(reception)
            say(_in_one_line(settings))
            receiving = asyncio.create_task(receive_forever(reception))
            await stop.wait()
            say("Stopping: what runs may end …")
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)


async def _first_look(reception: "Reception") -> None:
    """Pass where the mailbox can be read or may be later; end the command where waiting would not help."""
    from postroom.errors import TransientError

    try:
        await reception.receiver.fetch(await reception.intake.ledger.cursor(reception.mailbox_id), limit=1)
    except TransientError as error:
        say(f"The mailbox cannot be read now: {error.message} It is tried again.")


def _in_one_line(settings: "Settings") -> str:
    place = f" {settings.mailbox_path}" if settings.mailbox_path else ""
    return (
        f"Postroom reads the {settings.mailbox_kind} mailbox{place} of {settings.mailbox_address}, writes replies to "
        f"{settings.outbox_dir}, mode {settings.mode}, workflow {settings.workflow}."
    )
