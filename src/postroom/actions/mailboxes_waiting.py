"""What still waits in a mailbox: questions to people, replies not handed over yet, and e-mails not finished yet."""

from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.waiting import Waiting


async def waiting_in(stores: Stores, mailbox_id: MailboxId) -> Waiting:
    """Return how much waits in a mailbox, at one moment."""
    return await stores.figures.waiting(mailbox_id)


async def require_nothing_waits(stores: Stores, mailbox_id: MailboxId) -> None:
    """Pass where nothing waits in a mailbox.

    Raises:
        ConflictError: something does; once the mailbox is gone, none of it can be sent any more.
    """
    waiting = (await waiting_in(stores, mailbox_id)).in_words
    if waiting:
        raise ConflictError(
            f"In the mailbox {mailbox_id!r} {waiting} still wait.",
            hint="Let the e-mails be finished and decide the reviews first: nothing of them is sent once the mailbox "
            "is gone; or remove it all the same (--yes at the command line, force over the API).",
        )
