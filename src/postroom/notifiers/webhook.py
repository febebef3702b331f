"""Tells it to any web address, signed as Standard Webhooks asks (standardwebhooks.com, specification 1.0)."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC

from pydantic import BaseModel, Field, SecretStr, field_validator
from standardwebhooks import Webhook

from postroom.discovery import configured
from postroom.interfaces.clock import Clock, SystemClock
from postroom.interfaces.notifier import Notifier
from postroom.model.notification import Notification
from postroom.notifiers import Channels, NotifierPlugin
from postroom.notifiers.post import Poster, Reach

SECRET_PREFIX = "whsec_"  # noqa: S105 -- the prefix that marks a secret, not one
SECRET_BYTES = range(24, 65)  # The specification: 192 to 512 bits.


class WebhookConfig(BaseModel):
    """The settings of a webhook."""

    url: str = Field(description="The https address that gets the notifications.", repr=False)
    secret: SecretStr = Field(description="Signs them: whsec_ and 24 to 64 bytes in base64.")
    allow_private: bool = Field(
        default=False,
        description="Whether addresses inside the own network may be reached, also without https; over the API only "
        "where POSTROOM_ALLOW_PRIVATE_WEBHOOKS allows it.",
    )
    timeout_seconds: float = Field(default=10.0, gt=0, le=120, description="How long one notification may take.")

    @field_validator("secret")
    @classmethod
    def _usable(cls, secret: SecretStr) -> SecretStr:
        encoded = secret.get_secret_value().removeprefix(SECRET_PREFIX)
        try:
            size = len(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError):
            size = 0
        if size not in SECRET_BYTES:
            # Raised outside the handler: the cause could name the value.
            raise ValueError("it must be whsec_ and 24 to 64 bytes in base64")
        return secret


class WebhookNotifier:
    """Posts a signed JSON message. The same notification always has the same `webhook-id`."""

    def __init__(self, config: WebhookConfig, poster: Poster, clock: Clock | None = None) -> None:
        self._signature = Webhook(config.secret.get_secret_value())
        self._poster = poster
        self._clock = clock or SystemClock()

    async def notify(self, notification: Notification) -> None:
        """Post the notification.

        Raises:
            TransientError: not now (time-out, no connection, 408, 425, 429, 5xx).
            PluginError: refused, redirected, or the address may not be reached.
        """
        moment = self._clock.now().astimezone(UTC)
        webhook_id = f"msg_{hashlib.sha256(notification.key.encode()).hexdigest()[:32]}"
        body = json.dumps(
            {
                "type": f"notification.{notification.severity.value}",
                "timestamp": moment.isoformat().replace("+00:00", "Z"),
                "data": {
                    "key": notification.key,
                    "severity": notification.severity.value,
                    "title": notification.title,
                    "text": notification.text,
                    "email_id": notification.email_id,
                    "execution_id": notification.execution_id,
                },
            }
        )
        headers = {
            "Content-Type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": self._signature.sign(webhook_id, moment, body),
        }
        await self._poster.post(body.encode(), headers)

    async def check(self) -> str:
        """Return where notifications go, having resolved the name; nothing is posted.

        Raises:
            PluginError: the address cannot or may not be reached.
        """
        await self._poster.reachable()
        return f"Signed webhook at {self._poster.origin}"


def _build(values: Mapping[str, object], channels: Channels) -> Notifier:
    config = configured(WebhookConfig, values, plugin="webhook")
    reach = Reach(private_allowed=config.allow_private, timeout_seconds=config.timeout_seconds)
    return WebhookNotifier(config, Poster(config.url, channels.client, reach))


PLUGIN = NotifierPlugin(name="webhook", title="Webhook", config=WebhookConfig, build=_build)
