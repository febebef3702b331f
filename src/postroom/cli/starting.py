"""Opens a Postroom with its engine running, for the commands that need one in their own process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass

from postroom.bootstrap import Postroom, models_folder, open_postroom
from postroom.cli.output import waiting
from postroom.engine.runtime import Engine
from postroom.logs import configure_logging
from postroom.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How to start: the least level logged, and whether nothing may be sent."""

    log_level: str
    dry_run: bool = False


@asynccontextmanager
async def running(settings: Settings, start: Start) -> AsyncIterator[tuple[Postroom, Engine]]:
    """Give an open Postroom and its running engine; at the end what runs may end, and both are closed.

    Trains the starter model where there is none yet, and says so.
    """
    untrained = not (models_folder(settings) / "linear").exists()
    async with AsyncExitStack() as stack:
        with waiting("Training the starter model, only this once") if untrained else nullcontext():
            postroom = await stack.enter_async_context(open_postroom(settings, dry_run=start.dry_run))
        engine = postroom.engine()
        # Before it starts: a start that fails half-way leaves something to stop.
        stack.push_async_callback(engine.stop)
        await engine.start()
        # The journal's library sets up a log of its own while it starts.
        configure_logging(start.log_level, settings.log_format)
        yield postroom, engine
