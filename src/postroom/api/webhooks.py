"""Webhooks: addresses that are told of events, signed as Standard Webhooks asks. Administrators only."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from postroom.actions.webhooks import (
    MadeWebhook,
    ShownWebhook,
    WebhookChange,
    WebhookForm,
    add_webhook,
    change_webhook,
    remove_webhook,
    retry_delivery,
    rotate_secret,
    shown,
    try_webhook,
)
from postroom.actions.webhooks import enable_webhook as enable
from postroom.actions.webhooks import list_webhooks as webhooks_shown
from postroom.api.access import Configurer
from postroom.api.audit import note_subject
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.trial import TrialBody
from postroom.api.written import Revision
from postroom.model.execution import EventKind
from postroom.model.page import Page
from postroom.model.webhook import DeliveryId, DeliveryState, WebhookDelivery, WebhookId

ROUTER = router("/webhooks", "webhooks")

Kinds = Annotated[list[EventKind], Field(max_length=50)]
Url = Annotated[str, Field(min_length=8, max_length=2000)]
Secret = Annotated[
    SecretStr | None,
    Field(max_length=200, description="`whsec_` and 24 to 64 bytes in base64; without it one is made."),
]


class NewWebhookForm(BaseModel):
    """A webhook to be added."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    url: Url = Field(repr=False, description="The https address that is told.")
    kinds: Kinds = Field(default=[], description="Which events it gets; none: events of every kind.")
    secret: Secret = None


class WebhookChangeForm(BaseModel):
    """What is to be changed of a webhook; what is left out stays."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    revision: Revision
    url: Url | None = Field(default=None, repr=False, description="Another address; what waits goes there.")
    kinds: Kinds | None = Field(default=None, description="Which events it gets from now on.")


class SecretRotationForm(BaseModel):
    """Another secret for a webhook."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    revision: Revision
    secret: Secret = None


class MadeWebhookBody(BaseModel):
    """A webhook and its secret."""

    webhook: ShownWebhook
    secret: str = Field(repr=False, description="Verifies what is posted. It is shown this once and never again.")


class WantedDeliveries(BaseModel):
    """Which deliveries to list."""

    state: DeliveryState | None = Field(default=None, description="Only those that got this far.")
    after: After = None
    limit: Limit = 50


@ROUTER.get("")
async def list_webhooks(
    office: OfficeHere, caller: Configurer, after: After = None, limit: Limit = 50
) -> Page[ShownWebhook]:
    """Webhooks by id."""
    return await webhooks_shown(office.desk(caller), after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409))
async def create_webhook(
    request: Request, office: OfficeHere, caller: Configurer, wanted: NewWebhookForm
) -> MadeWebhookBody:
    """Add a webhook, which gets the events from now on; its secret is shown in this answer alone."""
    form = WebhookForm(url=wanted.url, kinds=tuple(wanted.kinds), secret=wanted.secret)
    made = await add_webhook(office.setup(office.desk(caller)), form, office.reach)
    note_subject(request, made.webhook.id)
    return _made(made)


@ROUTER.get("/{webhook_id}", responses=problems(404))
async def get_webhook(office: OfficeHere, caller: Configurer, webhook_id: str) -> ShownWebhook:
    """One webhook."""
    del caller
    return shown(await office.stores.webhooks.get(WebhookId(webhook_id)))


@ROUTER.patch("/{webhook_id}", responses=problems(404, 409))
async def update_webhook(
    office: OfficeHere, caller: Configurer, webhook_id: str, wanted: WebhookChangeForm
) -> ShownWebhook:
    """Change where a webhook leads or which events it gets."""
    kinds = None if wanted.kinds is None else tuple(wanted.kinds)
    change = WebhookChange(revision=wanted.revision, url=wanted.url, kinds=kinds)
    setup = office.setup(office.desk(caller))
    return shown(await change_webhook(setup, WebhookId(webhook_id), change, office.reach))


@ROUTER.delete("/{webhook_id}", status_code=204, responses=problems(404))
async def delete_webhook(office: OfficeHere, caller: Configurer, webhook_id: str) -> None:
    """Forget a webhook, its secret and its deliveries."""
    await remove_webhook(office.desk(caller), WebhookId(webhook_id))


@ROUTER.post("/{webhook_id}/secret", responses=problems(404, 409))
async def rotate_webhook_secret(
    office: OfficeHere, caller: Configurer, webhook_id: str, wanted: SecretRotationForm
) -> MadeWebhookBody:
    """Give a webhook another secret, shown in this answer alone; all posts from now on are signed with it."""
    setup = office.setup(office.desk(caller))
    return _made(await rotate_secret(setup, WebhookId(webhook_id), wanted.secret, revision=wanted.revision))


@ROUTER.post("/{webhook_id}/enable", responses=problems(404, 409))
async def enable_webhook(office: OfficeHere, caller: Configurer, webhook_id: str) -> ShownWebhook:
    """Let a stopped webhook go on where it stopped: nothing is left out."""
    return shown(await enable(office.desk(caller), WebhookId(webhook_id)))


@ROUTER.post("/{webhook_id}/test", responses=problems(404, 502))
async def test_webhook(office: OfficeHere, caller: Configurer, webhook_id: str) -> TrialBody:
    """Post a signed `webhook.test` at once and say whether it was taken."""
    setup = office.setup(office.desk(caller))
    return TrialBody(text=await try_webhook(setup, WebhookId(webhook_id), office.reach))


@ROUTER.get("/{webhook_id}/deliveries", responses=problems(404))
async def list_webhook_deliveries(
    office: OfficeHere, caller: Configurer, webhook_id: str, wanted: Annotated[WantedDeliveries, Query()]
) -> Page[WebhookDelivery]:
    """The deliveries to one webhook, newest first; those that ended are kept for 30 days."""
    del caller
    webhooks = office.stores.webhooks
    webhook = await webhooks.get(WebhookId(webhook_id))
    return await webhooks.deliveries(webhook.id, wanted.state, after=wanted.after, limit=wanted.limit)


@ROUTER.post("/{webhook_id}/deliveries/{delivery_id}/retry", status_code=202, responses=problems(404, 409))
async def retry_webhook_delivery(
    office: OfficeHere, caller: Configurer, webhook_id: str, delivery_id: str
) -> WebhookDelivery:
    """Try a failed delivery again from the beginning, under the same `webhook-id`."""
    return await retry_delivery(office.desk(caller), WebhookId(webhook_id), DeliveryId(delivery_id))


def _made(made: MadeWebhook) -> MadeWebhookBody:
    return MadeWebhookBody(webhook=shown(made.webhook), secret=made.secret.get_secret_value())
