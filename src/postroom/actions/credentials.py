"""Credentials: how secrets are made and taken back, and what is kept of them."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.user import UserId

NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a credential is known: noting each would cost a write for every request."""

_PAGE = 200
_SECRET_BYTES = 32
_SECRET_PREFIXES = {
    CredentialKind.SESSION: "prs_",
    CredentialKind.TOKEN: "prt_",
    CredentialKind.INVITATION: "pri_",
    CredentialKind.TICKET: "prk_",
}
_ID_PREFIXES = {
    CredentialKind.SESSION: "se_",
    CredentialKind.TOKEN: "tk_",
    CredentialKind.INVITATION: "in_",
    CredentialKind.TICKET: "ti_",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """A credential that was just made, and its secret, which is known nowhere else and cannot be had again."""

    credential: Credential
    secret: str = field(repr=False)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hex. The secrets are random, so that needs no salt."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def drawn(kind: CredentialKind, user_id: UserId | None, *, at: datetime, lasts: timedelta | None) -> NewCredential:
    """Return a new credential, which is not stored yet."""
    secret = _SECRET_PREFIXES[kind] + secrets.token_urlsafe(_SECRET_BYTES)
    made = Credential(
        id=CredentialId(_ID_PREFIXES[kind] + secrets.token_hex(12)),
        kind=kind,
        digest=digest_of(secret),
        user_id=user_id,
        created_at=at,
        expires_at=None if lasts is None else at + lasts,
    )
    return NewCredential(credential=made, secret=secret)


async def note_use(stores: Stores, credential: Credential, *, at: datetime) -> Credential:
    """Note that a credential is used now, at most once a minute; return it as it is then."""
    if credential.last_used_at is not None and at - credential.last_used_at < NOTED_EVERY:
        return credential
    await stores.credentials.used(credential.id, at=at)
    return replace(credential, last_used_at=at)


async def revoke_own(stores: Stores, kind: CredentialKind, user_id: UserId, credential_id: str) -> None:
    """Revoke a session or token of a user.

    Raises:
        NotFoundError: they have no such one.
    """
    owned = every(lambda after: stores.credentials.list(kind, user_id, after=after, limit=_PAGE))
    if credential_id not in [one.id async for one in owned]:
        raise _unknown(kind, credential_id)
    await stores.credentials.revoke(CredentialId(credential_id))


async def revoke_any(stores: Stores, kind: CredentialKind, credential_id: str) -> None:
    """Revoke a credential of this kind, whosever it is.

    Raises:
        NotFoundError: there is none.
    """
    known = credential_id.startswith(_ID_PREFIXES[kind])
    if not known or not await stores.credentials.revoke(CredentialId(credential_id)):
        raise _unknown(kind, credential_id)


async def revoke_invitations_by(stores: Stores, user_id: UserId) -> None:
    """Make the open invitations that a user made worthless."""
    kind = CredentialKind.INVITATION
    found = every(lambda after: stores.credentials.list(kind, after=after, limit=_PAGE))
    for one in [one async for one in found if one.made_by == user_id]:
        await stores.credentials.revoke(one.id)


def _unknown(kind: CredentialKind, credential_id: str) -> NotFoundError:
    hint = "It may have ended, been used or been revoked already."
    return NotFoundError(f"There is no {kind.value} {credential_id!r}.", hint=hint)
