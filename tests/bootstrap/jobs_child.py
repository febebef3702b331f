"""Jobs that misbehave, and the program that does one of them as a process of its own: jobs_child.py STORE ID WORKER."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from postroom.bootstrap.jobs_run import Order, Result, Shop, run_job
from postroom.errors import InputError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.progress import Progress
from postroom.interfaces.stores import Stores
from postroom.model.job import JobId, JobKind
from postroom.settings import Settings
from postroom.stores.sql.open import open_stores

STEPS = 4


async def count(order: Order, stores: Stores, settings: Settings, progress: Progress) -> Result:
    """Write a line for each step, from the first that is missing; once, kill the process after the line `kill`."""
    del stores, settings
    path = Path(str(order["path"]))
    for step in range(written(path), STEPS):
        write(path, f"{step} {order['by']}\n")
        await progress(step + 1, STEPS)
        if step == order.get("kill") and not written(path.with_suffix(".killed")):
            write(path.with_suffix(".killed"), "once\n")
            os.kill(os.getpid(), signal.SIGKILL)
    return {"lines": written(path)}


async def wait(order: Order, stores: Stores, settings: Settings, progress: Progress) -> Result:
    """Say that it has begun, and never end."""
    await progress(1, 2)
    write(Path(str(order["path"])), f"{os.getpid()}\n")
    await asyncio.Event().wait()
    raise AssertionError


def written(path: Path) -> int:
    """Return how many lines a file has, 0 where there is none."""
    return len(path.read_text().splitlines()) if path.exists() else 0


def write(path: Path, line: str) -> None:
    """Add a line to a file."""
    with path.open("a") as file:
        file.write(line)


async def refuse(order: Order, stores: Stores, settings: Settings, progress: Progress) -> Result:
    """Fail as told, by an error of ours or by a bug."""
    if order.get("bug"):
        raise RuntimeError("secret text of a mail")
    raise InputError("There are too few texts.", hint="Label more.")


DOING = {"count": count, "wait": wait, "refuse": refuse}


async def obey(order: Order, stores: Stores, settings: Settings, progress: Progress) -> Result:
    """Do what the order names."""
    return await DOING[str(order["do"])](order, stores, settings, progress)


async def main(store: str, job_id: str, worker: str) -> None:
    """Do the job."""
    stores = await open_stores(store)
    shop = Shop(
        stores=stores,
        settings=Settings(store_url=store),
        clock=SystemClock(),
        works={JobKind.TRAIN: obey},
        beat_seconds=0.02,
    )
    await run_job(shop, JobId(job_id), worker)
    await stores.connection.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
