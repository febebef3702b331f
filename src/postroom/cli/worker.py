"""`postroom worker`: works on what was received elsewhere, without mailboxes and without the API."""

import asyncio
from typing import TYPE_CHECKING

from postroom.cli.opening import DataDir, settings_of
from postroom.cli.output import say
from postroom.cli.running import run, stop_signals

if TYPE_CHECKING:
    from pathlib import Path


def worker(data_dir: DataDir = None) -> None:
    """Run the engine alone until SIGTERM or Ctrl-C: it receives nothing and serves nothing."""
    run(_worker(data_dir))


async def _worker(data_dir: "Path | None") -> None:
    from postroom.bootstrap import follow_forever
    from postroom.bootstrap.jobs import job_worker
    from postroom.cli.only_one import only_one
    from postroom.cli.starting import Start, running
    from postroom.logs import configure_logging

    settings = settings_of(data_dir)
    configure_logging(settings.log_level, settings.log_format)
    with only_one(settings), stop_signals() as stop:
        async with running(settings, Start(log_level=settings.log_level)) as (postroom, _):
            say("Postroom works on what was received; it receives nothing itself.")
            async with asyncio.TaskGroup() as group:
                jobs = job_worker(settings, postroom.stores, postroom.services.clock)
                under_way = [group.create_task(follow_forever(postroom)), group.create_task(jobs.work_forever())]
                await stop.wait()
                say("Stopping: what runs may end …")
                for task in under_way:
                    task.cancel()
