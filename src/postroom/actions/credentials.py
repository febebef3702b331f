"""Credentials: how secrets are made, and what is kept of them."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from postroom.interfaces.stores import Stores
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.user import UserId

NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a credential is known: noting each would cost a write for every request."""

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


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hex. The secrets are random, so that needs no salt."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def drawn(
    kind: CredentialKind, user_id: UserId | None, *, at: datetime, lasts: timedelta | None
) -> tuple[Credential, str]:
    """Return a new credential, not stored yet, and its secret, which is known nowhere else."""
    secret = _SECRET_PREFIXES[kind] + secrets.token_urlsafe(_SECRET_BYTES)
    made = Credential(
        id=CredentialId(_ID_PREFIXES[kind] + secrets.token_hex(12)),
        kind=kind,
        digest=digest_of(secret),
        user_id=user_id,
        created_at=at,
        expires_at=None if lasts is None else at + lasts,
    )
    return made, secret


def is_id_of(kind: CredentialKind, credential_id: str) -> bool:
    """Whether an id can be that of a credential of this kind, as `drawn` makes them."""
    return credential_id.startswith(_ID_PREFIXES[kind])


async def note_use(stores: Stores, credential: Credential, *, at: datetime) -> Credential:
    """Note that a credential is used now, at most once a minute; return it as it is then."""
    if credential.last_used_at is not None and at - credential.last_used_at < NOTED_EVERY:
        return credential
    await stores.credentials.used(credential.id, at=at)
    return replace(credential, last_used_at=at)
