"""What acts on accounts need, for the command line and the API."""

from functools import partial

from postroom.actions.accounts import Setup
from postroom.actions.desk import Desk
from postroom.bootstrap.parts import models_folder, notifier_settings
from postroom.bootstrap.plugins import notifier_plugins, receiver_plugins, sender_plugins
from postroom.sealing import Seal
from postroom.settings import Settings


def setup_for(settings: Settings, desk: Desk) -> Setup:
    """Return what acts on accounts need, for who acts at `desk`.

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
