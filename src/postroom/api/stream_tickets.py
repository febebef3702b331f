"""Tickets for live streams: browsers cannot send headers there, and a lasting secret does not belong into a URL."""

from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, Field

from postroom.actions.tickets import make_ticket
from postroom.api.access import Reader
from postroom.api.audit import note_subject
from postroom.api.office import OfficeHere
from postroom.api.routing import router
from postroom.model.credential import Opener

ROUTER = router("/stream-tickets", "live")


class TicketBody(BaseModel):
    """A ticket, which opens one stream."""

    ticket: str = Field(description="Offered as the WebSocket subprotocols `postroom.v1` and `ticket.TICKET`.")
    expires_at: datetime = Field(description="Until when it can be used, once.")


@ROUTER.post("", status_code=201)
async def create_stream_ticket(request: Request, caller: Reader, office: OfficeHere) -> TicketBody:
    """Get a ticket that opens one live stream within thirty seconds."""
    opener = Opener(kind=caller.credential_kind, digest=caller.digest)
    made = await make_ticket(office.stores, caller.user_id, opener, at=office.clock.now())
    ticket = made.credential
    note_subject(request, ticket.id)
    return TicketBody(ticket=made.secret, expires_at=ticket.expires_at or ticket.created_at)
