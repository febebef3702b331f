"""Webhooks and the deliveries to them in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.sql.dml import UpdateBase

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, read_text_cursor, write_cursor, write_text_cursor
from postroom.model.page import Page
from postroom.model.webhook import DeliveryId, DeliveryState, Webhook, WebhookDelivery, WebhookId
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.statements import execute_all, insert_once
from postroom.stores.sql.tables.accounts import NOT_YET_DELIVERED, deliveries, webhooks

_THIS = webhooks.c.id == bindparam("key")
_ENDED = [state.value for state in DeliveryState if state is not DeliveryState.PENDING]
_RECORDED = ("state", "attempts", "next_at", "updated_at", "detail")

ADD = insert_once(webhooks, "id")
CHANGE = (
    update(webhooks)
    .where(_THIS, webhooks.c.revision == bindparam("before"))
    .values({column: bindparam(column) for column in ("stopped", "revision", "webhook_json")})
)
STOP = (
    update(webhooks)
    .where(_THIS, webhooks.c.stopped == "")
    .values(stopped=bindparam("reason"), revision=webhooks.c.revision + 1)
)
REMOVE_DELIVERIES = delete(deliveries).where(deliveries.c.webhook_id == bindparam("key"))
REMOVE = delete(webhooks).where(_THIS)
ONE = select(webhooks).where(_THIS)
LIST = select(webhooks).where(webhooks.c.id > bindparam("after")).order_by(webhooks.c.id).limit(bindparam("limit"))

MOVE = update(webhooks).where(_THIS, webhooks.c.cursor == bindparam("before")).values(cursor=bindparam("after"))
ENQUEUE = insert_once(deliveries, "id")
_theirs = deliveries.alias("theirs")
_LONGEST_DUE = (
    select(_theirs.c.position)
    .where(_theirs.c.webhook_id == webhooks.c.id, NOT_YET_DELIVERED, _theirs.c.next_at <= bindparam("at"))
    .order_by(_theirs.c.next_at, _theirs.c.position)
    .limit(1)
    .correlate(webhooks)
    .scalar_subquery()
)
DUE = (
    select(deliveries)
    .select_from(webhooks.join(deliveries, deliveries.c.position == _LONGEST_DUE))
    .where(webhooks.c.stopped == "")
    .order_by(deliveries.c.next_at, deliveries.c.position)
    .limit(bindparam("limit"))
)
RECORD = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("key"),
        deliveries.c.state == DeliveryState.PENDING.value,
        deliveries.c.attempts == bindparam("before"),
    )
    .values({column: bindparam(column) for column in _RECORDED})
)
DELIVERY = select(deliveries).where(deliveries.c.id == bindparam("key"))
RETRY = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("key"), deliveries.c.state == DeliveryState.FAILED.value)
    .values(state=DeliveryState.PENDING.value, attempts=0, next_at=bindparam("at"), updated_at=bindparam("at"))
)
DELIVERIES = (
    select(deliveries)
    .where(deliveries.c.webhook_id == bindparam("webhook_id"), deliveries.c.position < bindparam("position"))
    .order_by(deliveries.c.position.desc())
    .limit(bindparam("limit"))
)
DELIVERIES_IN = DELIVERIES.where(deliveries.c.state == bindparam("state"))
FORGET = delete(deliveries).where(deliveries.c.state.in_(_ENDED), deliveries.c.updated_at < bindparam("before"))


class SqlWebhooks:
    """The `Webhooks` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, webhook: Webhook) -> bool:
        """Store a new webhook; False where its id is taken."""
        return await self._one(ADD, {"id": webhook.id, "cursor": webhook.cursor} | _columns(webhook))

    async def change(self, webhook: Webhook) -> bool:
        """Compare-and-set: store it, save its cursor, with revision + 1 where the stored one has its revision."""
        changed = _columns(replace(webhook, revision=webhook.revision + 1))
        return await self._one(CHANGE, {"key": webhook.id, "before": webhook.revision} | changed)

    async def stop(self, webhook_id: WebhookId, *, reason: str) -> bool:
        """Set `stopped`, revision + 1, where it is not; else False."""
        return await self._one(STOP, {"key": webhook_id, "reason": reason})

    async def remove(self, webhook_id: WebhookId) -> bool:
        """Forget it and its deliveries; False where there is none."""
        values = {"key": webhook_id}

        def operation(connection: Connection) -> bool:
            connection.execute(REMOVE_DELIVERIES, values)
            return connection.execute(REMOVE, values).rowcount == 1

        return await self._database.write(operation)

    async def get(self, webhook_id: WebhookId) -> Webhook:
        """Return one webhook; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"key": webhook_id}).first())
        if row is None:
            raise NotFoundError(f"There is no webhook {webhook_id!r}.", hint="The list of webhooks shows their ids.")
        return _webhook_of(row)

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[Webhook]:
        """Return webhooks by id."""
        (behind,) = read_text_cursor(after)
        values = {"after": behind, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(rows, limit, _webhook_of, lambda row: write_text_cursor(row.id))

    async def enqueue(
        self, webhook_id: WebhookId, deliveries: Sequence[WebhookDelivery], *, before: int, after: int
    ) -> bool:
        """Compare-and-set: store the deliveries and move the cursor `before` → `after`, at once; else False."""
        values = {"key": webhook_id, "before": before, "after": after}
        rows = [_delivery_row(delivery) for delivery in deliveries]

        def operation(connection: Connection) -> bool:
            moved = connection.execute(MOVE, values).rowcount == 1
            if moved:
                execute_all(connection, ENQUEUE, rows)
            return moved

        return await self._database.write(operation)

    async def due(self, *, at: datetime, limit: int = 50) -> tuple[WebhookDelivery, ...]:
        """Return pending deliveries of webhooks that are not stopped whose `next_at` is not after `at`, oldest first.

        At most one of each webhook: the one that is due longest.
        """
        values = {"at": millis(at), "limit": limit}
        rows = await self._database.read(lambda connection: connection.execute(DUE, values).all())
        return tuple(_delivery_of(row) for row in rows)

    async def record(self, delivery: WebhookDelivery, *, attempts_before: int) -> bool:
        """Compare-and-set: store state, attempts, times and detail where it is pending with that many attempts."""
        row = _delivery_row(delivery)
        values = {"key": delivery.id, "before": attempts_before} | {column: row[column] for column in _RECORDED}
        return await self._one(RECORD, values)

    async def deliveries(
        self,
        webhook_id: WebhookId,
        state: DeliveryState | None = None,
        *,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[WebhookDelivery]:
        """Return the deliveries to one webhook, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        values: Values = {"webhook_id": webhook_id, "position": position, "limit": limit + 1}
        statement = DELIVERIES
        if state is not None:
            statement, values = DELIVERIES_IN, values | {"state": state.value}
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, _delivery_of, lambda row: write_cursor(row.position))

    async def delivery(self, delivery_id: DeliveryId) -> WebhookDelivery:
        """Return one delivery; NotFoundError where there is none."""
        values = {"key": delivery_id}
        row = await self._database.read(lambda connection: connection.execute(DELIVERY, values).first())
        if row is None:
            raise NotFoundError(
                f"There is no delivery {delivery_id!r}.", hint="The deliveries of a webhook are listed."
            )
        return _delivery_of(row)

    async def retry(self, delivery_id: DeliveryId, *, at: datetime) -> bool:
        """Compare-and-set: failed → pending with no attempts, due at `at` and updated then; False where not failed."""
        return await self._one(RETRY, {"key": delivery_id, "at": millis(at)})

    async def forget(self, *, before: datetime) -> None:
        """Delete deliveries that ended before that time."""
        values = {"before": millis(before)}

        def operation(connection: Connection) -> None:
            connection.execute(FORGET, values)

        await self._database.write(operation)

    async def _one(self, statement: UpdateBase, values: Mapping[str, object]) -> bool:
        """Execute a statement about one row and return whether it changed it."""
        return await self._database.write(lambda connection: connection.execute(statement, values).rowcount == 1)


def _webhook_of(row: Found) -> Webhook:
    # These columns change without the text.
    return replace(decode(Webhook, row.webhook_json), cursor=row.cursor, stopped=row.stopped, revision=row.revision)


def _columns(webhook: Webhook) -> Values:
    created_at, updated_at = (moment(millis(at)) for at in (webhook.created_at, webhook.updated_at))
    stored = replace(webhook, created_at=created_at, updated_at=updated_at)
    return {"stopped": stored.stopped, "revision": stored.revision, "webhook_json": encode(stored)}


def _delivery_of(row: Found) -> WebhookDelivery:
    return WebhookDelivery(
        id=row.id,
        webhook_id=row.webhook_id,
        event_cursor=row.event_cursor,
        body=row.body,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_at=moment(row.next_at),
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
        detail=row.detail,
    )


def _delivery_row(delivery: WebhookDelivery) -> Values:
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "event_cursor": delivery.event_cursor,
        "body": delivery.body,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_at": millis(delivery.next_at),
        "created_at": millis(delivery.created_at),
        "updated_at": millis(delivery.updated_at),
        "detail": delivery.detail,
    }
