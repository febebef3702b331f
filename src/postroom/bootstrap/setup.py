"""What acts on accounts need, for the command line and the API."""

from dataclasses import replace
from functools import partial

from postroom.actions.accounts import Setup
from postroom.actions.accounts_fence import Fence
from postroom.actions.desk import Desk
from postroom.bootstrap.parts import models_folder, notifier_settings
from postroom.bootstrap.plugins import notifier_plugins, receiver_plugins, sender_plugins
from postroom.sealing import Seal
from postroom.settings import Settings


def setup_for(settings: Settings, desk: Desk) -> Setup:
    """Return what acts on accounts need, for who acts at `desk` and at the machine itself.

    Raises:
        ConfigurationError: the secret cannot be read.
    """
    return Setup(
        desk=desk,
        seal=Seal(settings.secret_bytes()),
        receivers=receiver_plugins(),
        senders=sender_plugins(),
        notifiers=notifier_plugins(),
        settings_notifiers=frozenset(notifier_settings(settings)),
        categories=partial(categories_of, settings),
    )


def setup_over_http(settings: Settings, desk: Desk) -> Setup:
    """Return what acts on accounts need for who acts over HTTP: they lead no further than the settings allow.

    Raises:
        ConfigurationError: the secret cannot be read.
    """
    fence = Fence(folder=settings.folders_dir, private_allowed=settings.allow_private_webhooks)
    return replace(setup_for(settings, desk), fence=fence)


def categories_of(settings: Settings) -> tuple[str, ...]:
    """Return the categories that the classifier tells apart: those of its model, else of the one it will begin with.

    Raises:
        ConfigurationError: the model is damaged.
    """
    # Reading a model needs numpy, which most commands do without.
    from postroom.learning.corpus import OTHER  # noqa: PLC0415
    from postroom.learning.model_files import load_model  # noqa: PLC0415
    from postroom.model.catalogue import CATEGORIES  # noqa: PLC0415

    folder = models_folder(settings) / "linear"
    if not folder.exists():
        return (*CATEGORIES, OTHER)
    model, _ = load_model(folder)
    return next((head.labels for head in model.heads if head.name == "category"), ())
