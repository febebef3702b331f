"""Sessions: how long the log-in of a browser is worth something."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from postroom.actions.credentials import digest_of, drawn
from postroom.interfaces.stores import Stores
from postroom.model.credential import Credential, CredentialKind
from postroom.model.preferences import Preferences, in_force
from postroom.model.user import User

LONGEST = timedelta(days=30)
"""After so long a session ends, however often it is used."""

MOST = 50
"""How many sessions one user may have; the oldest ends where another one begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Somebody was let in: who, the new session, and its secret, which only the browser keeps."""

    user: User
    session: Credential
    secret: str = field(repr=False)


async def idle_limit(stores: Stores, settings: Preferences) -> timedelta:
    """Return how long a session lasts without use: as people set it, else as the settings say."""
    return timedelta(hours=in_force(await stores.preferences.get(), settings).session_hours)


def lives(session: Credential, at: datetime, idle: timedelta) -> bool:
    """Whether a session is worth something at `at`: not too old, and used within `idle`."""
    return not session.expired(at) and at - (session.last_used_at or session.created_at) < idle


async def open_session(stores: Stores, user: User, *, browser: str, at: datetime) -> Entrance:
    """Begin a session of a user under a new secret; `browser` is what it calls itself."""
    before = await stores.credentials.list(CredentialKind.SESSION, user.id, limit=MOST)
    if len(before.rows) >= MOST:
        await stores.credentials.revoke(before.rows[-1].id)
    made = drawn(CredentialKind.SESSION, user.id, at=at, lasts=LONGEST)
    session = replace(made.credential, name=browser)
    await stores.credentials.add(session)
    return Entrance(user=user, session=session, secret=made.secret)


async def leave_session(stores: Stores, secret: str) -> None:
    """End the session of this secret, where there is one."""
    if secret:
        await stores.credentials.redeem(CredentialKind.SESSION, digest_of(secret))
