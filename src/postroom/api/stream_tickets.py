"""Tickets for live streams: browsers cannot send headers there, and a lasting secret does not belong into a URL."""

from datetime import datetime

from pydantic import BaseModel, Field

from postroom.actions.tickets import make_ticket
from postroom.api.access import Reader
from postroom.api.office import OfficeHere
from postroom.api.routing import router

ROUTER = router("/stream-tickets", "live")


class TicketBody(BaseModel):
    """A ticket, which opens one stream."""

    ticket: str = Field(description="Offered as the WebSocket subprotocols `postroom.v1` and `ticket.TICKET`.")
    expires_at: datetime = Field(description="Until when it can be used, once.")


@ROUTER.post("", status_code=201)
async def make_stream_ticket(caller: Reader, office: OfficeHere) -> TicketBody:
    """Get a ticket that opens one live stream within thirty seconds."""
    opener = (caller.credential_kind, caller.digest)
    ticket, secret = await make_ticket(office.stores, caller.user_id, opener, at=office.clock.now())
    return TicketBody(ticket=secret, expires_at=ticket.expires_at or ticket.created_at)
