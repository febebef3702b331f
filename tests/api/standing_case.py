"""Mailboxes that are open in the process of a test."""

from dataclasses import replace

from api.conftest import Rooms
from postroom.api.office import OfficeStanding
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox


def shop(mailbox_id: str = "shop", workflow: str = "support") -> Mailbox:
    """Return a mailbox that runs a workflow."""
    address = Address(name="Shop", address=f"{mailbox_id}@shop.example")
    return Mailbox(id=MailboxId(mailbox_id), address=address, workflow=workflow)


def open_mailboxes(rooms: Rooms, *mailboxes: Mailbox) -> None:
    """Let these be the open mailboxes, from the next application on."""
    standing = OfficeStanding(mailboxes={one.id: one for one in mailboxes}, failures={})
    rooms.office = replace(rooms.office, standing=lambda: standing)
