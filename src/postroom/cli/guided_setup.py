"""What acts on accounts need, as commands open it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from postroom.actions.accounts import Setup
from postroom.bootstrap import models_folder, notifier_plugins, notifier_settings, receiver_plugins, sender_plugins
from postroom.cli.opening import settings_of
from postroom.cli.store import desk_of
from postroom.sealing import Seal
from postroom.settings import Settings


@asynccontextmanager
async def setup_of(data_dir: Path | None) -> AsyncIterator[tuple[Settings, Setup]]:
    """Give the settings and what acts on accounts, over the open store.

    Raises:
        ConfigurationError: a setting or the secret is wrong. StoreError: the store cannot be used.
    """
    settings = settings_of(data_dir)
    async with desk_of(data_dir) as desk:
        setup = Setup(
            desk=desk,
            seal=Seal(settings.secret_bytes()),
            receivers=receiver_plugins(),
            senders=sender_plugins(),
            notifiers=notifier_plugins(),
            settings_notifiers=frozenset(notifier_settings(settings)),
            categories=partial(categories_of, settings),
        )
        yield settings, setup


def categories_of(settings: Settings) -> tuple[str, ...]:
    """Return the categories that the classifier tells apart: those of its model, else of the one it will begin with.

    Raises:
        ConfigurationError: the model is damaged.
    """
    from postroom.learning.corpus import OTHER
    from postroom.learning.model_files import load_model
    from postroom.model.catalogue import CATEGORIES

    folder = models_folder(settings) / "linear"
    if not folder.exists():
        return (*CATEGORIES, OTHER)
    model, _ = load_model(folder)
    return next((head.labels for head in model.heads if head.name == "category"), ())
