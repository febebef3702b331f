"""Tickets: each opens one live stream, so that no lasting secret goes where streams are opened."""

from dataclasses import replace
from datetime import datetime, timedelta

from postroom.actions.credentials import NewCredential, drawn
from postroom.interfaces.stores import Stores
from postroom.model.credential import CredentialKind, Opener
from postroom.model.user import UserId

LASTS = timedelta(seconds=30)


async def make_ticket(stores: Stores, user_id: UserId, opener: Opener, *, at: datetime) -> NewCredential:
    """Store a ticket of a user and return it; it is worth nothing without the session or token it is made with."""
    made = drawn(CredentialKind.TICKET, user_id, at=at, lasts=LASTS)
    made = replace(made, credential=replace(made.credential, opener=opener))
    await stores.credentials.add(made.credential)
    return made
