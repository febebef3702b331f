"""Tells it to a Slack channel through an incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks").

Mattermost and others take the same messages.
"""

import json
from collections.abc import Mapping

from pydantic import BaseModel, Field, SecretStr

from postroom.discovery import configured
from postroom.interfaces.notifier import Notifier
from postroom.model.notification import Notification
from postroom.notifiers import Channels, NotifierPlugin
from postroom.notifiers.post import Poster, Reach

SECTION_LENGTH = 3000  # Slack refuses longer sections.
TITLE_LENGTH = 150


class SlackConfig(BaseModel):
    """The settings of a Slack channel."""

    url: SecretStr = Field(description="The address of the incoming webhook, https://hooks.slack.com/services/….")
    allow_private: bool = Field(
        default=False,
        description="Whether addresses inside the own network may be reached, also without https; over the API only "
        "where POSTROOM_ALLOW_PRIVATE_WEBHOOKS allows it.",
    )
    timeout_seconds: float = Field(default=10.0, gt=0, le=120, description="How long one notification may take.")


class SlackNotifier:
    """Posts a message of two blocks: title and text, and the ids to follow."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    async def notify(self, notification: Notification) -> None:
        """Post the message; what a customer wrote can neither format it nor call people by name.

        Raises:
            TransientError: not now (time-out, no connection, 408, 425, 429, 5xx).
            PluginError: refused, redirected, or the address may not be reached.
        """
        await self._poster.post(json.dumps(_message(notification)).encode(), {"Content-Type": "application/json"})

    async def check(self) -> str:
        """Return where notifications go, having resolved the name; nothing is posted.

        Raises:
            PluginError: the address cannot or may not be reached.
        """
        await self._poster.reachable()
        return f"Slack channel through {self._poster.origin}"


def escaped(text: str, *, limit: int) -> str:
    """Return `text` in Slack's mrkdwn with `&`, `<` and `>` escaped, in at most `limit` characters."""
    whole = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(whole) <= limit:
        return whole
    cut = whole[: limit - 1]
    last = cut.rfind("&")
    # Half an entity would be shown as it stands.
    return f"{cut[:last] if last >= 0 and ';' not in cut[last:] else cut}…"


def _message(notification: Notification) -> dict[str, object]:
    title = escaped(notification.title, limit=TITLE_LENGTH)
    text = escaped(notification.text, limit=SECTION_LENGTH - TITLE_LENGTH - 50)
    named = {"E-mail": notification.email_id, "Execution": notification.execution_id, "Key": notification.key}
    ids = " · ".join(f"{name} {value}" for name, value in named.items() if value)
    return {
        "text": title,
        "blocks": [
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": f"*{title}*\n{text}"},
            },
            {"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(ids, limit=SECTION_LENGTH)}]},
        ],
    }


def _build(values: Mapping[str, object], channels: Channels) -> Notifier:
    config = configured(SlackConfig, values, plugin="slack")
    reach = Reach(private_allowed=config.allow_private, timeout_seconds=config.timeout_seconds)
    return SlackNotifier(Poster(config.url.get_secret_value(), channels.client, reach))


PLUGIN = NotifierPlugin(name="slack", title="Slack", config=SlackConfig, build=_build)
