"""Sessions: how long the log-in of a browser is worth something, and their end."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from postroom.actions.credentials import digest_of, drawn
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.preferences import Preferences
from postroom.model.user import User, UserId

LONGEST = timedelta(days=30)
"""After so long a session ends, however often it is used."""

MOST = 50
"""How many sessions one user may have; the oldest ends where another one begins."""

DEFAULT_HOURS = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Somebody was let in: who, the new session, and its secret, which only the browser keeps."""

    user: User
    session: Credential
    secret: str


async def idle_limit(stores: Stores, settings: Preferences) -> timedelta:
    """Return how long a session lasts without use: as people set it, else as the settings say."""
    stored = (await stores.preferences.get()).session_hours
    return timedelta(hours=stored or settings.session_hours or DEFAULT_HOURS)


def lives(session: Credential, at: datetime, idle: timedelta) -> bool:
    """Whether a session is worth something at `at`: not too old, and used within `idle`."""
    return not session.expired(at) and at - (session.last_used_at or session.created_at) < idle


async def open_session(stores: Stores, user: User, *, browser: str, at: datetime) -> Entrance:
    """Begin a session of a user under a new secret; `browser` is what it calls itself."""
    before = await stores.credentials.list(CredentialKind.SESSION, user.id, limit=MOST)
    if len(before.rows) >= MOST:
        await stores.credentials.revoke(before.rows[-1].id)
    session, secret = drawn(CredentialKind.SESSION, user.id, at=at, lasts=LONGEST)
    session = replace(session, name=browser)
    await stores.credentials.add(session)
    return Entrance(user=user, session=session, secret=secret)


async def leave_session(stores: Stores, secret: str) -> None:
    """End the session of this secret, where there is one."""
    if secret:
        await stores.credentials.redeem(CredentialKind.SESSION, digest_of(secret))


async def end_session(stores: Stores, user_id: UserId, session_id: str) -> None:
    """End one session of a user.

    Raises:
        NotFoundError: the user has no such session.
    """
    page = await stores.credentials.list(CredentialKind.SESSION, user_id, limit=2 * MOST)
    if all(one.id != session_id for one in page.rows):
        raise NotFoundError(f"There is no session {session_id!r}.", hint="It may have ended already.")
    await stores.credentials.revoke(CredentialId(session_id))
