"""Credentials: secrets that stand for users, kept as digests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.page import Page
from postroom.model.user import UserId


class Credentials(Protocol):
    """Keeps sessions, API tokens, invitations and tickets; whether one has expired its reader decides."""

    async def add(self, credential: Credential) -> bool:
        """Store a credential; False where its id or its (kind, digest) is taken."""
        ...

    async def find(self, kind: CredentialKind, digest: str) -> Credential | None:
        """Return the credential with this digest, None where there is none."""
        ...

    async def redeem(self, kind: CredentialKind, digest: str) -> Credential | None:
        """Delete the credential with this digest and return it; None where there is none (any more)."""
        ...

    async def used(self, credential_id: CredentialId, *, at: datetime) -> None:
        """Note when it was last used."""
        ...

    async def list(
        self, kind: CredentialKind, user_id: UserId | None = None, *, after: str | None = None, limit: int = 50
    ) -> Page[Credential]:
        """Return credentials of a kind, of one user or of all, newest first."""
        ...

    async def revoke(self, credential_id: CredentialId) -> bool:
        """Delete one; False where there is none."""
        ...

    async def revoke_all(
        self, user_id: UserId, kinds: Sequence[CredentialKind], *, keep: CredentialId | None = None
    ) -> None:
        """Delete all of a user and these kinds, save `keep`."""
        ...

    async def forget(self, *, before: datetime) -> None:
        """Delete those that expired before that time."""
        ...
