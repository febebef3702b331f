"""Tickets: each opens one live stream, so that no lasting secret goes where streams are opened."""

from dataclasses import replace
from datetime import datetime, timedelta

from postroom.actions.credentials import drawn
from postroom.interfaces.stores import Stores
from postroom.model.credential import Credential, CredentialKind
from postroom.model.user import UserId

LASTS = timedelta(seconds=30)


async def make_ticket(
    stores: Stores, user_id: UserId, opener: tuple[CredentialKind, str], *, at: datetime
) -> tuple[Credential, str]:
    """Store a ticket of a user; return it and its secret.

    `opener` is kind and digest of the session or token that it is made with: it is worth nothing without that.
    """
    ticket, secret = drawn(CredentialKind.TICKET, user_id, at=at, lasts=LASTS)
    kind, digest = opener
    ticket = replace(ticket, name=f"{kind.value} {digest}")
    await stores.credentials.add(ticket)
    return ticket, secret


def opener_of(ticket: Credential) -> tuple[CredentialKind, str]:
    """Return kind and digest of what a ticket was made with."""
    kind, _, digest = ticket.name.partition(" ")
    return CredentialKind(kind), digest
