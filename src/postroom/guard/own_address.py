"""Which of a mailbox's addresses answers an e-mail."""

from postroom.guard.correspondent import untagged_address
from postroom.model.email import Address, Email
from postroom.model.mailbox import Mailbox


def answering_address(email: Email, mailbox: Mailbox) -> Address:
    """Return the address of `mailbox` that was written to, under the mailbox's name, else its main address.

    To is asked before Cc, and Cc before where the mail was delivered. A `+tag` makes no difference.
    """
    own = {untagged_address(address): address for address in reversed(mailbox.addresses)}
    written = [address.address for address in (*email.to, *email.cc)]
    for address in (*written, *email.delivered_to):
        if (found := own.get(untagged_address(address))) is not None:
            return Address(name=mailbox.address.name, address=found)
    return mailbox.address
