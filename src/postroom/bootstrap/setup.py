"""What acts on accounts need, for the command line and the API."""

from dataclasses import replace

from postroom.actions.accounts import Setup
from postroom.actions.accounts_fence import Fence
from postroom.actions.desk import Desk
from postroom.bootstrap.parts import notifier_settings
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
    )


def setup_over_http(settings: Settings, desk: Desk) -> Setup:
    """Return what acts on accounts need for who acts over HTTP: they lead no further than the settings allow.

    Raises:
        ConfigurationError: the secret cannot be read.
    """
    fence = Fence(folder=settings.folders_dir, private_allowed=settings.allow_private_webhooks)
    return replace(setup_for(settings, desk), fence=fence)
