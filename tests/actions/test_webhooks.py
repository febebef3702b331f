"""Acts on webhooks over a real store."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from contracts.store_nouns import event
from postroom.actions.accounts import Setup
from postroom.actions.webhook_body import delivery_id, trial_delivery
from postroom.actions.webhook_deliveries import place_of
from postroom.actions.webhooks import (
    MAX_WEBHOOKS,
    WebhookChange,
    WebhookForm,
    add_webhook,
    change_webhook,
    enable_webhook,
    list_webhooks,
    remove_webhook,
    retry_delivery,
    rotate_secret,
    shown,
)
from postroom.errors import ConfigurationError, ConflictError, NotFoundError
from postroom.model.execution import EventKind
from postroom.model.webhook import DeliveryState, WebhookId
from postroom.notifiers.post import Reach

REACH = Reach()
FORM = WebhookForm(url="https://hooks.example.com/very-secret")
GIVEN = SecretStr("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")


async def test_a_new_one_begins_at_the_newest_event_and_each_gets_a_secret_of_its_own(setup: Setup) -> None:
    await setup.stores.executions.record([event("e1", EventKind.NODE_STARTED, node="a")])
    first, second = await add_webhook(setup, FORM, REACH), await add_webhook(setup, FORM, REACH)
    assert first.webhook.cursor == await setup.stores.executions.newest_cursor() > 0
    assert first.secret != second.secret
    assert first.webhook.id != second.webhook.id


async def test_a_secret_is_kept_sealed_for_its_webhook_alone(setup: Setup) -> None:
    made = await add_webhook(setup, replace(FORM, secret=GIVEN), REACH)
    stored = await setup.stores.webhooks.get(made.webhook.id)
    text = GIVEN.get_secret_value()
    assert setup.seal.open(stored.sealed, place=place_of(stored.id)) == text
    with pytest.raises(ConfigurationError):
        setup.seal.open(stored.sealed, place=place_of(WebhookId("wh_other")))
    page = await list_webhooks(setup.desk, after=None, limit=10)
    for seen in (stored, made, shown(stored), page, replace(FORM, secret=GIVEN)):
        assert text not in repr(seen)


@pytest.mark.parametrize("url", ["http://example.com/", "https://", "https://u:p@example.com/", "x", "file:///etc"])
async def test_an_address_that_may_not_be_reached_is_refused(setup: Setup, url: str) -> None:
    with pytest.raises(ConfigurationError):
        await add_webhook(setup, replace(FORM, url=url), REACH)
    made = await add_webhook(setup, FORM, REACH)
    with pytest.raises(ConfigurationError):
        await change_webhook(setup, made.webhook.id, WebhookChange(revision=0, url=url), REACH)


async def test_there_may_not_be_any_number_of_them(setup: Setup) -> None:
    made = await add_webhook(setup, FORM, REACH)
    for number in range(MAX_WEBHOOKS - 1):
        assert await setup.stores.webhooks.add(replace(made.webhook, id=WebhookId(f"wh_{number}")))
    with pytest.raises(ConflictError):
        await add_webhook(setup, FORM, REACH)


async def test_a_change_keeps_what_was_not_given_and_the_cursor(setup: Setup) -> None:
    made = (await add_webhook(setup, replace(FORM, kinds=(EventKind.NODE_FAILED,)), REACH)).webhook
    await setup.stores.webhooks.enqueue(made.id, [], before=made.cursor, after=made.cursor + 7)
    changed = await change_webhook(setup, made.id, WebhookChange(revision=0, url="https://example.com/2"), REACH)
    assert (changed.kinds, changed.cursor, changed.revision) == (made.kinds, made.cursor + 7, 1)
    with pytest.raises(ConflictError):
        await change_webhook(setup, made.id, WebhookChange(revision=0), REACH)
    with pytest.raises(NotFoundError):
        await change_webhook(setup, WebhookId("wh_none"), WebhookChange(revision=0), REACH)


async def test_a_secret_that_is_too_short_is_not_named_in_the_error(setup: Setup) -> None:
    made = await add_webhook(setup, FORM, REACH)
    with pytest.raises(ConfigurationError) as caught:
        await rotate_secret(setup, made.webhook.id, SecretStr("whsec_dG9vc2hvcnQ="), revision=0)
    assert "dG9vc2hvcnQ" not in f"{caught.value.message} {caught.value.hint}"
    rotated = await rotate_secret(setup, made.webhook.id, None, revision=0)
    assert rotated.secret != made.secret


async def test_one_that_was_stopped_goes_on_where_it_was(setup: Setup) -> None:
    made = (await add_webhook(setup, FORM, REACH)).webhook
    with pytest.raises(ConflictError):
        await enable_webhook(setup.desk, made.id)
    await setup.stores.webhooks.stop(made.id, reason="Gone.")
    enabled = await enable_webhook(setup.desk, made.id)
    assert (enabled.stopped, enabled.cursor) == ("", made.cursor)


async def test_only_a_failed_delivery_of_that_webhook_is_tried_again(setup: Setup) -> None:
    made = (await add_webhook(setup, FORM, REACH)).webhook
    pending = replace(trial_delivery(made.id, "x", at=setup.desk.clock.now()), id=delivery_id(made.id, 1))
    await setup.stores.webhooks.enqueue(made.id, [pending], before=made.cursor, after=made.cursor + 1)
    with pytest.raises(ConflictError):
        await retry_delivery(setup.desk, made.id, pending.id)
    failed = replace(pending, state=DeliveryState.FAILED, attempts=10)
    assert await setup.stores.webhooks.record(failed, attempts_before=pending.attempts)
    with pytest.raises(NotFoundError):
        await retry_delivery(setup.desk, WebhookId("wh_other"), pending.id)
    again = await retry_delivery(setup.desk, made.id, pending.id)
    assert (again.state, again.attempts, again.id) == (DeliveryState.PENDING, 0, pending.id)
    assert await setup.stores.webhooks.due(at=setup.desk.clock.now()) == (again,)


async def test_what_is_removed_is_gone(setup: Setup) -> None:
    made = (await add_webhook(setup, FORM, REACH)).webhook
    await remove_webhook(setup.desk, made.id)
    with pytest.raises(NotFoundError):
        await remove_webhook(setup.desk, made.id)
