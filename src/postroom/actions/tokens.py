"""API tokens: lasting secrets for programs, which may do no more than who made them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from postroom.actions.credentials import NewCredential, drawn
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError
from postroom.interfaces.stores import Stores
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.page import Page
from postroom.model.user import Permission, UserId

LONGEST = timedelta(days=366)
MOST = 100
"""How many tokens one user may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWish:
    """What a token shall be called, what it may do, and until when (None: until it is revoked)."""

    name: str
    scopes: tuple[Permission, ...]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownToken:
    """A token as people may see it: everything but its secret. `last_used_at` is right to a minute."""

    id: CredentialId
    user_id: UserId | None
    name: str
    scopes: tuple[Permission, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def shown_token(token: Credential) -> ShownToken:
    """Return what may be shown of a token."""
    return ShownToken(
        id=token.id,
        user_id=token.user_id,
        name=token.name,
        scopes=token.scopes,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )


async def make_token(
    desk: Desk, user_id: UserId, wish: TokenWish, *, permissions: Collection[Permission]
) -> NewCredential:
    """Store and return a new token of a user who may do `permissions`.

    Raises:
        InputError: it would last too long, has passed already, or may do more than the user.
        ConflictError: the user has too many.
    """
    now = desk.clock.now()
    if wish.expires_at is not None and not now < wish.expires_at <= now + LONGEST:
        raise InputError(
            f"A token cannot last until {wish.expires_at.isoformat()!r}.", hint="Use a time within a year from now."
        )
    more = sorted(set(wish.scopes) - set(permissions))
    if more or not wish.scopes:
        hint = "A token may do at most what you may do, and something at least."
        raise InputError(f"The scopes {', '.join(more)!r} are not yours to give.", hint=hint)
    owned = await desk.stores.credentials.list(CredentialKind.TOKEN, user_id, limit=MOST)
    if len(owned.rows) >= MOST:
        raise ConflictError(f"There are {MOST} tokens of yours already.", hint="Revoke those that nobody uses.")
    made = drawn(CredentialKind.TOKEN, user_id, at=now, lasts=None)
    scopes = tuple(one for one in Permission if one in wish.scopes)
    token = replace(made.credential, name=wish.name, scopes=scopes, expires_at=wish.expires_at)
    await desk.stores.credentials.add(token)
    return replace(made, credential=token)


async def tokens(
    stores: Stores, user_id: UserId | None, *, after: str | None = None, limit: int = 50
) -> Page[ShownToken]:
    """Return the tokens of one user, or of all, newest first."""
    page = await stores.credentials.list(CredentialKind.TOKEN, user_id, after=after, limit=limit)
    return Page(rows=tuple(shown_token(one) for one in page.rows), next_cursor=page.next_cursor)
