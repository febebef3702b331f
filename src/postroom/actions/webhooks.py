"""Webhooks as people add, change, try, enable and remove them."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import SecretStr

from postroom.actions.accounts import Setup, changed_meanwhile
from postroom.actions.desk import Desk
from postroom.actions.webhook_body import trial_delivery
from postroom.actions.webhook_deliveries import Dispatch, failing_alarm, place_of, post_signed, stopped_alarm
from postroom.discovery import configured
from postroom.errors import ConflictError, NotFoundError
from postroom.model.execution import EventKind
from postroom.model.page import Page
from postroom.model.webhook import DeliveryId, Webhook, WebhookDelivery, WebhookId
from postroom.notifiers.post import Poster, Reach, open_client
from postroom.notifiers.webhook import SECRET_PREFIX, WebhookConfig

MADE_BYTES = 32
MAX_WEBHOOKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookForm:
    """What a person gives for a webhook; without a `secret` one is made. No `kinds`: events of every kind."""

    url: str = field(repr=False)
    kinds: tuple[EventKind, ...] = ()
    secret: SecretStr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """What a person wants changed of the webhook that has `revision`; None stays as it is."""

    revision: int
    url: str | None = field(default=None, repr=False)
    kinds: tuple[EventKind, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWebhook:
    """A webhook as administrators see it, without its secret."""

    id: WebhookId
    url: str
    kinds: tuple[EventKind, ...]
    cursor: int
    created_at: datetime
    updated_at: datetime
    stopped: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWebhook:
    """A webhook and its secret, which is shown this once."""

    webhook: Webhook
    secret: SecretStr


def shown(webhook: Webhook) -> ShownWebhook:
    """Return what may be shown of a webhook."""
    return ShownWebhook(
        id=webhook.id,
        url=webhook.url,
        kinds=webhook.kinds,
        cursor=webhook.cursor,
        created_at=webhook.created_at,
        updated_at=webhook.updated_at,
        stopped=webhook.stopped,
        revision=webhook.revision,
    )


async def list_webhooks(desk: Desk, *, after: str | None, limit: int) -> Page[ShownWebhook]:
    """Return webhooks by id."""
    page = await desk.stores.webhooks.list(after=after, limit=limit)
    return Page(rows=tuple(shown(one) for one in page.rows), next_cursor=page.next_cursor)


async def add_webhook(setup: Setup, form: WebhookForm, reach: Reach) -> MadeWebhook:
    """Store a new webhook, which gets the events from now on.

    Raises:
        ConfigurationError: its address or secret cannot be used. ConflictError: there are too many.
    """
    desk = setup.desk
    secret = form.secret or _made_secret()
    _require_secret(form.url, secret)
    await _require_address(form.url, reach)
    if len((await desk.stores.webhooks.list(limit=MAX_WEBHOOKS)).rows) >= MAX_WEBHOOKS:
        raise ConflictError(f"There are {MAX_WEBHOOKS} webhooks already.", hint="Remove one that is not needed.")
    webhook_id, now = WebhookId(f"wh_{secrets.token_hex(8)}"), desk.clock.now()
    webhook = Webhook(
        id=webhook_id,
        url=form.url,
        sealed=setup.seal.close(secret.get_secret_value(), place=place_of(webhook_id)),
        kinds=_in_order(form.kinds),
        cursor=await desk.stores.executions.newest_cursor(),
        created_at=now,
        updated_at=now,
    )
    await desk.stores.webhooks.add(webhook)
    return MadeWebhook(webhook=webhook, secret=secret)


async def change_webhook(setup: Setup, webhook_id: WebhookId, change: WebhookChange, reach: Reach) -> Webhook:
    """Change the address or the kinds of a webhook and return it; what waits goes to the new address.

    Raises:
        NotFoundError: there is none. ConfigurationError: its address cannot be used. ConflictError: somebody else
        changed it meanwhile.
    """
    webhook = await setup.stores.webhooks.get(webhook_id)
    url = webhook.url if change.url is None else change.url
    await _require_address(url, reach)
    kinds = webhook.kinds if change.kinds is None else _in_order(change.kinds)
    return await _changed(setup.desk, replace(webhook, url=url, kinds=kinds), change.revision)


async def rotate_secret(setup: Setup, webhook_id: WebhookId, secret: SecretStr | None, *, revision: int) -> MadeWebhook:
    """Give a webhook another secret (without one it is made); whatever is posted from now on is signed with it.

    Raises:
        NotFoundError: there is none. ConfigurationError: the secret cannot be used. ConflictError: somebody else
        changed it meanwhile.
    """
    webhook = await setup.stores.webhooks.get(webhook_id)
    chosen = secret or _made_secret()
    _require_secret(webhook.url, chosen)
    sealed = setup.seal.close(chosen.get_secret_value(), place=place_of(webhook_id))
    return MadeWebhook(webhook=await _changed(setup.desk, replace(webhook, sealed=sealed), revision), secret=chosen)


async def enable_webhook(desk: Desk, webhook_id: WebhookId) -> Webhook:
    """Let a stopped webhook go on where it stopped, and clear its alarms.

    Raises:
        NotFoundError: there is none. ConflictError: it is not stopped, or somebody else changed it meanwhile.
    """
    webhook = await desk.stores.webhooks.get(webhook_id)
    if not webhook.stopped:
        raise ConflictError(f"The webhook {webhook_id!r} is not stopped.", hint="There is nothing to enable.")
    enabled = await _changed(desk, replace(webhook, stopped=""), webhook.revision)
    await _clear_alarms(desk, webhook_id)
    return enabled


async def remove_webhook(desk: Desk, webhook_id: WebhookId) -> None:
    """Forget a webhook, its secret, its deliveries and its alarms.

    Raises:
        NotFoundError: there is none.
    """
    if not await desk.stores.webhooks.remove(webhook_id):
        raise NotFoundError(f"There is no webhook {webhook_id!r}.", hint="The list of webhooks shows their ids.")
    await _clear_alarms(desk, webhook_id)


async def try_webhook(setup: Setup, webhook_id: WebhookId, reach: Reach) -> str:
    """Post a signed `webhook.test` and return one line that says it was taken; stopped ones are tried as well.

    Raises:
        NotFoundError: there is none. PluginError: it was refused; TransientError: not now. ConfigurationError: its
        secret cannot be opened.
    """
    webhook = await setup.stores.webhooks.get(webhook_id)
    dispatch = Dispatch(stores=setup.stores, seal=setup.seal, clock=setup.desk.clock, reach=reach)
    trial = trial_delivery(webhook_id, secrets.token_hex(12), at=setup.desk.clock.now())
    async with open_client() as client:
        await post_signed(dispatch, client, webhook, trial)
        return f"{Poster(webhook.url, client, reach).origin} took the test."


async def retry_delivery(desk: Desk, webhook_id: WebhookId, delivery_id: DeliveryId) -> WebhookDelivery:
    """Let a failed delivery be tried again from the beginning, under the same `webhook-id`.

    Raises:
        NotFoundError: the webhook has none of that id. ConflictError: it did not fail.
    """
    webhooks = desk.stores.webhooks
    found = await webhooks.delivery(delivery_id)
    if found.webhook_id != webhook_id:
        raise NotFoundError(f"There is no delivery {delivery_id!r}.", hint="The list of deliveries shows their ids.")
    if not await webhooks.retry(delivery_id, at=desk.clock.now()):
        raise ConflictError(
            f"The delivery {delivery_id!r} is {found.state.value}.", hint="Only one that failed can be tried again."
        )
    return await webhooks.delivery(delivery_id)


async def _changed(desk: Desk, webhook: Webhook, revision: int) -> Webhook:
    stored = replace(webhook, revision=revision, updated_at=desk.clock.now())
    if not await desk.stores.webhooks.change(stored):
        raise changed_meanwhile("webhook", webhook.id)
    return await desk.stores.webhooks.get(webhook.id)


async def _clear_alarms(desk: Desk, webhook_id: WebhookId) -> None:
    for key in (failing_alarm(webhook_id), stopped_alarm(webhook_id)):
        await desk.stores.alarms.clear(key, at=desk.clock.now())


def _require_secret(url: str, secret: SecretStr) -> None:
    configured(WebhookConfig, {"url": url, "secret": secret}, plugin="webhook")


async def _require_address(url: str, reach: Reach) -> None:
    async with open_client() as client:
        Poster(url, client, reach)


def _made_secret() -> SecretStr:
    return SecretStr(SECRET_PREFIX + base64.b64encode(secrets.token_bytes(MADE_BYTES)).decode("ascii"))


def _in_order(kinds: Sequence[EventKind]) -> tuple[EventKind, ...]:
    """Return each kind once, in the order that they are declared in."""
    return tuple(kind for kind in EventKind if kind in kinds)
