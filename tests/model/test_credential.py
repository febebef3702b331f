"""When a credential is worth nothing any more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from postroom.model.credential import Credential, CredentialId, CredentialKind

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
TOKEN = Credential(
    id=CredentialId("c"), kind=CredentialKind.TOKEN, digest="d", user_id=None, created_at=AT, expires_at=None
)


def test_it_expires_at_the_very_moment_that_is_told_and_not_before() -> None:
    session = replace(TOKEN, expires_at=AT + timedelta(hours=8))
    assert not session.expired(AT + timedelta(hours=8, microseconds=-1))
    assert session.expired(AT + timedelta(hours=8))
    assert session.expired(AT + timedelta(days=1))


def test_without_an_end_it_never_expires() -> None:
    assert not TOKEN.expired(datetime.max.replace(tzinfo=UTC))
