from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clocks import SetClock
from contracts.kept_nouns import delivery, webhook
from postroom.actions.forget import forget
from postroom.actions.past_mail import PastMailFolder, Sent
from postroom.actions.past_mail_kinds import FileKind
from postroom.interfaces.stores import Stores
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.submission import Submission
from postroom.model.webhook import DeliveryState, WebhookId

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def ticket(name: str, *, expires_at: datetime | None) -> Credential:
    return Credential(
        id=CredentialId(name),
        kind=CredentialKind.TICKET,
        digest=name,
        user_id=None,
        created_at=NOW,
        expires_at=expires_at,
    )


async def mbox() -> AsyncIterator[bytes]:
    yield b"From ann\n\nHello\n"


async def test_only_what_is_worth_nothing_any_more_is_forgotten(stores: Stores, tmp_path: Path) -> None:
    for one in (
        ticket("old", expires_at=NOW - timedelta(seconds=1)),
        ticket("new", expires_at=NOW + timedelta(seconds=30)),
        ticket("lasting", expires_at=None),
    ):
        await stores.credentials.add(one)
    for name, hours in (("yesterday", 25), ("today", 23)):
        await stores.submissions.keep(Submission(key=name, fingerprint="f", plan="{}", at=NOW - timedelta(hours=hours)))

    await stores.webhooks.add(webhook("a"))
    ended = [
        replace(delivery("a", days), state=DeliveryState.DELIVERED, updated_at=NOW - timedelta(days=days))
        for days in (29, 31)
    ]
    assert await stores.webhooks.enqueue(WebhookId("a"), ended, before=0, after=1)

    folder, sent = PastMailFolder(tmp_path), Sent(kind=FileKind.MBOX, name="", by="ann", at=NOW)
    for days in (29, 31):
        await folder.receive(mbox(), replace(sent, at=NOW - timedelta(days=days)))

    await forget(stores, SetClock(NOW), folder)

    kept = {name for name in ("old", "new", "lasting") if await stores.credentials.find(CredentialKind.TICKET, name)}
    assert kept == {"new", "lasting"}
    assert await stores.submissions.find("yesterday") is None
    assert await stores.submissions.find("today") is not None
    assert [one.id for one in (await stores.webhooks.deliveries(WebhookId("a"))).rows] == ["a.29"]
    assert [one.at for one in await folder.list()] == [NOW - timedelta(days=29)]
