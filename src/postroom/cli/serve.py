"""`postroom serve`: receives, answers, serves the API and waits for people until told to stop."""

import asyncio
from typing import TYPE_CHECKING

from postroom.cli.opening import DataDir, settings_of
from postroom.cli.output import say
from postroom.cli.running import run, stop_signals

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from postroom.bootstrap import Postroom


def serve(data_dir: DataDir = None) -> None:
    """Receive mail, work on it and serve the API until SIGTERM or Ctrl-C; the next start goes on with what runs."""
    run(_serve(data_dir))


async def _serve(data_dir: "Path | None") -> None:
    from postroom.bootstrap import Receptions
    from postroom.bootstrap.jobs import job_worker
    from postroom.bootstrap.web import open_web
    from postroom.cli.address import say_where
    from postroom.cli.mailbox_words import sender_names
    from postroom.cli.only_one import only_one
    from postroom.cli.starting import Start, running
    from postroom.logs import configure_logging

    settings = settings_of(data_dir)
    configure_logging(settings.log_level, settings.log_format)
    with only_one(settings), stop_signals() as stop:
        async with running(settings, Start(log_level=settings.log_level)) as (postroom, engine):
            if not postroom.directory.mailboxes:
                say("There is no mailbox yet: `postroom mailbox add NAME` in a second terminal connects one.")
            await _first_look(postroom)
            senders = await sender_names(postroom.stores)
            for name in postroom.directory.open:
                say(_in_one_line(postroom, name, senders))
            receptions = Receptions(postroom, engine, say=say)
            jobs = job_worker(settings, postroom.stores, postroom.services.clock)
            async with open_web(postroom, engine) as web, asyncio.TaskGroup() as group:
                # A bug that ends one of them ends the command: nobody must believe that mail is being received.
                under_way = [
                    group.create_task(web.serve(settings)),
                    group.create_task(receptions.receive_forever()),
                    group.create_task(jobs.work_forever()),
                ]
                await say_where(postroom, web)
                await stop.wait()
                say("Stopping: what runs may end …")
                for task in under_way:
                    task.cancel()


async def _first_look(postroom: "Postroom") -> None:
    """Pass where the mailbox of the settings can be read or may be later; end the command where it never can be.

    Those that were added tell by alarms what is wrong with them: the others, and what waits to be sent, go on.
    """
    from postroom.bootstrap import MAILBOX_ID
    from postroom.errors import TransientError

    if MAILBOX_ID not in postroom.directory.open:
        return
    try:
        await postroom.receiver.fetch(await postroom.stores.ledger.cursor(MAILBOX_ID), limit=1)
    except TransientError as error:
        say(f"The mailbox cannot be read now: {error.message} It is tried again.")


def _in_one_line(postroom: "Postroom", name: str, senders: "Collection[str]") -> str:
    from postroom.bootstrap import MAILBOX_ID
    from postroom.cli.mailbox_words import NO_SENDER

    settings, mailbox = postroom.settings, postroom.directory.open[name].mailbox
    rest = f"mode {mailbox.mode}, workflow {mailbox.workflow}."
    if name != MAILBOX_ID:
        only_one = "sends through the only sender" if senders else NO_SENDER
        sender = f"sends through {mailbox.sender}" if mailbox.sender else only_one
        return f"Postroom connects to the mailbox {name} of {mailbox.address.address}, {sender}, {rest}"
    place = f" {settings.mailbox_path}" if settings.mailbox_path else ""
    return (
        f"Postroom connects to the {settings.mailbox_kind} mailbox{place} of {settings.mailbox_address}, "
        f"writes replies to {settings.outbox_dir}, {rest}"
    )
