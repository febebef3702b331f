"""What a notifier promises."""

from typing import Protocol

from postroom.model.notification import Notification


class Notifier(Protocol):
    """Tells people something at once. It may tell the same `key` twice after a crash; receivers can fold by it."""

    async def notify(self, notification: Notification) -> None:
        """Tell it, within the notifier's own time-out.

        Raises:
            TransientError: not now (time-out, 429, 5xx).
            PluginError: not with this configuration (4xx).
        """
        ...

    async def check(self) -> str:
        """Return one line that says where notifications go; reach it where that does no harm.

        Raises:
            PluginError: it cannot be used, with a hint.
        """
        ...
