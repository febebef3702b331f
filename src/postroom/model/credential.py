"""A credential: a secret that stands for a user until it expires; only its digest is kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from postroom.model.user import Permission, Role, UserId

CredentialId = NewType("CredentialId", str)


class CredentialKind(StrEnum):
    """What a credential is for: a browser's session, a program, setting a password once, opening one stream."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a kind of secret, not one.
    INVITATION = "invitation"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """What a ticket was made with: kind and digest of a session or token, without which the ticket is worth nothing."""

    kind: CredentialKind
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is known of a secret: `digest` is its SHA-256 in hex; `id` is public.

    `user_id` is None for the invitation of somebody who is no user yet; `role` is what that person becomes, and `name`
    the name they get (empty: they choose); `made_by` is the administrator who made it (None: the command line, or the
    first start). For a token `name` is what it was called and `scopes` what it may do at most; a ticket has an
    `opener`. Times are UTC; `expires_at` None: it does not.
    """

    id: CredentialId
    kind: CredentialKind
    digest: str
    user_id: UserId | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None
    name: str = ""
    role: Role | None = None
    scopes: tuple[Permission, ...] = ()
    made_by: UserId | None = None
    opener: Opener | None = None

    def expired(self, at: datetime) -> bool:
        """Whether it is worth nothing any more at `at`."""
        return self.expires_at is not None and at >= self.expires_at
