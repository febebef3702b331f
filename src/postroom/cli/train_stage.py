"""What commands about models stand on: the workshop, and a bar that shows how far the work is."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from postroom.actions.models import Workshop
from postroom.bootstrap import models_folder
from postroom.bootstrap.models_training import workshop_of
from postroom.cli.opening import settings_of
from postroom.cli.output import progress_bar, waiting
from postroom.cli.store import desk_of
from postroom.interfaces.progress import Progress


@asynccontextmanager
async def workshop(data_dir: Path | None) -> AsyncIterator[Workshop]:
    """Give what training and acts on models need; trains the starter model where there is none yet, and says so.

    Raises:
        ConfigurationError: a setting or an article is wrong. StoreError: the store cannot be used.
    """
    settings = settings_of(data_dir)
    async with desk_of(data_dir) as desk:
        if (models_folder(settings) / "linear").exists():
            yield await workshop_of(settings, desk.stores, by=desk.by)
            return
        with waiting("Training the starter model, only this once"):
            found = await workshop_of(settings, desk.stores, by=desk.by)
        yield found


@contextmanager
def shown(text: str) -> Iterator[Progress]:
    """Give a progress that is shown as a bar on standard error while this lasts."""
    with progress_bar() as bar:
        task = bar.add_task(text, total=None)

        async def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        yield told
