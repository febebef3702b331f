"""Tells it to the log: the notifier that always works."""

from collections.abc import Mapping

import structlog
from pydantic import BaseModel

from postroom.interfaces.notifier import Notifier
from postroom.model.notification import Notification
from postroom.notifiers import Channels, NotifierPlugin

_log = structlog.stdlib.get_logger(__name__)


class LogConfig(BaseModel):
    """The log needs no settings."""


class LogNotifier:
    """Writes a warning with the ids to follow; title and text may come from mail and stay out of the log."""

    async def notify(self, notification: Notification) -> None:
        """Write one warning."""
        _log.warning(
            "notification",
            key=notification.key,
            severity=notification.severity.value,
            email_id=notification.email_id,
            execution_id=notification.execution_id,
        )

    async def check(self) -> str:
        """Return where notifications go."""
        return "Warnings in the log"


def _build(values: Mapping[str, object], channels: Channels) -> Notifier:
    del values, channels
    return LogNotifier()


PLUGIN = NotifierPlugin(name="log", title="Log", config=LogConfig, build=_build)
