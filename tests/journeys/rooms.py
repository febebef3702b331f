"""A whole Postroom on a Maildir in a temporary folder, with the starter model."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from postroom.bootstrap import Postroom, open_postroom
from postroom.engine.runtime import Engine
from postroom.settings import Settings
from reviewed import review_history


def maildir_settings(folder: Path, models: Path, mode: str) -> Settings:
    """Return settings of a fresh data folder that reads `folder`/maildir."""
    for name in ("new", "cur", "tmp"):
        (folder / "maildir" / name).mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    if not (data / "models").exists():
        (data / "models").symlink_to(models, target_is_directory=True)
    return Settings.model_validate(
        {
            "data_dir": data,
            "mailbox_kind": "maildir",
            "mailbox_path": folder / "maildir",
            "mailbox_address": "support@shop.example",
            "mode": mode,
            "poll_seconds": 0.05,
        }
    )


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[tuple[Postroom, Engine]]:
    """Open everything, so much reviewed as it takes, and start the engine; nothing is received until the test does."""
    async with open_postroom(settings) as postroom:
        await review_history(postroom)
        engine = postroom.engine()
        await engine.start()
        try:
            yield postroom, engine
        finally:
            await engine.stop()
